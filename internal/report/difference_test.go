package report_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"haris/internal/report"
)

// TestDifference: what was written, chosen and left out is told by what it is.
func TestDifference(t *testing.T) {
	old := full(t)
	e := old.Edit()
	e.Narrative, e.Annotations.Sextortion, e.NoDanger, e.Urgent = "Another text.", true, true, ""
	e.Messages = e.Messages[1:]
	kid := e.Parties["kid"]
	kid.School = "Hill School"
	e.Parties["kid"] = kid
	delete(e.Files, "i3")
	e.Reporter.Phone = "5555550100"
	now, err := old.Edited(e)
	if err != nil {
		t.Fatal(err)
	}
	now.Files = now.Files[1:]
	got := report.Difference(old, now)
	for _, want := range []report.Change{
		{Part: "narrative", Old: old.Narrative, New: "Another text."},
		{Part: "urgent", Old: "He knows where the child lives."},
		{Part: "no_danger", Old: "false", New: "true"},
		{Part: "annotations", Field: "sextortion", Old: "false", New: "true"},
		{Part: "parties", Of: "kid", Field: "school", Old: "River School", New: "Hill School"},
		{Part: "files", Of: "i3", Field: "chosen", Old: "true", New: "false"},
		{Part: "files", Of: "i1", Old: "there"},
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%+v is not told", want)
		}
	}
	chosen := slices.ContainsFunc(got, func(c report.Change) bool { return c.Part == "messages" && c.Field == "chosen" && c.New == "false" })
	phone := slices.ContainsFunc(got, func(c report.Change) bool { return c.Part == "company" && strings.Contains(c.New, "5555550100") })
	if !chosen || !phone {
		t.Errorf("a message that was taken out: %v, a contact: %v\n%+v", chosen, phone, got)
	}
	if same := report.Difference(old, old); len(same) != 0 {
		t.Errorf("a draft differs from itself: %+v", same)
	}
}

// TestDifferenceSeesEveryField changes each field of a draft, one at a time.
func TestDifferenceSeesEveryField(t *testing.T) {
	typ := reflect.TypeFor[report.Draft]()
	for i := range typ.NumField() {
		var old, now report.Draft
		change(reflect.ValueOf(&now).Elem().Field(i))
		if got := report.Difference(old, now); len(got) == 0 {
			t.Errorf("a change of %s is not seen", typ.Field(i).Name)
		}
		if got := report.Difference(now, old); len(got) == 0 {
			t.Errorf("the end of %s is not seen", typ.Field(i).Name)
		}
	}
}

// change makes a value another than its zero.
func change(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		change(v.Index(0))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				change(v.Field(i))
				return
			}
		}
		v.Set(reflect.ValueOf(day()))
	}
}

func TestCompare(t *testing.T) {
	d := setup(t)
	r := d.draft()
	r = d.save(r, written(r.Draft))
	e := r.Draft.Edit()
	e.Extra = "more"
	r = d.save(r, e)
	c, err := d.service.Compare(t.Context(), "bea", r.ID, 0, 0)
	if err != nil || c.From.N != 2 || c.To.N != 3 || len(c.Versions) != 3 || len(c.Changes) != 1 || c.Changes[0].New != "more" {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err = d.service.Compare(t.Context(), "bea", r.ID, 1, 2); err != nil || len(c.Changes) != 3 {
		t.Errorf("%+v, %v", c, err)
	}
	for _, n := range [][2]int{{9, 0}, {0, 9}} {
		if _, err := d.service.Compare(t.Context(), "bea", r.ID, n[0], n[1]); !errors.Is(err, report.ErrNotFound) {
			t.Errorf("%v: %v", n, err)
		}
	}
	if !slices.Contains(d.acts(), "bea report.compared") {
		t.Error("the reading is not written down")
	}
}

// TestDryRun goes the whole way inside of the process and leaves everything as it was.
func TestDryRun(t *testing.T) {
	d := setup(t)
	r := d.draft()
	if got, err := d.service.DryRun(t.Context(), "ada", r.ID); err != nil || got.Accepted || got.Error == "" || len(got.Calls) != 0 {
		t.Errorf("an empty draft: %+v, %v", got, err)
	}
	r = d.save(r, written(r.Draft))
	got, err := d.service.DryRun(t.Context(), "ada", r.ID)
	if err != nil || !got.Accepted || got.SHA256 != d.order(r).SHA256 {
		t.Fatalf("%+v, %v", got, err)
	}
	var way []string
	for _, c := range got.Calls {
		way = append(way, string(c.Endpoint))
		if c.Code != 0 {
			t.Errorf("%+v", c)
		}
	}
	if strings.Join(way, " ") != "submit upload fileinfo finish" {
		t.Errorf("calls %v", way)
	}
	if now := d.get(r.ID); now.Events != r.Events || now.Status != report.Drafted || len(d.server.Reports()) != 0 {
		t.Errorf("something has changed: %+v", now.Status)
	}
	d.service.Vault = brokenVault{d.vault}
	if got, err := d.service.DryRun(t.Context(), "ada", r.ID); err != nil || got.Accepted || !strings.Contains(got.Error, "could not be opened") {
		t.Errorf("a file that cannot be read: %+v, %v", got, err)
	}
	if _, err := d.service.DryRun(t.Context(), "haris", r.ID); !errors.Is(err, report.ErrPerson) {
		t.Errorf("by the software: %v", err)
	}
}
