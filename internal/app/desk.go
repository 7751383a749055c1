package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/pipeline"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/store/eventlog"
	"haris/internal/taxonomy"
)

// cases lists cases for the pages.
type cases struct{ db *store.DB }

var _ console.Cases = cases{}

func (c cases) List(ctx context.Context, f casefile.Filter) (list []casefile.Case, next string, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		list, next, err = tx.Cases().List(ctx, f)
		return err
	})
	return list, next, err
}

func (c cases) Count(ctx context.Context, f casefile.Filter) (out map[taxonomy.Priority]int, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		out, err = tx.Cases().Count(ctx, f)
		return err
	})
	return out, err
}

func (c cases) Total(ctx context.Context, f casefile.Filter, to int) (n int, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		n, err = tx.Cases().Total(ctx, f, to)
		return err
	})
	return n, err
}

func (c cases) Some(ctx context.Context, ids []string) (out []casefile.Case, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		out = nil
		for i, id := range ids {
			if slices.Contains(ids[:i], id) {
				continue
			}
			k, err := tx.Cases().Get(ctx, id)
			switch {
			case err == nil:
				out = append(out, k)
			case !errors.Is(err, casefile.ErrNotFound):
				return err
			}
		}
		return nil
	})
	return out, err
}

// seenFor is how long after the last sign of life of their page a person counts as looking at a case.
const seenFor = 90 * time.Second

// presence says who has a case open.
type presence struct{ *Core }

var _ console.Presence = presence{}

// Here implements console.Presence.
func (p presence) Here(ctx context.Context, caseID, who string) (out []console.Watcher, err error) {
	err = p.DB.Write(ctx, func(tx *store.Tx) error {
		now := p.Options.Now().UTC()
		list, err := tx.Here(ctx, caseID, who, now, now.Add(-seenFor))
		out = out[:0]
		for _, w := range list {
			out = append(out, console.Watcher{Who: w.Who, At: w.At})
		}
		return err
	})
	return out, err
}

// sight says what is hidden from who asks.
type sight struct{ *Core }

var _ console.Sight = sight{}

// Hides implements console.Sight.
func (s sight) Hides(ctx context.Context, thing, id string) (hides bool, err error) {
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		hides, err = tx.Hides(ctx, thing, id)
		return err
	})
	return hides, err
}

