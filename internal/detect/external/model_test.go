package external_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/external"
	"haris/internal/extern"
	"haris/internal/taxonomy"
)

func contract() detecttest.Contract {
	return detecttest.Contract{
		Detector: external.Model{}, Account: detecttest.Adult(), Limit: 1.5, Number: "claimed", Silent: taxonomy.Age25up, Ageless: true, Platform: detecttest.NewCohort,
		Fill: func(t *rapid.T, f *detect.Fact) {
			f.Opinion, f.Of = &detect.Opinion{Model: "example-1", Policy: strings.Repeat("ab", 32)}, f.Seq
			if rapid.IntRange(0, 9).Draw(t, "none") == 0 {
				f.Opinion.Unscanned = rapid.SampledFrom(extern.Reasons()).Draw(t, "why")
				return
			}
			for _, name := range taxonomy.Stages() {
				c := detect.Claim{Stage: name, Nats: rapid.Float64Range(-3, 3).Draw(t, "nats"), Quote: "keep this between us"}
				if rapid.IntRange(0, 4).Draw(t, "blank") == 0 {
					c = detect.Claim{Stage: name, Unscanned: extern.Missing}
				}
				f.Opinion.Stages = append(f.Opinion.Stages, c)
			}
		},
	}
}

func TestContract(t *testing.T) { contract().Run(t) }

func FuzzDecode(f *testing.F) {
	for _, b := range contract().Seeds() {
		f.Add(b)
	}
	f.Fuzz(contract().Decode)
}

// line is the answers about one account's messages.
type line struct {
	st  detect.State
	seq int
	at  time.Time
	out []detect.Signal
}

func newLine() *line { return &line{at: detecttest.Start} }

// child is somebody whom the account writes to.
func child(n int) *detect.Profile { return detecttest.Person(n, taxonomy.Age13to15) }

// answered folds what was answered about one message: the stages that the model found, of those that it was asked about.
func (l *line) answered(to *detect.Profile, asked, found string) *line {
	o := &detect.Opinion{Model: "example-1", Policy: strings.Repeat("ab", 32)}
	for name := range strings.FieldsSeq(asked) {
		c := detect.Claim{Stage: name, Nats: -.5}
		if strings.Contains(found, name) {
			c = detect.Claim{Stage: name, Nats: 2, Quote: "words of " + name, Rationale: "It shows " + name + "."}
		}
		o.Stages = append(o.Stages, c)
	}
	return l.opinion(to, o)
}

func (l *line) opinion(to *detect.Profile, o *detect.Opinion) *line {
	l.seq++
	l.at = l.at.Add(time.Minute)
	f := detecttest.Fact(detect.Answered, detecttest.Adult(), to, l.at, 100+l.seq)
	f.Opinion, f.Of = o, uint64(l.seq) //nolint:gosec // small
	var sig detect.Signal
	var ok bool
	if l.st, sig, ok = (external.Model{}).Fold(l.st, f, detecttest.NewCohort()); ok {
		l.out = append(l.out, sig)
	}
	return l
}

func (l *line) unscanned(why string) *line {
	return l.opinion(&detect.Profile{}, &detect.Opinion{Model: "example-1", Policy: "ab", Unscanned: why})
}

// last is the strength that stands.
func (l *line) last() float64 {
	if len(l.out) == 0 {
		return 0
	}
	return l.out[len(l.out)-1].Strength
}

const all = "S2 S3 S4 S5 S6 S8 S9 T3 T4"

func TestStrength(t *testing.T) {
	for _, tt := range []struct {
		name string
		line *line
		want float64
	}{
		{"one stage", newLine().answered(child(1), all, "S4"), 0},
		{"one stage, again and again", newLine().answered(child(1), all, "S4").answered(child(1), all, "S4").answered(child(1), all, "S4"), 0},
		{"two stages in one message", newLine().answered(child(1), all, "S4 S5"), 3 / math.Ln10},
		{"two stages in two messages", newLine().answered(child(1), all, "S4").answered(child(1), all, "S5"), .9},
		{"three stages in three messages", newLine().answered(child(1), all, "S4").answered(child(1), all, "S5").answered(child(1), all, "S6"), 1.14},
		{"everything", newLine().answered(child(1), all, all), 1.5},
		{"two stages with two minors", newLine().answered(child(1), all, "S4").answered(child(2), all, "S5"), 0},
		{"one of grooming and one of trafficking", newLine().answered(child(1), all, "S4 T3"), 0},
		{"two of trafficking", newLine().answered(child(1), all, "T3 T4"), 3 / math.Ln10},
		{"two stages among eight messages", func() *line {
			l := newLine()
			for i := range 8 {
				l.answered(child(1), all, []string{"S4", "S5", "", "", "", "", "", ""}[i])
			}
			return l
		}(), 0},
		{"an adult", newLine().answered(detecttest.Person(1, taxonomy.Age25up), all, all), 0},
		{"nothing found", newLine().answered(child(1), all, ""), 0},
		{"no answer", newLine().unscanned(extern.Unreachable), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.line.last(); math.Abs(got-tt.want) > .01 {
				t.Errorf("%.3f, want %.3f", got, tt.want)
			}
		})
	}
}

