package console_test

import (
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/learn"
	"haris/internal/measure"
	"haris/internal/taxonomy"
)

func TestLearningPage(t *testing.T) {
	b := setup(t)
	p := .004
	b.learnt = []learn.Row{
		{Name: "D1", Precision: measure.NewShare(34, 60), Before: measure.NewShare(30, 40), Now: measure.NewShare(4, 20), Unsure: 7, P: &p, Fallen: true},
		{Name: "D1", Typology: taxonomy.TypologyGrooming, Precision: measure.NewShare(33, 60)},
		{Name: "asks-for-cards", Rule: true, Moved: true},
	}
	br := b.as(auth.Reviewer)
	got := br.get("/learning").body
	for _, want := range []string{"34 of 60 (44–68 %)", "30 of 40", "4 of 20", "fallen", "asks-for-cards", "strengths moved", `href="/learning.csv"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	if strings.Contains(got, "33 of 60") || !strings.Contains(br.get("/learning?by=typology").body, "33 of 60") {
		t.Error("typologies stand where they were not asked for, or not where they were")
	}
	csv := br.get("/learning.csv")
	if !strings.Contains(csv.body, "D1,false,,34,60,0.4410,0.6843,30,40,4,20,7,0.0040,,true,false") || !strings.Contains(csv.header.Get("Content-Disposition"), "learning.csv") {
		t.Errorf("%v\n%s", csv.header, csv.body)
	}
	b.learnt = nil
	if got := br.get("/learning").body; !strings.Contains(got, "No case yet") {
		t.Error("an empty page says nothing")
	}
}

// TestBrowserLearning looks at the page, with rows and without, in every look.
func TestBrowserLearning(t *testing.T) {
	b := setup(t)
	w := b.as(auth.Lead)
	b.lookAt(w, map[string]string{"learning-none": "/learning"})
	p := .004
	b.learnt = []learn.Row{
		{Name: "D1", Precision: measure.NewShare(34, 60), Before: measure.NewShare(30, 40), Now: measure.NewShare(4, 20), Unsure: 7, P: &p, Fallen: true},
		{Name: "children-report-the-same-adult", Rule: true, Precision: measure.NewShare(9, 12), Moved: true},
	}
	b.lookAt(w, map[string]string{"learning": "/learning"})
}
