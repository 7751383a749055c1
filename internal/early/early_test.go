package early_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/early"
)

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

// TestPenalty has the values that the paper prints.
func TestPenalty(t *testing.T) {
	if got := early.Penalty(90); !near(got, .5, 1e-15) {
		t.Errorf("90 messages cost %v, want one half", got)
	}
	for k, want := range map[int]float64{1: 0, 0: 0, -3: 0, 10: .055, 16: .092, 25: .147, 50: .294, 150: .726} {
		if got := early.Penalty(k); !near(got, want, .0005) {
			t.Errorf("%d messages cost %.4f, want %.3f", k, got, want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		a := rapid.IntRange(1, 2000).Draw(rt, "a")
		if p, q := early.Penalty(a), early.Penalty(a+1); p < 0 || q > 1 || q < p {
			rt.Errorf("%g at %d, %g after", p, a, q)
		}
	})
}

func TestSpeedAndLatency(t *testing.T) {
	for _, tt := range []struct {
		latencies []int
		want      float64
	}{
		{nil, 0}, {[]int{1}, 1}, {[]int{90}, .5}, {[]int{1, 90, 500}, .5}, {[]int{90, 1}, .75},
	} {
		if got := early.Speed(tt.latencies); !near(got, tt.want, 1e-12) {
			t.Errorf("%v: %g, want %g", tt.latencies, got, tt.want)
		}
	}
	c := early.Counts{TP: 3, FP: 1, FN: 2} // P = .75, R = .6, F₁ = ⅔
	if got := c.Latency([]int{1, 90, 500}); !near(got, 1./3, 1e-12) {
		t.Errorf("F-latency %g, want a third", got)
	}
}

// TestF repeats the figures of PAN-12's winner: 200 of 204 found, 254 to be found.
func TestF(t *testing.T) {
	c := early.Counts{TP: 200, FP: 4, FN: 54}
	for name, v := range map[string][2]float64{
		"precision": {c.Precision(), .9804}, "recall": {c.Recall(), .7874}, "F1": {c.F(1), .8734}, "F0.5": {c.F(.5), .9346},
	} {
		if !near(v[0], v[1], .00005) {
			t.Errorf("%s %.5f, want %.4f", name, v[0], v[1])
		}
	}
	if none := (early.Counts{}); none.F(1) != 0 || none.Precision() != 0 || none.Recall() != 0 {
		t.Error("nothing found and nothing to find is 0")
	}
	if got := early.Count([]string{"a", "a", "b"}, []string{"a", "c", "c"}); got != (early.Counts{TP: 1, FP: 1, FN: 1}) {
		t.Errorf("%+v", got)
	}
}

func TestERDE(t *testing.T) {
	for _, tt := range []struct {
		truth, warned bool
		k             int
		want          float64
	}{{false, true, 1, .1}, {true, false, 0, 1}, {false, false, 0, 0}, {true, true, 5, .5}, {true, true, 1000, 1}} {
		if got := early.ERDE(tt.truth, tt.warned, tt.k, 5, .1); !near(got, tt.want, 1e-12) {
			t.Errorf("%+v: %g", tt, got)
		}
	}
}

const corpus = `<?xml version="1.0" encoding="UTF-8"?>
<conversations>
 <conversation id="c1">
  <message line="1"><author>aaaa</author><time>09:30</time><text>is the match on Saturday?</text></message>
  <message line="2"><author>bbbb</author><time>23:59</time><text>yes &amp; at five</text></message>
 </conversation>
 <conversation id="c2"></conversation>
</conversations>`

func TestReadPAN12(t *testing.T) {
	var got []early.Conversation
	if err := early.ReadPAN12(strings.NewReader(corpus), func(c early.Conversation) error { got = append(got, c); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].ID != "c1" || len(got[0].Messages) != 2 || len(got[1].Messages) != 0 {
		t.Fatalf("%+v", got)
	}
	if m := got[0].Messages[1]; m != (early.Message{Line: 2, Author: "bbbb", At: 23*time.Hour + 59*time.Minute, Text: "yes & at five"}) {
		t.Errorf("%+v", m)
	}
	stop := errors.New("stop")
	if err := early.ReadPAN12(strings.NewReader(corpus), func(early.Conversation) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	for text, want := range map[string]string{
		"":                    "no element <conversations>",
		"<other/>":            "want <conversations>",
		"<conversations><x/>": "want <conversation>",
		"<conversations":      "not a PAN-12 file",
		strings.Replace(corpus, "09:30", "half past", 1):     `conversation "c1": line 1: time`,
		strings.Replace(corpus, "aaaa", " ", 1):              "line 1: no author",
		strings.Replace(corpus, `line="2"`, `line="two"`, 1): "want a number",
	} {
		if err := early.ReadPAN12(strings.NewReader(text), func(early.Conversation) error { return nil }); !errors.Is(err, early.ErrFormat) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30q: %v, want %q", text, err, want)
		}
	}
}

func TestEligible(t *testing.T) {
	chat := func(a, b int) (c early.Conversation) {
		for range a {
			c.Messages = append(c.Messages, early.Message{Author: "a"})
		}
		for range b {
			c.Messages = append(c.Messages, early.Message{Author: "b"})
		}
		return c
	}
	if !chat(6, 6).Eligible() || chat(6, 5).Eligible() || chat(20, 0).Eligible() || chat(0, 0).Eligible() {
		t.Error("want two people with six messages each, and no other")
	}
}

func TestLists(t *testing.T) {
	if got, err := early.ReadAuthors(strings.NewReader("aaaa\n\n bbbb \n")); err != nil || !slices.Equal(got, []string{"aaaa", "bbbb"}) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := early.ReadLines(strings.NewReader("c1\t2\n\nc2\t 7\n")); err != nil || !slices.Equal(got, []string{"c1\t2", "c2\t7"}) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := early.ReadAuthors(strings.NewReader("a b\n")); !errors.Is(err, early.ErrFormat) {
		t.Error(err)
	}
	for _, text := range []string{"c1 2\n", "c1\tx\n", "\t2\n"} {
		if _, err := early.ReadLines(strings.NewReader(text)); !errors.Is(err, early.ErrFormat) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzReadPAN12(f *testing.F) {
	f.Add(corpus)
	f.Add("<conversations><conversation>")
	f.Fuzz(func(t *testing.T, text string) {
		_ = early.ReadPAN12(strings.NewReader(text), func(c early.Conversation) error {
			for _, m := range c.Messages {
				if m.Author == "" || m.At < 0 || m.At >= 24*time.Hour {
					t.Errorf("%+v", m)
				}
			}
			return nil
		})
	})
}

func FuzzLists(f *testing.F) {
	f.Add("c1\t2\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := early.ReadLines(strings.NewReader(text))
		if err == nil {
			if again, err := early.ReadLines(strings.NewReader(strings.Join(list, "\n"))); err != nil || !slices.Equal(again, list) {
				t.Errorf("%q %q %v", list, again, err)
			}
		}
		_, _ = early.ReadAuthors(strings.NewReader(text))
	})
}
