package identity

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Partner is D16: the account uses a key, a device or a number, of which a partner says, signed, that an account with it was acted upon there. It is
// a clue and no proof, and no p-value: numbers change hands, households share, partners err. The strength of one is 1.5·ln 2/ln(1+d),
// d the accounts that use the key here; they add up to 1.5 and never more, so that by itself it is watched and nothing else.
type Partner struct{}

var _ detect.Detector = Partner{}

const (
	partnerLimit = 1.5
	partnerLeast = 0.5
	partnerShown = 5
	partnerWin   = 365 * 24 * time.Hour
)

// partner is the state of one account.
type partner struct {
	spoken detect.Spoken
	events detect.Ring
}

// Info describes D16.
func (Partner) Info() detect.Info {
	return detect.Info{
		Name: "D16", Version: 1, Family: taxonomy.FamilyExternal, Typology: taxonomy.TypologyUnknown, Title: "Partner's signal",
		Facts: []detect.FactKind{detect.Clued}, MaxBytes: detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in all clues about the account as they stand.
func (d Partner) Fold(st detect.State, f *detect.Fact, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	s, _ := st.(*partner)
	if s == nil {
		s = &partner{}
	}
	e := 0.0
	providers := []string{}
	for _, c := range f.Clues {
		e += partnerLimit * math.Ln2 / math.Log(1+float64(max(c.Degree, 1)))
		if !slices.Contains(providers, c.Provider) {
			providers = append(providers, c.Provider)
		}
	}
	if e = min(e, partnerLimit); e < partnerLeast {
		e = 0
	}
	if len(f.Clues) > 0 {
		s.events.Add(f.Seq)
	}
	if !s.spoken.Say(e, f.Time(), controlStep, partnerLimit) {
		return s, detect.Signal{}, false
	}
	sig := d.Info().New(f.Account.ID, f.Time(), partnerWin)
	sig.Strength, sig.Events = e, s.events.List()
	sig.Clues = slices.Clone(f.Clues[:min(len(f.Clues), partnerShown)])
	sig.Figures = []detect.Figure{{Name: "clues", Observed: float64(len(f.Clues))}, {Name: "clueproviders", Observed: float64(len(providers))}}
	return s, sig, true
}

// Due never asks for a tick.
func (Partner) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Partner) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}

// Append appends the encoding.
func (s *partner) Append(b []byte) []byte { return s.events.Append(s.spoken.Append(b)) }

// Decode is the inverse of Append.
func (Partner) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	s := &partner{spoken: r.Spoken(), events: r.Ring()}
	return s, r.Err()
}

// Explain says who told what.
func (Partner) Explain(s *detect.Signal, lang string) detect.Explanation {
	n, _ := s.Figure("clues")
	k := detect.Whole(n.Observed)
	why := []string{fmt.Sprintf(detect.In(lang,
		"Signals of partners that fit a key of the account: %s. A signal is a clue and no proof.",
		"إشارات الشركاء الموافقة لمفتاح يستعمله الحساب: %s. الإشارة قرينة لا دليل."), k)}
	for _, c := range s.Clues {
		why = append(why, fmt.Sprintf(detect.In(lang,
			"%s acted on %s upon an account with this %s (%s). Accounts here that use it: %d.",
			"%s: إجراء بتاريخ %s بحق حساب له هذا المفتاح (%s، %s). الحسابات التي تستعمله هنا: %d."), c.Provider, c.Date, c.Kind, c.Type, c.Degree))
	}
	return detect.Explanation{
		Why:      strings.Join(why, " "),
		Observed: fmt.Sprintf(detect.In(lang, "signals: %s", "الإشارات: %s"), k),
		Expected: detect.In(lang, "none", "لا شيء"),
		Counterfactual: detect.In(lang,
			"Had the partners taken their signals back, or did more accounts use the keys, it would not have spoken.",
			"لو سحب الشركاء إشاراتهم، أو لو استعملت المفاتيح حسابات أكثر، لما نطق."),
	}
}
