package console_test

import (
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// caseOfAModel is a case in which a model of somebody else has found two stages.
func caseOfAModel(t *testing.T, b *bundle) (id string) {
	t.Helper()
	b.store(func(tx *store.Tx) error {
		say := func(stage, quote, rationale string) detect.Quoted {
			return detect.Quoted{Claim: detect.Claim{Stage: stage, Nats: 2, Quote: quote, Rationale: rationale}, Model: "example-1", Policy: strings.Repeat("ab", 32), Event: 7}
		}
		c, err := tx.Cases().Apply(t.Context(), b.now(), casefile.Matter{
			Key: "k", Subject: "acc-1", Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P2, Queue: "grooming", At: b.now(),
			Signals: []detect.Signal{{
				Detector: "D17", Version: 1, Family: taxonomy.FamilyExternal, Typology: taxonomy.TypologyGrooming, Subject: "acc-1", Strength: 1.3, At: b.now(), From: b.now(),
				Figures: []detect.Figure{{Name: "claimed", Observed: 2, Of: 13}, {Name: "asked", Observed: 2}, {Name: "S4", Observed: 1.4, Of: 2}},
				Quoted:  []detect.Quoted{say("S4", "keep this between us", "It asks for <b>secrecy</b>."), say("S5", "لنكتب في مكان آخر", ""), say("S6", "", "")},
			}},
		})
		id = c.Case
		return err
	})
	return id
}

// TestCaseOfAModel: what a model of somebody else says is shown as its words, beside those of the message; a list shows neither.
func TestCaseOfAModel(t *testing.T) {
	b := setup(t)
	id := caseOfAModel(t, b)
	body := b.as(auth.Reviewer).get("/case/" + id).body
	for _, want := range []string{
		"Model of somebody else", "Stages that the model finds", "Words of the model", `<q dir="auto">keep this between us</q>`, "It asks for &lt;b&gt;secrecy&lt;/b&gt;.", `<q dir="auto">لنكتب في مكان آخر</q>`, "the whole message", "example-1",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if list := b.as(auth.Reviewer).get("/").body; strings.Contains(list, "keep this between us") || strings.Contains(list, "secrecy</b>") {
		t.Error("the list shows words of a message")
	}
}
