package casefile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"haris/internal/detect"
)

// Matches are the matches with known material that the history of a case tells, oldest first, because the folded case shows only the
// newest of each detector. Those of accounts that were split off went with them; those of a case that was merged into it have come.
func Matches(history []Event) (out []detect.Match, err error) {
	list, err := Matched(history)
	for i := range list {
		out = append(out, list[i].Matches...)
	}
	return out, err
}

// Matched is Matches by the signals that tell them, each match once, without anything of a signal but the detector, whom it is about, when it
// spoke, and the matches.
func Matched(history []Event) (out []detect.Signal, err error) {
	for i := range history {
		e := &history[i]
		switch e.Kind {
		case Opened, Grown, Absorbed, SplitFrom:
			var body struct { // what these bodies have in common
				Matter  Matter          `json:"matter"`
				Matched []detect.Signal `json:"matched"`
			}
			if err := json.Unmarshal(e.Body, &body); err != nil {
				return nil, fmt.Errorf("%w: event %d of case %s: %w", ErrBody, e.N, e.Case, err)
			}
			for _, s := range slices.Concat(body.Matched, body.Matter.Signals) {
				if len(s.Matches) > 0 {
					out = append(out, detect.Signal{Detector: s.Detector, Subject: s.Subject, At: s.At, Matches: s.Matches})
				}
			}
		case SplitOff:
			var body SplitOffBody
			if err := decode(*e, &body); err != nil {
				return nil, err
			}
			out = slices.DeleteFunc(out, func(s detect.Signal) bool { return slices.Contains(body.Accounts, s.Subject) })
		}
	}
	return firstTold(out), nil
}

// firstTold leaves each match to the first of the signals that tell it of an account, and drops signals that have none left.
func firstTold(signals []detect.Signal) []detect.Signal {
	type key struct {
		subject, bank, kind, picture, media, hashes string
		entry                                       uint64
	}
	seen := map[key]bool{}
	for i := range signals {
		s := &signals[i]
		var fresh []detect.Match
		for _, m := range s.Matches {
			if k := (key{s.Subject, m.Bank, m.Kind, m.Picture, m.Media, strings.Join(m.Hashes, " "), m.Entry}); !seen[k] {
				seen[k] = true
				fresh = append(fresh, m)
			}
		}
		s.Matches = fresh
	}
	return slices.DeleteFunc(signals, func(s detect.Signal) bool { return len(s.Matches) == 0 })
}
