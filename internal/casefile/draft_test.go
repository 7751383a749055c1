package casefile_test

import (
	"errors"
	"strings"
	"testing"

	"haris/internal/casefile"
)

func TestDraftCheck(t *testing.T) {
	good := func() casefile.Draft {
		return casefile.Draft{Case: "c", Person: "ada", Form: "dispose", Seen: 1, Fields: map[string][]string{"reason": {"her coach"}}}
	}
	for name, tt := range map[string]struct {
		change func(*casefile.Draft)
		bad    bool
	}{
		"as it should be":     {func(*casefile.Draft) {}, false},
		"of the software":     {func(d *casefile.Draft) { d.Person = casefile.Haris }, true},
		"of a key":            {func(d *casefile.Draft) { d.Person = "key:1" }, true},
		"another form":        {func(d *casefile.Draft) { d.Form = "merge" }, true},
		"too much":            {func(d *casefile.Draft) { d.Fields["reason"] = []string{strings.Repeat("x", 65<<10)} }, true},
		"a control character": {func(d *casefile.Draft) { d.Fields["reason"] = []string{"a\x00b"} }, false},
	} {
		d := good()
		tt.change(&d)
		if err := d.Check(); errors.Is(err, casefile.ErrDraft) != tt.bad {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := good()
	if d.Empty() {
		t.Error("a draft with words is empty")
	}
	d.Fields = map[string][]string{"reason": {" \r\n"}, "typology": {""}}
	if !d.Empty() {
		t.Error("a form with nothing in it is not empty")
	}
}

// Every form of which drafts are kept is recorded by some kind of event, and by no event of another form.
func TestFormsAreRecorded(t *testing.T) {
	by := map[string]bool{}
	for _, k := range casefile.Kinds() {
		if f := casefile.FormOf(k); f != "" {
			by[f] = true
		}
	}
	for _, f := range casefile.DraftForms() {
		if !by[f] {
			t.Errorf("nothing records the form %q", f)
		}
		delete(by, f)
	}
	for f := range by {
		t.Errorf("%q is no form of which drafts are kept", f)
	}
}
