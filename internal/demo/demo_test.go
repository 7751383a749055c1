package demo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/action"
	"haris/internal/casefile"
	"haris/internal/config"
	"haris/internal/demo"
	"haris/internal/demo/platform"
	"haris/internal/pipeline"
	"haris/internal/taxonomy"
)

func TestJudge(t *testing.T) {
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	truth := platform.Truth{
		Positive: []platform.Positive{
			{Kind: "grooming", Subjects: []string{"g"}, Victims: []string{"v"}, Start: at},
			{Kind: "trafficking_control", Subjects: []string{"g"}, Victims: []string{"w"}, Start: at},
			{Kind: "sextortion", Subjects: []string{"s"}, Start: at},
		},
		BenignHard: []platform.Benign{{Kind: "teacher", Subjects: []string{"t"}}},
	}
	c := func(subject string, typ taxonomy.Typology, p taxonomy.Priority) casefile.Case {
		return casefile.Case{ID: subject, Subject: subject, Typology: typ, Priority: p, RaisedAt: at.Add(6 * time.Hour)}
	}
	s := demo.Judge(truth, []casefile.Case{
		c("g", taxonomy.TypologyGrooming, taxonomy.P2), c("w", taxonomy.TypologyTrafficking, taxonomy.P1),
		c("s", taxonomy.TypologySextortion, taxonomy.P3), // watched is not found
		c("t", taxonomy.TypologyGrooming, taxonomy.P2), c("o", taxonomy.TypologyGrooming, taxonomy.P3),
	})
	if len(s.Found) != 2 || s.Found[0].Hours != 6 || s.Found[1].Subject != "w" {
		t.Errorf("found %+v", s.Found)
	}
	if len(s.Missed) != 1 || s.Missed[0].Kind != "sextortion" {
		t.Errorf("missed %+v", s.Missed)
	}
	if len(s.WronglyRaised) != 1 || s.WronglyRaised[0].Kind != "teacher" {
		t.Errorf("wrongly raised %+v", s.WronglyRaised)
	}
	if len(s.Watched) != 1 || s.Watched[0].Kind != "ordinary" {
		t.Errorf("watched %+v", s.Watched)
	}
	if wrong := demo.Judge(truth, []casefile.Case{c("g", taxonomy.TypologySextortion, taxonomy.P1)}); len(wrong.Found) != 0 {
		t.Errorf("a case of another typology counted: %+v", wrong.Found)
	}
}

func TestStreamSendsEverythingInOrderAndWaitsWhenTheQueueIsFull(t *testing.T) {
	w, err := platform.Generate(platform.Config{Seed: 1, Accounts: 1000})
	if err != nil {
		t.Fatal(err)
	}
	full, got, last := true, 0, time.Time{}
	sent, err := demo.Stream(t.Context(), w, demo.Pace{}, func(_ context.Context, b pipeline.Batch) (pipeline.Answer, error) {
		if full {
			full = false
			return pipeline.Answer{}, pipeline.ErrFull
		}
		for _, e := range b.Events {
			if e.Time.Before(last) {
				t.Fatal("out of order")
			}
			last = e.Time
		}
		got += len(b.Events)
		return pipeline.Answer{}, nil
	})
	if err != nil || sent != len(w.Events) || got != sent {
		t.Errorf("%d sent, %d taken, of %d (%v)", sent, got, len(w.Events), err)
	}
	boom := errors.New("boom")
	if _, err := demo.Stream(t.Context(), w, demo.Pace{}, func(context.Context, pipeline.Batch) (pipeline.Answer, error) {
		return pipeline.Answer{}, boom
	}); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
}

func TestStandIsWhereTheConfigurationPoints(t *testing.T) {
	s, err := demo.NewStand(time.Now, func(action.Received) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	s.Configure(&c)
	client, err := cybertip.NewClient(c.NCMEC.Options())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Status(t.Context()); err != nil {
		t.Errorf("the local CyberTipline does not know its user: %v", err)
	}
	endpoint, err := c.Actions.Endpoint()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := action.NewSender(endpoint); err != nil {
		t.Error(err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if _, err := client.Status(t.Context()); err == nil {
		t.Error("a stand-in that was closed still answers")
	}
}
