package auth_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/store/sqlite"
)

const goodPassword = "quiet river stones 42"

// bundle is a service on a fresh database with a clock that tests move.
type bundle struct {
	*auth.Service
	t    *testing.T
	db   *countingDB
	log  *auditLog
	mu   sync.Mutex
	time time.Time
}

func setup(t *testing.T) *bundle {
	t.Helper()
	raw, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "haris.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := raw.Close(); err != nil {
			t.Error(err)
		}
	})
	log := &auditLog{}
	b := &bundle{t: t, log: log, db: &countingDB{db: raw, log: log}, time: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	b.Service, err = auth.New(auth.Deps{DB: b.db, Now: b.now, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bundle) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.time
}

func (b *bundle) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.time = b.time.Add(d)
}

// person adds somebody with the good password and returns them signed in.
func (b *bundle) person(login string, roles ...auth.Role) auth.SignedIn {
	b.t.Helper()
	p, err := b.CreatePerson(b.t.Context(), "test", auth.NewPerson{Name: "Somebody", Login: login, Roles: roles})
	if err != nil {
		b.t.Fatal(err)
	}
	l, err := b.CreateLink(b.t.Context(), "test", p.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	in, err := b.UseLink(b.t.Context(), l.Token, goodPassword, auth.Device{})
	if err != nil {
		b.t.Fatal(err)
	}
	return in
}

// countingDB runs transactions on a real database, with an audit log in memory, and counts reads.
type countingDB struct {
	db    *store.DB
	log   *auditLog
	mu    sync.Mutex
	reads int
	fail  error
}

type testTx struct {
	*store.Tx
	log *auditLog
}

func (tx testTx) Audit() audit.Log { return tx.log }

func (d *countingDB) Write(ctx context.Context, f func(auth.Tx) error) error {
	return d.db.Write(ctx, func(tx *store.Tx) error { return f(testTx{tx, d.log}) })
}

func (d *countingDB) Read(ctx context.Context, f func(auth.Tx) error) error {
	d.mu.Lock()
	d.reads++
	fail := d.fail
	d.mu.Unlock()
	if fail != nil {
		return fail
	}
	return d.db.Read(ctx, func(tx *store.Tx) error { return f(testTx{tx, d.log}) })
}

// auditLog keeps entries in memory.
type auditLog struct {
	mu      sync.Mutex
	entries []audit.Entry
}

func (l *auditLog) Append(_ context.Context, e audit.Entry) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Index = int64(len(l.entries))
	l.entries = append(l.entries, e)
	return e.Index, nil
}

func (l *auditLog) List(context.Context, audit.Filter, int64, int) ([]audit.Entry, error) {
	return l.entries, nil
}

func (l *auditLog) has(act, object string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		if e.Act == act && e.Object == object {
			return true
		}
	}
	return false
}

// text is everything that was written to the audit log.
func (l *auditLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b bytes.Buffer
	for _, e := range l.entries {
		b.WriteString(e.Who + " " + e.Act + " " + e.Object)
		for k, v := range e.Detail {
			b.WriteString(" " + k + "=" + v)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// sequential leaves a test out of the race run: nothing in it runs at once, and hashing passwords is slow there.
func sequential(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("nothing here runs at once")
	}
}