// Review is what people do with cases.
func (c *Core) Review() *review.Service {
	return &review.Service{
		Read: func(ctx context.Context, f func(review.Tx) error) error {
			return c.DB.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Write: func(ctx context.Context, f func(review.Tx) error) error {
			return c.DB.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Now: c.Options.Now, ClaimFor: c.Config.Console.Claim,
		Decides: func(ctx context.Context, id string) (bool, error) {
			people, err := c.Auth.People(ctx)
			return slices.ContainsFunc(people, func(p auth.Person) bool { return p.ID == id && p.Can(auth.CaseDispose) }), err
		},
		Scope: c.Auth.Scope,
		Then: func(ctx context.Context, tx review.Tx, k casefile.Case, e casefile.Event) error {
			own, ok := tx.(*store.Tx)
			if !ok {
				return errors.New("app: a transaction without banks")
			}
			if err := review.Bank(ctx, own, k, e); err != nil {
				return err
			}
			if err := c.Looks().After(ctx, own, &k, &e); err != nil {
				return err
			}
			if err := sealSplit(ctx, own, &k, &e); err != nil {
				return err
			}
			return c.tellExchanges(ctx, own, &k, &e)
		},
	}
}

// sealSplit has the evidence of a case that was split from another sealed, as that of every case is that opens with signals.
func sealSplit(ctx context.Context, tx *store.Tx, k *casefile.Case, e *casefile.Event) error {
	rests := slices.ContainsFunc(k.Signals, func(s detect.Signal) bool { return len(s.Events) > 0 })
	if e.Kind != casefile.SplitFrom || !rests {
		return nil
	}
	j, err := evidence.NewSealJob("split/"+k.ID, e.At, evidence.SealOrder{Case: k.ID})
	if err == nil {
		_, _, err = tx.Jobs().Enqueue(ctx, j)
	}
	return err
}

// timeline reads the log for the pages.
type timeline struct {
	db  *store.DB
	log *eventlog.Log
}

var _ console.Timeline = timeline{}

func (t timeline) Events(ctx context.Context, seqs []uint64) (out []event.Event, err error) {
	sorted := slices.Compact(slices.Sorted(slices.Values(seqs)))
	err = t.db.Read(ctx, func(tx *store.Tx) error {
		out, err = t.log.Get(ctx, tx, sorted)
		return err
	})
	return out, err
}

// Around implements console.Timeline. The line of a conversation is read newest first, so what comes after seq is searched for
// from the end.
func (t timeline) Around(ctx context.Context, conversation string, seq uint64, before, after int) (out []event.Event, err error) {
	line := eventlog.ConversationLine(conversation)
	err = t.db.Read(ctx, func(tx *store.Tx) error {
		earlier, err := t.log.On(ctx, tx, line, seq, before)
		if err != nil {
			return err
		}
		later, err := t.log.On(ctx, tx, line, 0, 1<<20)
		if err != nil {
			return err
		}
		later = slices.DeleteFunc(later, func(n uint64) bool { return n < seq })
		slices.Reverse(later)
		slices.Reverse(earlier)
		out, err = t.log.Get(ctx, tx, append(earlier, later[:min(len(later), after)]...))
		return err
	})
	return slices.DeleteFunc(out, func(e event.Event) bool { return e.Data.Conversation != conversation }), err
}

// maxOf bounds the newest events of an account that a page looks through.
const maxOf = 5000

// Of implements console.Timeline.
func (t timeline) Of(ctx context.Context, account string, from, to time.Time) (out []event.Event, err error) {
	err = t.db.Read(ctx, func(tx *store.Tx) error {
		seqs, err := t.log.On(ctx, tx, eventlog.AccountLine(account), 0, maxOf)
		if err != nil {
			return err
		}
		slices.Reverse(seqs)
		out, err = t.log.Get(ctx, tx, seqs)
		return err
	})
	concerns := func(e event.Event) bool { return e.Actor() == account || slices.Contains(e.Targets(), account) }
	return slices.DeleteFunc(out, func(e event.Event) bool { return e.Time.Before(from) || e.Time.After(to) || !concerns(e) }), err
}

// accounts reads what is known of accounts for the pages.
type accounts struct {
	know func(func(*pipeline.Knowledge))
}

var _ console.Accounts = accounts{}

func (a accounts) Account(_ context.Context, id string) (out console.Account, err error) {
	a.know(func(k *pipeline.Knowledge) {
		out.Profile = k.Profile(id)
		for _, s := range k.Shared(id) {
			out.Keys = append(out.Keys, console.AccountKey{Kind: s.Kind, Mark: s.Mark, Others: s.Others, Count: s.Count})
		}
	})
	return out, nil
}

// actions reads and takes back actions for the pages.
type actions struct {
	core *Core
	wake func()
}

var _ console.Actions = actions{}

func (a actions) OfCase(ctx context.Context, id string) (list []action.Action, err error) {
	err = a.core.DB.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.Actions().List(ctx, action.Filter{Case: id, Limit: 500})
		return err
	})
	return list, err
}

func (a actions) Reverse(ctx context.Context, who, caseID, id, reason string) error {
	err := a.core.DB.Write(ctx, func(tx *store.Tx) error {
		old, err := tx.Actions().Get(ctx, id)
		if err != nil {
			return err
		}
		if old.Case != caseID {
			return action.ErrNotFound
		}
		_, err = action.Reverse(ctx, tx.Actions(), a.core.Options.Now().UTC(), who, reason, id)
		return err
	})
	if err == nil {
		a.wake()
	}
	return err
}

// jobs shows the work that gave up.
type jobs struct {
	core *Core
	wake func()
}

var _ console.Jobs = jobs{}

func (j jobs) Dead(ctx context.Context, limit int) (list []job.Job, err error) {
	err = j.core.DB.Read(ctx, func(tx *store.Tx) error {
		list, err = tx.Jobs().List(ctx, "", job.Dead, limit)
		return err
	})
	return list, err
}

