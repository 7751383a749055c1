package identity_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/identity"
)

func partnerContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: identity.Partner{}, Account: detecttest.Adult(), Limit: 1.5, Number: "clues", Ageless: true, Platform: detecttest.NewCohort,
		Fill: func(t *rapid.T, f *detect.Fact) {
			for range rapid.IntRange(0, 4).Draw(t, "clues") {
				f.Clues = append(f.Clues, detect.Clue{
					Provider: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "provider"), Type: "grooming", Date: "2026-03-02", Kind: "phone",
					Degree: rapid.IntRange(1, 8).Draw(t, "degree"),
				})
			}
		},
	}
}

func TestPartnerContract(t *testing.T) { partnerContract().Run(t) }

func FuzzPartnerDecode(f *testing.F) {
	for _, b := range partnerContract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(partnerContract().Decode)
}

// TestPartnerNames says who told what, of what day and type, and weighs a shared key less.
func TestPartnerNames(t *testing.T) {
	say := func(degree int) detect.Signal {
		f := detecttest.Fact(detect.Clued, detecttest.Adult(), &detect.Profile{}, detecttest.Start, 1)
		f.Clues = []detect.Clue{{Provider: "one", Type: "trafficking", Date: "2026-03-02", Kind: "device", Degree: degree}}
		_, sig, _ := identity.Partner{}.Fold(nil, f, detecttest.NewCohort())
		return sig
	}
	alone, shared := say(1), say(4)
	if alone.Strength != 1.5 || shared.Strength < .6 || shared.Strength > .7 || say(8).Strength != 0 {
		t.Errorf("%.2f, %.2f, %.2f", alone.Strength, shared.Strength, say(8).Strength)
	}
	if why := (identity.Partner{}).Explain(&alone, "en").Why; !strings.Contains(why, "one acted on 2026-03-02 upon an account with this device (trafficking)") {
		t.Error(why)
	}
}
