package action_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
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

func askedOnce(b *bench) {
	one := b.ask()
	b.pass(time.Minute)
	two, added, err := b.tryAsk(func() action.Request { r := b.request(); r.ExpiresAt = one.ExpiresAt; return r }())
	if err != nil || added {
		b.Errorf("again: added %v, %v", added, err)
	}
	b.same("the action", one, two)
	b.same("the stored action", one, b.is(one.ID, action.Asked))
	b.same("audit", []string{"action.asked"}, b.acts(one.ID))
	for kind, at := range map[string]time.Time{action.JobDeliver: one.AskedAt, action.JobExpire: one.ExpiresAt} {
		if list := b.jobs(kind, ""); len(list) != 1 || !list[0].RunAt.Equal(at) {
			b.Errorf("jobs %s: %+v", kind, list)
		}
	}
	r := b.request()
	r.Subject = "u2"
	if _, _, err := b.tryAsk(r); !errors.Is(err, action.ErrKeyTaken) {
		b.Errorf("the key for another account: %v", err)
	}
}

func unsealed(b *bench) {
	r := b.request()
	r.Case = "c2"
	if _, _, err := b.tryAsk(r); !errors.Is(err, action.ErrNoEvidence) {
		b.Errorf("got %v, want ErrNoEvidence", err)
	}
	if n := len(b.jobs("", "")); n != 0 {
		b.Errorf("%d jobs were queued", n)
	}
	b.sealFor("c2")
	if _, added, err := b.tryAsk(r); err != nil || !added {
		b.Errorf("after sealing: %v", err)
	}
}

