package casefile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/taxonomy"
)

// Fold returns the case after one more event; c is left as it was. The zero Case is the case before its first event. It
// checks the place of the event in the history, the transition table, who acts, the claim and the body.
// ErrStale, ErrTransition, ErrPerson, ErrClaimed, ErrNotClaimed, ErrFourEyes, ErrBody, ErrMatter.
func Fold(c Case, e Event) (Case, error) {
	if e.N != c.Events+1 {
		return Case{}, fmt.Errorf("%w: event %d was to follow event %d", ErrStale, e.N, c.Events)
	}
	if c.Events > 0 && e.Case != c.ID {
		return Case{}, fmt.Errorf("%w: an event of case %q in the history of %q", ErrTransition, e.Case, c.ID)
	}
	if err := Allowed(&c, e.Kind, e.Who, e.At); err != nil {
		return Case{}, err
	}
	next, err := step(c, e)
	if err != nil {
		return Case{}, err
	}
	i := slices.IndexFunc(moves[:], func(m move) bool { return m.kind == e.Kind })
	if to := moves[i].to; to != "" {
		next.Status = to
	}
	if next.Status != c.Status {
		next.Claim, next.Rest = nil, nil // whoever takes it from here claims it anew
	}
	next.Events, next.UpdatedAt = e.N, e.At
	return next, nil
}

// FoldAll folds a whole history, which begins with Opened or SplitFrom.
func FoldAll(history []Event) (Case, error) {
	var c Case
	for _, e := range history {
		var err error
		if c, err = Fold(c, e); err != nil {
			return Case{}, fmt.Errorf("event %d: %w", e.N, err)
		}
	}
	return c, nil
}

// step applies the body of an event that is allowed.
func step(c Case, e Event) (Case, error) {
	switch e.Kind {
	case Opened:
		return opened(e)
	case Grown:
		return grown(c, e)
	case Claimed:
		return claimed(c, e)
	case Released:
		c.Claim = nil
		return c, nil
	case Escalate:
		return escalated(c, e)
	case Disposed:
		return disposed(c, e)
	case Agreed:
		return agreed(c, e)
	case Disagreed, Reopened:
		return undone(c, e)
	case Marked:
		return marked(c, e)
	case Assigned:
		return assigned(c, e)
	case Snoozed, Parked, Woken:
		return rested(c, e)
	case MergedInto:
		return mergedInto(c, e)
	case Absorbed:
		return absorbed(c, e)
	case SplitOff:
		return splitOff(c, e)
	case SplitFrom:
		return splitFrom(e)
	default:
		return c, checkBody(e)
	}
}

func opened(e Event) (Case, error) {
	var b OpenedBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := b.Matter.Check(); err != nil {
		return Case{}, err
	}
	c := begun(e, &b.Matter, b.Apart)
	c.Earlier, c.Judged = b.Earlier, b.Judged
	return c, nil
}

func grown(c Case, e Event) (Case, error) {
	var b GrownBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := b.Matter.Check(); err != nil {
		return Case{}, err
	}
	if !c.Belongs(&b.Matter) {
		return Case{}, fmt.Errorf("%w: about %s of %q, the case is about %s of %q", ErrMatter, b.Matter.Typology,
			b.Matter.Subject, c.Typology, c.Subject)
	}
	next := Merge(c, b.Matter)
	next.Rest = nil // what grows wants to be looked at
	if next.Priority > c.Priority {
		if d := DeadlineOf(next.Priority, e.At); c.Deadline.IsZero() || d.Before(c.Deadline) {
			next.Deadline = d
		}
	}
	return next, nil
}

func claimed(c Case, e Event) (Case, error) {
	var b ClaimedBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if !b.Ends.After(e.At) {
		return Case{}, fmt.Errorf("%w: a claim made at %s that ends at %s", ErrBody, e.At, b.Ends)
	}
	c.Claim, c.Rest = &Claim{Who: e.Who, Ends: b.Ends}, nil
	return c, nil
}

func escalated(c Case, e Event) (Case, error) {
	var b EscalatedBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := need("reason", b.Reason); err != nil {
		return Case{}, err
	}
	if b.To != "" {
		c.Queue = b.To
	}
	c.Disposal = nil
	return c, nil
}

