package storetest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/disclosure"
	"haris/internal/evidence"
	"haris/internal/lead"
	"haris/internal/process"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Scopes checks that an engine shows nothing of cases that the scope of the context hides.
func Scopes(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"lists, counts and single cases are those that a scope sees": scopedCases,
		"what belongs to a hidden case is not there":                 scopedThings,
		"pages are full although some of a list is hidden":           scopedPages,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

// scopes are those that a check tries.
func scopes() []casefile.Scope {
	return []casefile.Scope{
		{},
		{NotQueues: []string{"urgent"}},
		{NotLabels: []string{"europe"}},
		{NotQueues: []string{"urgent", "night"}, NotLabels: []string{"europe", "none"}},
		{Confined: true, Queues: []string{"main"}},
		{Confined: true, Labels: []string{"europe"}},
		{Confined: true, Queues: []string{"main"}, Labels: []string{"europe"}, NotQueues: []string{"night"}},
		{Confined: true, Queues: []string{"main"}, NotQueues: []string{"main"}},
		{Confined: true, Queues: []string{"night", "main", "night"}, Labels: []string{"old", "europe", "none"}},
		{Confined: true, Labels: []string{"old", "europe"}, NotQueues: []string{"night"}, NotLabels: []string{"none"}},
		{Confined: true},
		{Confined: true, NotQueues: []string{"night"}, NotLabels: []string{"europe"}},
	}
}

// under runs f with what a scope sees.
func (b *bench) under(s casefile.Scope, f func()) {
	before := b.ctx
	b.ctx = casefile.Under(before, s)
	f()
	b.ctx = before
}

// eachOnce walks over all cases in the order of their ids: each that the scope sees comes once.
func (b *bench) eachOnce(all []casefile.Case, s *casefile.Scope) {
	var want, got []string
	for i := range all {
		if s.Sees(&all[i]) {
			want = append(want, all[i].ID)
		}
	}
	slices.Sort(want)
	for n, after := 7, ""; n == 7; {
		b.read(func(tx *store.Tx) error {
			list, err := tx.CasesAfter(b.ctx, after, 7)
			n = len(list)
			for i := range list {
				got, after = append(got, list[i].ID), list[i].ID
			}
			return err
		})
	}
	if d := cmp.Diff(want, got); d != "" {
		b.Errorf("%+v, one after another:\n%s", *s, d)
	}
}

func scopedCases(b *bench) {
	all := seed(b)
	for i := range all {
		if i%4 == 1 {
			m := matter(fmt.Sprintf("again%d", i), all[i].Subject, all[i].Priority, start().Add(time.Hour))
			m.Queue, m.Typology, m.Labels = all[i].Queue, all[i].Typology, []string{"europe", "old"}
			if id := b.apply(start().Add(time.Hour), m).Case; id != all[i].ID {
				all = append(all, b.get(id))
			} else {
				all[i] = b.get(id)
			}
		}
	}
	for _, s := range scopes() {
		hidden := 0
		b.under(s, func() {
			for _, f := range []casefile.Filter{
				{},
				{Label: "europe"},
				{Label: "old", Queue: "night"},
				{Queue: "urgent"},
				{Queue: "main"},
				{Subject: "u5"},
				{Statuses: casefile.OpenStatuses(), AtLeast: taxonomy.P1},
				{Statuses: casefile.OpenStatuses(), CountTo: 1000},
			} {
				keep := func(c *casefile.Case) bool {
					return s.Sees(c) && (f.Label == "" || slices.Contains(c.Labels, f.Label)) && (f.Queue == "" || c.Queue == f.Queue) &&
						(f.Subject == "" || c.Subject == f.Subject) && (len(f.Statuses) == 0 || c.Status.IsOpen()) && c.Priority >= f.AtLeast
				}
				want := wanted(all, keep)
				var got []string
				for page := f; ; {
					page.Limit = 7
					ids, next := b.list(page)
					got = append(got, ids...)
					if page.Cursor = next; next == "" {
						break
					}
				}
				if d := cmp.Diff(want, got); d != "" && len(want)+len(got) > 0 {
					b.Errorf("%+v, %+v:\n%s", s, f, d)
				}
				b.read(func(tx *store.Tx) error {
					counts, err := tx.Cases().Count(b.ctx, f)
					sum := 0
					for _, n := range counts {
						sum += n
					}
					n, err2 := tx.Cases().Total(b.ctx, f, 1000)
					if sum != len(want) || n != len(want) {
						b.Errorf("%+v, %+v: counted %d and %d, want %d", s, f, sum, n, len(want))
					}
					return errors.Join(err, err2)
				})
			}
			b.eachOnce(all, &s)
			for i := range all {
				b.read(func(tx *store.Tx) error {
					_, err := tx.Cases().Get(b.ctx, all[i].ID)
					hides, err2 := tx.Hides(b.ctx, store.OfCase, all[i].ID)
					if sees := s.Sees(&all[i]); sees != (err == nil) || sees == hides || err != nil && !errors.Is(err, casefile.ErrNotFound) {
						b.Errorf("%+v sees %s: %v, got %v and hidden %v", s, all[i].ID, sees, err, hides)
					}
					return err2
				})
				if !s.Sees(&all[i]) {
					hidden++
				}
			}
		})
		if (hidden == 0) != s.All() {
			b.Errorf("%+v hides %d of %d cases: the check proves nothing", s, hidden, len(all))
		}
	}
}

// belongings is a case with everything that can belong to one.
type belongings struct{ id, report, item, process, mute, disclosure, note string }

func (b *bench) furnish(subject, queue string) (x belongings) {
	b.Helper()
	m := matter("k-"+subject, subject, taxonomy.P1, start())
	m.Queue = queue
	x.id = b.apply(start(), m).Case
	b.must(x.id, start(), "ada", casefile.Noted, casefile.NotedBody{Text: "keep this between us"})
	x.report = b.draft(x.id, subject, start()).ID
	x.item = "item-" + subject
	b.write(func(tx *store.Tx) error {
		ev := tx.Evidence()
		_, err := ev.AddKey(b.ctx, evidence.Key{Case: x.id, Recipient: "r", Working: "w", Wrapped: []byte{1}, CreatedAt: start()})
		if err != nil {
			return err
		}
		item := evidence.Item{ID: x.item, Case: x.id, Kind: evidence.KindEvent, Name: "a", MediaType: "text/plain", SHA256: fmt.Sprintf("%064d", len(subject)), MD5: fmt.Sprintf("%032d", 1), Size: 1, SealedSHA: fmt.Sprintf("%x", sha256.Sum256([]byte(subject))), SealedSize: 1, CreatedAt: start(), CreatedBy: "ada"}
		if err := ev.AddItem(b.ctx, item); err != nil {
			return err
		}
		id, err := tx.Processes().NewID()
		if err != nil {
			return err
		}
		x.process = id
		w := warrant("W-" + subject)
		w.Scope.Accounts = []string{subject}
		if _, err := tx.Processes().Append(b.ctx, process.Event{Process: id, N: 1, At: start(), Who: "lena", Kind: process.WasReceived, Body: process.Body{Intake: w}}); err != nil {
			return err
		}
		m, err := tx.Mutes().Add(b.ctx, casefile.Mute{Subject: subject, Detector: "D1", Owner: "lead", Reason: "a coach", At: start(), Ends: start().Add(time.Hour)})
		if err != nil {
			return err
		}
		x.mute = m.ID
		e := given(disclosure.Report, "17")
		e.Case, e.Report = x.id, x.report
		d, err := tx.Disclosures().Add(b.ctx, e)
		x.disclosure = d.ID
		note, err2 := tx.Coaching().Add(b.ctx, lead.Note{Case: x.id, Writer: "lea", Reader: "bob", Body: "look at the ages", At: start()})
		x.note = note.ID
		g := lead.Golden{Case: x.id, N: 3, First: "ada", Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Why: "many children", By: "lea", At: start()}
		err = errors.Join(err, err2, tx.Golden().Put(b.ctx, g), tx.Golden().Answer(b.ctx, lead.GoldenAnswer{Case: x.id, N: 3, Second: lead.Second{Who: "bob", Finding: casefile.FindingCleared, Reason: "no", At: start()}}))
		return errors.Join(err, tx.Looks().Draw(b.ctx, lead.Look{Case: x.id, N: 3, At: start(), First: "ada", Finding: casefile.FindingCleared}))
	})
	return x
}

func scopedThings(b *bench) {
	shut, open := b.furnish("u1", "closed"), b.furnish("u2", "main")
	named := b.naming(shut.id)
	for _, s := range []casefile.Scope{{}, {NotQueues: []string{"closed"}}, {Confined: true, Queues: []string{"main"}}} {
		b.under(s, func() {
			for _, x := range []belongings{shut, open} {
				sees := s.All() || x == open
				for name, got := range b.found(x) {
					if got != sees {
						b.Errorf("%+v: %s of the case %s: found %v, want %v", s, name, x.id, got, sees)
					}
				}
			}
			b.read(func(tx *store.Tx) error {
				_, err := tx.Processes().Get(b.ctx, named)
				if (err == nil) != s.All() {
					b.Errorf("%+v: a process that names the hidden case: %v", s, err)
				}
				return nil
			})
		})
	}
}

// naming is a process that names a case and no account.
func (b *bench) naming(caseID string) (id string) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		if id, err = tx.Processes().NewID(); err != nil {
			return err
		}
		w := warrant("W-named")
		w.Scope.Accounts, w.Scope.Cases = nil, []string{caseID}
		_, err = tx.Processes().Append(b.ctx, process.Event{Process: id, N: 1, At: start(), Who: "lena", Kind: process.WasReceived, Body: process.Body{Intake: w}})
		return err
	})
	return id
}

