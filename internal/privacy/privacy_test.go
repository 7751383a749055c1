package privacy_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"haris/internal/event"
	"haris/internal/parcel"
	"haris/internal/privacy"
)

func at() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) }

func key(t *testing.T) parcel.Key {
	t.Helper()
	secret, public, err := note.GenerateKey(rand.Reader, "test")
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return parcel.Key{Signer: s, Public: public}
}

func lines(list ...any) func(context.Context, privacy.Emit) error {
	return func(_ context.Context, emit privacy.Emit) error {
		for _, l := range list {
			if err := emit(l); err != nil {
				return err
			}
		}
		return nil
	}
}

func files(t *testing.T, body []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

func example(lang string) *privacy.Export {
	return &privacy.Export{
		Kind: privacy.Account, ID: "adult", At: at(), By: "lina", Reason: "<b>file 12</b>", Lang: lang, Notes: []string{"silent"}, Events: 7,
		Mask: privacy.NewMask([]byte("k"), []string{"adult"}, []string{"quoted"}),
		Nouns: []privacy.Noun{
			// The name of the child stands in a text before the field that tells that it is a name.
			{Name: "notes", Each: lines(map[string]any{"text": "child-7 wrote to adult; mischild-77 is no name", "quoted": "keep this between us"})},
			{Name: "cases", Each: lines(map[string]any{"subject": "adult", "victims": []string{"child-7"}}, map[string]any{"subject": "adult"})},
			{Name: "histories", Each: lines(map[string]any{"matter": map[string]any{"linked": []string{"friend-3"}}, "text": "friend-3 and foe-4 are two"}, map[string]any{"apart": []string{"foe-4"}})},
			{Name: "mutes", Each: lines()},
		},
	}
}

func TestWriteIsWholeSignedAndNamesNobodyElse(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		var b bytes.Buffer
		k := key(t)
		steps, of := 0, 0
		x := example(lang)
		x.Step = func(done, all int) { steps, of = done, all }
		sum, err := privacy.Write(t.Context(), &b, x, k)
		if err != nil {
			t.Fatal(err)
		}
		if steps != 5 || of != 5 || len(sum.Nouns) != 4 || sum.Nouns[1] != (privacy.Counted{Name: "cases", Lines: 2}) {
			t.Errorf("steps %d of %d, %+v", steps, of, sum)
		}
		v, err := parcel.Verify(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), parcel.Options{Key: k.Public})
		if err != nil || len(v.Faults) > 0 || v.Kind != "privacy" || v.ID != "adult" {
			t.Errorf("%+v (%v)", v, err)
		}
		got := files(t, b.Bytes())
		for name, body := range got {
			if strings.Contains(strings.ReplaceAll(body, "mischild-77", ""), "child-7") || strings.Contains(body, "friend-3") || strings.Contains(body, "foe-4") || strings.Contains(body, "keep this between us") {
				t.Errorf("%s names somebody else: %s", name, body)
			}
		}
		sha := sha256.Sum256([]byte(got["cases.jsonl"]))
		for _, want := range []string{hex.EncodeToString(sha[:]), "&lt;b&gt;file 12", `lang="` + lang + `"`, "account-", `class="warn"`} {
			if !strings.Contains(got["index.html"], want) {
				t.Errorf("index (%s) lacks %q", lang, want)
			}
		}
		if strings.Contains(got["index.html"], "<script") || !strings.Contains(got["manifest.json"], `"events_in_log":`) {
			t.Error(got["index.html"], got["manifest.json"])
		}
	}
}

func TestWriteStopsWithWhatFails(t *testing.T) {
	broken := errors.New("broken")
	x := example("en")
	x.Nouns[2].Each = func(context.Context, privacy.Emit) error { return broken }
	if _, err := privacy.Write(t.Context(), io.Discard, x, key(t)); !errors.Is(err, broken) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := privacy.Write(ctx, io.Discard, example("en"), key(t)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestMask(t *testing.T) {
	m := privacy.NewMask([]byte("k"), []string{"u1", "u1.b"}, nil)
	m.Learn("person", "p1")
	m.Learn("account", "u2", "u2-x", "b", "سلمى", "", "u1", "p1", "01")
	mark := func(s string) string { return m.Text(s) }
	for text, want := range map[string]string{
		"u1":                        "u1",
		"to u2.":                    "to " + mark("u2") + ".",
		"dm:u1:u2":                  "dm:u1:" + mark("u2"),
		"u2-x":                      mark("u2-x"),
		"u22 xu2 uu2":               "u22 xu2 uu2",
		"see u1.b":                  "see u1.b", // the own name is longer than the other in it
		"قالت سلمى ذلك":             "قالت " + mark("سلمى") + " ذلك",
		"\xffu2":                    "\xff" + mark("u2"),
		"2026-01-01T00:00:00Z":      "2026-01-01T00:00:00Z",
		"2026-01-01T00:00:00+01:00": "2026-01-01T00:00:00+01:00",
		"":                          "",
	} {
		if got := m.Text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if !strings.HasPrefix(mark("p1"), "person-") || !strings.HasPrefix(mark("u2"), "account-") || mark("u2") == mark("u2-x") {
		t.Error(mark("p1"), mark("u2"))
	}
	other := privacy.NewMask([]byte("another"), nil, nil)
	other.Learn("account", "u2")
	if other.Text("u2") == mark("u2") {
		t.Error("the mark does not depend on the secret")
	}
	got, err := m.JSON(map[string]any{"u2": 1.5, "n": json.Number("12345678901234567890"), "list": []any{"u2", nil, true}})
	if want := `{"` + mark("u2") + `":1.5,"list":["` + mark("u2") + `",null,true],"n":12345678901234567890}`; err != nil || string(got) != want {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
}

func TestOfLeavesOutWhatOthersWrote(t *testing.T) {
	raw := `{"specversion":"1.0","id":"3","source":"/s","type":"message.sent","time":"2026-03-02T10:01:00Z","data":{"from":"adult","to":["child"],"conversation":"v","text":"keep this between us","ip":"203.0.113.9"}}`
	e, p := event.Decode(raw, 1, event.Limits{Bytes: 1 << 16, Depth: 16})
	if p != nil {
		t.Fatal(p)
	}
	mine, err := privacy.Of(&e, "adult")
	if err != nil || !mine.Own || mine.Withheld != 0 || mine.Data["text"] != "keep this between us" {
		t.Errorf("%+v (%v)", mine, err)
	}
	theirs, err := privacy.Of(&e, "child")
	if err != nil || theirs.Own || theirs.Withheld != 2 || theirs.Data["text"] != nil || theirs.Data["ip"] != nil || theirs.Data["from"] != "adult" {
		t.Errorf("%+v (%v)", theirs, err)
	}
}

func TestOwnLeavesOutFindingsAboutOthers(t *testing.T) {
	got, err := privacy.Own(map[string]any{"signals": []any{
		map[string]any{"detector": "D1", "subject": "a"}, map[string]any{"detector": "D1", "subject": "b"},
	}, "others": []any{map[string]any{"subject": "b"}}}, "a")
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(got)
	if want := `{"others":[{"subject":"b"}],"signals":[{"detector":"D1","subject":"a"}]}`; err != nil || string(body) != want {
		t.Errorf("%s (%v)", body, err)
	}
}
