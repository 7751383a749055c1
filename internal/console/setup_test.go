package console_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/learn"
	"haris/internal/parcel"
	"haris/internal/review"
	"haris/internal/rule"
	"haris/internal/store"
	"haris/internal/taxonomy"
	"haris/packs"
)

const goodPassword = "quiet river stones 42"

// claimFor is how long a claim of the test's desk lasts.
const claimFor = 20 * time.Minute

// bundle is a console on a fresh database, with fakes for what lies outside of it.
type bundle struct {
	t    *testing.T
	db   *store.DB
	auth *auth.Service
	srv  *httptest.Server
	deps console.Deps
	// rules are those in force, for their words alone.
	rules *rule.Set
	// learnt is what findings teach.
	learnt []learn.Row
	// vault holds the evidence and showing what people are shown of it.
	vault   *evidence.Vault
	key     parcel.Key // signs what leaves
	showing *exposure.Service
	out     *outside
	log     *logBuffer
	mu      sync.Mutex
	time    time.Time
}

func setupOn(t *testing.T, db *store.DB) *bundle {
	t.Helper()
	b := &bundle{t: t, db: db, out: &outside{}, log: &logBuffer{}, time: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	var err error
	if b.auth, err = auth.New(auth.Deps{DB: b.db.Auth(), Now: b.now, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes), ReviewEvery: 90 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if b.rules, err = rule.Load(packs.FS, rule.Options{}); err != nil {
		t.Fatal(err)
	}
	b.seal()
	people := &review.Service{
		Now: b.now, ClaimFor: claimFor,
		Read: func(ctx context.Context, f func(review.Tx) error) error {
			return b.db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Write: func(ctx context.Context, f func(review.Tx) error) error {
			return b.db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Decides: func(ctx context.Context, id string) (bool, error) {
			list, err := b.auth.People(ctx)
			return slices.ContainsFunc(list, func(p auth.Person) bool { return p.ID == id && p.Can(auth.CaseDispose) }), err
		},
		Scope: func(ctx context.Context, id string) (casefile.Scope, error) { return b.auth.Scope(ctx, id) },
		Then: func(ctx context.Context, tx review.Tx, c casefile.Case, e casefile.Event) error {
			return review.Bank(ctx, tx.(*store.Tx), c, e)
		},
	}
	reports := b.reports()
	b.deps = console.Deps{
		Auth:        b.auth,
		Cases:       cases{b.db},
		RuleWords:   func() console.RuleWords { return b.rules },
		Sight:       sight{b.db},
		Desk:        people,
		Judge:       people,
		Arrange:     people,
		Mutes:       people,
		Queues:      people,
		Drafts:      people,
		Presence:    presence{b},
		Timeline:    b.out,
		Accounts:    b.out,
		Finder:      finder{b},
		Actions:     actions{b.out, b.db},
		Asker:       b.asker(people),
		Reports:     reports,
		Checks:      reports,
		Alerts:      reports,
		Papers:      b.printer(reports),
		Courier:     b.courier(reports),
		Evidence:    ofCases{bounded{b.vault}, b.db},
		Exposure:    b.showing,
		Legal:       b.legal(),
		Keeping:     keeping{b},
		Banks:       b.bankDesk(),
		Exchanges:   exchanges{b.out},
		Disclosures: disclosures{b},
		Letters:     letters{b.out},
		Jobs:        jobs{b.out},
		Health:      b.out,
		Entries:     entries{b.db},
		Explain:     explain,
		Learning:    func(context.Context) ([]learn.Row, time.Time, error) { return b.learnt, b.now(), nil },
		Figures:     figures{b},
		Looks:       b.looks(),
		Coaching:    b.looks(),
		Book:        b.book(),
		Rules:       b.rulesNow,
		Now:         b.now,
		Logger:      slog.New(slog.NewTextHandler(b.log, nil)),
		MaxFile:     maxFile,
		DocsURL:     "https://example.org/docs",
	}
	b.showing.Banks = b.deps.Banks.Compare
	b.serve()
	return b
}

// serve serves the console with what deps holds now.
func (b *bundle) serve() {
	b.t.Helper()
	h, err := console.New(b.deps)
	if err != nil {
		b.t.Fatal(err)
	}
	b.srv = httptest.NewServer(h)
	b.t.Cleanup(b.srv.Close)
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

// browser is one visitor with cookies.
type browser struct {
	b      *bundle
	http   *http.Client
	person auth.Person
}

// page is an answer that was read.
type page struct {
	status int
	header http.Header
	body   string
}

func (b *bundle) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return &browser{b: b, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as is the browser of a person with the roles, signed in. Passwords are slow to hash on purpose, so tests set the session
// by the link's own path only once for each person.
func (b *bundle) as(roles ...auth.Role) *browser {
	b.t.Helper()
	login := strings.ToLower(fmt.Sprintf("%s%d", roles[0], time.Now().UnixNano()))
	p, err := b.auth.CreatePerson(b.t.Context(), "test", auth.NewPerson{Name: "Person " + string(roles[0]), Login: login, Roles: roles})
	if err != nil {
		b.t.Fatal(err)
	}
	l, err := b.auth.CreateLink(b.t.Context(), "test", p.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	w := b.browser()
	w.person = p
	got := w.post("/link?token="+l.Token, "/link", url.Values{"link": {l.Token}, "password": {goodPassword}, "again": {goodPassword}})
	if got.status != http.StatusSeeOther {
		b.t.Fatalf("sign-in by link: %d", got.status)
	}
	return w
}

func (w *browser) get(path string) page {
	w.b.t.Helper()
	r, err := w.http.Get(w.b.srv.URL + path)
	return w.read(r, err)
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]*)"`)

// token reads the form token of a page.
func (w *browser) token(path string) string {
	w.b.t.Helper()
	m := tokenField.FindStringSubmatch(w.get(path).body)
	if m == nil {
		w.b.t.Fatalf("%s holds no form token", path)
	}
	return m[1]
}

// post sends a form with the token of the page it stands on.
func (w *browser) post(from, path string, form url.Values) page {
	w.b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	form.Set("token", w.token(from))
	return w.send(path, form)
}

func (w *browser) send(path string, form url.Values) page {
	w.b.t.Helper()
	r, err := w.http.PostForm(w.b.srv.URL+path, form)
	return w.read(r, err)
}

func (w *browser) read(r *http.Response, err error) page {
	w.b.t.Helper()
	if err != nil {
		w.b.t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if cerr := r.Body.Close(); err != nil || cerr != nil {
		w.b.t.Fatal(err, cerr)
	}
	return page{r.StatusCode, r.Header, string(body)}
}

// matter is a suspicion that opens a case.
func matter(key, subject string, p taxonomy.Priority) casefile.Matter {
	at := time.Date(2026, 3, 1, 8, 30, 0, 0, time.UTC)
	return casefile.Matter{
		Key: key, Subject: subject, Victims: []string{"kid-" + key, "kid2-" + key}, Typology: taxonomy.TypologyGrooming, Priority: p, Queue: "child-safety",
		Labels: []string{"minor-contact"}, Reasons: []string{"contact and feedback together"}, At: at,
		Signals: []detect.Signal{
			{
				Detector: "D1", Version: 1, Family: taxonomy.FamilyContact, Typology: taxonomy.TypologyGrooming, Subject: subject, Strength: 5.4,
				At: at, From: at.Add(-7 * 24 * time.Hour), Events: []uint64{3, 9},
				Figures: []detect.Figure{
					{Name: "minors", Observed: 31, Expected: 4.2, Of: 38},
					{Name: "welcomed", Observed: 6, Expected: 14.1, Of: 31},
					{Name: "reach", Observed: .11, Expected: .11},
				},
			},
			{
				Detector: "D3", Version: 1, Family: taxonomy.FamilyFeedback, Typology: taxonomy.TypologyGrooming, Subject: subject, Strength: 3.1,
				Hard: true, At: at, From: at.Add(-30 * 24 * time.Hour), Events: []uint64{20},
				Figures: []detect.Figure{{Name: "complaints", Observed: 5, Expected: .4, Of: 31}, {Name: "concern", Observed: 2}},
			},
			{
				Detector: "D12", Version: 1, Family: taxonomy.FamilyInbound, Typology: taxonomy.TypologyTrafficking, Subject: subject,
				Unscanned: "state of the key was evicted", At: at, From: at,
			},
		},
	}
}

// open opens a case and returns its id.
func (b *bundle) open(key, subject string, p taxonomy.Priority) (id string) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(b.t.Context(), b.now(), matter(key, subject, p))
		id = c.Case
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// audited reports whether the audit log holds an act about an object.
func (b *bundle) audited(act, object string) bool {
	b.t.Helper()
	var list []audit.Entry
	err := b.db.Read(b.t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Audit().List(b.t.Context(), audit.Filter{Act: act, Object: object}, 0, 10)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return len(list) > 0
}

func explain(s detect.Signal, lang string) detect.Explanation {
	n, _ := s.Figure("minors")
	if lang == "ar" {
		return detect.Explanation{
			Why:            fmt.Sprintf("%.0f من أصل %.0f من جهات الاتصال الجديدة قاصرون؛ والمتوقع %.1f.", n.Observed, n.Of, n.Expected),
			Counterfactual: "لو كان بينها نحو أربعة قاصرين لكان ذلك معتادًا.",
		}
	}
	if s.Detector == "D3" {
		return detect.Explanation{Why: "5 of 31 minors blocked or reported the account; 0.4 could be expected.", Counterfactual: "Without the reports this would be ordinary."}
	}
	return detect.Explanation{
		Why:            fmt.Sprintf("%.0f of %.0f new contacts in 7 days were minors; %.1f could be expected.", n.Observed, n.Of, n.Expected),
		Counterfactual: "With about 4 minors among the 38 new contacts this would be ordinary.",
	}
}

// cases reads the store.
type cases struct{ db *store.DB }

func (c cases) List(ctx context.Context, f casefile.Filter) (out []casefile.Case, next string, err error) {
	err = c.db.Read(ctx, func(tx *store.Tx) error {
		out, next, err = tx.Cases().List(ctx, f)
		return err
	})
	return out, next, err
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

// sight asks the store what is hidden.
type sight struct{ db *store.DB }

func (s sight) Hides(ctx context.Context, thing, id string) (hides bool, err error) {
	err = s.db.Read(ctx, func(tx *store.Tx) error {
		hides, err = tx.Hides(ctx, thing, id)
		return err
	})
	return hides, err
}

// presence keeps who has a case open in the store.
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

type presence struct{ b *bundle }

func (p presence) Here(ctx context.Context, caseID, who string) (out []console.Watcher, err error) {
	err = p.b.db.Write(ctx, func(tx *store.Tx) error {
		list, err := tx.Here(ctx, caseID, who, p.b.now(), p.b.now().Add(-90*time.Second))
		for _, w := range list {
			out = append(out, console.Watcher{Who: w.Who, At: w.At})
		}
		return err
	})
	return out, err
}

// entries reads the audit log of the store.
type entries struct{ db *store.DB }

func (e entries) List(ctx context.Context, who string, f audit.Filter, before int64, limit int) (out []audit.Entry, err error) {
	err = e.db.Write(ctx, func(tx *store.Tx) error {
		if out, err = tx.Audit().List(ctx, f, before, limit); err != nil {
			return err
		}
		_, err = tx.Audit().Append(ctx, audit.Entry{At: time.Now(), Who: who, Act: "audit.read", Object: "audit"})
		return err
	})
	return out, err
}

func (e entries) Words(ctx context.Context) (who, acts []string, err error) {
	err = e.db.Read(ctx, func(tx *store.Tx) error {
		who, acts, err = tx.AuditWords(ctx)
		return err
	})
	return who, acts, err
}

func (e entries) Export(ctx context.Context, who string, f audit.Filter, take func([]audit.Entry) error) error {
	return e.db.ExportAudit(ctx, audit.Entry{At: time.Now(), Who: who}, f, take)
}

// conversation fills the log with a plain conversation around the evidence events of matter, and one block.
func (b *bundle) conversation(subject, child string) {
	at := time.Date(2026, 2, 27, 16, 0, 0, 0, time.UTC)
	say := []string{
		"Hi, good game yesterday", "thanks!", "Which school are you at?", "the one by the river", "Nice. Do your parents check your phone?", "sometimes why",
		"Just asking", "ok", "Let us keep this between us", "hm", "What are you doing later?", "homework", "And at the weekend?", "training",
		"I can bring you home", "my mum does", "Tell her it is full", "no", "Come on",
	}
	for i, s := range say {
		e := event.Event{Seq: uint64(i + 1), ID: fmt.Sprint("m", i), Source: "/chat", Type: event.MessageSent, Time: at.Add(time.Duration(i) * 7 * time.Minute)}
		e.Data.Conversation, e.Data.Text, e.Data.From, e.Data.To = "conv-1", s, subject, []string{child}
		if i%2 == 1 {
			e.Data.From, e.Data.To = child, []string{subject}
		}
		b.out.events = append(b.out.events, e)
	}
	e := event.Event{Seq: 20, ID: "b1", Source: "/chat", Type: event.AccountBlocked, Time: at.Add(5 * time.Hour)}
	e.Data.By, e.Data.Account = child, subject
	b.out.events = append(b.out.events, e)
}
