package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// openKind opens a case of a kind of matter.
func (b *bundle) openKind(key string, kind taxonomy.Typology, p taxonomy.Priority) (id string) {
	b.t.Helper()
	err := b.db.Write(b.t.Context(), func(tx *store.Tx) error {
		m := matter(key, "acc-"+key, p)
		m.Typology = kind
		c, err := tx.Cases().Apply(b.t.Context(), b.now(), m)
		id = c.Case
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

// day is a day of the calendar from now.
func (b *bundle) day(n int) string { return b.now().AddDate(0, 0, n).UTC().Format(time.DateOnly) }

func TestTheNextCaseSparesWhoRests(t *testing.T) {
	b := setup(t)
	first, second := b.openKind("a", taxonomy.TypologyGrooming, taxonomy.P1), b.openKind("b", taxonomy.TypologyGrooming, taxonomy.P3)
	other := b.openKind("c", taxonomy.TypologyTrafficking, taxonomy.P2)
	ada, bea := b.as(auth.Reviewer), b.as(auth.Reviewer)
	if got := ada.post("/me", "/me/rotation", url.Values{"kind": {"grooming"}, "until": {b.day(13)}}); got.status != http.StatusSeeOther {
		t.Fatalf("one's own rest, without why: %d", got.status)
	}
	if to := ada.takes(nil); to != "/case/"+other+"?left=2" {
		t.Errorf("who rests is given %s", to)
	}
	if body := ada.get("/case/" + other + "?left=2").body; !strings.Contains(body, "2 cases of kinds from which you rest were left") || strings.Contains(body, "You rest from cases of this kind") {
		t.Error("the page does not say what was left out, or warns of the wrong case")
	}
	to := ada.takes(nil)
	if to != "/queue?left=2&nothing=1" {
		t.Errorf("nothing else is free: %s", to)
	}
	body := ada.get(to).body
	if !strings.Contains(body, "row-"+first) || strings.Count(body, "you rest from this kind") != 2 || !strings.Contains(body, "2 cases of kinds from which you rest were left") {
		t.Error("the list hides cases, or does not mark them")
	}
	if body := ada.get("/case/" + second).body; !strings.Contains(body, "You may read on and decide") || !strings.Contains(body, "data-claim") {
		t.Error("the case is not opened with a warning and without a block")
	}
	urgent := b.openKind("d", taxonomy.TypologyGrooming, taxonomy.P0)
	if to := ada.takes(nil); to != "/case/"+urgent+"?left=2" {
		t.Errorf("a case of P0 is left out: %s", to)
	}
	if body := ada.get("/case/" + urgent).body; !strings.Contains(body, "It is P0 and cannot wait") {
		t.Error("a case of P0 comes without a warning")
	}
	if to := bea.takes(nil); to != "/case/"+first {
		t.Errorf("somebody else is given %s", to)
	}
	b.pass(14 * 24 * time.Hour)
	ada.signIn(ada.person.Login, "/")
	for _, id := range []string{urgent, first} { // of which nobody holds any more
		if to := ada.takes(nil); to != "/case/"+id {
			t.Errorf("after the end she is given %s, want %s", to, id)
		}
	}
	for i := range 30 {
		b.openKind("z"+string(rune('a'+i)), taxonomy.TypologyGrooming, taxonomy.P2)
	}
	ada.post("/me", "/me/rotation", url.Values{"kind": {"grooming"}, "until": {b.day(1)}})
	if to := ada.takes(url.Values{"typology": {"grooming"}, "priority": {"P2"}}); to != "/queue?left=21&nothing=1" {
		t.Errorf("more than twenty are left: %s", to)
	}
	if body := ada.get("/queue?left=21&nothing=1").body; !strings.Contains(body, "More than 20 cases") {
		t.Error("the page does not say that there are more")
	}
}

func TestRotationsOnThePages(t *testing.T) {
	b := setup(t)
	ada, bea, lead := b.as(auth.Reviewer), b.as(auth.Reviewer), b.as(auth.Lead)
	team := []string{ada.person.ID, bea.person.ID}
	set := func(people []string, kind, from, until, why string) page {
		return lead.post("/exposure", "/exposure/rotation", url.Values{"who": people, "kind": {kind}, "from": {from}, "until": {until}, "why": {why}})
	}
	for name, got := range map[string]page{
		"nobody": set(nil, "grooming", "", b.day(3), "x"), "herself": set([]string{lead.person.ID}, "grooming", "", b.day(3), "x"),
		"from no kind": set(team, "", "", b.day(3), "x"), "without why": set(team, "grooming", "", b.day(3), " "), "without an end": set(team, "grooming", "", "", "x"),
		"for ever": set(team, "grooming", "", b.day(95), "x"), "backward": set(team, "grooming", b.day(5), b.day(3), "x"), "no day": set(team, "grooming", "soon", b.day(3), "x"),
	} {
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `class="mistake"`) {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	if got := set(team, "trafficking", b.day(2), b.day(15), "two weeks of other work"); got.status != http.StatusSeeOther || !b.audited("exposure.rotation", "person/"+bea.person.ID) {
		t.Fatalf("a rota of two: %d", got.status)
	}
	if got := ada.post("/me", "/me/rotation", url.Values{"kind": {"sextortion"}, "until": {b.day(2)}, "why": {"a hard case"}}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	if body := lead.get("/exposure").body; strings.Count(body, "two weeks of other work") != 2 || !strings.Contains(body, "Sextortion") || !strings.Contains(body, "by their own choice") {
		t.Error("the lead does not see who rests from what")
	}
	if body := b.as(auth.Auditor).get("/exposure").body; strings.Contains(body, "two weeks of other work") || strings.Contains(body, "by their own choice") || !strings.Contains(body, "Trafficking") {
		t.Error("the auditor sees why, or what people chose for themselves, or not the rota")
	}
	if body := ada.get("/me").body; !strings.Contains(body, "two weeks of other work") || !strings.Contains(body, "a hard case") || strings.Count(body, "/me/rotation/end") != 1 {
		t.Error("the page about oneself does not say it, or lets a lead's rotation be ended")
	}
	monday := b.now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 2).Format(time.RFC3339)
	today := b.now().UTC().Truncate(24 * time.Hour).Format(time.RFC3339)
	end := "/exposure/" + ada.person.ID + "/rotation/end"
	for _, c := range []struct {
		w              *browser
		from, to, when string
		want           int
	}{
		{ada, "/me", "/me/rotation/end", monday, http.StatusConflict},
		{ada, "/me", end, monday, http.StatusForbidden},
		{lead, "/exposure", end, today, http.StatusConflict},
		{lead, "/exposure", end, "soon", http.StatusBadRequest},
		{lead, "/exposure", end, monday, http.StatusSeeOther},
		{lead, "/exposure", end, monday, http.StatusConflict},
		{ada, "/me", "/me/rotation/end", today, http.StatusSeeOther},
	} {
		if got := c.w.post(c.from, c.to, url.Values{"from": {c.when}}); got.status != c.want {
			t.Errorf("%s of %s: %d, want %d", c.to, c.when, got.status, c.want)
		}
	}
	if body := ada.get("/me").body; strings.Contains(body, "a hard case") || strings.Contains(body, "two weeks of other work") {
		t.Error("what was ended still stands there")
	}
	if c := b.openKind("t", taxonomy.TypologyTrafficking, taxonomy.P2); bea.takes(nil) != "/case/"+c {
		t.Error("a rotation that has not begun counts")
	}
	b.pass(2 * 24 * time.Hour)
	bea.signIn(bea.person.Login, "/")
	b.openKind("u", taxonomy.TypologyTrafficking, taxonomy.P2)
	if to := bea.takes(nil); to != "/queue?left=2&nothing=1" {
		t.Errorf("a rotation that has begun does not count: %s", to)
	}
}
