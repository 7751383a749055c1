package console_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/lead"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// figures reads the counts of the test's own database.
type figures struct{ b *bundle }

func (f figures) Facts(ctx context.Context, r lead.Range) (out lead.Facts, err error) {
	out = lead.Facts{Range: r, Now: f.b.now()}
	err = f.b.db.Read(ctx, func(tx *store.Tx) error {
		if out.Days, err = tx.Days().Sums(ctx, lead.Range{From: r.Before().From, To: r.To}); err != nil {
			return err
		}
		out.Open, err = tx.Days().Open(ctx, out.Now)
		return err
	})
	return out, err
}

func (f figures) Outside(context.Context) []console.Check {
	return []console.Check{{Name: "exchanges", State: console.Well, Unit: console.UnitCount}, {Name: "reports_overdue", State: console.Warned, Unit: console.UnitCount, Count: 2}}
}

// busy is a console whose team has worked: n cases, every other one closed, each after some minutes more than the one before.
func busy(t *testing.T, n int) *bundle {
	t.Helper()
	b := setup(t)
	who := []string{b.as(auth.Reviewer).person.ID, b.as(auth.Reviewer).person.ID}
	start := b.now().AddDate(0, 0, -40)
	err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		for i := range n {
			at := start.Add(time.Duration(i) * 40 * 24 * time.Hour / time.Duration(n))
			m := matter("busy"+string(rune('a'+i%26))+string(rune('a'+i/26)), "acc"+string(rune('a'+i%26))+string(rune('a'+i/26)), []taxonomy.Priority{taxonomy.P0, taxonomy.P1, taxonomy.P2, taxonomy.P2}[i%4])
			m.About = &casefile.About{Band: []string{"25+", "18-24"}[i/2%2], Lang: []string{"en", "ar"}[i/2%2], Region: "EG"}
			c, err := tx.Cases().Apply(t.Context(), at, m)
			if err != nil {
				return err
			}
			if i%2 == 0 {
				continue
			}
			d := casefile.Disposition{Finding: casefile.FindingCleared, Reason: "a coach"}
			if i%4 == 1 || i%3 == 0 {
				d = casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "many children"}
			}
			at = at.Add(time.Duration(i) * 7 * time.Minute)
			for kind, body := range map[casefile.EventKind]any{casefile.Claimed: casefile.ClaimedBody{Ends: at.Add(time.Hour)}} {
				e, err := casefile.NewEvent(c.Case, at, who[i/2%2], kind, body)
				if err != nil {
					return err
				}
				if _, err := tx.Cases().Append(t.Context(), e); err != nil {
					return err
				}
			}
			e, err := casefile.NewEvent(c.Case, at.Add(5*time.Minute), who[i/2%2], casefile.Disposed, casefile.DisposedBody{Disposition: d})
			if err != nil {
				return err
			}
			if _, err := tx.Cases().Append(t.Context(), e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDashboard(t *testing.T) {
	b := busy(t, 120)
	w := b.as(auth.Lead)
	page := w.get("/dashboard?days=7")
	for _, want := range []string{"How the team does", "Opened: 19 (period before: 21)", "Person reviewer", "It is no ranking", "reviewers", `href="/dashboard/flow.csv?from=2026-02-23&amp;to=2026-03-01"`, "too few to say", "Reports that are overdue", "<desc"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	if strings.Contains(page.body, "⟦") || strings.Contains(page.body, "acca") {
		t.Error("a word is missing, or an account stands on the page")
	}
	for file, want := range map[string]string{
		"flow":      "2026-02-28,3,2\n",
		"age":       "least_days,p0,p1,p2,p3\n0,",
		"limits":    "P0,0,0,0.0000,1.0000",
		"people":    "person,decisions,",
		"precision": "\nD1,",
		"cohorts":   "region,EG,",
		"unscanned": "D12,state of the key was evicted,19",
		"findings":  "finding,now,before\nconfirmed,",
		"queues":    "child-safety,60,19,21,",
		"agreement": "second_person,0,0,",
	} {
		got := w.get("/dashboard/" + file + ".csv?from=2026-02-23&to=2026-03-01")
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d, no %q in\n%s", file, got.status, want, got.body)
		}
	}
	for path, want := range map[string]int{
		"/dashboard?from=2026-03-01&to=2026-02-01": http.StatusUnprocessableEntity, "/dashboard?from=x&to=2026-02-01": http.StatusUnprocessableEntity,
		"/dashboard?from=2020-01-01&to=2026-02-01": http.StatusUnprocessableEntity, "/dashboard?days=99999": http.StatusOK, "/dashboard/none.csv": http.StatusNotFound, "/dashboard/flow": http.StatusNotFound,
	} {
		if got := w.get(path).status; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	if got := b.as(auth.Reviewer).get("/dashboard").status; got != http.StatusForbidden {
		t.Errorf("a reviewer: %d", got)
	}
}

// TestBrowserDashboard looks at the pages of a lead, with figures and without, in every look.
func TestBrowserDashboard(t *testing.T) {
	b := busy(t, 240)
	w := b.as(auth.Lead)
	waits, done := b.open("waits", "acc-w", taxonomy.P1), b.open("done", "acc-d", taxonomy.P1)
	err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		l := lead.Look{Case: waits, N: 2, At: b.now(), First: "ada", Finding: casefile.FindingCleared}
		if err := tx.Looks().Draw(t.Context(), l); err != nil {
			return err
		}
		l.Case = done
		l.Second = lead.Second{Who: w.person.ID, Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "many children", At: b.now()}
		if err := tx.Looks().Draw(t.Context(), l); err != nil {
			return err
		}
		return tx.Looks().Answer(t.Context(), l)
	})
	if err != nil {
		t.Fatal(err)
	}
	b.lookAt(w, map[string]string{
		"dashboard": "/dashboard?days=30", "dashboard-none": "/dashboard?from=2020-01-01&to=2020-01-31", "quality": "/quality",
		"look": "/quality/" + waits + "/2", "look-done": "/quality/" + done + "/2",
	})
}
