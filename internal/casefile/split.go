package casefile

import (
	"fmt"
	"slices"

	"haris/internal/detect"
)

// MaxSplits bounds the cases that can be split from one.
const MaxSplits = 100

// CanSplit reports why accounts cannot go on in a case of their own, or nil: some of those that are linked with the subject, each once, and
// never the subject itself. Whether a person may do it is Allowed's. ErrBody.
func CanSplit(c *Case, accounts []string) error {
	switch {
	case len(accounts) == 0:
		return fmt.Errorf("%w: accounts: name at least one that goes on in the new case", ErrBody)
	case len(c.SplitInto) >= MaxSplits:
		return fmt.Errorf("%w: %d cases were split from this one, the most that can be", ErrBody, MaxSplits)
	case len(c.Apart)+len(accounts) > MaxAccounts:
		return fmt.Errorf("%w: accounts: %d would be apart from this case, of at most %d", ErrBody, len(c.Apart)+len(accounts), MaxAccounts)
	}
	for i, a := range accounts {
		switch {
		case a == c.Subject:
			return fmt.Errorf("%w: accounts: %q is whom the case is about and stays", ErrBody, a)
		case !slices.Contains(c.Subjects, a):
			return fmt.Errorf("%w: accounts: %q is not an account of the case", ErrBody, a)
		case slices.Contains(accounts[:i], a):
			return fmt.Errorf("%w: accounts: %q is named twice", ErrBody, a)
		}
	}
	return nil
}

// Part is what a case knows of some of its accounts, as the body of the event that opens the case in which they go on. That one is about the
// account of which most was found, with the signals about them; the victims are those that these signals name, or all when they name none.
// history is the case's. ErrBody.
func Part(c *Case, history []Event, accounts []string, reason string) (SplitFromBody, error) {
	matched, err := Matched(history)
	if err != nil {
		return SplitFromBody{}, err
	}
	m := Matter{Key: "split/" + c.ID, Typology: c.Typology, Priority: c.Priority, Queue: c.Queue, Labels: c.Labels}
	going := only(c.Subjects, accounts)
	var named []string
	for i := range c.Signals {
		s := &c.Signals[i]
		if !slices.Contains(going, s.Subject) {
			continue
		}
		m.Signals = append(m.Signals, *s)
		named = append(named, s.Others...)
		if s.At.After(m.At) {
			m.At = s.At
		}
	}
	if m.At.IsZero() {
		m.At = c.EventAt
	}
	if m.Victims = only(c.Victims, named); len(m.Victims) == 0 {
		m.Victims = c.Victims
	}
	m.Subject = mostFound(going, m.Signals)
	m.Linked = without(going, []string{m.Subject})
	return SplitFromBody{
		From: c.ID, Reason: reason, Matter: m, Deadline: c.Deadline, Apart: append(without(c.Subjects, going), c.Apart...),
		Matched: slices.DeleteFunc(matched, func(s detect.Signal) bool { return !slices.Contains(going, s.Subject) }),
	}, nil
}

// mostFound is the account about which most was found: a hard signal first, then the greatest strength, then the order.
func mostFound(accounts []string, signals []detect.Signal) (best string) {
	var hard bool
	var most float64
	for i, a := range accounts {
		var own []detect.Signal
		isHard := false
		for j := range signals {
			if s := &signals[j]; s.Subject == a && s.Unscanned == "" {
				own = append(own, *s)
				isHard = isHard || s.Hard
			}
		}
		if x := Strength(own); i == 0 || isHard && !hard || isHard == hard && x > most {
			best, hard, most = a, isHard, x
		}
	}
	return best
}

// splitOff takes accounts out of a case that goes on without them: the signals about them go too. Everything else stays as it is until a
// person decides.
func splitOff(c Case, e Event) (Case, error) {
	var b SplitOffBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := need("reason", b.Reason); err != nil {
		return Case{}, err
	}
	if err := need("into", b.Into); err != nil {
		return Case{}, err
	}
	if b.Into == c.ID || slices.Contains(c.SplitInto, b.Into) {
		return Case{}, fmt.Errorf("%w: into: %q is no new case", ErrBody, b.Into)
	}
	if err := CanSplit(&c, b.Accounts); err != nil {
		return Case{}, err
	}
	c.Subjects = without(c.Subjects, b.Accounts)
	c.Signals = slices.DeleteFunc(slices.Clone(c.Signals), func(s detect.Signal) bool { return slices.Contains(b.Accounts, s.Subject) })
	c.Apart = append(slices.Clip(c.Apart), b.Accounts...)
	c.SplitInto = append(slices.Clip(c.SplitInto), b.Into)
	return c, nil
}

// splitFrom begins the case of what was split from another. It buys no time: the deadline is the other's.
func splitFrom(e Event) (Case, error) {
	var b SplitFromBody
	if err := decode(e, &b); err != nil {
		return Case{}, err
	}
	if err := need("reason", b.Reason); err != nil {
		return Case{}, err
	}
	if err := need("from", b.From); err != nil {
		return Case{}, err
	}
	if b.From == e.Case {
		return Case{}, fmt.Errorf("%w: from: a case cannot be split from itself", ErrBody)
	}
	if err := b.Matter.Check(); err != nil {
		return Case{}, err
	}
	c := begun(e, &b.Matter, b.Apart)
	c.From = b.From
	if !b.Deadline.IsZero() && b.Deadline.Before(c.Deadline) {
		c.Deadline = b.Deadline
	}
	return c, nil
}

// begun is a case as its first matter makes it. What people took apart from what came before it does not come in.
func begun(e Event, m *Matter, apart []string) Case {
	c := Merge(Case{
		ID: e.Case, Subject: m.Subject, Subjects: []string{m.Subject}, Typology: m.Typology, Queue: m.Queue, OpenedAt: e.At,
		Apart: without(apart, []string{m.Subject}),
	}, *m)
	c.Deadline = DeadlineOf(c.Priority, e.At)
	return c
}

// Joining are the accounts that a matter brings into the case besides its subject: without those that a person took apart from it.
func (c *Case) Joining(m *Matter) []string { return without(m.Linked, c.Apart) }

// without returns the words of list that are not among gone, in order; nil when none is left.
func without(list, gone []string) []string { return pick(list, gone, false) }

// only returns the words of list that are among these, in order; nil when there is none.
func only(list, these []string) []string { return pick(list, these, true) }

func pick(list, by []string, in bool) (out []string) {
	set := make(map[string]bool, len(by))
	for _, w := range by {
		set[w] = true
	}
	for _, w := range list {
		if set[w] == in {
			out = append(out, w)
		}
	}
	return out
}
