package report

import (
	"context"
	"slices"
	"time"

	"haris/cybertip"
)

// Patience is how long reports may wait before somebody is told. A zero field tells nobody.
type Patience struct {
	// Unfinished is how long before NCMEC deletes a report that is open and not finished.
	Unfinished time.Duration
	// Overdue is how long a draft may stay a draft, and a submitted report not be filed.
	Overdue time.Duration
}

// AlertKind is what is wrong.
type AlertKind string

// The kinds of alerts.
const (
	Unfinished AlertKind = "unfinished" // begun at NCMEC, which deletes it soon, or has
	Overdue    AlertKind = "overdue"    // somebody decided to report, and it is not filed yet
)

// AlertKinds lists the kinds, the most urgent first.
func AlertKinds() []AlertKind { return []AlertKind{Unfinished, Overdue} }

// Alert says that a report waits for longer than it should.
type Alert struct {
	Report string    `json:"report"`
	Case   string    `json:"case"`
	Status Status    `json:"status"`
	Kind   AlertKind `json:"kind"`
	// Until is when NCMEC deletes the report; of an overdue one, when it should have been filed.
	Until time.Time `json:"until"`
}

// Left is the time until then, below zero when it is over.
func (a Alert) Left(now time.Time) time.Duration { return a.Until.Sub(now) }

// ExpiresAt is when NCMEC deletes the report that is open there; zero when none is.
func (r *Report) ExpiresAt() time.Time {
	if r.Filing == nil || !slices.Contains(waiting(), r.Status) {
		return time.Time{}
	}
	return r.Filing.ExpiresAt()
}

// waiting lists the statuses in which something is still to be done.
func waiting() []Status { return []Status{Submitting, Held, Failed, Drafted} }

// Alert returns what is wrong with how long a report has waited; ok is false when nothing is.
func (p Patience) Alert(r *Report, now time.Time) (a Alert, ok bool) {
	if !slices.Contains(waiting(), r.Status) {
		return a, false
	}
	a = Alert{Report: r.ID, Case: r.Case, Status: r.Status}
	if end := r.ExpiresAt(); p.Unfinished > 0 && !end.IsZero() && !now.Before(end.Add(-p.Unfinished)) {
		a.Kind, a.Until = Unfinished, end
		return a, true
	}
	since := r.SubmittedAt
	if r.Status == Drafted {
		since = r.CreatedAt
	}
	if end := since.Add(p.Overdue); p.Overdue > 0 && !now.Before(end) {
		a.Kind, a.Until = Overdue, end
		return a, true
	}
	return a, false
}

// before is the moment after which no report can have an alert: a report is opened after it was submitted, and stands for a day.
func (p Patience) before(now time.Time) (t time.Time) {
	if p.Overdue > 0 {
		t = now.Add(-p.Overdue)
	}
	if open := now.Add(p.Unfinished - cybertip.OpenFor); p.Unfinished > 0 && open.After(t) {
		t = open
	}
	return t
}

// Alerts returns what waits for too long, of one case or of all (""), the most urgent first; of those in one status no more than the
// 500 that wait longest. It tells nothing of what reports say and leaves no trace. A failed read is an error and never "nothing waits".
func (s *Service) Alerts(ctx context.Context, caseID string) (out []Alert, err error) {
	now := s.at()
	before := s.Patience.before(now)
	if before.IsZero() {
		return nil, nil
	}
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		out = nil
		for _, status := range waiting() {
			list, err := tx.List(ctx, Filter{Case: caseID, Status: status, Before: before.Add(time.Millisecond), Limit: 500})
			if err != nil {
				return err
			}
			for i := range list {
				if a, ok := s.Patience.Alert(&list[i], now); ok {
					out = append(out, a)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b Alert) int {
		if a.Kind != b.Kind {
			return slices.Index(AlertKinds(), a.Kind) - slices.Index(AlertKinds(), b.Kind)
		}
		return a.Until.Compare(b.Until)
	})
	return out, nil
}
