package learn_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"haris/internal/learn"
	"haris/internal/stage"
)

// judged makes n messages in English of each kind, by authors who write two to each other.
func judged(t testing.TB, n int) []learn.Example {
	t.Helper()
	var b strings.Builder
	for i := range n {
		for k, s := range []struct{ text, stage string }{{"keep this between us", "S4"}, {"the bus leaves soon", "none"}, {"can you send me the homework", "none"}} {
			fmt.Fprintf(&b, `{"text":"%s %d","lang":"en","stage":"%s","author":"a%d","conversation":"c%d"}`+"\n", s.text, i, s.stage, i*3+k, i)
		}
	}
	list, err := learn.Read(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestModel(t *testing.T) {
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	told := 0
	m, err := learn.Model(judged(t, 320), learn.Order{Name: "spring", At: at, Origin: "judged.ndjson", Seed: 3, Progress: func(done, all int) {
		if done != told+1 || all != 48 {
			t.Errorf("%d of %d after %d", done, all, told)
		}
		told = done
	}})
	if err != nil || told != 48 {
		t.Fatal(told, err)
	}
	c := m.Card
	if c.Name != "spring" || !c.At.Equal(at) || c.Authors != 320 || c.HeldOut == 0 || c.Examples+c.HeldOut != 960 {
		t.Errorf("%+v", c)
	}
	if n := m.Calibration()["en"][0]; n < learn.LeastPositives {
		t.Errorf("%d positives", n)
	}
	if len(c.Measured) != 1 || c.Measured[0].Head != "S4" || c.Measured[0].Lang != "en" || !c.Measured[0].Calibrated || *c.Measured[0].AUC < .99 || c.Measured[0].At1000 != nil ||
		*c.Measured[0].At100 < .99 || *c.Measured[0].ECE > .1 || *c.Measured[0].Brier > .05 {
		t.Errorf("%+v", c.Measured)
	}
}

// TestModelKeepsAuthorsApart: everybody has written to somebody who has written to everybody, so that all stand on one side.
func TestModelKeepsAuthorsApart(t *testing.T) {
	list := judged(t, 320)
	for i := range list {
		list[i].Conversation = fmt.Sprint("c", i/2)
		list[i].Author = fmt.Sprint("a", (i+1)/2)
	}
	_, err := learn.Model(list, learn.Order{Name: "x"})
	if !errors.Is(err, learn.ErrFew) && !errors.Is(err, stage.ErrExamples) {
		t.Error(err)
	}
}

func TestModelRefusesTooFew(t *testing.T) {
	_, err := learn.Model(judged(t, 150), learn.Order{Name: "few"})
	if !errors.Is(err, learn.ErrFew) || !strings.Contains(err.Error(), "S4 has ") || !strings.Contains(err.Error(), "in en") {
		t.Error(err)
	}
}

func TestMeasureSaysWhatCannotBeMeasured(t *testing.T) {
	m, err := learn.Model(judged(t, 320), learn.Order{Name: "spring"})
	if err != nil {
		t.Fatal(err)
	}
	got := learn.Measure(m, []learn.Example{{Text: "guten Tag", Lang: "de", Stage: []string{"none"}}, {Text: "keep this between us", Lang: "en", Stage: []string{"S4"}}})
	if len(got) != 2 || got[0].Lang != "de" || got[0].Calibrated || got[0].AUC != nil || !got[1].Calibrated || got[1].AUC != nil {
		t.Errorf("%+v", got)
	}
}

func TestReadErrors(t *testing.T) {
	for line, want := range map[string]string{
		`{`:                                  "line 1",
		`{"stage":"S4"}`:                     "no text",
		`{"text":"x"}`:                       "no stage",
		`{"text":"x","stage":"S0"}`:          `stage "S0": want "none" alone, or one or several of S1`,
		`{"text":"x","stage":["S4","none"]}`: `stage "none"`,
		"\n" + `{"text":"x","stage":3}`:      "line 2",
	} {
		if _, err := learn.Read(strings.NewReader(line)); !errors.Is(err, learn.ErrExample) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
	list, err := learn.Read(strings.NewReader(`{"text":"x","stage":["S4","S5"]}` + "\n\n"))
	if err != nil || len(list) != 1 || len(list[0].Stage) != 2 {
		t.Error(list, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`{"text":"x","stage":"S4","author":"a"}`)
	f.Fuzz(func(t *testing.T, s string) {
		list, err := learn.Read(strings.NewReader(s))
		for _, e := range list {
			if err == nil && (e.Text == "" || len(e.Stage) == 0) {
				t.Errorf("%+v", e)
			}
		}
	})
}
