package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"haris/internal/casefile"
	"haris/internal/lead"
)

// dayTick is something counted on a day.
type dayTick struct {
	day lead.Day
	lead.Tick
}

// count adds to what the transaction counts; it is written when the transaction commits, so that a batch which opens many cases changes each row
// once.
func (tx *Tx) count(at time.Time, list []lead.Tick) {
	if len(list) > 0 && tx.ticks == nil {
		tx.ticks = map[dayTick]int64{}
	}
	for _, t := range list {
		tx.ticks[dayTick{lead.DayOf(at), t}]++
	}
}

// wait notes that an event has changed among which open cases a case is counted.
func (tx *Tx) wait(before, after *casefile.Case) {
	was, wasOpen := lead.WaitingOf(before)
	is, isOpen := lead.WaitingOf(after)
	if wasOpen == isOpen && was == is {
		return
	}
	if tx.waits == nil {
		tx.waits = map[lead.Waiting]int{}
	}
	if wasOpen {
		tx.waits[was]--
	}
	if isOpen {
		tx.waits[is]++
	}
}

// writeDays writes what was counted, in one order for all transactions, so that two never wait for each other.
func (tx *Tx) writeDays(ctx context.Context) error {
	if err := tx.writeOpen(ctx); err != nil {
		return err
	}
	rows := make([]dayTick, 0, len(tx.ticks))
	for t := range tx.ticks {
		rows = append(rows, t)
	}
	slices.SortFunc(rows, func(a, b dayTick) int {
		return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Part, b.Part), cmp.Compare(a.What, b.What))
	})
	for _, t := range rows {
		_, err := tx.Exec(ctx, `INSERT INTO case_day (day, kind, part, what, n) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (day, kind, part, what) DO UPDATE SET n = case_day.n + excluded.n`, int64(t.day), string(t.Kind), t.Part, t.What, tx.ticks[t])
		if err != nil {
			return fmt.Errorf("store: count on a day: %w", err)
		}
	}
	tx.ticks = nil
	return nil
}

func (tx *Tx) writeOpen(ctx context.Context) error {
	rows := make([]lead.Waiting, 0, len(tx.waits))
	for w := range tx.waits {
		rows = append(rows, w)
	}
	slices.SortFunc(rows, func(a, b lead.Waiting) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Queue, b.Queue), cmp.Compare(a.Priority, b.Priority))
	})
	for _, w := range rows {
		n := tx.waits[w]
		if n == 0 {
			continue
		}
		done, err := tx.Exec(ctx, `UPDATE case_open SET n = n + $1 WHERE opened = $2 AND queue = $3 AND urgency = $4`, n, int64(w.Day), w.Queue, urgency(w.Priority))
		if err == nil && done == 0 {
			_, err = tx.Exec(ctx, `INSERT INTO case_open (opened, queue, urgency, n) VALUES ($1, $2, $3, $4)`, int64(w.Day), w.Queue, urgency(w.Priority), n)
		}
		if err != nil {
			return fmt.Errorf("store: count open cases: %w", err)
		}
	}
	tx.waits = nil
	return nil
}

// countEvent counts an event of a case that was just added to its history.
func (s caseStore) countEvent(ctx context.Context, before, after *casefile.Case, e *casefile.Event) error {
	var past lead.Past
	if lead.Counts(e.Kind) {
		rows, err := s.tx.Query(ctx, `SELECT who, kind FROM case_event WHERE case_id = $1 AND n < $2`, e.Case, e.N)
		if err != nil {
			return fmt.Errorf("store: earlier events of case %s: %w", e.Case, err)
		}
		earlier, err := collect(rows, func(r scanner) (x casefile.Event, err error) {
			err = r.Scan(&x.Who, &x.Kind)
			return x, err
		})
		if err != nil {
			return fmt.Errorf("store: earlier events of case %s: %w", e.Case, err)
		}
		for i := range earlier {
			past.Add(&earlier[i])
		}
	}
	s.tx.count(e.At, lead.Count(before, after, e, past))
	s.tx.wait(before, after)
	return nil
}

// Days returns what was counted on days, within the transaction.
func (tx *Tx) Days() CaseDays { return CaseDays{tx} }

// CaseDays reads what was counted of cases.
type CaseDays struct{ tx *Tx }

const (
	daySums  = `SELECT day, kind, part, what, n FROM case_day WHERE day >= $1 AND day < $2`
	openSums = `SELECT opened, queue, urgency, n FROM case_open WHERE n > 0`
	heldLate = `SELECT claimed_by, count(*) FROM case_file WHERE claimed_by > '' AND deadline > 0 AND deadline < $1 AND claim_ends > $1 GROUP BY claimed_by`
)

