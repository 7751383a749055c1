package rule_test

import (
	"slices"
	"testing"

	"haris/internal/rule"
	"haris/packs"
)

// The reference says what the checker knows: every name of it can be used in a condition, and every example of a function holds.
func TestReference(t *testing.T) {
	set, err := rule.Load(packs.FS, rule.Options{})
	if err != nil {
		t.Fatal(err)
	}
	find := func(name string, list []rule.Name) *rule.Name {
		i := slices.IndexFunc(list, func(w rule.Name) bool { return w.Name == name })
		if i < 0 {
			t.Fatalf("no %s", name)
		}
		return &list[i]
	}
	all := rule.Names(set)
	if w := find("event.relation", all); w.Type != "text" || !slices.Contains(w.Values, "none") || !slices.Contains(w.On, "message.sent") || slices.Contains(w.On, "payment.sent") {
		t.Errorf("%+v", w)
	}
	if w := find("counter."+set.Counters()[0], all); w.Type != "number" {
		t.Errorf("%+v", w)
	}
	if w := find("from.minor", rule.Names(nil)); w.Type != "bool" || w.On != nil {
		t.Errorf("%+v", w)
	}
	for _, f := range rule.Functions() {
		text := "name: x\nversion: 1\nrules:\n  - id: x\n    title: x\n    mode: shadow\n    on: [account.created, message.sent, payment.sent, listing.published, account.reported, session.started]\n    when: '" + f.Example + " || true'\n    why: x\n    effects: {labels: [x]}\n    tests: [{name: x, given: {events: [{type: account.created, account: a}]}, fires: true}]\n"
		if f.Name == "pair" || f.Name == "size" || f.Name == "contains" || f.Name == "exists" {
			continue // their examples are no conditions, or of one type of event alone
		}
		if _, err := rule.Parse([]rule.Source{{Name: "x.yaml", Text: text}}, rule.Options{}); err != nil {
			t.Errorf("the example of %s: %v", f.Name, err)
		}
	}
	if parts := rule.Parts(); len(parts) < 5 || len(rule.EventTypes()) < 20 {
		t.Errorf("%d parts", len(parts))
	}
}
