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

// TestCaseOfAdvertisements: what the advertisements of a group have in common stands on the case, in English and Arabic.
func TestCaseOfAdvertisements(t *testing.T) {
	b := setup(t)
	id := ""
	b.store(func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), b.now(), casefile.Matter{
			Key: "k", Subject: "acc-1", Typology: taxonomy.TypologyTrafficking, Priority: taxonomy.P2, Queue: "trafficking", At: b.now(),
			Signals: []detect.Signal{{
				Detector: "D13", Version: 1, Family: taxonomy.FamilyTemplate, Typology: taxonomy.TypologyTrafficking, Subject: "acc-1", Strength: 3, At: b.now(), From: b.now(),
				Figures: []detect.Figure{{Name: "advertaccounts", Observed: 5, Expected: 1}},
				Leaflet: &detect.Leaflet{
					Text: "sale in ⟨place⟩ this week, write to ⟨phone⟩", Slots: []detect.LeafletSlot{{Kind: "place", Ways: 3}},
					Contacts: []detect.LeafletContact{{Kind: "phone", Masked: "…67", Accounts: 5, Names: 6, Cities: 3}}, Cities: []detect.LeafletCity{{Name: "Oslo, NO", At: b.now()}},
				},
			}},
		})
		id = c.Case
		return err
	})
	body := b.as(auth.Reviewer).get("/case/" + id).body
	for _, want := range []string{"sale in ⟨place⟩ this week, write to ⟨phone⟩", "Where they differ", "phone number", "…67", "Oslo, NO", "Accounts with one contact detail"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
