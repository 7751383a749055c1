package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/lead"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Splits checks that the engine keeps apart what a person took apart.
func Splits(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"what is found later goes where its account went": splitsLast,
		"what comes after a closed case keeps it apart":   splitsOutlast,
		"both are found by account, words and queue":      splitsAreFound,
		"merging the two takes it back":                   splitsMergeBack,
		"beside an open case about the account it fails":  splitsBesideOpen,
		"a case that grew meanwhile is not split":         splitsStale,
		"a merged case whose other was split reopens":     splitsAndMerges,
		"the new case is counted as one that came in":     splitsCount,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
	if e.Pair != nil {
		t.Run("a case grows in one process while another splits it", func(t *testing.T) { splitsTwoProcesses(t, e) })
	}
}

// splitsTwoProcesses has a person split a case that grows all the while: they see that it changed, look again, and in the end nothing is lost.
func splitsTwoProcesses(t *testing.T, e Engine) {
	one, two := e.Pair(t)
	a, b := &bench{T: t, ctx: t.Context(), db: one}, &bench{T: t, ctx: t.Context(), db: two}
	id := a.apply(start(), ofGroup("first", "u1", "u2", "u3")).Case
	const matters = 40
	done := make(chan error, 1)
	go func() {
		for i := range matters {
			err := one.Write(a.ctx, func(tx *store.Tx) error {
				_, err := tx.Cases().Apply(a.ctx, start(), ofGroup(fmt.Sprint("k", i), []string{"u1", "u2", "u3"}[i%3], "u1", "u2", "u3"))
				return err
			})
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	var to string
	for tries := 0; to == ""; tries++ {
		seen := b.get(id).Events
		split, err := b.trySplit(id, seen, "u2", "u3")
		switch {
		case err == nil:
			to = split
		case !errors.Is(err, casefile.ErrStale) || tries > 10*matters:
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	ids, _ := a.list(casefile.Filter{})
	stays, goes := a.get(id), a.get(to)
	if len(ids) != 2 || stays.Count+goes.Count != matters+2 { // the first, and what was split is a finding of the new case
		t.Errorf("%d cases, %d and %d findings", len(ids), stays.Count, goes.Count)
	}
	if !slices.Equal(stays.Subjects, []string{"u1"}) || len(goes.Subjects) != 2 {
		t.Errorf("%v and %v", stays.Subjects, goes.Subjects)
	}
}

// ofGroup is a matter about an account and those that belong to it.
func ofGroup(key, subject string, linked ...string) casefile.Matter {
	m := matter(key, subject, taxonomy.P2, start())
	m.Linked = linked
	m.Signals = []detect.Signal{{Detector: "D13", Subject: subject, Family: taxonomy.FamilyTemplate, Strength: 3, At: start(), Others: m.Victims}}
	return m
}

// trySplit splits accounts off a case as it is after so many events, or as it is now for 0.
func (b *bench) trySplit(id string, seen int, accounts ...string) (to string, err error) {
	b.Helper()
	err = b.db.Write(b.ctx, func(tx *store.Tx) error {
		c, err := tx.Cases().Get(b.ctx, id)
		if err != nil {
			return err
		}
		history, err := tx.Cases().History(b.ctx, id)
		if err != nil {
			return err
		}
		body, err := casefile.Part(&c, history, accounts, "another man")
		if err != nil {
			return err
		}
		e, err := casefile.NewEvent("", start(), "ada", casefile.SplitFrom, body)
		if err != nil {
			return err
		}
		begun, err := tx.Cases().Append(b.ctx, e)
		if err != nil {
			return err
		}
		to = begun.ID
		if e, err = casefile.NewEvent(id, start(), "ada", casefile.SplitOff, casefile.SplitOffBody{Into: to, Accounts: accounts, Reason: "another man"}); err != nil {
			return err
		}
		if seen > 0 {
			e.N = seen + 1
		}
		_, err = tx.Cases().Append(b.ctx, e)
		return err
	})
	return to, err
}

func (b *bench) split(id string, accounts ...string) (to string) {
	b.Helper()
	to, err := b.trySplit(id, 0, accounts...)
	if err != nil {
		b.Fatal(err)
	}
	return to
}

// parted opens a case about u1 to u4, in which u2 and u4 were found as well, and splits u2 and u3 off.
func parted(b *bench) (stays, goes string) {
	b.Helper()
	stays = b.apply(start(), ofGroup("k1", "u1", "u2", "u3", "u4")).Case
	for key, account := range map[string]string{"k2": "u2", "k3": "u4"} {
		if ch := b.apply(start(), ofGroup(key, account, "u1")); ch.Case != stays {
			b.Fatalf("%s: %+v", account, ch)
		}
	}
	return stays, b.split(stays, "u2", "u3")
}

// later are matters about each account of parted, all of them linked, and in which of the two cases they belong.
func later(stays, goes string) map[string]string {
	return map[string]string{"u1": stays, "u2": goes, "u3": goes, "u4": stays}
}

func others(not string) []string {
	return slices.DeleteFunc([]string{"u1", "u2", "u3", "u4"}, func(a string) bool { return a == not })
}

func splitsLast(b *bench) {
	stays, goes := parted(b)
	for account, want := range later(stays, goes) {
		if ch := b.apply(start(), ofGroup("later-"+account, account, others(account)...)); ch.Case != want || ch.Opened || ch.Skipped {
			b.Errorf("%s: %+v, want case %s to grow", account, ch, want)
		}
	}
	s, g := b.get(stays), b.get(goes)
	if d := cmp.Diff([]string{"u1", "u4"}, s.Subjects); d != "" {
		b.Errorf("what stays: %s", d)
	}
	if d := cmp.Diff([]string{"u2", "u3"}, g.Subjects); d != "" || g.From != stays || !slices.Equal(s.SplitInto, []string{goes}) {
		b.Errorf("what goes: %s, from %s, into %v", d, g.From, s.SplitInto)
	}
	for name, id := range map[string]string{"what stays": stays, "what goes": goes} {
		var history []casefile.Event
		b.read(func(tx *store.Tx) (err error) {
			history, err = tx.Cases().History(b.ctx, id)
			return err
		})
		folded, err := casefile.FoldAll(history)
		if err != nil {
			b.Fatal(err)
		}
		if d := cmp.Diff(asJSON(b, folded), asJSON(b, b.get(id))); d != "" {
			b.Errorf("%s: the stored fold is another: %s", name, d)
		}
	}
}

func splitsOutlast(b *bench) {
	for name, closes := range map[string][2]bool{"the old one": {true, false}, "the new one": {false, true}, "both": {true, true}} {
		b.Run(name, func(t *testing.T) {
			b := &bench{T: t, ctx: b.ctx, db: b.db}
			prefix := name + "-"
			own := func(key, subject string, linked ...string) casefile.Matter {
				for i := range linked {
					linked[i] = prefix + linked[i]
				}
				return ofGroup(prefix+key, prefix+subject, linked...)
			}
			stays := b.apply(start(), own("k1", "u1", "u2", "u3", "u4")).Case
			goes := b.split(stays, prefix+"u2", prefix+"u3")
			for i, id := range []string{stays, goes} {
				if closes[i] {
					b.clear(id, start())
				}
			}
			for account, before := range later(stays, goes) {
				m := own("later-"+account, account, others(account)...)
				m.Signals = append(m.Signals, detect.Signal{Detector: "D3", Subject: prefix + account, Family: taxonomy.FamilyFeedback, Strength: 3, Hard: true, At: start(), Others: []string{prefix + "kid-of-" + account}})
				c := b.get(b.apply(start(), m).Case)
				want := []string{"u1", "u4"}
				if before == goes {
					want = []string{"u2", "u3"}
				}
				if c.ID != before && c.Earlier != before {
					b.Errorf("%s: %s after %q, want %s or what follows it", account, c.ID, c.Earlier, before)
				}
				for _, id := range c.Subjects {
					if !slices.Contains(want, id[len(prefix):]) {
						b.Errorf("%s: %v are in one case", account, c.Subjects)
					}
				}
			}
		})
	}
}

func splitsAreFound(b *bench) {
	stays, goes := parted(b)
	for _, tt := range []struct {
		name   string
		filter casefile.Filter
		want   []string
	}{
		{"who went", casefile.Filter{Subject: "u3"}, []string{stays, goes}},
		{"who stays", casefile.Filter{Subject: "u1"}, []string{stays}},
		{"a child of who went", casefile.Filter{Subject: "child-of-u2"}, []string{stays, goes}},
		{"a child of who stays", casefile.Filter{Subject: "child-of-u1"}, []string{stays}},
		{"its detector", casefile.Filter{Detector: "D13"}, []string{stays, goes}},
		{"its queue", casefile.Filter{Queue: "main", Statuses: casefile.OpenStatuses()}, []string{stays, goes}},
	} {
		ids, _ := b.list(tt.filter)
		slices.Sort(ids)
		if d := cmp.Diff(tt.want, ids); d != "" {
			b.Errorf("%s: %s", tt.name, d)
		}
	}
	b.read(func(tx *store.Tx) error {
		hits, err := tx.Search().Search(b.ctx, casefile.Asked("another man"), false, 10)
		if len(hits.List) != 2 {
			b.Errorf("the reason is found %d times: %+v", len(hits.List), hits)
		}
		return err
	})
}

func splitsMergeBack(b *bench) {
	stays, goes := parted(b)
	g := b.get(goes)
	b.must(goes, start(), "ada", casefile.MergedInto, casefile.MergedBody{Into: stays, Reason: "one man after all"})
	whole := b.must(stays, start(), "ada", casefile.Absorbed, casefile.AbsorbedBody{From: goes, Reason: "one man after all", Matter: casefile.Summary(&g), Apart: g.Apart})
	if len(whole.Subjects) != 4 || len(whole.Apart) != 0 || len(whole.Signals) != 3 {
		b.Errorf("%v, apart %v, %d signals", whole.Subjects, whole.Apart, len(whole.Signals))
	}
	for _, account := range []string{"u3", "u4"} { // u2 was the subject of the merged case: what adds nothing to that opens none
		if ch := b.apply(start(), ofGroup("later-"+account, account, others(account)...)); ch.Case != stays || ch.Skipped {
			b.Errorf("%s: %+v", account, ch)
		}
	}
	if ch := b.apply(start(), ofGroup("alone", "u3")); ch.Case != stays || ch.Skipped {
		b.Errorf("u3 by itself: %+v", ch)
	}
	// Opening the merged case again leaves what the other took in: a merge says so. Its subject is found in it again.
	b.must(goes, start(), "ada", casefile.Reopened, casefile.ReasonBody{Reason: "two men"})
	if ch := b.apply(start(), ofGroup("last", "u2", "u1")); ch.Case != goes {
		b.Errorf("after it was taken back: %+v", ch)
	}
	if _, err := b.trySplit(stays, 0, "u2"); !errors.Is(err, casefile.ErrOtherOpen) {
		b.Errorf("split beside the case that was opened again: %v", err)
	}
}

func splitsBesideOpen(b *bench) {
	own := b.apply(start(), matter("k0", "u2", taxonomy.P2, start())).Case
	stays := b.apply(start(), ofGroup("k1", "u1", "u9")).Case
	if stays == own {
		b.Fatal("one case")
	}
	other := b.apply(start(), matter("k2", "u9", taxonomy.P2, start()))
	if other.Case != stays {
		b.Fatalf("%+v", other)
	}
	// u2 is linked by a merge of another case about it.
	absorbed := b.get(own)
	b.must(stays, start(), "ada", casefile.Absorbed, casefile.AbsorbedBody{From: own, Reason: "x", Matter: casefile.Summary(&absorbed)})
	before := b.get(stays)
	ids, _ := b.list(casefile.Filter{})
	if _, err := b.trySplit(stays, 0, "u2"); !errors.Is(err, casefile.ErrOtherOpen) {
		b.Errorf("error %v", err)
	}
	after, _ := b.list(casefile.Filter{})
	if d := cmp.Diff(before, b.get(stays)); d != "" || len(after) != len(ids) {
		b.Errorf("it left something: %d cases of %d, %s", len(after), len(ids), d)
	}
	if e, err := casefile.NewEvent(own, start(), "ada", casefile.SplitFrom, casefile.SplitFromBody{From: stays, Reason: "x", Matter: ofGroup("k", "u9")}); err != nil {
		b.Fatal(err)
	} else if _, err := b.try(e); !errors.Is(err, casefile.ErrTransition) {
		b.Errorf("into a case that is there: %v", err)
	}
}

func splitsStale(b *bench) {
	stays := b.apply(start(), ofGroup("k1", "u1", "u2")).Case
	seen := b.get(stays).Events
	b.apply(start(), ofGroup("k2", "u2", "u1"))
	if _, err := b.trySplit(stays, seen, "u2"); !errors.Is(err, casefile.ErrStale) {
		b.Errorf("error %v", err)
	}
	if ids, _ := b.list(casefile.Filter{}); len(ids) != 1 {
		b.Errorf("a split that failed left %v", ids)
	}
	if ch := b.apply(start(), ofGroup("k3", "u2", "u1")); ch.Case != stays {
		b.Errorf("after it: %+v", ch)
	}
}

func splitsAndMerges(b *bench) {
	into := b.apply(start(), ofGroup("k1", "u1", "u5")).Case
	from := b.apply(start(), ofGroup("k2", "u2", "u3", "u4")).Case
	c := b.get(from)
	b.must(from, start(), "ada", casefile.MergedInto, casefile.MergedBody{Into: into, Reason: "one man"})
	b.must(into, start(), "ada", casefile.Absorbed, casefile.AbsorbedBody{From: from, Reason: "one man", Matter: casefile.Summary(&c)})
	third := b.split(into, "u3")
	reopen := func() error {
		e, err := casefile.NewEvent(from, start(), "ada", casefile.Reopened, casefile.ReasonBody{Reason: "two men"})
		if err != nil {
			b.Fatal(err)
		}
		_, err = b.try(e)
		return err
	}
	if err := reopen(); err != nil {
		b.Fatal(err)
	}
	for account, want := range map[string]string{"u1": into, "u2": from, "u3": third, "u5": into} {
		if ch := b.apply(start(), ofGroup("later-"+account, account, "u1", "u2", "u3", "u4", "u5")); ch.Case != want {
			b.Errorf("%s: %+v, want case %s", account, ch, want)
		}
	}
	if c := b.get(into); slices.Contains(c.Subjects, "u3") {
		b.Errorf("%v", c.Subjects)
	}
	b.must(from, start(), "ada", casefile.MergedInto, casefile.MergedBody{Into: into, Reason: "one man"})
	again := b.get(from)
	b.must(into, start(), "ada", casefile.Absorbed, casefile.AbsorbedBody{From: from, Reason: "one man", Matter: casefile.Summary(&again)})
	b.split(into, "u2")
	if err := reopen(); !errors.Is(err, casefile.ErrOtherOpen) {
		b.Errorf("beside the case that its subject went to: %v", err)
	}
}

func splitsCount(b *bench) {
	stays, goes := parted(b)
	p := taxonomy.P2.String()
	got := b.sums()
	if have := n(got, lead.Inflow, "main", p); have != 2 {
		b.Errorf("%d came in: %v", have, got)
	}
	if have := n(got, lead.Scanned, "D13", ""); have != 1 {
		b.Errorf("D13 was counted %d times", have)
	}
	b.must(goes, start().Add(48*time.Hour), "bea", casefile.Claimed, casefile.ClaimedBody{Ends: start().Add(49 * time.Hour)})
	if have := n(b.sums(), lead.Looked, p, lead.Late); have != 0 {
		b.Errorf("a case that a person split counts as not looked at: %d", have)
	}
	b.must(stays, start().Add(time.Hour), "bea", casefile.Claimed, casefile.ClaimedBody{Ends: start().Add(49 * time.Hour)})
	if have := n(b.sums(), lead.Looked, p, lead.Kept); have != 1 {
		b.Errorf("the old case was looked at in time %d times", have)
	}
	want := b.sums()
	b.write(func(tx *store.Tx) error {
		for _, q := range []string{`DELETE FROM case_day`, `DELETE FROM case_open`} {
			if _, err := tx.Exec(b.ctx, q); err != nil {
				return err
			}
		}
		_, err := tx.Days().Fill(b.ctx)
		return err
	})
	if again := b.sums(); !slices.Equal(want, again) {
		b.Errorf("counted again:\n%v, want\n%v", again, want)
	}
}
