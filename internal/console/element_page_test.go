package console_test

import (
	"net/http"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// TestElementsOfAFinding ticks elements of trafficking in a finding with what they rest on, and finds them in the case and in the report that is
// begun from it.
func TestElementsOfAFinding(t *testing.T) {
	b, other := furnished(t)
	var id string
	err := b.db.Write(t.Context(), func(tx *store.Tx) error {
		m := matter("traded", "acc-1", taxonomy.P1)
		m.Typology = taxonomy.TypologyTrafficking
		c, err := tx.Cases().Apply(t.Context(), b.now(), m)
		id = c.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	w := b.as(auth.Reviewer)
	w.post("/case/"+other, "/case/"+other+"/claim", nil)
	w.get("/case/"+other).hasNot(t, "a case of grooming", "Elements of trafficking")
	path := "/case/" + id
	w.post(path, path+"/claim", nil)
	w.get(path).has(t, "the form", "Elements of trafficking", `name="element.act" value="recruit"`, `name="rests.act" value="9"`, `href="#e9"`)
	form := b.finding(id)
	form.Set("finding", "confirmed")
	form.Set("typology", string(taxonomy.TypologyGrooming))
	form["element.act"] = []string{"recruit", "advertise"}
	form["rests.act"] = []string{"9"}
	got := w.post(path, path+"/dispose", form)
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("elements of something else: %d", got.status)
	}
	got.has(t, "elements of something else", "Elements are of trafficking alone", `name="element.act" value="advertise" checked`, `value="9" aria-label="Act: rests on 9" checked`)
	form.Set("typology", string(taxonomy.TypologyTrafficking))
	form.Set("rests.act", "12345")
	if got := w.post(path, path+"/dispose", form); got.status < 400 {
		t.Errorf("an element rests on what is no evidence of the case: %d", got.status)
	}
	form.Set("rests.act", "nine")
	w.post(path, path+"/dispose", form).has(t, "no number", "numbers of lines")
	form.Set("rests.act", "9")
	form.Set("then", "report")
	got = w.post(path, path+"/dispose", form)
	to := got.header.Get("Location")
	if got.status != http.StatusSeeOther || !strings.HasPrefix(to, "/report/") {
		t.Fatalf("%d to %s", got.status, to)
	}
	w.get(path).has(t, "the case", "recruiting", "advertising", `href="#e9"`)
	var r report.Report
	err = b.db.Read(t.Context(), func(tx *store.Tx) (err error) {
		r, err = tx.Reports().Get(t.Context(), strings.TrimPrefix(to, "/report/"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	act := &r.Draft.Trafficking.Act
	if len(act.Kinds) != 2 || len(act.Events) != 1 || act.Events[0] != 9 || len(r.Draft.Trafficking.Means.Kinds) != 0 {
		t.Errorf("the report begins with %+v", r.Draft.Trafficking)
	}
	w.get(to).has(t, "the draft", `name="act" value="recruit" checked`)
}