func (j jobs) Requeue(ctx context.Context, who, id string) error {
	err := j.core.DB.Write(ctx, func(tx *store.Tx) error {
		now := j.core.Options.Now().UTC()
		if err := tx.Jobs().Requeue(ctx, now, id); err != nil {
			return err
		}
		_, err := tx.Audit().Append(ctx, audit.Entry{At: now, Who: who, Act: "job.requeued", Object: "job/" + id})
		return err
	})
	if err == nil {
		j.wake()
	}
	return err
}

// entries reads the audit log, and writes down who read it.
type entries struct{ core *Core }

var _ console.Entries = entries{}

func (e entries) List(ctx context.Context, who string, f audit.Filter, before int64, limit int) (list []audit.Entry, err error) {
	err = e.core.DB.Write(ctx, func(tx *store.Tx) error {
		if list, err = tx.Audit().List(ctx, f, before, limit); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: e.core.Options.Now().UTC(), Who: who, Act: "audit.read", Object: "audit"})
		return err
	})
	return list, err
}

// Words lists who and what is in the log.
func (e entries) Words(ctx context.Context) (who, acts []string, err error) {
	err = e.core.DB.Read(ctx, func(tx *store.Tx) error {
		who, acts, err = tx.AuditWords(ctx)
		return err
	})
	return who, acts, err
}

// Export gives everything of the filter that came before its own entry.
func (e entries) Export(ctx context.Context, who string, f audit.Filter, take func([]audit.Entry) error) error {
	return e.core.DB.ExportAudit(ctx, audit.Entry{At: e.core.Options.Now().UTC(), Who: who}, f, take)
}

// Explain says a signal in words. A signal that a rule raised says what the rule wrote down.
func Explain(s detect.Signal, lang string) detect.Explanation {
	for _, d := range pipeline.Detectors() {
		if d.Info().Name == s.Detector {
			return d.Explain(&s, lang)
		}
	}
	return detect.Explanation{Why: s.Says}
}

// letters keeps the events that could not be read.
type letters struct {
	core   *Core
	ingest func(context.Context, pipeline.Batch) (pipeline.Answer, error)
}

var _ console.Letters = letters{}

func (l letters) List(ctx context.Context, cursor string, limit int) (out []console.Letter, next string, err error) {
	var rows []store.Letter
	err = l.core.DB.Read(ctx, func(tx *store.Tx) error {
		rows, next, err = tx.Letters().List(ctx, cursor, limit)
		return err
	})
	for _, r := range rows {
		out = append(out, console.Letter{ID: r.ID, Source: r.Source, Event: r.Event, At: r.At, Reason: r.Reason, Place: r.Place})
	}
	return out, next, err
}

// Replay decodes the letter as it came. What can be read now goes the way of every event.
func (l letters) Replay(ctx context.Context, who, id string) (taken bool, err error) {
	var row store.Letter
	err = l.core.DB.Read(ctx, func(tx *store.Tx) error {
		row, err = tx.Letters().Get(ctx, id)
		return err
	})
	if errors.Is(err, store.ErrNoLetter) {
		return false, console.ErrNotFound
	}
	if err != nil {
		return false, err
	}
	e, problem := event.Decode(string(row.Body), 1, l.core.Limits())
	if problem == nil {
		if _, err := l.ingest(ctx, pipeline.Batch{Events: []event.Event{e}}); err != nil {
			return false, err
		}
	}
	return problem == nil, l.core.DB.Write(ctx, func(tx *store.Tx) error {
		now := l.core.Options.Now().UTC()
		detail := map[string]string{"outcome": "taken"}
		if problem != nil {
			detail["outcome"] = "refused"
			err = tx.Letters().Amend(ctx, id, problem.Error(), problem.Pointer)
		} else {
			err = tx.Letters().Mark(ctx, id, now)
		}
		if err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: now, Who: who, Act: "letter.replayed", Object: "letter/" + id, Detail: detail})
		return err
	})
}

// Limits are the bounds of one event, as of now.
func (c *Core) Limits() event.Limits {
	i := c.Config.Ingest
	return event.Limits{Bytes: i.MaxEventBytes, Depth: i.MaxDepth, Latest: c.Options.Now().Add(i.MaxFuture)}
}
