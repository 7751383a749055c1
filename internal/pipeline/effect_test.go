package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

// frictionPack holds a rule with friction and a quota, one that asks for what the event cannot give, one about the target, one
// that only shadows, and one that looks at labels.
const frictionPack = `
name: test
version: 1
description: rules of a test
rules:
  - id: slow
    title: slow
    mode: enforce
    on: contact.requested
    when: from.adult && to.minor
    why: "{from.account} asked {to.account}"
    effects: {labels: [asked], typology: grooming, priority: P3, verdict: hold, notify: [lead], friction: {action: slow_new_contacts_to_minors, minutes: 60, on: from}}
    quota: {max: 2, per: 24h, then: review}
    tests: [{name: x, given: {accounts: {a: {age_band: 25+}, b: {age_band: 13-15}}, events: [{type: contact.requested, from: a, to: b}]}, fires: true}, {name: y, given: {events: [{type: contact.requested, from: a, to: b}]}, fires: false}]
  - id: hold
    title: hold
    mode: enforce
    on: call.started
    when: from.adult && to.minor
    why: call
    effects: {typology: grooming, priority: P3, friction: {action: hold_post, minutes: 60, on: from}}
    tests: [{name: x, given: {accounts: {a: {age_band: 25+}, b: {age_band: 13-15}}, events: [{type: call.started, from: a, to: [b]}]}, fires: true}, {name: y, given: {events: [{type: call.started, from: a, to: [b]}]}, fires: false}]
  - id: target
    title: target
    mode: enforce
    on: account.blocked
    about: to
    when: from.minor
    why: blocked
    effects: {typology: grooming, priority: P2, open_case: true, queue: blocks}
    tests: [{name: x, given: {accounts: {a: {age_band: 13-15}}, events: [{type: account.blocked, by: a, account: b}]}, fires: true}, {name: y, given: {events: [{type: account.blocked, by: a, account: b}]}, fires: false}]
  - id: shadow
    title: shadow
    mode: shadow
    on: message.sent
    when: from.adult
    why: shadow
    effects: {typology: grooming, priority: P1, open_case: true, verdict: block}
    tests: [{name: x, given: {accounts: {a: {age_band: 25+}}, events: [{type: message.sent, from: a, to: [b], conversation: c}]}, fires: true}]
  - id: labelled
    title: labelled
    mode: enforce
    on: payment.sent
    when: '"asked" in labels'
    why: labelled
    effects: {typology: grooming, priority: P2, open_case: true}
    tests: [{name: x, given: {labels: [asked], events: [{type: payment.sent, from: a, to: b, amount: 1}]}, fires: true}, {name: y, given: {labels: [], events: [{type: payment.sent, from: a, to: b, amount: 1}]}, fires: false}]
`

func loadPack(t *testing.T, text string) *rule.Set {
	t.Helper()
	set, err := rule.Load(fstest.MapFS{"test.yaml": {Data: []byte(text)}}, rule.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// act is one event between the adult and a child, some minutes after the start.
func act(t *testing.T, n, minute int, typ, data string) event.Event {
	t.Helper()
	at := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC).Add(time.Duration(minute) * time.Minute)
	e, p := event.Decode(fmt.Sprintf(`{"specversion":"1.0","id":"e%d","source":"/s","type":"%s","time":"%s","data":%s}`, n, typ, at.Format(time.RFC3339), data), 1, event.Limits{})
	if p != nil {
		t.Fatal(p)
	}
	return e
}

func people(t *testing.T) []event.Event {
	t.Helper()
	return []event.Event{
		act(t, 1, 0, "account.created", `{"account":"adult","age_band":"25+","keys":[{"kind":"device","value":"d1"}]}`),
		act(t, 2, 0, "account.created", `{"account":"child","age_band":"13-15"}`),
		act(t, 3, 0, "session.started", `{"account":"other","keys":[{"kind":"device","value":"d1"},{"kind":"ip","hash":"h"}]}`),
	}
}

func withRules(set *rule.Set) func(*pipeline.Deps) {
	return func(d *pipeline.Deps) { d.Rules = func() *rule.Set { return set } }
}

// seal works off the seal jobs and returns what came of them.
func (f *fixture) seal() {
	f.t.Helper()
	files, err := evidence.NewFiles(f.t.TempDir())
	if err != nil {
		f.t.Fatal(err)
	}
	key, err := evidence.GenerateWorkingKey()
	if err != nil {
		f.t.Fatal(err)
	}
	s := &evidence.Sealer{
		Vault:  evidence.NewVault(evidence.Config{Blobs: files, Keeper: store.EvidenceKeeper(f.db), Working: key, Now: time.Now}),
		Gather: pipeline.Material{DB: f.db, Log: f.log}.Files, Then: pipeline.AskFor(f.db, time.Now),
	}
	var list []job.Job
	f.read(func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.Jobs().List(ctx, evidence.JobSeal, job.Queued, 100)
		return err
	})
	for _, j := range list {
		for range 2 { // a crash may run it again
			if o, err := s.Handle(f.t.Context(), j); err != nil || o.State != job.Done {
				f.t.Fatalf("%+v %v", o, err)
			}
		}
	}
}