func senseless(b *bench) {
	for _, c := range []struct {
		name string
		f    func(*action.Request)
		want error
	}{
		{"software suspends an account", func(r *action.Request) { r.Kind = action.SuspendAccount }, action.ErrNeedsPerson},
		{"software removes content", func(r *action.Request) { r.Kind, r.Item = action.RemoveContent, "p" }, action.ErrNeedsPerson},
		{"software requests preservation", func(r *action.Request) { r.Kind = action.RequestPreservation }, action.ErrNeedsPerson},
		{"software as a person", func(r *action.Request) { r.By = action.By{Person: action.Software} }, action.ErrNeedsPerson},
		{"a key as a person", func(r *action.Request) { r.By = action.By{Person: "key:1"} }, action.ErrNeedsPerson},
		{"a rule with a person", func(r *action.Request) { r.By.Person = "p1" }, action.ErrInvalid},
		{"nobody", func(r *action.Request) { r.By = action.By{} }, action.ErrInvalid},
		{"an unknown kind", func(r *action.Request) { r.Kind = "ban" }, action.ErrInvalid},
		{"no key", func(r *action.Request) { r.Key = "" }, action.ErrInvalid},
		{"no case", func(r *action.Request) { r.Case = "" }, action.ErrInvalid},
		{"no subject", func(r *action.Request) { r.Subject = "" }, action.ErrInvalid},
		{"a long subject", func(r *action.Request) { r.Subject = strings.Repeat("x", 257) }, action.ErrInvalid},
		{"a held post without its id", func(r *action.Request) { r.Kind = action.HoldPost }, action.ErrInvalid},
		{"no reason", func(r *action.Request) { r.Reason = " " }, action.ErrInvalid},
		{"friction without an end", func(r *action.Request) { r.ExpiresAt = time.Time{} }, action.ErrInvalid},
		{"an end that has passed", func(r *action.Request) { r.ExpiresAt = b.clock() }, action.ErrInvalid},
		{"friction for too long", func(r *action.Request) { r.ExpiresAt = b.clock().Add(action.MaxFriction + time.Second) }, action.ErrInvalid},
		{"friction for as long as may be", func(r *action.Request) { r.ExpiresAt = b.clock().Add(action.MaxFriction) }, nil},
		{"a person suspends without an end", func(r *action.Request) {
			r.Key, r.Kind, r.By, r.ExpiresAt = "k2", action.SuspendAccount, action.By{Person: "p1"}, time.Time{}
		}, nil},
	} {
		r := b.request()
		c.f(&r)
		if _, _, err := b.tryAsk(r); !errors.Is(err, c.want) {
			b.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func rolledBack(b *bench) {
	stop := errors.New("stop")
	err := b.write(func(tx action.Tx) error {
		_, _, err := action.Ask(b.Context(), tx, b.clock(), b.request())
		return errors.Join(err, stop)
	})
	if !errors.Is(err, stop) {
		b.Fatal(err)
	}
	if n := len(b.jobs("", "")); n != 0 {
		b.Errorf("%d jobs are left", n)
	}
	b.read(func(tx action.Tx) error {
		list, err := tx.List(b.Context(), action.Filter{})
		if len(list) != 0 {
			b.Errorf("left %+v", list)
		}
		return err
	})
}

func schemaGuards(b *bench) {
	a := b.ask()
	for name, set := range map[string]string{
		"a measure by software":       `kind = 'suspend_account'`,
		"friction without an end":     `expires_at = NULL`,
		"an unknown status":           `status = 'lost'`,
		"an unknown kind":             `kind = 'ban'`,
		"nobody asked":                `by_rule = ''`,
		"a rule and a person":         `by_person = 'p1'`,
		"an end before the beginning": `expires_at = asked_at`,
	} {
		err := b.db.Write(b.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(b.Context(), `UPDATE action SET `+set+` WHERE id = $1`, a.ID)
			return err
		})
		if err == nil {
			b.Errorf("%s was stored", name)
		}
	}
}

func senselessJob(b *bench) {
	for _, j := range []job.Job{
		{Kind: action.JobDeliver, Payload: []byte(`{`)},
		{Kind: action.JobDeliver, Payload: []byte(`{}`)},
		{Kind: action.JobDeliver, Payload: []byte(`{"action":"act_absent"}`)},
		{Kind: "action.other", Payload: []byte(`{"action":"act_absent"}`)},
	} {
		o, err := b.d.Handle(b.Context(), j)
		if err != nil || o.State != job.Dead || o.Error == "" {
			b.Errorf("%s %s: %+v, %v", j.Kind, j.Payload, o, err)
		}
	}
	err := b.write(func(tx action.Tx) error {
		_, _, err := tx.Jobs.Enqueue(b.Context(), job.New{Kind: action.JobDeliver, Key: "x", Payload: []byte(`{"action":"act_absent"}`), RunAt: b.clock()})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.work()
	b.read(func(tx action.Tx) error {
		list, err := action.DeadLetters(b.Context(), tx, 10)
		if len(list) != 1 || list[0].Problem == "" {
			b.Errorf("dead letters %+v", list)
		}
		return err
	})
}

func listed(b *bench) {
	var want []string
	for i := range 5 {
		r := b.request()
		r.Key += string(rune('a' + i))
		if i%2 == 1 {
			r.Subject = "u2"
		}
		a, _, err := b.tryAsk(r)
		if err != nil {
			b.Fatal(err)
		}
		want = append(want, a.ID)
		if i%2 == 0 {
			b.pass(time.Second)
		}
	}
	slices.Reverse(want)
	list := func(f action.Filter) (out []string) {
		b.read(func(tx action.Tx) error {
			as, err := tx.List(b.Context(), f)
			for _, a := range as {
				out = append(out, a.ID)
			}
			return err
		})
		return out
	}
	all := list(action.Filter{Case: "c1"})
	sorted := func(ids []string) []string { c := slices.Clone(ids); slices.Sort(c); return c }
	b.same("all", sorted(want), sorted(all))
	b.same("the newest", want[0], all[0])
	b.same("pages", all, append(list(action.Filter{Limit: 2}), append(list(action.Filter{Limit: 2, Before: all[1]}), list(action.Filter{Before: all[3]})...)...))
	b.same("of an account", 2, len(list(action.Filter{Subject: "u2"})))
	b.same("by status", 0, len(list(action.Filter{Statuses: []action.Status{action.Dead, action.Failed}})))
	b.same("by status", 5, len(list(action.Filter{Statuses: []action.Status{action.Dead, action.Asked}})))
	b.same("of no case", 0, len(list(action.Filter{Case: "c9"})))
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