// found says of everything that belongs to a case whether it is there, alone and in its list.
func (b *bench) found(x belongings) map[string]bool {
	out := map[string]bool{}
	b.read(func(tx *store.Tx) error {
		_, err := tx.Reports().Get(b.ctx, x.report)
		out["report"] = err == nil
		reports, err1 := tx.Reports().List(b.ctx, report.Filter{})
		out["reports"] = slices.ContainsFunc(reports, func(r report.Report) bool { return r.ID == x.report })
		_, err = tx.Evidence().Item(b.ctx, x.item)
		out["item"] = err == nil
		kept, err2 := tx.Evidence().Kept(b.ctx, "")
		out["kept"] = slices.ContainsFunc(kept, func(k evidence.Kept) bool { return k.Case == x.id })
		_, err = tx.Processes().Get(b.ctx, x.process)
		out["process"] = err == nil
		processes, err3 := tx.Processes().List(b.ctx, process.Filter{})
		out["processes"] = slices.ContainsFunc(processes, func(r process.Request) bool { return r.ID == x.process })
		mutes, err4 := tx.Mutes().List(b.ctx, "", 0)
		out["mutes"] = slices.ContainsFunc(mutes, func(m casefile.Mute) bool { return m.ID == x.mute })
		given, err5 := tx.Disclosures().List(b.ctx, disclosure.Filter{})
		out["disclosures"] = slices.ContainsFunc(given, func(e disclosure.Entry) bool { return e.ID == x.disclosure })
		_, err = tx.Looks().Get(b.ctx, x.id, 3)
		out["look"] = err == nil
		looks, err6 := tx.Looks().Waiting(b.ctx, "bea", 10)
		out["looks"] = slices.ContainsFunc(looks, func(l lead.Look) bool { return l.Case == x.id })
		hits, err11 := tx.Search().Search(b.ctx, casefile.Asked("between"), true, 50)
		out["texts"] = slices.ContainsFunc(hits.List, func(h casefile.Hit) bool { return h.Case.ID == x.id })
		_, err = tx.Golden().Get(b.ctx, x.id, 3)
		out["golden"] = err == nil
		gold, err7 := tx.Golden().List(b.ctx)
		out["golden cases"] = slices.ContainsFunc(gold, func(g lead.Golden) bool { return g.Case == x.id })
		gold, err8 := tx.Golden().Open(b.ctx, "eve", 10)
		out["golden cases to answer"] = slices.ContainsFunc(gold, func(g lead.Golden) bool { return g.Case == x.id })
		answers, err9 := tx.Golden().Answers(b.ctx, "")
		out["golden answers"] = slices.ContainsFunc(answers, func(a lead.GoldenAnswer) bool { return a.Case == x.id })
		_, err = tx.Coaching().Get(b.ctx, x.note)
		out["note"] = err == nil
		notes, err10 := tx.Coaching().Of(b.ctx, "bob", 10)
		out["notes"] = slices.ContainsFunc(notes, func(n lead.Note) bool { return n.ID == x.note })
		return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11)
	})
	b.read(func(tx *store.Tx) (err error) {
		for thing, id := range map[string]string{store.OfCase: x.id, store.OfReport: x.report, store.OfEvidence: x.item, store.OfProcess: x.process, store.OfMute: x.mute, store.OfNote: x.note} {
			hides, e := tx.Hides(b.ctx, thing, id)
			out["not hidden "+thing], err = !hides, errors.Join(err, e)
		}
		return err
	})
	return out
}

func scopedPages(b *bench) {
	for i := range 5 {
		b.furnish(fmt.Sprintf("u%d", i), []string{"closed", "main"}[i%2])
	}
	b.under(casefile.Scope{NotQueues: []string{"closed"}}, func() {
		b.read(func(tx *store.Tx) error {
			first, err := tx.Processes().List(b.ctx, process.Filter{Limit: 1})
			if err != nil || len(first) != 1 {
				b.Fatalf("%+v, %v", first, err)
			}
			rest, err := tx.Processes().List(b.ctx, process.Filter{Limit: 10, Before: first[0].ID})
			mutes, err2 := tx.Mutes().List(b.ctx, "", 2)
			given, err3 := tx.Disclosures().List(b.ctx, disclosure.Filter{Limit: 2})
			reports, err4 := tx.Reports().List(b.ctx, report.Filter{Limit: 2})
			if len(rest) != 1 || len(mutes) != 2 || len(given) != 2 || len(reports) != 2 {
				b.Errorf("%d processes more, %d mutes, %d disclosures and %d reports, want 1, 2, 2 and 2", len(rest), len(mutes), len(given), len(reports))
			}
			return errors.Join(err, err2, err3, err4)
		})
	})
}
