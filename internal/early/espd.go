package early

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// The protocol of eSPD (M. Vogt, U. Leser, A. Akbik, ACL 2021): a window of the last 50 messages is judged after each message, and a warning
// is given as soon as s of the last 10 windows were positive; it is never taken back.
const (
	Window     = 50
	Skepticism = 5  // s of the published figures
	Last       = 10 // windows looked at; s is 1 to Last
)

// Segment is a part of a chat, or a whole one, with its label.
type Segment struct {
	ID       string
	Predator bool
	Messages []Message // Line counts from 1; At is not set
}

// ErrSegment says that a line is not a segment.
var ErrSegment = errors.New("early: not a segment")

// ReadSegments reads segments, one JSON object a line: {"id": "…", "label": "predator" or "non-predator", "messages": [{"author": "…",
// "text": "…"}]}. It is a form of haris's own: PANC is put together from two corpora by its authors' scripts, and whoever lawfully holds it
// writes its segments like this. Empty lines are passed over. What f returns ends the reading.
func ReadSegments(r io.Reader, f func(Segment) error) error {
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		text, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(text) > 1 || len(text) == 1 && text[0] != '\n' {
			s, bad := readSegment(text)
			if bad != nil {
				return fmt.Errorf("%w: line %d: %w", ErrSegment, n, bad)
			}
			if err := f(s); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

func readSegment(text []byte) (s Segment, err error) {
	var raw struct {
		ID, Label string
		Messages  []struct{ Author, Text string }
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return s, err
	}
	switch {
	case raw.Label != "predator" && raw.Label != "non-predator":
		return s, fmt.Errorf("label %q, expected \"predator\" or \"non-predator\"", raw.Label)
	case len(raw.Messages) == 0:
		return s, errors.New("no messages, expected at least one")
	}
	s.ID, s.Predator = raw.ID, raw.Label == "predator"
	for i, m := range raw.Messages {
		s.Messages = append(s.Messages, Message{Line: i + 1, Author: m.Author, Text: m.Text})
	}
	return s, nil
}

// Judge calls positive with the window that ends with each message and returns the answers.
func Judge(messages []Message, positive func([]Message) (bool, error)) (out []bool, err error) {
	for i := range messages {
		p, err := positive(messages[max(0, i+1-Window) : i+1])
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Alarms returns for each skepticism s from 1 to Last, at s − 1, after how many messages (from 1) the warning comes, 0 for never.
func Alarms(windows []bool) (out [Last]int) {
	count := 0
	for i, p := range windows {
		if p {
			count++
		}
		if i >= Last && windows[i-Last] {
			count--
		}
		for s := range count {
			if out[s] == 0 {
				out[s] = i + 1
			}
		}
	}
	return out
}

// Warned is what came of segments and whole chats at one skepticism.
type Warned struct {
	Skepticism int     `json:"skepticism"`
	Counts     Counts  `json:"counts"` // of segments
	Latencies  []int   `json:"-"`      // of the whole chats of predators in which a warning came
	Median     float64 `json:"median_latency"`
	Precision  float64 `json:"precision"`
	Recall     float64 `json:"recall"`
	F1         float64 `json:"f1"`
	Speed      float64 `json:"speed"`
	FLatency   float64 `json:"f_latency"`
}

// Board counts warnings at every skepticism.
type Board [Last]Warned

// Segment counts a segment: it is found when a warning comes within it.
func (b *Board) Segment(predator bool, alarms [Last]int) {
	for s, at := range alarms {
		c := &b[s].Counts
		switch {
		case predator && at > 0:
			c.TP++
		case predator:
			c.FN++
		case at > 0:
			c.FP++
		}
	}
}

// Whole counts a whole chat of a predator, for the latency.
func (b *Board) Whole(alarms [Last]int) {
	for s, at := range alarms {
		if at > 0 {
			b[s].Latencies = append(b[s].Latencies, at)
		}
	}
}

// Result fills in the measures: F-latency is the F₁ of segments times the speed on whole chats.
func (b *Board) Result() []Warned {
	for s := range b {
		w := &b[s]
		w.Skepticism = s + 1
		w.Precision, w.Recall, w.F1 = w.Counts.Precision(), w.Counts.Recall(), w.Counts.F(1)
		w.Speed, w.FLatency, w.Median = Speed(w.Latencies), w.Counts.Latency(w.Latencies), median(w.Latencies)
	}
	return b[:]
}

// median is the mean of the two in the middle when their number is even, 0 of none.
func median(list []int) float64 {
	if len(list) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(list))
	return float64(s[len(s)/2]+s[(len(s)-1)/2]) / 2
}
