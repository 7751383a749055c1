package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/job"
	"haris/internal/taxonomy"
)

// JobFeedback is the kind of the job that sends one piece of feedback.
const JobFeedback = "exchange.feedback"

// Feedback is what a disposition says of one record of an exchange.
type Feedback struct {
	Exchange string    `json:"exchange"`
	Key      string    `json:"key"`
	Handle   string    `json:"handle,omitempty"` // what the exchange must be told to speak of the record; Key when it is empty
	Hash     bank.Hash `json:"hash"`             // of the record, that matched
	// Right says that the record is what the exchange is about, wrong that it is not.
	Right bool `json:"right"`
	// Case and Act name the disposition it comes from.
	Case string `json:"case"`
	Act  int    `json:"act"`
}

// Sender sends feedback to an exchange. Sending the same again changes nothing there. Errors are *Error, or the context's.
type Sender interface {
	Send(ctx context.Context, f Feedback) error
}

// CaseTx is one transaction as feedback needs it.
type CaseTx interface {
	Tx
	Cases() casefile.Store
}

// Tell queues what a person's disposition says of records of exchanges, in the transaction of the act: that a match was right when the
// case is confirmed as what the list is about, that it was wrong when the case is cleared as wrongly matched. Only exchanges that want
// says yes to are told. Of a record that matched by several of its hashes one is named.
func Tell(ctx context.Context, tx CaseTx, c *casefile.Case, e *casefile.Event, want func(name string) bool) error {
	d := c.Disposal
	if d == nil || e.Kind != casefile.Disposed && e.Kind != casefile.Agreed {
		return nil
	}
	confirmed, wrong := c.Status == casefile.Confirmed, c.Status == casefile.Cleared && d.Wrong
	if !confirmed && !wrong {
		return nil
	}
	entries, err := matched(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	labels, err := labelsOf(ctx, tx)
	if err != nil {
		return err
	}
	told := map[[2]string]bool{}
	for i := range entries {
		m := &entries[i]
		p := &m.Provenance
		about, record := labels[m.Bank], [2]string{p.Origin, p.Key}
		if p.Source != bank.Exchange || !want(p.Origin) || told[record] || confirmed && about != d.Typology && about != taxonomy.TypologyUnknown {
			continue
		}
		told[record] = true
		if err := queue(ctx, tx, Feedback{Exchange: p.Origin, Key: p.Key, Hash: m.Hash, Right: confirmed, Case: c.ID, Act: e.N}); err != nil {
			return err
		}
	}
	return nil
}

func queue(ctx context.Context, tx Tx, f Feedback) error {
	known, err := tx.Exchanges().Records(ctx, f.Exchange, []string{f.Key})
	if err != nil {
		return err
	}
	for _, k := range known {
		f.Handle = k.Handle
	}
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("exchange: feedback: %w", err)
	}
	_, _, err = tx.Jobs().Enqueue(ctx, job.New{Kind: JobFeedback, Key: fmt.Sprintf("%s/%s/%s/%s/%d", JobFeedback, f.Exchange, f.Key, f.Case, f.Act), Payload: body})
	return err
}

// labelsOf says what each bank is about.
func labelsOf(ctx context.Context, tx Tx) (map[string]taxonomy.Typology, error) {
	list, err := tx.Banks().Banks(ctx)
	out := map[string]taxonomy.Typology{}
	for _, b := range list {
		out[b.ID] = b.Label
	}
	return out, err
}

// matched are the entries that the media of a case matched, by id.
func matched(ctx context.Context, tx CaseTx, id string) ([]bank.Entry, error) {
	history, err := tx.Cases().History(ctx, id)
	if err != nil {
		return nil, err
	}
	matches, err := casefile.Matches(history)
	if err != nil {
		return nil, err
	}
	ids := make([]uint64, len(matches))
	for i := range matches {
		ids[i] = matches[i].Entry
	}
	slices.Sort(ids)
	var out []bank.Entry
	for part := range slices.Chunk(slices.Compact(ids), 500) {
		list, err := tx.Banks().Get(ctx, part)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b bank.Entry) int { return int(a.ID) - int(b.ID) }) //nolint:gosec // places in a table
	return out, nil
}

// Postman works feedback off. All fields are required.
type Postman struct {
	// Read runs f in one read-only transaction.
	Read   func(ctx context.Context, f func(CaseTx) error) error
	Sender func(name string) Sender // nil when the exchange is not set up, or is to be told nothing
	Now    func() time.Time
	Random func() float64
	Log    *slog.Logger
}

// Handle sends one piece of feedback. A case that was opened again since, or disposed of in another way, is not spoken of any more.
func (p *Postman) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	var f Feedback
	if err := json.Unmarshal(j.Payload, &f); err != nil {
		return job.Outcome{State: job.Dead, Error: "the payload cannot be read: " + err.Error()}, nil
	}
	stands, err := p.stands(ctx, &f)
	if err != nil {
		return job.Outcome{}, err
	}
	if !stands {
		p.Log.Info("feedback is not sent: the case was opened again", "exchange", f.Exchange, "case", f.Case)
		return job.Outcome{State: job.Done}, nil
	}
	s := p.Sender(f.Exchange)
	if s == nil {
		return job.Outcome{State: job.Dead, Error: "exchange " + f.Exchange + " is not set up, or its feedback is off (exchanges.file)"}, nil
	}
	err = s.Send(ctx, f)
	var e *Error
	switch {
	case err == nil:
		return job.Outcome{State: job.Done}, nil
	case errors.As(err, &e) && !e.Retry:
		return job.Outcome{State: job.Dead, Error: e.Error()}, nil
	case errors.As(err, &e) && e.After > 0:
		out := job.Failed(j, p.Now(), err, p.Random)
		if asked := p.Now().Add(min(e.After, maxAsked)); asked.After(out.RunAt) {
			out.RunAt = asked
		}
		return out, nil
	}
	return job.Outcome{}, err
}

// stands reports whether the disposition that the feedback comes from still holds.
func (p *Postman) stands(ctx context.Context, f *Feedback) (ok bool, err error) {
	err = p.Read(ctx, func(tx CaseTx) error {
		c, err := tx.Cases().Get(ctx, f.Case)
		if err != nil {
			return err
		}
		ok = f.Right && c.Status == casefile.Confirmed || !f.Right && c.Status == casefile.Cleared && c.Disposal != nil && c.Disposal.Wrong
		return nil
	})
	return ok, err
}