func (f *fixture) actions() (list []action.Action) {
	f.t.Helper()
	f.read(func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.Actions().List(ctx, action.Filter{})
		return err
	})
	return list
}

func TestFrictionWaitsForEvidenceAndDegradesOverItsQuota(t *testing.T) {
	f := setup(t, storetest.SQLite(t), withRules(loadPack(t, frictionPack)))
	f.ingest(people(t)...)
	var verdicts []taxonomy.Verdict
	for i := range 3 {
		a := f.ingest(act(t, 10+i, 1+i, "contact.requested", `{"from":"adult","to":"child","relation":"none"}`))
		verdicts = append(verdicts, a.Verdicts[0].Verdict)
	}
	if want := []taxonomy.Verdict{"hold", "hold", "allow"}; !slices.Equal(verdicts, want) {
		t.Errorf("verdicts %v, want %v: over its quota a rule holds nothing", verdicts, want)
	}
	if n := len(f.actions()); n != 0 {
		t.Fatalf("%d actions before any evidence was sealed", n)
	}
	f.seal()
	list := f.actions()
	if len(list) != 2 || list[0].Kind != action.SlowNewContacts || list[0].Subject != "adult" || list[0].ExpiresAt.IsZero() || list[0].By.Rule != "slow" {
		t.Fatalf("%+v", list)
	}
	cases := f.cases()
	if len(cases) != 1 || cases[0].Subject != "adult" || !slices.Equal(cases[0].Victims, []string{"child"}) || !slices.Contains(cases[0].Labels, "asked") {
		t.Fatalf("%+v", cases)
	}
	f.read(func(ctx context.Context, tx *store.Tx) error {
		history, err := tx.Cases().History(ctx, cases[0].ID)
		asked := 0
		for _, e := range history {
			if e.Kind == casefile.ActionAsked {
				asked++
			}
		}
		if asked != 2 {
			t.Errorf("%d actions in the case's history", asked)
		}
		told, err2 := tx.Jobs().List(ctx, action.JobNotify, "", 10)
		if len(told) != 1 {
			t.Errorf("%d notices, want one when the case opened", len(told))
		}
		return cmpErr(err, err2)
	})
	f.close()
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestFrictionThatCannotBeAskedForIsWrittenDown(t *testing.T) {
	f := setup(t, storetest.SQLite(t), withRules(loadPack(t, frictionPack)))
	f.ingest(append(people(t), act(t, 10, 1, "call.started", `{"from":"adult","to":["child"]}`))...)
	f.seal()
	if n := len(f.actions()); n != 0 {
		t.Errorf("%d actions about a post that the event did not name", n)
	}
	f.read(func(ctx context.Context, tx *store.Tx) error {
		refused, err := tx.Audit().List(ctx, audit.Filter{Act: "action.refused"}, 0, 10)
		if len(refused) == 0 || refused[0].Detail["rule"] != "hold" {
			t.Errorf("%+v", refused)
		}
		return err
	})
	f.close()
}

func TestRulesAboutTheTargetShadowAndLabels(t *testing.T) {
	f := setup(t, storetest.SQLite(t), withRules(loadPack(t, frictionPack)))
	f.ingest(people(t)...)
	a := f.ingest(
		act(t, 10, 1, "message.sent", `{"from":"adult","to":["child"],"conversation":"v"}`),
		act(t, 11, 2, "account.blocked", `{"by":"child","account":"adult"}`),
		act(t, 12, 3, "contact.requested", `{"from":"adult","to":"child"}`),
		act(t, 13, 4, "payment.sent", `{"from":"adult","to":"child","amount":1}`),
	)
	if a.Verdicts[0].Verdict != taxonomy.VerdictAllow {
		t.Errorf("a shadow rule gave the verdict %q", a.Verdicts[0].Verdict)
	}
	c := f.cases()
	if len(c) != 1 || c[0].Subject != "adult" || c[0].Priority != taxonomy.P2 {
		t.Fatalf("%+v", c)
	}
	var by []string
	for _, s := range c[0].Signals {
		by = append(by, s.Detector)
		if s.Says == "" && s.Detector != "D8" { // a detector explains its figures instead
			t.Errorf("%s does not say why", s.Detector)
		}
	}
	for _, want := range []string{"target", "labelled"} {
		if !slices.Contains(by, want) {
			t.Errorf("%q is not on the case: %v", want, by)
		}
	}
	if slices.Contains(by, "shadow") {
		t.Error("a shadow rule is on the case")
	}
	f.close()
}

func TestLabelsAreSeenFromTheNextStepOn(t *testing.T) {
	f := setup(t, storetest.SQLite(t), withRules(loadPack(t, frictionPack)))
	f.ingest(people(t)...)
	pay := func(n, minute int) bool {
		f.ingest(act(t, n, minute, "payment.sent", `{"from":"adult","to":"child","amount":1}`))
		return slices.ContainsFunc(f.cases()[0].Signals, func(s detect.Signal) bool { return s.Detector == "labelled" })
	}
	f.ingest(act(t, 10, 1, "contact.requested", `{"from":"adult","to":"child"}`))
	if pay(11, 1) {
		t.Error("the label was seen within its own minute: what follows would depend on how events are cut into batches")
	}
	if !pay(12, 2) {
		t.Error("the label was not seen in the next minute")
	}
	f.close()
}

func TestSharedKeysAreKnownWithoutTheirValues(t *testing.T) {
	f := setup(t, storetest.SQLite(t))
	f.ingest(people(t)...)
	f.p.Know(func(k *pipeline.Knowledge) {
		keys := k.Shared("adult")
		if len(keys) != 1 || keys[0].Kind != "device" || !slices.Equal(keys[0].Others, []string{"other"}) || keys[0].Count != 1 || keys[0].Mark == "d1" {
			t.Errorf("%+v", keys)
		}
		if p := k.Profile("child"); p.Band != taxonomy.Age13to15 {
			t.Errorf("%+v", p)
		}
	})
	f.close()
}

func TestTraceTellsEveryRule(t *testing.T) {
	k := pipeline.NewKnowledge(1, secret)
	set := rules(t)
	var tr pipeline.Trace
	for i, e := range report(t, 1) {
		e.Seq = uint64(i + 1)
		tr = pipeline.Trace{}
		k.Fold([]event.Event{e}, set, &tr)
	}
	fired := 0
	for _, j := range tr.Rules {
		if j.Outcome == rule.Fired {
			fired++
		}
	}
	if fired != len(tr.Hits) || fired == 0 || len(tr.Rules) <= fired || len(tr.Facts) == 0 || len(tr.Fusions) == 0 {
		t.Errorf("%d fired of %d told, %d hits, %d facts, %d fusions", fired, len(tr.Rules), len(tr.Hits), len(tr.Facts), len(tr.Fusions))
	}
}

// The actions that rules may ask for are those that software may ask the platform for.
func TestFrictionsAreActions(t *testing.T) {
	var kinds []string
	for _, k := range action.Friction() {
		kinds = append(kinds, string(k))
	}
	slices.Sort(kinds)
	if got := slices.Sorted(slices.Values(rule.Frictions())); !slices.Equal(got, kinds) {
		t.Errorf("rules may ask for %v, software for %v", got, kinds)
	}
}

// The conversation with a child belongs to the case, though the case rests on acts outside of it.
func TestMaterialHoldsTheConversationsWithTheChildren(t *testing.T) {
	f := setup(t, storetest.SQLite(t), withRules(loadPack(t, frictionPack)))
	f.ingest(append(
		people(t),
		act(t, 10, 1, "message.sent", `{"from":"adult","to":["child"],"conversation":"with child","text":"keep this between us"}`),
		act(t, 11, 2, "message.sent", `{"from":"adult","to":["other"],"conversation":"with other"}`),
		act(t, 12, 3, "account.blocked", `{"by":"child","account":"adult"}`),
	)...)
	m := pipeline.Material{DB: f.db, Log: f.log}
	list, err := m.Transcripts(t.Context(), f.cases()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tr := range list {
		names = append(names, tr.Conversation)
	}
	if !slices.Equal(names, []string{"with child", ""}) {
		t.Errorf("transcripts of %q", names)
	}
	g, err := m.Gather(t.Context(), f.cases()[0].ID)
	if err != nil || len(g.Conversations) != 2 || g.More != 0 || g.Conversations[0].Earlier != nil {
		t.Errorf("%+v (%v)", g, err)
	}
	own, err := m.Own(t.Context(), "child")
	if err != nil || len(own) != 1 || own[0].Type != event.AccountCreated {
		t.Errorf("%+v (%v)", own, err)
	}
	f.close()
}

// The conversations of a group's members with the people of the case belong to it, those of its members with each other do not by themselves.
func TestMaterialOfAGroup(t *testing.T) {
	f := setup(t, storetest.SQLite(t))
	f.ingest(append(
		people(t),
		act(t, 10, 1, "message.sent", `{"from":"adult","to":["child"],"conversation":"one"}`),
		act(t, 11, 2, "message.sent", `{"from":"other","to":["child"],"conversation":"two"}`),
		act(t, 12, 3, "message.sent", `{"from":"other","to":["adult"],"conversation":"themselves"}`),
	)...)
	var id string
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	err := f.db.Write(t.Context(), func(tx *store.Tx) error {
		ch, err := tx.Cases().Apply(t.Context(), at, casefile.Matter{
			Key: "k", Subject: "adult", Linked: []string{"other"}, Victims: []string{"child"}, Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P2, At: at,
		})
		id = ch.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := pipeline.Material{DB: f.db, Log: f.log}.Transcripts(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tr := range list {
		names = append(names, tr.Conversation)
	}
	if !slices.Equal(names, []string{"one", "two"}) {
		t.Errorf("transcripts of %q", names)
	}
	f.close()
}