// Sums returns what was counted on each day of a range.
func (v CaseDays) Sums(ctx context.Context, r lead.Range) (map[lead.Day][]lead.Sum, error) {
	rows, err := v.tx.Query(ctx, daySums, int64(r.From), int64(r.To))
	if err != nil {
		return nil, fmt.Errorf("store: sums of days: %w", err)
	}
	out := map[lead.Day][]lead.Sum{}
	_, err = collect(rows, func(r scanner) (struct{}, error) {
		var d lead.Day
		var s lead.Sum
		err := r.Scan(&d, &s.Kind, &s.Part, &s.What, &s.N)
		out[d] = append(out[d], s)
		return struct{}{}, err
	})
	return out, err
}

// Open returns the cases that are open now: by day of opening, queue and priority, and past their time limit in somebody's hands.
func (v CaseDays) Open(ctx context.Context, now time.Time) (o lead.Open, err error) {
	rows, err := v.tx.Query(ctx, openSums)
	if err != nil {
		return o, fmt.Errorf("store: open cases: %w", err)
	}
	o.Cases, err = collect(rows, func(r scanner) (w lead.Waiting, err error) {
		var u int64
		err = r.Scan(&w.Day, &w.Queue, &u, &w.N)
		w.Priority = priorityOf(u)
		return w, err
	})
	if err != nil {
		return o, fmt.Errorf("store: open cases: %w", err)
	}
	o.Held = map[string]int{}
	if rows, err = v.tx.Query(ctx, heldLate, now.UnixMilli()); err != nil {
		return o, fmt.Errorf("store: cases held past their limit: %w", err)
	}
	_, err = collect(rows, func(r scanner) (struct{}, error) {
		var who string
		var n int
		err := r.Scan(&who, &n)
		o.Held[who] = n
		return struct{}{}, err
	})
	return o, err
}

// Missing returns the days of a range whose exposure was not added up yet.
func (v CaseDays) Missing(ctx context.Context, r lead.Range) ([]lead.Day, error) {
	rows, err := v.tx.Query(ctx, `SELECT day FROM case_day WHERE day >= $1 AND day < $2 AND kind = $3 AND part = $4`,
		int64(r.From), int64(r.To), string(lead.ShownDay().Kind), lead.ShownDay().Part)
	if err != nil {
		return nil, fmt.Errorf("store: days of exposure: %w", err)
	}
	have, err := collect(rows, func(r scanner) (d lead.Day, err error) {
		err = r.Scan(&d)
		return d, err
	})
	var out []lead.Day
	for d := r.From; d < r.To; d++ {
		if !slices.Contains(have, d) {
			out = append(out, d)
		}
	}
	return out, err
}

// AddShown adds up who was shown how much on a day that is over, once.
func (v CaseDays) AddShown(ctx context.Context, d lead.Day, list []lead.Sum) error {
	missing, err := v.Missing(ctx, lead.Range{From: d, To: d + 1})
	if err != nil || len(missing) == 0 {
		return err
	}
	list = append([]lead.Sum{{Tick: lead.ShownDay(), N: 1}}, list...)
	for _, s := range list {
		if s.N > 0 {
			v.tx.count(d.Start(), []lead.Tick{s.Tick})
			v.tx.ticks[dayTick{d, s.Tick}] = s.N
		}
	}
	return nil
}

// Fill counts what happened before days were counted, once: when nothing is counted and there are cases. It returns how many cases it went through.
func (v CaseDays) Fill(ctx context.Context) (cases int, err error) {
	counted, err := exists(ctx, v.tx, `SELECT 1 FROM case_day LIMIT 1`)
	if err != nil || counted {
		return 0, err
	}
	for after := ""; ; {
		rows, err := v.tx.Query(ctx, `SELECT id FROM case_file WHERE id > $1 ORDER BY id LIMIT 500`, after)
		if err != nil {
			return cases, fmt.Errorf("store: count earlier days: %w", err)
		}
		ids, err := collect(rows, func(r scanner) (id string, err error) {
			err = r.Scan(&id)
			return id, err
		})
		if err != nil || len(ids) == 0 {
			return cases, err
		}
		for _, id := range ids {
			if err := v.fillCase(ctx, id); err != nil {
				return cases, err
			}
		}
		after, cases = ids[len(ids)-1], cases+len(ids)
	}
}

func (v CaseDays) fillCase(ctx context.Context, id string) error {
	history, err := v.tx.Cases().History(ctx, id)
	if err != nil {
		return err
	}
	var c casefile.Case
	var past lead.Past
	for i := range history {
		next, err := casefile.Fold(c, history[i])
		if err != nil {
			return errors.Join(fmt.Errorf("store: count case %s", id), err)
		}
		v.tx.count(history[i].At, lead.Count(&c, &next, &history[i], past))
		v.tx.wait(&c, &next)
		past.Add(&history[i])
		c = next
	}
	return nil
}