// TestTypology: grooming and trafficking are not added, and the signal is of the one that weighs more.
func TestTypology(t *testing.T) {
	l := newLine().answered(child(1), all, "S4 S5 T3 T4 S6")
	sig := l.out[len(l.out)-1]
	if sig.Typology != taxonomy.TypologyGrooming || len(sig.Quoted) != 3 || !reflect.DeepEqual(sig.Events, []uint64{1}) {
		t.Errorf("%s %+v %v", sig.Typology, sig.Quoted, sig.Events)
	}
	if l = newLine().answered(child(1), all, "T3 T4"); l.out[0].Typology != taxonomy.TypologyTrafficking {
		t.Error(l.out[0].Typology)
	}
}

// TestNoAnswerIsNoFinding: it is said once, beside what stands; an answer ends it, and it takes nothing back.
func TestNoAnswerIsNoFinding(t *testing.T) {
	l := newLine().unscanned(extern.NoText).unscanned(extern.Unreachable)
	if len(l.out) != 1 || l.out[0].Strength != 0 || !strings.Contains(l.out[0].Unscanned, "no text") {
		t.Fatalf("%+v", l.out)
	}
	if l.answered(child(1), all, ""); len(l.out) != 2 || l.out[1].Unscanned != "" || l.out[1].Strength != 0 {
		t.Errorf("an answer does not end it: %+v", l.out)
	}
	l = newLine().answered(child(1), all, "S4 S5")
	if l.unscanned(extern.Unreachable); len(l.out) != 1 {
		t.Errorf("a server that is down took a finding back: %+v", l.out[1:])
	}
	every := &detect.Opinion{Model: "m", Stages: []detect.Claim{{Stage: "S4", Unscanned: extern.Misquoted}, {Stage: "S5", Unscanned: extern.Misquoted}}}
	if l = newLine().opinion(child(1), every); len(l.out) != 1 || !strings.Contains(l.out[0].Unscanned, "does not stand in the message") {
		t.Errorf("%+v", l.out)
	}
}

// TestItFades: what was answered long ago weighs less than what is answered now.
func TestItFades(t *testing.T) {
	l := newLine().answered(child(1), all, "S4 S5")
	l.at = l.at.Add(40 * 24 * time.Hour)
	if l.answered(child(1), all, ""); l.last() != 0 {
		t.Errorf("%.2f", l.last())
	}
}

func TestExplain(t *testing.T) {
	l := newLine().answered(child(1), all, "S4").answered(child(1), all, "S5").answered(child(1), all, "S6")
	sig := l.out[len(l.out)-1]
	en, ar := (external.Model{}).Explain(&sig, "en"), (external.Model{}).Explain(&sig, "ar")
	for _, want := range []string{
		"finds 3 stages in 3 messages to one minor that it was asked about: secrecy, moving elsewhere, gifts or money. It is", "Model: example-1, policy abababababab.",
	} {
		if !strings.Contains(en.Why, want) {
			t.Errorf("%q does not hold %q", en.Why, want)
		}
	}
	if told := external.Tell(&sig.Quoted[0], "en"); told != "secrecy: “words of S4” (words of the model: “It shows S4.”)." {
		t.Error(told)
	}
	if told := external.Tell(&sig.Quoted[0], "ar"); told != "التكتم: «words of S4» (بكلمات النموذج: «It shows S4.»)." {
		t.Error(told)
	}
	if strings.Contains(en.Why+ar.Why, "words of") || !strings.Contains(ar.Why, "التكتم، ") || !strings.Contains(en.Counterfactual, "instead of 1.1") {
		t.Errorf("%q\n%q", ar.Why, en.Counterfactual)
	}
	if !reflect.DeepEqual(sig.Events, []uint64{1, 2, 3}) {
		t.Errorf("events %v", sig.Events)
	}
	for _, code := range extern.Reasons() {
		sig := newLine().unscanned(code).out[0]
		if en := (external.Model{}).Explain(&sig, "en"); strings.Contains(en.Why, "nothing was answered") || strings.Contains((external.Model{}).Explain(&sig, "ar").Why, "لم يرد جواب") {
			t.Errorf("%s has no words: %s", code, en.Why)
		}
	}
}
