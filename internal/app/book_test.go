package app_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/backtest"
	"haris/internal/config"
	"haris/internal/console"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/rulebook"
	"haris/internal/store"
)

// firstWords is a rule that fires on every message of an adult to a child, in shadow.
const firstWords = `name: words
version: 1
rules:
  - id: first-words
    title: An adult writes to a child
    mode: shadow
    on: message.sent
    when: from.adult && to.minor
    why: an adult writes to a child
    effects: {labels: [first_words]}
    tests:
      - name: an adult writes
        given:
          accounts: {a: {age_band: "25+"}, c: {age_band: "13-15"}}
          events: [{type: message.sent, from: a, to: c, conversation: v}]
        fires: true
`

// withRule is the shipped rules and one more.
func withRule(t *testing.T, c config.Config, text string) rulebook.Text {
	t.Helper()
	all, err := app.RuleText(c)
	if err != nil {
		t.Fatal(err)
	}
	all.Packs = append(all.Packs, rule.Source{Name: "words.yaml", Text: text})
	return all
}

func ruleCheck(t *testing.T, d app.Doctor) (out console.Check) {
	t.Helper()
	for _, k := range d.Checks(t.Context()) {
		if k.Name == "rules" {
			out = k
		}
	}
	return out
}

// TestPublishedRuleFires is the promise of the rule book: what a second person publishes judges the next event, in the process that published
// it and in the next command; going back takes it out of force.
func TestPublishedRuleFires(t *testing.T) {
	c := settings(t)
	c.Rules.Reload = 10 * time.Millisecond
	a := start(t, c)
	_, key, err := a.Core().Auth.CreateKey(t.Context(), "test", auth.NewKey{Source: "/s", Scopes: auth.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	say := func(id string) (hits int) {
		t.Helper()
		body := events
		if id != "" {
			body = strings.ReplaceAll(strings.Split(events, "\n")[2], `"id":"3"`, `"id":"`+id+`"`) + "\n"
		}
		if code, b := call(t, "POST", a.URL()+"/v1/events", key, body); code != 200 {
			t.Fatalf("%d %s", code, b)
		}
		a.Know(func(k *pipeline.Knowledge) { hits = k.Tally().Hits["first-words"] })
		return hits
	}
	if n := say(""); n != 0 {
		t.Fatalf("a rule that nobody wrote fired %d times", n)
	}
	// Another process writes the book, as haris rule publish does; this one follows.
	other, err := app.OpenCore(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	v, err := other.Book(nil).Propose(t.Context(), "ada", withRule(t, c, firstWords), "to see first words")
	if err != nil {
		t.Fatal(err)
	}
	if n := say("4a"); n != 0 {
		t.Fatal("what was only proposed fires")
	}
	if _, err := other.Book(nil).Publish(t.Context(), "bob", v.N, 0, ""); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(10 * time.Second); ruleCheck(t, app.Doctor{Core: a.Core(), App: a}).Detail.String() != "version 1 of the rule book is in force"; {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("the running haris does not follow: %+v", ruleCheck(t, app.Doctor{Core: a.Core(), App: a}))
		}
	}
	if n := say("4b"); n != 1 {
		t.Errorf("the published rule fired %d times, want 1", n)
	}
	files, err := app.RuleText(c)
	if err != nil {
		t.Fatal(err)
	}
	book := a.Core().Book(func(ctx context.Context) { _ = a.Reload(ctx) })
	if v, err = book.Propose(t.Context(), "bob", files, "enough seen"); err != nil {
		t.Fatal(err)
	}
	if _, err := book.Publish(t.Context(), "ada", v.N, 1, ""); err != nil {
		t.Fatal(err)
	}
	if n := say("4c"); n != 1 {
		t.Errorf("after going back the rule fired: %d", n)
	}
	if got := ruleCheck(t, app.Doctor{Core: other}); got.State != console.Well || got.Detail.String() != "version 2 of the rule book is in force" {
		t.Errorf("a command beside it: %+v", got)
	}
}

// TestVersionThatCannotRun puts a version into the book that this program does not understand, as a newer program could: what was in force
// stays, at a start the newest that runs is taken, and the check of health says so.
func TestVersionThatCannotRun(t *testing.T) {
	c := settings(t)
	a, err := app.New(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	book := a.Core().Book(nil)
	for _, text := range []string{firstWords, strings.Replace(firstWords, "from.adult", "from.of_the_future", 1)} {
		all := withRule(t, c, text)
		err := a.Core().DB.Write(ctx, func(tx *store.Tx) error {
			n, err := tx.Rules().Add(ctx, rulebook.Version{Author: "ada", Reason: "x", ProposedAt: time.Now()}, all)
			if err != nil {
				return err
			}
			return tx.Rules().Decide(ctx, rulebook.Version{N: n, State: rulebook.Published, DecidedBy: "bob", DecidedAt: time.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = a.Reload(ctx)
		if wrong := text != firstWords; (err != nil) != wrong {
			t.Fatalf("wrong is %v: %v", wrong, err)
		}
	}
	k := ruleCheck(t, app.Doctor{Core: a.Core()})
	if k.State != console.Unwell || !strings.Contains(k.Detail.String(), "of_the_future") || !strings.Contains(k.Detail.String(), "version 1 of the rule book is in force") {
		t.Errorf("%+v", k)
	}
	if v, err := book.InForce(ctx); err != nil || v.N != 2 {
		t.Errorf("%+v %v", v, err)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	if a, err = app.New(ctx, c, options()); err != nil {
		t.Fatalf("the program does not start: %v", err)
	}
	defer a.Stop()
	c.Rules.Console = "false"
	closed, err := app.OpenCore(ctx, c, options())
	if err != nil {
		t.Fatal(err)
	}
	defer closed.Close()
	if now, err := closed.InForce(ctx); err != nil || now.Version != 0 || now.Behind != nil {
		t.Errorf("rules are in files: %+v %v", now, err)
	}
}

// TestBacktestJob asks a running haris for a back-test and reads what came of it: the rule that is tried opens a case about the adult, and those in
// force do not.
func TestBacktestJob(t *testing.T) {
	c := settings(t)
	a := start(t, c)
	_, key, err := a.Core().Auth.CreateKey(t.Context(), "test", auth.NewKey{Source: "/s", Scopes: auth.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(events, "\n")
	if code, b := call(t, "POST", a.URL()+"/v1/events", key, strings.Join(lines[:3], "\n")+"\n"); code != 200 {
		t.Fatalf("%d %s", code, b)
	}
	book := a.Core().Book(nil)
	raises := strings.Replace(firstWords, "effects: {labels: [first_words]}", "effects: {open_case: true, priority: P2, typology: grooming}", 1)
	raises = strings.Replace(raises, "mode: shadow", "mode: enforce", 1) + "      - name: nobody\n        given: {events: [{type: message.sent, from: a, to: c, conversation: v}]}\n        fires: false\n"
	trial, err := book.Try(t.Context(), "ada", withRule(t, c, raises), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(20 * time.Second); trial.Open(); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("the back-test does not end: %+v", trial)
		}
		if trial, err = book.Trial(t.Context(), trial.ID); err != nil {
			t.Fatal(err)
		}
	}
	var got backtest.Report
	if err := json.Unmarshal(trial.Report, &got); err != nil || got.Events != 3 || got.Before.Matters != 0 || len(got.Gained) != 1 || got.Gained[0].Subject != "adult" {
		t.Errorf("%+v (%v): %s", trial, err, trial.Report)
	}
}
