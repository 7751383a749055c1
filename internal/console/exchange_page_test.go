package console_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/auth"
	"haris/internal/console"
	"haris/internal/exchange"
)

// exchanges is what the test wrote down.
type exchanges struct{ *outside }

func (e exchanges) List(context.Context) ([]console.Exchange, error) { return e.shared, e.fail }

func (e exchanges) Hasten(_ context.Context, who, name string) error {
	return e.ask("sync", who, name)
}

func (e exchanges) Accept(_ context.Context, who, name string) error {
	return e.ask("accept", who, name)
}

func (e exchanges) ask(what, who, name string) error {
	i := slices.IndexFunc(e.shared, func(x console.Exchange) bool { return x.Name == name })
	switch {
	case i < 0:
		return console.ErrNotFound
	case what == "accept" && e.shared[i].Held == "":
		return exchange.ErrNothingHeld
	}
	e.asked = append(e.asked, what+" "+name)
	if who == "" {
		return console.ErrNotFound
	}
	return nil
}

func TestExchanges(t *testing.T) {
	b := setup(t)
	lead, reader := b.as(auth.Lead), b.as(auth.Reviewer)
	if body := reader.get("/exchanges").body; !strings.Contains(body, "No exchange is set up") {
		t.Error("an empty page does not say what to do")
	}
	at := b.now()
	b.out.shared = []console.Exchange{
		{
			Type: "ncmec", From: "exttest.cybertip.org", Condition: "well", Interval: time.Hour, Feedback: true,
			Live:  []console.LiveEntries{{Bank: "ncmec", Kind: "pdq", Count: 4321}, {Bank: "ncmec-seed", Kind: "md5", Count: 7}},
			State: exchange.State{Name: "ncmec", LastSuccess: at.Add(-10 * time.Minute), Next: at.Add(time.Hour), Records: 999, Last: exchange.Counts{Added: 12, Withdrawn: 5}, Total: exchange.Counts{Passed: map[string]int{`kind "ssvh"`: 3}}},
		},
		{Type: "list", From: "/lists/a.csv", Condition: "held", State: exchange.State{Name: "partners", Held: "the list now names 2 records, where there were 100", Failures: 2, LastError: "exchange: list: <b>busy</b>"}},
		{Condition: "left", State: exchange.State{Name: "old", Records: 3}},
	}
	body := reader.get("/exchanges").body
	for _, want := range []string{"NCMEC Hash Sharing", "4,321", "ncmec-seed", "12 added, 0 changed, 5 withdrawn", "are told to it", "waits for a person", "names 2 records", "Failed 2 times:", "&lt;b&gt;busy", "not set up any more", "ssvh"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "/exchanges/ncmec/sync") || strings.Contains(body, "/exchanges/partners/accept") {
		t.Error("a reviewer is offered what only a lead may do")
	}
	body = lead.get("/exchanges").body
	for _, want := range []string{"/exchanges/ncmec/sync", "/exchanges/partners/sync", "/exchanges/partners/accept"} {
		if !strings.Contains(body, want) {
			t.Errorf("a lead is not offered %s", want)
		}
	}
	if strings.Contains(body, "/exchanges/old/sync") || strings.Contains(body, "/exchanges/ncmec/accept") {
		t.Error("what cannot be done is offered")
	}
	for path, want := range map[string]int{
		"/exchanges/ncmec/sync": http.StatusSeeOther, "/exchanges/partners/accept": http.StatusSeeOther, "/exchanges/ncmec/accept": http.StatusSeeOther, "/exchanges/none/sync": http.StatusNotFound,
	} {
		if got := lead.post("/exchanges", path, nil); got.status != want {
			t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
	slices.Sort(b.out.asked)
	if want := []string{"accept partners", "sync ncmec"}; !slices.Equal(b.out.asked, want) {
		t.Errorf("%q, want %q", b.out.asked, want)
	}
	if got := reader.post("/exchanges", "/exchanges/ncmec/sync", nil); got.status != http.StatusForbidden {
		t.Errorf("a reviewer: %d", got.status)
	}
}
