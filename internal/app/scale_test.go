package app_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/config"
	"haris/internal/detect"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// scaleEnv is the number of open cases among which TestPagesAtScale measures pages; without it nothing is measured.
const scaleEnv = "HARIS_SCALE"

// TestPagesAtScale prints what every page of a whole haris takes among many open cases, over HTTP on this machine. Beside TestDeskAtScale of the
// console, which has stand-ins for what is not the store, here all is real. HARIS_SCALE=100000 scripts/with-postgres go test ./internal/app -run PagesAtScale -v
func TestPagesAtScale(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv(scaleEnv))
	if err != nil || n < 1 {
		t.Skipf("%s is not set: set it to a number of cases to measure", scaleEnv)
	}
	t.Run("sqlite", func(t *testing.T) { pagesAtScale(t, settings(t), n) })
	t.Run("postgres", func(t *testing.T) {
		c := settings(t)
		c.Database.URL = config.Secret(storetest.Schema(t))
		pagesAtScale(t, c, n)
	})
}

func pagesAtScale(t *testing.T, c config.Config, n int) {
	a := start(t, c)
	_, key, err := a.Core().Auth.CreateKey(t.Context(), "test", auth.NewKey{Source: "/s", Scopes: auth.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	if code, body := call(t, "POST", a.URL()+"/v1/events", key, events); code != http.StatusOK {
		t.Fatal(code, string(body))
	}
	began := time.Now()
	crowd(t, a.Core().DB, n)
	t.Logf("%d cases opened in %s", n, time.Since(began).Round(time.Second))
	v := signIn(t, a)
	for _, path := range v.links("/queue", "/me", "/help", "/dashboard?days=90") {
		v.measure(path)
	}
	var id string
	err = a.Core().DB.Read(t.Context(), func(tx *store.Tx) error {
		list, _, err := tx.Cases().List(t.Context(), casefile.Filter{Subject: "adult"})
		if len(list) > 0 {
			id = list[0].ID
		}
		return err
	})
	if err != nil || id == "" {
		t.Fatalf("the events opened no case: %v", err)
	}
	v.measure("/case/" + id)
}

// crowd opens cases of every priority, each with a signal that could not look.
func crowd(t *testing.T, db *store.DB, n int) {
	t.Helper()
	at := time.Now().UTC().Truncate(time.Millisecond)
	for from := 0; from < n; from += 1000 {
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			for i := from; i < min(n, from+1000); i++ {
				subject := "acc-" + strconv.Itoa(i)
				m := casefile.Matter{
					Key: "k" + strconv.Itoa(i), Subject: subject, Victims: []string{"kid-" + strconv.Itoa(i)}, Typology: taxonomy.TypologyGrooming,
					Priority: []taxonomy.Priority{taxonomy.P3, taxonomy.P3, taxonomy.P2, taxonomy.P1, taxonomy.P0}[i%5], Queue: []string{"main", "night"}[i%2],
					Labels: []string{"minor-contact"}, Reasons: []string{"contact"}, At: at,
					Signals: []detect.Signal{
						{Detector: "D1", Version: 1, Family: taxonomy.FamilyContact, Subject: subject, Strength: 4, At: at, From: at.AddDate(0, 0, -7), Figures: []detect.Figure{{Name: "minors", Observed: 9, Expected: 2, Of: 12}}},
						{Detector: "D12", Version: 1, Family: taxonomy.FamilyInbound, Subject: subject, Unscanned: "state of the key was evicted", At: at, From: at},
					},
				}
				if _, err := tx.Cases().Apply(t.Context(), at.Add(-time.Duration(n-i)*time.Second), m); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// visitor is somebody signed in who may read every page.
type visitor struct {
	t    *testing.T
	http http.Client
	base string
}

var formToken = regexp.MustCompile(`name="token" value="([^"]*)"`)

func signIn(t *testing.T, a *app.App) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, base: a.URL(), http: http.Client{Jar: jar}}
	p, err := a.Core().Auth.CreatePerson(t.Context(), "test", auth.NewPerson{Name: "All Roles", Login: "all", Roles: auth.Roles()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := a.Core().Auth.CreateLink(t.Context(), "test", p.ID)
	if err != nil {
		t.Fatal(err)
	}
	m := formToken.FindStringSubmatch(v.get("/link?token=" + l.Token))
	if m == nil {
		t.Fatal("the page of the link has no form")
	}
	const password = "quiet river stones 42"
	r, err := v.http.PostForm(v.base+"/link", url.Values{"token": {m[1]}, "link": {l.Token}, "password": {password}, "again": {password}})
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r, err)
	}
	if err := r.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return v
}

func (v *visitor) get(path string) string {
	v.t.Helper()
	r, err := v.http.Get(v.base + path)
	if err != nil {
		v.t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if cerr := r.Body.Close(); err != nil || cerr != nil || r.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: %d, %v, %v", path, r.StatusCode, err, cerr)
	}
	return string(body)
}

var pageLink = regexp.MustCompile(`href="(/[a-z/-]+)"`)

// links are the pages to which the pages named lead that have an address of their own, and the pages named.
func (v *visitor) links(from ...string) []string {
	v.t.Helper()
	out := slices.Clone(from)
	for _, path := range from {
		for _, m := range pageLink.FindAllStringSubmatch(v.get(path), -1) {
			if !slices.Contains(out, m[1]) && m[1] != "/sign-out" && m[1] != "/dashboard" {
				out = append(out, m[1])
			}
		}
	}
	return append(out, "/dashboard")
}

// measure prints the median and the 99th percentile of getting a page 100 times.
func (v *visitor) measure(path string) {
	v.t.Helper()
	var took []time.Duration
	for i := range 103 {
		began := time.Now()
		v.get(path)
		if i >= 3 { // the first ones warm up
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	v.t.Log(fmt.Sprintf("%-22s p50 %6.1f ms, p99 %6.1f ms", path, float64(took[50].Microseconds())/1000, float64(took[98].Microseconds())/1000))
}
