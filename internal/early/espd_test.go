package early_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"haris/internal/early"
)

func TestAlarms(t *testing.T) {
	for name, tt := range map[string]struct {
		windows string // 1 for positive
		want    [early.Last]int
	}{
		"never":                     {"000000000000", [10]int{}},
		"all":                       {"1111111111", [10]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		"five of ten":               {"0101010101", [10]int{2, 4, 6, 8, 10}},
		"the eleventh is forgotten": {"1000000000" + "1111", [10]int{1, 12, 13, 14}}, // at the eleventh the first has left
		"never taken back":          {"11000000000000", [10]int{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			var w []bool
			for _, c := range tt.windows {
				w = append(w, c == '1')
			}
			if got := early.Alarms(w); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// The window after the n-th message holds the last fifty.
func TestJudgeWindows(t *testing.T) {
	messages := make([]early.Message, 60)
	for i := range messages {
		messages[i].Line = i + 1
	}
	var first, size []int
	got, err := early.Judge(messages, func(w []early.Message) (bool, error) {
		first, size = append(first, w[0].Line), append(size, len(w))
		return len(w) == early.Window, nil
	})
	if err != nil || len(got) != 60 || got[48] || !got[49] || first[49] != 1 || first[50] != 2 || first[59] != 11 || size[59] != 50 || size[0] != 1 {
		t.Errorf("%v %v %v %v", got, first, size, err)
	}
	boom := errors.New("boom")
	if _, err := early.Judge(messages, func([]early.Message) (bool, error) { return false, boom }); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
}

// Two of three predators' segments and one harmless one are warned of: P = R = F1 = 2/3; warnings after 1 and 90 messages: speed 1 − (0 + ½)/2.
func TestBoard(t *testing.T) {
	var b early.Board
	at := func(k int) (out [early.Last]int) {
		out[4] = k
		return out
	}
	b.Segment(true, at(7))
	b.Segment(true, at(9))
	b.Segment(true, at(0))
	b.Segment(false, at(3))
	b.Segment(false, at(0))
	b.Whole(at(1))
	b.Whole(at(90))
	b.Whole(at(0))
	w := b.Result()[early.Skepticism-1]
	if w.Skepticism != 5 || w.Counts != (early.Counts{TP: 2, FP: 1, FN: 1}) || w.Median != 45.5 {
		t.Errorf("%+v", w)
	}
	if math.Abs(w.F1-2./3) > 1e-12 || math.Abs(w.Speed-.75) > 1e-12 || math.Abs(w.FLatency-.5) > 1e-12 {
		t.Errorf("F1 %v, speed %v, F-latency %v", w.F1, w.Speed, w.FLatency)
	}
	if s := b.Result()[0]; s.Counts != (early.Counts{FN: 3}) || s.Speed != 0 || s.FLatency != 0 {
		t.Errorf("%+v", s)
	}
}

func TestReadSegments(t *testing.T) {
	const good = `{"id":"a","label":"predator","messages":[{"author":"x","text":"keep this between us"},{"author":"y","text":"ok"}]}`
	var got []early.Segment
	if err := early.ReadSegments(strings.NewReader(good+"\n\n"+strings.Replace(good, `"predator"`, `"non-predator"`, 1)), func(s early.Segment) error {
		got = append(got, s)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := early.Segment{ID: "a", Predator: true, Messages: []early.Message{{Line: 1, Author: "x", Text: "keep this between us"}, {Line: 2, Author: "y", Text: "ok"}}}
	if len(got) != 2 || !reflect.DeepEqual(got[0], want) || got[1].Predator {
		t.Errorf("%+v", got)
	}
	for in, says := range map[string]string{
		`{`: "line 2", `{"label":"maybe","messages":[{}]}`: `label "maybe"`, `{"label":"predator"}`: "no messages",
	} {
		err := early.ReadSegments(strings.NewReader(good+"\n"+in), func(early.Segment) error { return nil })
		if !errors.Is(err, early.ErrSegment) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", in, err)
		}
	}
	boom := errors.New("boom")
	if err := early.ReadSegments(strings.NewReader(good), func(early.Segment) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("%v", err)
	}
}

func FuzzReadSegments(f *testing.F) {
	f.Add(`{"id":"a","label":"predator","messages":[{"author":"x","text":"ok"}]}`)
	f.Fuzz(func(t *testing.T, in string) {
		if err := early.ReadSegments(strings.NewReader(in), func(s early.Segment) error {
			if len(s.Messages) == 0 {
				return fmt.Errorf("a segment without messages")
			}
			return nil
		}); err != nil && !errors.Is(err, early.ErrSegment) {
			t.Error(err)
		}
	})
}
