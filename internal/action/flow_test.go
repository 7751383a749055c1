package action_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/job"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/webhook"
)

// bench is a database with evidence for case c1, a platform that answers what a test tells it to, and a runner of jobs.
type bench struct {
	*testing.T
	db       *store.DB
	serving  sync.Mutex // held while a request is answered
	platform *platform
	server   *httptest.Server
	ids      []string // webhook-id of every request, in order
	answers  []http.HandlerFunc
	d        *action.Deliverer
}

func setup(t *testing.T, e storetest.Engine) *bench {
	t.Helper()
	b := &bench{T: t, db: e.New(t), platform: newPlatform(t)}
	b.server = httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(b.server.Close)
	b.sealFor("c1")
	b.endpoint(&action.Endpoint{URL: b.server.URL + "/hook", Secrets: []webhook.Secret{b.platform.secret}})
	return b
}

// serve gives the next answer that the test prepared, or the platform's.
func (b *bench) serve(w http.ResponseWriter, q *http.Request) {
	b.serving.Lock()
	defer b.serving.Unlock()
	b.ids = append(b.ids, q.Header.Get(webhook.HeaderID))
	if len(b.answers) == 0 {
		b.platform.ServeHTTP(w, q)
		return
	}
	f := b.answers[0]
	b.answers = b.answers[1:]
	f(w, q)
}

