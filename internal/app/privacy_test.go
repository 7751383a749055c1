package app_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/disclosure"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/lead"
	"haris/internal/parcel"
	"haris/internal/privacy"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// exported takes what is held about somebody, checks the signature, and returns the text of each file.
func exported(t *testing.T, c *app.Core, p app.Privacy) (out map[string]string, sum privacy.Summary) {
	t.Helper()
	write, err := c.Privacy(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if sum, err = write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	body := bytes.NewReader(b.Bytes())
	v, err := parcel.Verify(t.Context(), body, body.Size(), parcel.Options{Key: c.PublicKey()})
	if err != nil || len(v.Faults) > 0 {
		t.Fatalf("%+v (%v)", v, err)
	}
	z, err := zip.NewReader(body, body.Size())
	if err != nil {
		t.Fatal(err)
	}
	out = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(text)
	}
	return out, sum
}

func named(t *testing.T, c *app.Core, login string, roles ...auth.Role) auth.Person {
	t.Helper()
	p, err := c.Auth.CreatePerson(t.Context(), "test", auth.NewPerson{Login: login, Name: login, Roles: roles, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// furnish gives the case about acc-1 everything that hangs on a case.
func furnish(t *testing.T, c *app.Core, who *auth.Person) string {
	t.Helper()
	ctx, now := t.Context(), time.Now().UTC()
	var id string
	err := c.DB.Write(ctx, func(tx *store.Tx) error {
		list, _, err := tx.Cases().List(ctx, casefile.Filter{Subject: "acc-1"})
		if err != nil || len(list) == 0 {
			return errors.Join(err, errors.New("no case"))
		}
		id = list[0].ID
		note, err := casefile.NewEvent(id, now, who.ID, casefile.Noted, casefile.NotedBody{Text: "acc-2 told their teacher"})
		if err != nil {
			return err
		}
		_, err = tx.Cases().Append(ctx, note)
		_, err2 := tx.Mutes().Add(ctx, casefile.Mute{Subject: "acc-1", Detector: "D1", Owner: who.ID, Reason: "a coach of acc-2", At: now, Ends: now.Add(time.Hour)})
		_, err3 := tx.Mutes().Add(ctx, casefile.Mute{Subject: "acc-3", Detector: "D1", Owner: who.ID, Reason: "another", At: now, Ends: now.Add(time.Hour)})
		_, err4 := disclosure.Write(ctx, tx.Disclosures(), tx.Audit(), disclosure.Entry{
			At: now, Who: who.ID, To: disclosure.NCMEC, Recipient: "NCMEC", Under: disclosure.Report, Number: "17", Case: id, Items: []disclosure.Item{{Name: "a", SHA256: "ab"}}, Scope: "the report", How: "by its API",
		})
		_, err5 := tx.Coaching().Add(ctx, lead.Note{Case: id, Writer: who.ID, Reader: "another", Body: "look at acc-2 too", At: now})
		_, err6 := tx.Drafts().Put(ctx, &casefile.Draft{Case: id, Person: who.ID, Form: "note", Seen: 1, Fields: map[string][]string{"text": {"half a thought"}}, At: now})
		return errors.Join(err, err2, err3, err4, err5, err6)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Vault.Seal(ctx, evidence.New{
		Case: id, Kind: evidence.KindMedia, Name: "acc-2.jpg", MediaType: "image/jpeg", Who: who.ID, Why: "test", Body: strings.NewReader("plain bytes"),
	})
	err = errors.Join(err, c.Vault.SetHold(ctx, evidence.HoldOrder{
		Who: who.ID, Why: "order 12", Case: id, Kind: evidence.LegalHold, Notice: &evidence.Notice{Forbidden: true},
	}))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestPrivacyExport(t *testing.T) {
	a := start(t, settings(t))
	c := a.Core()
	_, key, err := c.Auth.CreateKey(t.Context(), "test", auth.NewKey{Source: "/s", Scopes: auth.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	sent := strings.NewReplacer(`"adult"`, `"acc-1"`, `"child"`, `"acc-2"`).Replace(events)
	if code, body := call(t, "POST", a.URL()+"/v1/events", key, sent); code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	lina, omar := named(t, c, "lina", auth.Legal), named(t, c, "omar", auth.Reviewer)
	id := furnish(t, c, &omar)
	guard := c.Exposure()
	err = errors.Join(
		guard.SetLimit(t.Context(), exposure.Bound{Who: omar.ID, By: omar.ID, Limits: exposure.Limits{Items: 12}}),
		guard.SetLimit(t.Context(), exposure.Bound{By: lina.ID, Why: "for everybody", Limits: exposure.Limits{Items: 30}}),
		guard.SetRest(t.Context(), exposure.Rest{Who: omar.ID, By: lina.ID, Why: "rotation after acc-2", Until: time.Now().Add(48 * time.Hour)}),
		guard.Rotate(t.Context(), []string{omar.ID}, exposure.Rotation{By: omar.ID, Kinds: []taxonomy.Typology{taxonomy.TypologyGrooming}, From: time.Now(), Until: time.Now().Add(48 * time.Hour)}),
	)
	q, err2 := c.Review().PutQueue(t.Context(), omar.ID, casefile.Queue{Name: "mine"})
	err3 := c.Review().ChangeRound(t.Context(), omar.ID, review.Turn{Person: omar.ID, Roles: []string{"reviewer"}, Queue: q.ID, Step: casefile.StepIn})
	_, err4 := c.Review().PutQueue(t.Context(), lina.ID, casefile.Queue{Name: "of all", Shared: true, People: []string{omar.ID}})
	if err := errors.Join(err, err2, err3, err4); err != nil {
		t.Fatal(err)
	}

	ask := app.Privacy{Kind: privacy.Account, ID: "acc-1", By: lina, Reason: "request 12", Lang: "en", Events: 2}
	got, sum := exported(t, c, ask)
	for name, body := range got {
		for _, other := range []string{"acc-2", "acc-3", "omar", omar.ID, "plain bytes", "half a thought"} {
			if strings.Contains(body, other) {
				t.Errorf("%s has %q in clear: %s", name, other, body)
			}
		}
	}
	want := map[string]int{"profile": 1, "signals": -1, "events": 2, "cases": -1, "histories": -1, "mutes": 1, "evidence": -1, "keeping": 1, "disclosures": 1, "readings": 1}
	for _, n := range sum.Nouns {
		if lines := want[n.Name]; lines < 0 && n.Lines == 0 || lines >= 0 && n.Lines != lines {
			t.Errorf("%s has %d lines, want %d", n.Name, n.Lines, lines)
		}
		if n.Lines != strings.Count(got[n.Name+".jsonl"], "\n") {
			t.Errorf("%s: %d lines were counted", n.Name, n.Lines)
		}
	}
	if sum.Events != 3 || !strings.Contains(got["index.html"], "A legal hold forbids to tell") || !strings.Contains(got["index.html"], "the newest of them only") {
		t.Errorf("%+v %s", sum, got["index.html"])
	}
	for file, word := range map[string]string{"histories.jsonl": "told their teacher", "keeping.jsonl": "order 12", "readings.jsonl": "request 12", "cases.jsonl": id} {
		if !strings.Contains(got[file], word) {
			t.Errorf("%s lacks %q: %s", file, word, got[file])
		}
	}

	// Of the case of somebody else only that it is there.
	ask.ID, ask.Events = "acc-2", 100
	got, _ = exported(t, c, ask)
	if !strings.Contains(got["cases.jsonl"], `"role":"victim"`) || got["histories.jsonl"] != "" || strings.Contains(got["evidence.jsonl"], "jpg") || strings.Contains(got["events.jsonl"], "keep this") {
		t.Errorf("%+v", got)
	}

	ask.ID = "acc-nobody"
	if _, err := c.Privacy(t.Context(), ask); !errors.Is(err, privacy.ErrUnknown) {
		t.Error(err)
	}
	personExport(t, c, app.Privacy{Kind: privacy.Person, ID: "Omar", By: lina, Reason: "own request", Lang: "ar"}, &lina)
}

func personExport(t *testing.T, c *app.Core, ask app.Privacy, by *auth.Person) {
	t.Helper()
	got, sum := exported(t, c, ask)
	for name, body := range got {
		for _, other := range []string{"acc-1", "acc-2", by.ID, "half a thought"} {
			if name != "index.html" && strings.Contains(body, other) {
				t.Errorf("%s has %q in clear: %s", name, other, body)
			}
		}
	}
	want := map[string]int{"person": 1, "acts": -1, "about": -1, "limits": 3, "notes": 1, "drafts": 1, "queues": 4}
	for _, n := range sum.Nouns {
		if lines := want[n.Name]; lines < 0 && n.Lines == 0 || lines >= 0 && n.Lines != lines {
			t.Errorf("%s has %d lines, want %d", n.Name, n.Lines, lines)
		}
	}
	if !strings.Contains(got["index.html"], `dir="rtl"`) || !strings.Contains(got["about.jsonl"], "own request") {
		t.Errorf("%s %s", got["index.html"], got["about.jsonl"])
	}
	err := c.DB.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(t.Context(), audit.Filter{Act: "privacy.exported"}, 0, 10)
		if len(list) != 3 || list[0].Who != by.ID || list[0].Detail["reason"] != "own request" || !strings.HasPrefix(list[0].Object, "person/") || list[2].Object != "account/acc-1" {
			t.Errorf("%+v", list)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	ask.ID = "nobody"
	if _, err := c.Privacy(t.Context(), ask); !errors.Is(err, privacy.ErrUnknown) {
		t.Error(err)
	}
}
