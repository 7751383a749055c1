package casefile

import (
	"slices"
	"time"
)

// Appeal is that somebody outside did not accept what was found, so that a person opened the case again to look anew. It ends with the next
// finding that closes the case.
type Appeal struct {
	At     time.Time `json:"at"`
	Who    string    `json:"who"`    // the person who took it
	Text   string    `json:"text"`   // what was said against the finding, in that person's words
	Was    Finding   `json:"was"`    // what had been found, and by whom
	First  string    `json:"first"`  // by whom
	Became Finding   `json:"became"` // what was found after it; empty while it waits
	By     string    `json:"by,omitempty"`
	EndAt  time.Time `json:"end_at,omitzero"`
}

// MaxAppeals bounds the appeals that a folded case carries, the newest; the history keeps all.
const MaxAppeals = 20

// Waits reports whether the appeal has no answer yet.
func (a *Appeal) Waits() bool { return a.Became == "" }

// appealed begins an appeal against what was found.
func appealed(list []Appeal, found *Disposition, e Event, text string) []Appeal {
	a := Appeal{At: e.At, Who: e.Who, Text: text}
	if found != nil {
		a.Was, a.First = found.Finding, found.Who
	}
	out := append(slices.Clone(list), a)
	return out[max(0, len(out)-MaxAppeals):]
}

// answered ends the appeal that waits, if there is one, with a finding that closes the case.
func answered(list []Appeal, found Finding, e Event) []Appeal {
	n := len(list) - 1
	if n < 0 || !list[n].Waits() || found != FindingConfirmed && found != FindingCleared {
		return list
	}
	out := slices.Clone(list)
	out[n].Became, out[n].By, out[n].EndAt = found, e.Who, e.At
	return out
}