func disposed(c Case, e Event) (Case, error) {
	var b DisposedBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	d := b.Disposition
	if err := d.Check(); err != nil {
		return Case{}, err
	}
	if c.Status == Escalated && d.Finding == FindingEscalated {
		return Case{}, fmt.Errorf("%w: the case is escalated already", ErrTransition)
	}
	if err := c.checkGrounds(&d); err != nil {
		return Case{}, err
	}
	d.Who, d.At, d.Second, d.SecondAt = e.Who, e.At, "", time.Time{}
	c.Disposal = &d
	switch d.Finding {
	case FindingNeedsSecond:
		c.Status = SecondPerson
	default:
		c.Status, c.Appeals = Status(d.Finding), answered(c.Appeals, d.Finding, e)
	}
	return c, nil
}

func agreed(c Case, e Event) (Case, error) {
	if err := checkBody(e); err != nil {
		return Case{}, err
	}
	if c.Disposal == nil {
		return Case{}, fmt.Errorf("%w: nothing was proposed", ErrTransition)
	}
	d := *c.Disposal
	d.Finding, d.Proposed, d.Second, d.SecondAt = d.Proposed, "", e.Who, e.At
	c.Disposal, c.Status, c.Appeals = &d, Status(d.Finding), answered(c.Appeals, d.Finding, e)
	return c, nil
}

// undone applies Disagreed and Reopened: what was found no longer stands.
func undone(c Case, e Event) (Case, error) {
	var b ReasonBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := need("reason", b.Reason); err != nil {
		return Case{}, err
	}
	if b.Appeal && e.Kind != Reopened {
		return Case{}, fmt.Errorf("%w: appeal: only a case that is opened again has one", ErrBody)
	}
	if b.Appeal {
		c.Appeals = appealed(c.Appeals, c.Disposal, e, b.Reason)
	}
	c.Disposal = nil
	if e.Kind == Reopened {
		c.Into = ""
		c.Deadline = DeadlineOf(c.Priority, e.At)
	}
	return c, nil
}

// checkBody checks the body of an event that changes nothing but the history.
func checkBody(e Event) error {
	switch e.Kind {
	case Noted:
		var b NotedBody
		if err := decode(e, &b); err != nil {
			return err
		}
		return need("text", b.Text)
	case Agreed:
		if len(e.Body) == 0 {
			return nil
		}
		var b ReasonBody
		return decode(e, &b)
	case ActionAsked:
		var b ActionBody
		if err := decode(e, &b); err != nil {
			return err
		}
		return need("action", b.Action)
	default:
		var b ReportBody
		if err := decode(e, &b); err != nil {
			return err
		}
		return need("report", b.Report)
	}
}

// Check reports what a person has left out of a disposition, as an ErrBody.
func (d *Disposition) Check() error {
	decides := d.Finding
	switch d.Finding {
	case FindingConfirmed, FindingCleared, FindingEscalated:
		if d.Proposed != "" {
			return fmt.Errorf("%w: proposed is only for a finding of %s", ErrBody, FindingNeedsSecond)
		}
	case FindingNeedsSecond:
		decides = d.Proposed
		if decides != FindingConfirmed && decides != FindingCleared {
			return fmt.Errorf("%w: proposed %q: expected confirmed or cleared", ErrBody, d.Proposed)
		}
	default:
		return fmt.Errorf("%w: finding %q: expected confirmed, cleared, escalated or needs_second_person", ErrBody, d.Finding)
	}
	if err := need("reason", d.Reason); err != nil {
		return err
	}
	known := slices.Contains(taxonomy.Typologies(), d.Typology)
	switch {
	case d.Typology != "" && !known:
		return fmt.Errorf("%w: typology %q: expected one of %v", ErrBody, d.Typology, taxonomy.Typologies())
	case decides == FindingConfirmed && (!known || d.Typology == taxonomy.TypologyUnknown):
		return fmt.Errorf("%w: say what was found: a confirmed case needs a typology other than unknown", ErrBody)
	case d.Wrong && decides != FindingCleared:
		return fmt.Errorf("%w: only what is cleared was wrongly matched", ErrBody)
	case len(d.Banked) > 0 && (decides != FindingConfirmed || d.Typology != taxonomy.TypologyAbuseMaterial):
		return fmt.Errorf("%w: only what is confirmed as abuse material joins the own bank", ErrBody)
	}
	if err := d.checkElements(); err != nil {
		return err
	}
	switch d.Confidence {
	case "", "low", "medium", "high":
		return nil
	}
	return fmt.Errorf("%w: confidence %q: expected low, medium or high", ErrBody, d.Confidence)
}

// need reports a field that was left empty.
func need(field, text string) error {
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("%w: %s is required", ErrBody, field)
	}
	return nil
}
