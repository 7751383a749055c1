package console

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"haris/internal/casefile"
)

// tell puts the history into words, newest first, and picks out the notes.
func tell(events []casefile.Event, who names, words *catalogue, seen func(id string) bool) (history, notes []historyLine, err error) {
	for i := len(events) - 1; i >= 0; i-- {
		e := events[i]
		text, err := bodyText(e, who, words, seen)
		if err != nil {
			return nil, nil, err
		}
		h := historyLine{Event: e, who: who.of(e.Who), text: text}
		history = append(history, h)
		if e.Kind == casefile.Noted {
			notes = append(notes, h)
		}
	}
	return history, notes, nil
}

// bodyText is what an event adds to its kind: a person's words, a finding, a receipt.
func bodyText(e casefile.Event, who names, w *catalogue, seen func(id string) bool) (string, error) {
	if len(e.Body) == 0 {
		return "", nil
	}
	var b struct {
		Text        string                `json:"text"`
		Reason      string                `json:"reason"`
		Verb        string                `json:"verb"`
		Receipt     string                `json:"receipt"`
		Disposition *casefile.Disposition `json:"disposition"`
		Matter      *casefile.Matter      `json:"matter"`
		Stages      []string              `json:"stages"`
		Until       time.Time             `json:"until"`
		To          string                `json:"to"`
		From        string                `json:"from"`
		Into        string                `json:"into"`
		Accounts    []string              `json:"accounts"`
		Appeal      bool                  `json:"appeal"`
	}
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return "", fmt.Errorf("console: body of event %d of case %s: %w", e.N, e.Case, err)
	}
	switch {
	case b.Appeal:
		return w.T("history.appealed", "reason", b.Reason), nil
	case !b.Until.IsZero():
		return w.T("history.until", "moment", w.Moment(b.Until), "reason", b.Reason), nil
	case e.Kind == casefile.SplitOff:
		return w.T("history.split", "accounts", accountList(b.Accounts, w), "reason", b.Reason), nil
	case e.Kind == casefile.SplitFrom && b.Matter != nil:
		return w.T("history.split", "accounts", accountList(append([]string{b.Matter.Subject}, b.Matter.Linked...), w), "reason", b.Reason), nil
	case e.Kind == casefile.MergedInto || e.Kind == casefile.Absorbed:
		id := b.Into + b.From
		if !seen(id) {
			id = w.T("history.hidden")
		}
		return w.T("history.merged", "id", id, "reason", b.Reason), nil
	case e.Kind == casefile.Assigned && b.To == "":
		return w.T("history.to_nobody"), nil
	case e.Kind == casefile.Assigned:
		return strings.TrimSpace(w.T("history.to", "name", who.of(b.To)) + " " + b.Reason), nil
	case b.Disposition != nil:
		return w.T("history.disposed", "finding", w.T("finding."+string(b.Disposition.Finding)), "reason", b.Disposition.Reason), nil
	case b.Matter != nil:
		return w.N("queue.signals", len(b.Matter.Signals)), nil
	case e.Kind == casefile.ActionAsked:
		verb := b.Verb
		if key := "verb." + verb; w.Has(key) {
			verb = w.T(key)
		}
		return verb, nil
	case e.Kind == casefile.Marked:
		return strings.Join(b.Stages, " "), nil
	case b.Receipt != "":
		return b.Receipt, nil
	case b.Text != "":
		return b.Text, nil
	}
	return b.Reason, nil
}

// accountList names accounts in a line, the first of many.
func accountList(ids []string, w *catalogue) string {
	out := strings.Join(ids[:min(len(ids), maxNamed)], w.T("list.comma"))
	if len(ids) > maxNamed {
		out += " …"
	}
	return out
}
