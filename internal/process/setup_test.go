package process_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/job"
	"haris/internal/parcel"
	"haris/internal/process"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// day is a moment that tests count from.
func day() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// world is a log of events in memory: process.Source.
type world struct {
	events []event.Event
	filed  []process.Filed
	fail   error
}

var _ process.Source = (*world)(nil)

func (w *world) End(context.Context) (uint64, error) { return uint64(len(w.events)), w.fail }

func (w *world) line(through uint64, want func(*event.Event) bool) (out []uint64, err error) {
	for i := range w.events {
		if e := &w.events[i]; e.Seq <= through && want(e) {
			out = append(out, e.Seq)
		}
	}
	return out, w.fail
}

func (w *world) Line(_ context.Context, account string, through uint64) ([]uint64, error) {
	return w.line(through, func(e *event.Event) bool { return e.Actor() == account || slices.Contains(e.Targets(), account) })
}

func (w *world) Conversation(_ context.Context, name string, through uint64) ([]uint64, error) {
	return w.line(through, func(e *event.Event) bool { return e.Data.Conversation == name })
}

func (w *world) Events(_ context.Context, places []uint64) (out []event.Event, err error) {
	for _, p := range places {
		out = append(out, w.events[p-1])
	}
	return out, w.fail
}

func (w *world) Filed(_ context.Context, account string) (out []process.Filed, err error) {
	for _, f := range w.filed {
		if f.Account == account {
			out = append(out, f)
		}
	}
	return out, w.fail
}

// say adds an event, given as its type, its time after day and the fields of its data as JSON.
func (w *world) say(t testing.TB, typ event.Type, after time.Duration, data string) uint64 {
	t.Helper()
	n := len(w.events) + 1
	raw := fmt.Sprintf(`{"specversion":"1.0","id":"e%d","source":"/chat","type":%q,"time":%q,"data":%s}`, n, typ, day().Add(after).Format(time.RFC3339), data)
	e, problem := event.Decode(raw, 1, event.Limits{Bytes: 1 << 20, Depth: 32, Latest: day().AddDate(1, 0, 0)})
	if problem != nil {
		t.Fatalf("%s: %v", raw, problem)
	}
	e.Seq = uint64(n)
	w.events = append(w.events, e)
	return e.Seq
}

// desk is a service on a real store and vault, over a log in memory.
type desk struct {
	*testing.T
	db    *store.DB
	now   time.Time
	log   *world
	vault *evidence.Vault
	key   parcel.Key
	s     *process.Service
}

func setup(t *testing.T, e storetest.Engine) *desk {
	t.Helper()
	d := &desk{T: t, db: e.New(t), now: day(), log: &world{}}
	private, public, err := note.GenerateKey(rand.Reader, "haris-test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	d.key = parcel.Key{Signer: signer, Public: public}
	working, err := evidence.GenerateWorkingKey()
	if err != nil {
		t.Fatal(err)
	}
	d.vault = evidence.NewVault(evidence.Config{
		Blobs: &evidencetest.Memory{}, Keeper: store.EvidenceKeeper(d.db), Working: working, Now: d.clock, Key: &d.key,
	})
	d.s = &process.Service{Keeper: store.ProcessKeeper(d.db), Vault: d.vault, Source: d.log, Key: d.key, Provider: "Example Chat", Now: d.clock}
	return d
}

func one() storetest.Engine { return storetest.Engine{New: storetest.SQLite} }

func (d *desk) clock() time.Time { return d.now }

// intake is a warrant for the messages of one account within ten hours.
func intake() process.Intake {
	return process.Intake{
		Kind: process.Warrant, Agency: "District Police", Officer: "Det. Amal Haddad", Number: "W-2026-17", Jurisdiction: "District Court", ReceivedAt: day(),
		Scope: process.Scope{Accounts: []string{"u1"}, Data: []process.Data{process.Messages}, From: day(), To: day().Add(10 * time.Hour)},
	}
}

func (d *desk) receive(in process.Intake) process.Request {
	d.Helper()
	r, err := d.s.Receive(d.Context(), "lena", in, nil)
	if err != nil {
		d.Fatal(err)
	}
	return r
}

func act(who string, r *process.Request) process.Act {
	return process.Act{Who: who, Process: r.ID, Seen: r.Events}
}

// approved brings a process to its approval.
func (d *desk) approved(in process.Intake) process.Request {
	d.Helper()
	r := d.receive(in)
	return d.approve(r)
}

func (d *desk) approve(r process.Request) process.Request {
	d.Helper()
	r, err := d.s.Review(d.Context(), act("lena", &r), "signed by a judge; the scope is what it orders")
	if err != nil {
		d.Fatal(err)
	}
	d.now = d.now.Add(time.Second) // what was there before the approval is produced, what came with it or later is not
	if r, err = d.s.Approve(d.Context(), act("omar", &r), r.Scope.Digest()); err != nil {
		d.Fatal(err)
	}
	return r
}

// produce makes the production and returns its bytes.
func (d *desk) produce(r process.Request) (process.Request, []byte) {
	d.Helper()
	r, err := d.s.Produce(d.Context(), act("lena", &r))
	if err != nil {
		d.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := d.s.Export(d.Context(), process.Outgoing{Who: "lena", Process: r.ID}, &b); err != nil {
		d.Fatal(err)
	}
	v, err := parcel.Verify(d.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), parcel.Options{Key: d.key.Public})
	if err != nil || len(v.Faults) > 0 || v.Kind != "production" {
		d.Fatalf("the production does not verify: %+v, %v", v, err)
	}
	return r, b.Bytes()
}

// seal puts an item into the evidence of a case.
func (d *desk) seal(caseID string, o evidence.Origin, body string) evidence.Item {
	d.Helper()
	i, err := d.vault.Seal(d.Context(), evidence.New{
		Case: caseID, Kind: evidence.KindMedia, Name: "pattern.png", MediaType: "image/png", Origin: o, Who: "haris", Why: "case opened", Body: strings.NewReader(body),
	})
	if err != nil {
		d.Fatal(err)
	}
	return i
}

func (d *desk) write(f func(tx *store.Tx) error) {
	d.Helper()
	if err := d.db.Write(d.Context(), f); err != nil {
		d.Fatal(err)
	}
}

// work runs the jobs of this package until none is left.
func (d *desk) work() {
	d.Helper()
	for {
		var list []job.Job
		err := d.db.Read(d.Context(), func(tx *store.Tx) (err error) {
			list, err = tx.Jobs().List(d.Context(), process.JobPreserve, job.Queued, 10)
			return err
		})
		if err != nil {
			d.Fatal(err)
		}
		for _, j := range list {
			o, err := d.s.Handle(d.Context(), j)
			if err != nil || o.State != job.Done {
				d.Fatalf("%+v, %v", o, err)
			}
			return
		}
		if len(list) == 0 {
			return
		}
	}
}

func read(t testing.TB, r io.ReadCloser) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return string(b)
}
