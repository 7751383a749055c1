package evidence

import (
	"maps"
	"slices"
	"strings"
	"time"

	"haris/internal/event"
)

// Words says the line for someone who reads what happened, and not for who looks it up: time, sender, recipients, and what was written
// or done. What follows a line break within a message is set in, so that nobody can write a message that looks like another entry.
func (l Line) Words() string {
	var b strings.Builder
	b.WriteString("[" + l.Time.UTC().Format(time.RFC3339) + "] " + plain(l.From))
	if len(l.To) > 0 {
		to := make([]string, len(l.To))
		for i, s := range l.To {
			to[i] = plain(s)
		}
		b.WriteString(" to " + strings.Join(to, ", "))
	}
	if l.Group != "" {
		b.WriteString(" in group " + plain(l.Group))
	}
	var marks []string
	if l.Type != event.MessageSent {
		marks = append(marks, string(l.Type))
	}
	if !l.UnsentAt.IsZero() {
		marks = append(marks, "unsent by the sender at "+l.UnsentAt.UTC().Format(time.RFC3339))
	}
	if l.EditOf != "" {
		marks = append(marks, "new version of "+plain(l.EditOf))
	}
	for _, k := range slices.Sorted(maps.Keys(l.Facts)) {
		if k != "message" && k != "surface" { // those say where to find it
			marks = append(marks, plainKey(k)+" "+plain(l.Facts[k]))
		}
	}
	for _, a := range l.Attachments {
		marks = append(marks, strings.TrimSpace("attachment "+plain(a.Kind)+" "+plain(a.Name)))
	}
	if len(marks) > 0 {
		b.WriteString(" (" + strings.Join(marks, "; ") + ")")
	}
	if l.Text != "" {
		b.WriteString(": " + strings.Join(splitLines(l.Text), "\n    "))
	}
	b.WriteByte('\n')
	return b.String()
}
