package stage_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/stage"
	"haris/internal/taxonomy"
)

// hear folds messages that a model scored, each with one stage at the given nats.
func (s *story) hear(by detect.Scorer, nats float32, stages ...string) {
	for _, name := range stages {
		s.at, s.seq = s.at.Add(time.Hour), s.seq+1
		f := detecttest.Fact(detect.Scored, s.who, detecttest.Person(1, taxonomy.Age13to15), s.at, s.seq)
		f.Scores, f.By = new(detect.Scores), by
		for i := range f.Scores {
			f.Scores[i] = float32(math.NaN())
		}
		f.Scores[slices.Index(taxonomy.Stages(), name)] = nats
		s.fold(f)
	}
}

var much = slices.Concat(times(8, "S3"), times(8, "S4"), times(8, "S5"), times(8, "S8"))

func TestWhoseScores(t *testing.T) {
	seed, model := detect.Scorer{Model: "seed", Digest: "aa", Seed: true}, detect.Scorer{Model: "spring", Digest: strings.Repeat("ab", 32)}
	for _, tt := range []struct {
		name  string
		tell  func(*story)
		most  float64
		words []string
	}{
		{"the platform's", func(s *story) { s.hear(detect.Scorer{}, 4, much...) }, 3, []string{"The scores are from the platform."}},
		{"a model's", func(s *story) { s.hear(model, 4, much...) }, 3, []string{"the model spring (abababababab)"}},
		{"the seed's", func(s *story) { s.hear(seed, 1.5, much...) }, 1, []string{"from the seed", "weighs at most 1"}},
		{"the seed's, and an ordinary message of the platform's", func(s *story) {
			s.hear(detect.Scorer{}, -1, "S3")
			s.hear(seed, 1.5, much...)
		}, 1, []string{"from the seed."}},
		{"both", func(s *story) {
			s.hear(seed, 1.5, much...)
			s.hear(detect.Scorer{}, 4, "S3", "S4")
		}, 3, []string{"from the platform and the seed."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStory(stage.Progression{})
			tt.tell(s)
			if s.last.Strength > tt.most || s.last.Strength < tt.most*.65 {
				t.Errorf("strength %.1f, want at most %.1f", s.last.Strength, tt.most)
			}
			why := stage.Progression{}.Explain(&s.last, "en").Why
			for _, w := range tt.words {
				if !strings.Contains(why, w) {
					t.Errorf("%q does not say %q", why, w)
				}
			}
			if ar := (stage.Progression{}).Explain(&s.last, "ar").Why; !strings.Contains(ar, "التقييم من") {
				t.Error(ar)
			}
		})
	}
}

// TestSeedIsTooWeakForRecurrence: what the seed says counts neither as a repetition nor as one of the minors that it is measured against.
func TestSeedIsTooWeakForRecurrence(t *testing.T) {
	s := newStory(stage.Recurrence{})
	s.hear(detect.Scorer{Model: "seed", Seed: true}, 5, much...)
	if s.st != nil || s.said > 0 {
		t.Errorf("it counted: %v", s.last)
	}
}

func TestUnreadLanguagesAreTold(t *testing.T) {
	s := newStory(stage.Progression{})
	f := detecttest.Fact(detect.Scored, s.who, detecttest.Person(2, taxonomy.Age13to15), s.at, 1)
	f.Reason = "de"
	s.fold(f)
	spoke := detecttest.Fact(detect.Spoke, s.who, &detect.Profile{}, s.at, 2)
	spoke.Reason, spoke.Value = "D1", 2
	s.fold(spoke)
	if why := (stage.Progression{}).Explain(&s.last, "en").Why; s.last.Unscanned == "" || !strings.HasSuffix(why, "calibrated for them: de.") {
		t.Errorf("%+v: %s", s.last, why)
	}
	s.hear(detect.Scorer{}, 4, much...)
	if why := (stage.Progression{}).Explain(&s.last, "en").Why; s.last.Unscanned != "" || !strings.HasSuffix(why, "calibrated for them: de.") {
		t.Errorf("%+v: %s", s.last, why)
	}
}
