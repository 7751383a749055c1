package storetest

import (
	"context"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// start is a moment that tests count from.
func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// bench is what a check works with.
type bench struct {
	*testing.T
	ctx context.Context
	db  *store.DB
}

func newBench(t *testing.T, e Engine) *bench {
	t.Helper()
	return &bench{T: t, ctx: context.Background(), db: e.New(t)}
}

// write runs f in a transaction that must succeed.
func (b *bench) write(f func(*store.Tx) error) {
	b.Helper()
	if err := b.db.Write(b.ctx, f); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) read(f func(*store.Tx) error) {
	b.Helper()
	if err := b.db.Read(b.ctx, f); err != nil {
		b.Fatal(err)
	}
}

// apply applies a matter.
func (b *bench) apply(at time.Time, m casefile.Matter) (c casefile.Change) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		c, err = tx.Cases().Apply(b.ctx, at, m)
		return err
	})
	return c
}

// try appends an event and returns the case or the error.
func (b *bench) try(e casefile.Event) (c casefile.Case, err error) {
	err = b.db.Write(b.ctx, func(tx *store.Tx) error {
		var err error
		c, err = tx.Cases().Append(b.ctx, e)
		return err
	})
	return c, err
}

func (b *bench) must(id string, at time.Time, who string, kind casefile.EventKind, body any) casefile.Case {
	b.Helper()
	e, err := casefile.NewEvent(id, at, who, kind, body)
	if err != nil {
		b.Fatal(err)
	}
	c, err := b.try(e)
	if err != nil {
		b.Fatalf("%s: %v", kind, err)
	}
	return c
}

func (b *bench) get(id string) (c casefile.Case) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		c, err = tx.Cases().Get(b.ctx, id)
		return err
	})
	return c
}

func (b *bench) list(f casefile.Filter) (ids []string, next string) {
	b.Helper()
	b.read(func(tx *store.Tx) error {
		cases, n, err := tx.Cases().List(b.ctx, f)
		next = n
		for _, c := range cases {
			ids = append(ids, c.ID)
		}
		return err
	})
	return ids, next
}

// clear closes a case as not true.
func (b *bench) clear(id string, at time.Time) {
	b.Helper()
	b.must(id, at, "ada", casefile.Claimed, casefile.ClaimedBody{Ends: at.Add(time.Hour)})
	b.must(id, at, "ada", casefile.Disposed, casefile.DisposedBody{Disposition: casefile.Disposition{
		Finding: casefile.FindingCleared, Reason: "Her teacher; the school confirms it.",
	}})
}

// matter is a matter about subject with one signal of a family.
func matter(key, subject string, p taxonomy.Priority, at time.Time) casefile.Matter {
	return casefile.Matter{
		Key: key, Subject: subject, Typology: taxonomy.TypologyGrooming, Priority: p, Queue: "main", At: at,
		Signals: []detect.Signal{{Detector: "D1", Version: 1, Family: taxonomy.FamilyContact, Subject: subject, Strength: 2.5, At: at}},
		Victims: []string{"child-of-" + subject}, Reasons: []string{"contacts mostly minors"},
	}
}
