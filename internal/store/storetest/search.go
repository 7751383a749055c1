package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// Search checks that texts are found by their words, in the same way on every engine.
func Search(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"notes, reasons, labels and reports are found": searchFinds,
		"many beginnings and many texts are bounded":   searchBounds,
		"old cases are read in":                        searchOld,
		"what is erased is found no more":              searchErased,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

func (b *bench) search(typed string, withReports bool, limit int) (out casefile.Hits) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		out, err = tx.Search().Search(b.ctx, casefile.Asked(typed), withReports, limit)
		return err
	})
	return out
}

// finds says by subject and place where something is found, in order.
func (b *bench) finds(typed string, want ...string) {
	b.Helper()
	var got []string
	for _, h := range b.search(typed, true, 50).List {
		place := "case"
		switch {
		case h.Report != "":
			place = "report"
		case h.N > 0:
			place = string(h.Kind)
		}
		got = append(got, h.Case.Subject+" "+place+" "+h.Who)
		if h.At.IsZero() || h.Text == "" {
			b.Errorf("%q: %+v", typed, h)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		b.Errorf("%q: %s", typed, d)
	}
}

// written opens two cases with something written about each.
func written(b *bench) (one, two string) {
	m := matter("k1", "u1", taxonomy.P2, start())
	m.Labels, m.Queue = []string{"minor-contact"}, "child-safety"
	one = b.apply(start(), m).Case
	two = b.apply(start().Add(time.Second), matter("k2", "u2", taxonomy.P2, start())).Case
	b.must(one, start(), "ada", casefile.Noted, casefile.NotedBody{Text: "Asked the School; the trainer answered.\nالمدرسة أجابت"})
	b.must(two, start(), "bea", casefile.Noted, casefile.NotedBody{Text: "Another school, of her town"})
	b.clear(two, start().Add(time.Minute))
	return one, two
}

func searchFinds(b *bench) {
	one, _ := written(b)
	r := b.draft(one, "u1", start())
	b.mustAdd(report.Event{Report: r.ID, Who: "cem", Kind: report.WasSaved, Draft: draftOf("The account wrote to a child; its school was told.")})
	b.finds("SCHOOL", "u2 disposed ada", "u2 noted bea", "u1 report cem", "u1 noted ada")
	b.finds("school confirms", "u2 disposed ada")
	b.finds("school train", "u1 noted ada")
	b.finds("train school") // "train" is no whole word of it
	b.finds("مدرسه", "u1 noted ada")
	b.finds("المَدر", "u1 noted ada")
	b.finds("child-safety", "u1 case haris")
	b.finds("minor", "u1 case haris")
	b.finds("first") // of the version before
	b.finds("nowhere")
	b.finds("school nowhere")
	b.finds("%")
	if got := b.search("school", false, 50); len(got.List) != 3 || got.More || got.Wide || got.Unread != 0 {
		b.Errorf("without reports: %+v", got)
	}
	b.under(casefile.Scope{NotQueues: []string{"child-safety"}}, func() {
		b.finds("school", "u2 disposed ada", "u2 noted bea") // what stands in a case that they may not see is not found
		b.finds("minor")
	})
	grown := matter("k3", "u1", taxonomy.P2, start())
	grown.Labels = []string{"again"}
	b.apply(start(), grown)
	b.finds("again", "u1 case haris")
	b.finds("minor contact again", "u1 case haris")
}

func searchBounds(b *bench) {
	id := b.apply(start(), matter("k1", "u1", taxonomy.P2, start())).Case
	var text strings.Builder
	for i := range 250 {
		fmt.Fprintf(&text, "word%03d ", i)
	}
	b.must(id, start(), "ada", casefile.Noted, casefile.NotedBody{Text: text.String()})
	for i := range 4 {
		b.must(id, start(), "ada", casefile.Noted, casefile.NotedBody{Text: "seen " + strconv.Itoa(i)})
	}
	if got := b.search("word", true, 10); len(got.List) != 1 || !got.Wide || got.More {
		b.Errorf("%d texts, wide %v, more %v", len(got.List), got.Wide, got.More)
	}
	if got := b.search("word00", true, 10); len(got.List) != 1 || got.Wide {
		b.Errorf("%d texts, wide %v", len(got.List), got.Wide)
	}
	if got := b.search("seen", true, 3); len(got.List) != 3 || !got.More {
		b.Errorf("%d texts, more %v", len(got.List), got.More)
	}
	if got := b.search("seen", true, 4); len(got.List) != 4 || got.More {
		b.Errorf("%d texts, more %v", len(got.List), got.More)
	}
}

func searchOld(b *bench) {
	one, _ := written(b)
	b.draft(one, "u1", start())
	b.write(func(tx *store.Tx) error {
		_, err := tx.Exec(b.ctx, `DELETE FROM case_word`)
		_, err2 := tx.Exec(b.ctx, `UPDATE case_file SET worded = 0`)
		return errors.Join(err, err2)
	})
	if got := b.search("school", true, 50); len(got.List) != 0 || got.Unread != 2 {
		b.Errorf("before: %+v", got)
	}
	b.must(one, start(), "ada", casefile.Noted, casefile.NotedBody{Text: "a new school"})
	b.finds("school", "u1 noted ada")
	told := 0
	if err := b.db.IndexWords(b.ctx, func(n int) { told += n }); err != nil || told != 2 {
		b.Fatalf("%d cases, %v", told, err)
	}
	b.finds("school", "u2 disposed ada", "u2 noted bea", "u1 noted ada", "u1 noted ada")
	b.finds("first", "u1 report ada")
	b.finds("minor", "u1 case haris")
	if got := b.search("school", true, 50); got.Unread != 0 {
		b.Errorf("%d cases are still to be read in", got.Unread)
	}
}

func searchErased(b *bench) {
	id := b.caseOf("u1")
	r := b.draft(id, "u1", start())
	done := filed(7000002)
	for _, e := range []report.Event{
		{Who: "ada", Kind: report.WasSubmitted, Filing: filing(cybertip.FilingNew)},
		{Who: casefile.Haris, Kind: report.Answered, Filing: done},
		{Who: casefile.Haris, Kind: report.WasFiled, Filing: done},
	} {
		e.Report = r.ID
		b.mustAdd(e)
	}
	b.finds("first", "u1 report ada")
	b.finds("7000002", "u1 report ada")
	b.write(func(tx *store.Tx) error {
		_, err := tx.Evidence().EraseDrafts(b.ctx, id)
		return err
	})
	b.finds("first")
	b.finds("7000002", "u1 report ada")
}