func answer(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func (b *bench) clock() time.Time { return b.platform.now }

func (b *bench) pass(d time.Duration) { b.platform.now = b.platform.now.Add(d) }

func (b *bench) sealFor(caseID string) {
	b.Helper()
	k, err := evidence.GenerateWorkingKey()
	if err != nil {
		b.Fatal(err)
	}
	v := evidence.NewVault(evidence.Config{Blobs: &evidencetest.Memory{}, Keeper: store.EvidenceKeeper(b.db), Working: k, Now: b.clock})
	_, err = v.Seal(b.Context(), evidence.New{
		Case: caseID, Kind: evidence.KindTranscript, Name: "t.txt", MediaType: "text/plain", Who: "haris", Why: "case opened", Body: strings.NewReader("x"),
	})
	if err != nil {
		b.Fatal(err)
	}
}

// endpoint makes a deliverer; nil leaves the endpoint unconfigured.
func (b *bench) endpoint(e *action.Endpoint) {
	b.Helper()
	c := action.Config{Keeper: store.ActionKeeper(b.db), Now: b.clock, Random: func() float64 { return 0.5 }}
	if e != nil {
		var err error
		if c.Sender, err = action.NewSender(*e); err != nil {
			b.Fatal(err)
		}
	}
	b.d = action.NewDeliverer(c)
}

// work runs what is due with a real runner until nothing is.
func (b *bench) work() {
	b.Helper()
	r, err := job.NewRunner(job.Config{
		Worker: "w", Handlers: b.d.Handlers(), Now: b.clock, Random: func() float64 { return 0.5 },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Write: func(ctx context.Context, f func(job.Queue) error) error {
			return b.db.Write(ctx, func(tx *store.Tx) error { return f(tx.Jobs()) })
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	for {
		n, err := r.Pass(b.Context())
		b.serving.Lock() // a request that was broken off may still be at its end
		b.serving.Unlock()
		if err != nil {
			b.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// workFor runs jobs while the clock goes on in steps.
func (b *bench) workFor(d, step time.Duration) {
	b.Helper()
	for end := b.clock().Add(d); !b.clock().After(end); b.pass(step) {
		b.work()
	}
}

func (b *bench) write(f func(action.Tx) error) error {
	return b.db.Write(b.Context(), func(tx *store.Tx) error { return f(tx.Actions()) })
}

func (b *bench) read(f func(action.Tx) error) {
	b.Helper()
	if err := b.db.Read(b.Context(), func(tx *store.Tx) error { return f(tx.Actions()) }); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) request() action.Request {
	return action.Request{
		Key: "k1", Case: "c1", Subject: "u1", Kind: action.LimitMessages, By: action.By{Rule: "r1"}, Reason: "many new minors",
		ExpiresAt: b.clock().Add(24 * time.Hour),
	}
}

func (b *bench) tryAsk(r action.Request) (a action.Action, added bool, err error) {
	err = b.write(func(tx action.Tx) error {
		a, added, err = action.Ask(b.Context(), tx, b.clock(), r)
		return err
	})
	return a, added, err
}

func (b *bench) ask() action.Action {
	b.Helper()
	a, added, err := b.tryAsk(b.request())
	if err != nil || !added {
		b.Fatalf("ask: %v, added %v", err, added)
	}
	return a
}

// get returns the action after checking that its row is the fold of its history.
func (b *bench) get(id string) (a action.Action) {
	b.Helper()
	b.read(func(tx action.Tx) error {
		var err error
		if a, err = tx.Get(b.Context(), id); err != nil {
			return err
		}
		events, err := tx.History(b.Context(), id)
		if err != nil {
			return err
		}
		folded, err := action.Fold(a, events)
		if d := cmp.Diff(folded, a); d != "" {
			b.Errorf("the row is not the fold of its history: %s", d)
		}
		return err
	})
	return a
}

func (b *bench) is(id string, want action.Status) action.Action {
	b.Helper()
	a := b.get(id)
	if a.Status != want {
		b.Fatalf("status %s (%s), want %s", a.Status, a.LastError, want)
	}
	return a
}

func (b *bench) receipts(id string) (out []action.Receipt) {
	b.Helper()
	b.read(func(tx action.Tx) (err error) {
		out, err = tx.Receipts(b.Context(), id)
		return err
	})
	return out
}

func (b *bench) jobs(kind string, s job.State) (out []job.Job) {
	b.Helper()
	b.read(func(tx action.Tx) (err error) {
		out, err = tx.Jobs.List(b.Context(), kind, s, 100)
		return err
	})
	return out
}

func (b *bench) acts(id string) (out []string) {
	b.Helper()
	b.read(func(tx action.Tx) error {
		list, err := tx.Audit.List(b.Context(), audit.Filter{Object: "action/" + id}, 0, 100)
		for _, e := range slices.Backward(list) {
			out = append(out, e.Act)
		}
		return err
	})
	return out
}

// taken lists what the platform acted on: kind and whether it was a reversal.
func (b *bench) taken() (out []string) {
	for _, r := range b.platform.got {
		if r.Refused != "" || r.Repeat {
			continue
		}
		s := string(r.Payload.Data.Kind)
		if r.Payload.Data.Reverse {
			s = "reverse " + s
		}
		out = append(out, s)
	}
	return out
}

func (b *bench) same(what string, want, got any) {
	b.Helper()
	if d := cmp.Diff(want, got); d != "" {
		b.Errorf("%s: %s", what, d)
	}
}

func TestActions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		for _, c := range []struct {
			name string
			f    func(*bench)
		}{
			{"asking writes row, jobs and audit entry once", askedOnce},
			{"asking without sealed evidence is refused", unsealed},
			{"what is asked must make sense", senseless},
			{"every kind can be asked for by a person, and all friction by software", everyKind},
			{"a transaction that fails leaves nothing", rolledBack},
			{"the schema keeps software from a measure", schemaGuards},
			{"a delivery gives a signed receipt", delivered},
			{"failures then success give one receipt under one id", failuresThenSuccess},
			{"a crash after the platform answered repeats under the same id", crashed},
			{"an endpoint that is gone is given up at once", gone},
			{"attempts run out into the dead letters, and a person queues again", deadLetters},
			{"redirects are not followed", redirected},
			{"an unsigned and an echoed answer acknowledge nothing", unsignedAnswer},
			{"retry-after is heeded", retryAfter},
			{"a long answer is read in part", longAnswer},
			{"without an endpoint it waits, shown, until there is one", waiting},
			{"an end sends the reversal once", expires},
			{"what never went out ends without a message", expiresUnsent},
			{"what came through unheard is taken back too", expiresUnheard},
			{"a reversal by a person is sent once and stays", reversed},
			{"a reversal overtakes a delivery that still fails", reversedWhileFailing},
			{"only a person takes back", reversedBy},
			{"a person may acknowledge", acknowledged},
			{"lists are newest first, in pages", listed},
			{"a job that names nothing is dead", senselessJob},
		} {
			t.Run(c.name, func(t *testing.T) { c.f(setup(t, e)) })
		}
	})
}

func decodeStrictly(t testing.TB, body []byte) (p action.Payload) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatal(err)
	}
	return p
}
