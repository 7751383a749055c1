package console_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// bankDesk is the desk of banks on the bundle's store, as the program makes it.
func (b *bundle) bankDesk() *bank.Desk {
	b.t.Helper()
	m := bank.NewMatcher(bank.Config{
		Read: func(ctx context.Context, f func(bank.Follow) error) error {
			return b.db.Read(ctx, func(tx *store.Tx) error { return f(tx.Banks()) })
		},
		Now: b.now, Log: slog.New(slog.DiscardHandler),
	})
	b.t.Cleanup(func() {
		if err := m.Close(); err != nil {
			b.t.Error(err)
		}
	})
	if err := m.Follow(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return &bank.Desk{
		Read: func(ctx context.Context, f func(bank.DeskTx) error) error {
			return b.db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Write: func(ctx context.Context, f func(bank.DeskTx) error) error {
			return b.db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Matcher: m, Now: b.now,
	}
}

// putBank makes a bank in a mode with hashes.
func (b *bundle) putBank(k bank.Bank, mode taxonomy.Mode, hashes ...bank.Hash) {
	b.t.Helper()
	k.Mode = mode
	var list []bank.Entry
	for i, h := range hashes {
		list = append(list, bank.Entry{Hash: h, Provenance: bank.Provenance{
			Source: bank.File, Origin: "list.csv", Key: "r" + strconv.Itoa(i), Who: "ada", At: b.now(), Note: "from the hotline",
		}})
	}
	b.store(func(tx *store.Tx) error {
		if _, err := tx.Banks().Put(b.t.Context(), k); err != nil {
			return err
		}
		_, _, err := tx.Banks().Add(b.t.Context(), k.ID, list)
		return err
	})
}

func (b *bundle) store(f func(tx *store.Tx) error) {
	b.t.Helper()
	if err := b.db.Write(b.t.Context(), f); err != nil {
		b.t.Fatal(err)
	}
}

// sees notes that an account posted a media.
func (b *bundle) sees(account, media string, hashes ...bank.Hash) {
	b.t.Helper()
	b.store(func(tx *store.Tx) error {
		var list []bank.Sighting
		for _, h := range hashes {
			s := bank.Sighting{Hash: h, Quality: bank.Unrated, Account: account, Media: media, MediaKind: "image", Item: "post-1", Event: 1, Last: b.now()}
			if h.Kind == bank.PDQ {
				s.Quality = 90
			}
			list = append(list, s)
		}
		return tx.Seen().Note(b.t.Context(), list)
	})
}

// pdqOf is a hash of which the first bits are set.
func pdqOf(text string) bank.Hash {
	return bank.Hash{Kind: bank.PDQ, Value: text + strings.Repeat("0f", 32)[:64-len(text)]}
}

func shaOf(digit string) bank.Hash {
	return bank.Hash{Kind: bank.SHA256, Value: strings.Repeat(digit, 64)}
}

func TestBanksPage(t *testing.T) {
	b := setup(t)
	lead, reader := b.as(auth.Lead), b.as(auth.Reviewer)
	if p := lead.get("/banks"); p.status != http.StatusOK || !strings.Contains(p.body, "There are no banks yet") || !strings.Contains(p.body, "haris bank import") {
		t.Errorf("empty: %d\n%s", p.status, p.body)
	}
	for form, want := range map[string]int{"": 422, "a b": 422, "-x": 422, "hotline": 303} {
		if got := lead.post("/banks", "/banks", url.Values{"id": {form}, "name": {"The hotline"}}); got.status != want {
			t.Errorf("%q: %d, want %d", form, got.status, want)
		}
	}
	if got := lead.post("/banks", "/banks", url.Values{"id": {"HOTLINE "}}); got.status != http.StatusConflict || !strings.Contains(got.body, "There is a bank with this short name") {
		t.Errorf("twice: %d", got.status)
	}
	b.store(func(tx *store.Tx) error {
		return tx.BankDays().Count(t.Context(), []bank.Day{
			{Day: b.now(), Bank: "hotline", Outcome: "shadow", Count: 1234}, {Day: b.now().AddDate(0, 0, -20), Bank: "hotline", Outcome: "vetoed", Count: 2},
		})
	})
	p := reader.get("/banks")
	for _, want := range []string{"The hotline", "Shadow", "1,234 in shadow", "2 vetoed", "Person lead", "No media was seen yet"} {
		if !strings.Contains(p.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, form := range []string{`action="/banks"`, `action="/sweep"`} {
		if strings.Contains(p.body, form) || !strings.Contains(lead.get("/banks").body, form) {
			t.Errorf("%s is offered to the wrong people", form)
		}
	}
	if !b.audited("bank.set", "bank/hotline") {
		t.Error("making a bank is not in the audit log")
	}
}

func TestSweepIsTurned(t *testing.T) {
	b := setup(t)
	lead := b.as(auth.Lead)
	b.sees("acc-1", "m-1", shaOf("a"))
	b.putBank(bank.New("list", "List"), taxonomy.ModeShadow, shaOf("b"))
	if p := lead.get("/banks"); !strings.Contains(p.body, "Changes of banks that are not looked for yet: 2") {
		t.Error("the page does not say that something is behind")
	}
	for turn, want := range map[string]bool{"pause": true, "resume": false} {
		if got := lead.post("/banks", "/sweep", url.Values{"turn": {turn}}); got.status != http.StatusSeeOther {
			t.Errorf("%s: %d", turn, got.status)
		}
		if p := lead.get("/banks"); strings.Contains(p.body, "Paused by a person") != want {
			t.Errorf("%s: paused is not %v", turn, want)
		}
	}
	if acts := b.acts("bank"); len(acts) != 2 {
		t.Errorf("%v", acts)
	}
}

// settings reads the form of a page and changes some fields.
func settings(p page, change ...string) url.Values {
	form := filled(p.body[strings.Index(p.body, `id="settings"`):])
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

func TestBankSettings(t *testing.T) {
	b := setup(t)
	lead, reader := b.as(auth.Lead), b.as(auth.Reviewer)
	known := pdqOf("ff")
	b.putBank(bank.New("list", "The list"), taxonomy.ModeShadow, known)
	b.sees("acc-1", "m-1", pdqOf("fe"))
	b.sees("acc-2", "m-2", pdqOf("fc"))
	b.sees("acc-3", "m-3", bank.Hash{Kind: bank.PDQ, Value: strings.Repeat("a5", 32)})
	at := "/bank/list"
	show := lead.get(at)
	if reader.get(at).status != http.StatusOK || strings.Contains(reader.get(at).body, `name="radius"`) || !strings.Contains(reader.get(at).body, "Quality floor") {
		t.Error("who reads is shown a form, or no settings")
	}
	for field, value := range map[string]string{"radius": "65", "quality": "x", "share": "0", "keep_days": "-1", "name": "", "mode": "on", "label": "none", "verdict": "block", "polarity": "up", "classification": "C1", "version": ""} {
		got := lead.post(at, at, settings(show, field, value, "act", "save"))
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `class="mistake"`) {
			t.Errorf("%s %q: %d", field, value, got.status)
		}
	}
	tried := lead.post(at, at, settings(show, "mode", "enforce", "act", "try"))
	for _, want := range []string{"2 hashes that were seen would match", "Now it is 0", "2 pictures, videos and files", "of 2 accounts", "Compared with all 3 hashes", "Save these settings"} {
		if !strings.Contains(tried.body, want) {
			t.Errorf("what would follow lacks %q", want)
		}
	}
	if s, err := b.deps.Banks.Banks(t.Context()); err != nil || s[0].Mode != taxonomy.ModeShadow {
		t.Fatalf("looking changed it: %v", err)
	}
	saved := lead.post(at, at, settings(tried, "act", "save"))
	if saved.status != http.StatusSeeOther {
		t.Fatalf("%d", saved.status)
	}
	s, err := b.deps.Banks.Banks(t.Context())
	if err != nil || s[0].Mode != taxonomy.ModeEnforce || s[0].Radius != 31 || s[0].Share != .8 {
		t.Fatalf("%+v %v", s, err)
	}
	if old := lead.post(at, at, settings(show, "mode", "off", "act", "save")); old.status != http.StatusConflict || !strings.Contains(old.body, "changed this bank since") {
		t.Errorf("an old page: %d", old.status)
	}
	if same := lead.post(at, at, settings(lead.get(at), "act", "save")); same.header.Get("Location") != at+"?done=same" {
		t.Errorf("nothing changed: %s", same.header.Get("Location"))
	}
	if !b.audited("bank.mode", "bank/list") || !b.audited("bank.set", "bank/list") {
		t.Error("the change is not in the audit log")
	}
	if got := lead.get("/bank/none"); got.status != http.StatusNotFound {
		t.Errorf("a bank that is none: %d", got.status)
	}
}

func TestBankEntries(t *testing.T) {
	b := setup(t)
	lead := b.as(auth.Lead)
	var many []bank.Hash
	for i := range 120 {
		many = append(many, bank.Hash{Kind: bank.MD5, Value: strings.Repeat("0", 29) + strconv.Itoa(100+i)})
	}
	b.putBank(bank.New("list", "The list"), taxonomy.ModeShadow, many...)
	at := "/bank/list"
	first := lead.get(at)
	if n := strings.Count(first.body, `id="entry`); n != 50 {
		t.Errorf("%d entries on the first page", n)
	}
	last := lead.get(at + "?after=102")
	if n := strings.Count(last.body, `<li class="card`); n != 19 || strings.Contains(last.body, `rel="next"`) {
		t.Errorf("%d entries on the last page", n)
	}
	for q, want := range map[string]int{many[7].Value: 1, "md5:" + many[7].Value: 1, "r17": 1, "r999": 0, strings.Repeat("a", 64): 0} {
		if n := strings.Count(lead.get(at+"?q="+url.QueryEscape(q)).body, `<li class="card`); n != want {
			t.Errorf("%q finds %d, want %d", q, n, want)
		}
	}
	for name, form := range map[string]url.Values{
		"nothing":      {"note": {"why"}},
		"no hash":      {"hashes": {"what"}, "note": {"why"}},
		"which kind":   {"hashes": {strings.Repeat("a", 64)}, "note": {"why"}},
		"no reason":    {"hashes": {strings.Repeat("a", 32)}},
		"odd class":    {"hashes": {strings.Repeat("a", 32)}, "note": {"why"}, "classification": {"Z"}},
		"of that kind": {"hashes": {strings.Repeat("a", 32)}, "note": {"why"}, "kind": {"pdq"}},
	} {
		if got := lead.post(at, at+"/entry", form); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	form := url.Values{"hashes": {strings.Repeat("a", 64) + "\r\nmd5:" + strings.Repeat("b", 32)}, "kind": {"sha256"}, "note": {"sent by the hotline"}, "classification": {"B2"}}
	got := lead.post(at, at+"/entry", form)
	if got.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	added := lead.get(got.header.Get("Location"))
	for _, want := range []string{"Added.", "SHA-256", "sent by the hotline", "B2", "people here"} {
		if !strings.Contains(added.body, want) {
			t.Errorf("what was added: the page lacks %q", want)
		}
	}
	if again := lead.post(at, at+"/entry", form); !strings.Contains(again.header.Get("Location"), "done=there") {
		t.Errorf("added twice: %s", again.header.Get("Location"))
	}
	list, err := b.deps.Banks.Entries(t.Context(), bank.Filter{Bank: "list", Kind: bank.SHA256})
	if err != nil || len(list) != 1 {
		t.Fatal(err, len(list))
	}
	id := strconv.FormatUint(list[0].ID, 10)
	if got := lead.post(at, at+"/entry/"+id+"/retire", url.Values{}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", got.status)
	}
	out := lead.post(at, at+"/entry/"+id+"/retire", url.Values{"why": {"it shows something else"}})
	page := lead.get(out.header.Get("Location"))
	for _, want := range []string{"taken out", "it shows something else", "Taken out by Person lead", "Put it back"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("what was taken out: the page lacks %q", want)
		}
	}
	if again := lead.post(at, at+"/entry/"+id+"/retire", url.Values{"why": {"x"}}); again.status != http.StatusConflict {
		t.Errorf("taken out twice: %d", again.status)
	}
	if back := lead.post(at, at+"/entry/"+id+"/restore", nil); back.status != http.StatusSeeOther {
		t.Errorf("put back: %d", back.status)
	}
	csv := lead.get(at + "/list.csv")
	if n := strings.Count(csv.body, "\n"); n != 123 || !strings.Contains(csv.header.Get("Content-Disposition"), "bank-list.csv") || !b.audited("bank.exported", "bank/list") {
		t.Errorf("%d lines, %v", n, csv.header)
	}
	if none := lead.get("/bank/none/list.csv"); none.status != http.StatusNotFound {
		t.Errorf("of a bank that is none: %d", none.status)
	}
	if strings.Contains(b.log.String(), strings.Repeat("a", 64)) {
		t.Error("the log holds a hash")
	}
}
