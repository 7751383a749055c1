package rule

import (
	"strings"
	"testing"
	"testing/fstest"

	"haris/packs"
)

// Whatever a shipped rule says in its test vectors it says in Arabic too, with every value that stands in the holes.
func TestShippedRulesSpeakArabic(t *testing.T) {
	set, err := Load(packs.FS, Options{})
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, r := range set.Rules() {
		if title := set.Title(r.ID, "ar"); title == r.Title || title == "" {
			t.Errorf("%s has no Arabic title", r.ID)
		}
		if set.Title(r.ID, "en") != r.Title || set.Title(r.ID, "fr") != r.Title {
			t.Errorf("%s: %q in English", r.ID, set.Title(r.ID, "en"))
		}
	}
	for _, r := range set.rules {
		for i := range r.tests {
			why := r.tests[i].why
			if why == "" {
				continue
			}
			said++
			got := set.Say(r.id, "ar", why, func(w string) string { return "<" + w + ">" })
			if got == why || strings.Contains(got, "{") || strings.Contains(got, "would not") {
				t.Errorf("%s: %q", r.id, got)
			}
		}
	}
	if said == 0 {
		t.Error("no vector says anything")
	}
	if got := set.Say("child-reports-a-stranger", "ar", "Something that an older rule said.", nil); got != "Something that an older rule said." {
		t.Errorf("%q", got)
	}
	if set.Title("no-such-rule", "en") != "" || set.Say("no-such-rule", "ar", "x", nil) != "x" {
		t.Error("a rule that is none was found")
	}
}

func TestWordsAreChecked(t *testing.T) {
	pack := `
name: p
version: 1
rules:
  - id: r
    title: A rule
    mode: shadow
    on: message.sent
    when: from.adult
    why: "The {{account}} {from.account} wrote to {to.account}."
    in:
      ar: {title: "قاعدة", why: "WHY"}
    effects: {labels: [a]}
    tests:
      - {name: it fires, given: {accounts: {a: {age_band: 25+}}, events: [{type: message.sent, from: a, to: b, conversation: c}]}, fires: true}
      - {name: it does not, given: {accounts: {a: {age_band: u13}}, events: [{type: message.sent, from: a, to: b, conversation: c}]}, fires: false}
`
	load := func(why string) (*Set, error) {
		return Load(fstest.MapFS{"p.yaml": {Data: []byte(strings.Replace(pack, "WHY", why, 1))}}, Options{})
	}
	set, err := load("{to.account} ← { from.account } {{x}}")
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Say("r", "ar", "The {account} a.b wrote to c.", nil); got != "c ← a.b {x}" {
		t.Errorf("%q", got)
	}
	if _, err := load("{to.age_band}"); err == nil || !strings.Contains(err.Error(), "{to.age_band} does not stand in the rule's own why") || !strings.Contains(err.Error(), "p.yaml:12") {
		t.Errorf("a hole that the rule does not have: %v", err)
	}
	if _, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(strings.Replace(pack, "ar: {", "Arabic: {", 1))}}, Options{}); err == nil || !strings.Contains(err.Error(), "in names languages") {
		t.Errorf("a language that is none: %v", err)
	}
}
