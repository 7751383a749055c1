package app_test

import (
	"context"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

const posted = `{"specversion":"1.0","id":"p1","source":"/s","type":"post.published","time":"2026-03-02T10:00:00Z","data":{"account":"ali","post":"p1","media":[{"id":"m1","kind":"image","sha256":"abababababababababababababababababababababababababababababababab"}]}}
`

// What another process puts into a bank while haris works finds what was posted before, within seconds.
func TestASweepFindsWhatWasPostedBefore(t *testing.T) {
	c := settings(t)
	a := start(t, c)
	_, key, err := a.Core().Auth.CreateKey(t.Context(), "test", auth.NewKey{Source: "/s", Scopes: auth.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	if code, body := call(t, "POST", a.URL()+"/v1/events", key, posted); code != 200 {
		t.Fatalf("%d %s", code, body)
	}
	beside, err := app.OpenCore(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	err = beside.DB.Write(t.Context(), func(tx *store.Tx) error {
		b := bank.New("list", "List")
		b.Mode = taxonomy.ModeEnforce
		if _, err := tx.Banks().Put(t.Context(), b); err != nil {
			return err
		}
		h, err := bank.Guess("sha256:abababababababababababababababababababababababababababababababab")
		if err != nil {
			return err
		}
		_, _, err = tx.Banks().Add(t.Context(), "list", []bank.Entry{{Hash: h, Provenance: bank.Provenance{Source: bank.File, Who: "ada"}}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := beside.Close(); err != nil {
		t.Error(err)
	}
	found := casesOf(t, a, 1)
	if len(found) != 1 || found[0].Subject != "ali" || found[0].Signals[0].Matches[0].Bank != "list" || found[0].Signals[0].Events[0] != 1 {
		t.Errorf("%+v", found)
	}
	for _, k := range (app.Doctor{Core: a.Core(), App: a}).Checks(t.Context()) {
		if k.Name == "bank_index" && k.Count != 1 || k.Name == "media_unscanned" && k.Count != 0 {
			t.Errorf("%+v", k)
		}
	}
}

// casesOf waits until there are as many cases, and returns them.
func casesOf(t *testing.T, a *app.App, n int) (list []casefile.Case) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := a.Core().DB.Read(ctx, func(tx *store.Tx) (err error) {
			list, _, err = tx.Cases().List(ctx, casefile.Filter{Limit: 10})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) >= n {
			return list
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d cases after a minute", len(list))
		case <-tick.C:
		}
	}
}
