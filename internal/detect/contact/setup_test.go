package contact_test

import (
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/detect/detecttest"
	"haris/internal/taxonomy"
)

type cohort = detecttest.Cohort

// platform is a platform on which the share q of active people are minors and adults' approaches do not cluster.
func platform(q float64) *cohort { return detecttest.Platform(q, .5) }

var (
	start   = detecttest.Start
	adult   = detecttest.Adult()
	unknown = detecttest.Unknown()
)

func person(n int, b taxonomy.AgeBand) *detect.Profile { return detecttest.Person(n, b) }

func fact(k detect.FactKind, who, other *detect.Profile, at time.Time, seq int) *detect.Fact {
	return detecttest.Fact(k, who, other, at, seq)
}

func selectivityContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: contact.Selectivity{}, Account: adult, Platform: func() *cohort { return platform(.2) }, Limit: 3,
		Number: "minors", Silent: taxonomy.Age18to24,
	}
}

func acceptanceContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: contact.Acceptance{}, Account: adult, Platform: func() *cohort { return platform(.2) }, Limit: 1.5,
		Number: "welcomed", Silent: taxonomy.Age25up,
	}
}

func persistenceContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: contact.Persistence{}, Account: adult, Platform: func() *cohort { return platform(.2) }, Limit: 2,
		Number: "pressed", Silent: taxonomy.Age25up, Fill: func(t *rapid.T, f *detect.Fact) {
			f.Value = float64(rapid.IntRange(0, 1).Draw(t, "pressed"))
			f.Reason = rapid.SampledFrom([]string{"", contact.AfterRefusal, contact.AfterBlock}).Draw(t, "after")
		},
	}
}

func togetherContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: contact.Together{}, Account: adult, Platform: func() *cohort { return platform(.2) }, Limit: 2, Number: "sharedminors", Ageless: true,
		Fill: func(t *rapid.T, f *detect.Fact) {
			n := rapid.IntRange(0, 12).Draw(t, "shared")
			f.Circle = detect.Circle{
				Shared: n, Mine: n + rapid.IntRange(0, 20).Draw(t, "mine"), Theirs: n + rapid.IntRange(0, 20).Draw(t, "theirs"),
				All: rapid.SampledFrom([]int{0, 100, 5000}).Draw(t, "all"),
			}
		},
	}
}
