package decide

import (
	"math"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Policy holds the thresholds of fusion, in −log₁₀ p.
type Policy struct {
	Family   float64 // most that one family may add
	P1       float64 // sum needed for P1, from at least two families
	P2       float64 // sum needed for P2
	P3       float64 // sum needed to be watched
	External float64 // most that rules and outside models may add together
	Step     float64 // a decision is made again when the sum has grown by this much

	// Tolerance is how many times more often than its strength says a detector may speak before it is believed less; see Ordinary.Most. 0
	// believes it always.
	Tolerance float64
	// Budget is how many matters a day a team can look at: the Ledger then says from which sum on one comes to P2. 0 for none: P2 holds.
	Budget    float64
	Detectors map[string]Setting // of detectors that do not count in full
	Digest    string             // of the file of weights; empty without one
}

// Default is the policy of the specification.
func Default() Policy {
	return Policy{Family: 3, P1: 4, P2: 3, P3: 1.5, External: 1.5, Step: 0.5, Tolerance: 10}
}

// Fusion is the outcome for one typology of one subject.
type Fusion struct {
	Typology taxonomy.Typology
	Priority taxonomy.Priority
	Total    float64                     // Σ over families of the strongest signal
	Families map[taxonomy.Family]float64 // what each family adds
	Signals  []detect.Signal             // those that took part, strongest first
	Hard     bool
	Urgent   Urgency // why somebody must look within minutes; empty when nobody must
	Forms    []Form  // what of trafficking the evidence speaks of
	Cuts     []Cut   // signals that count less than they say
	Guarded  bool    // lowered by a role in which people ordinarily reach many young people
}

// Fuse joins the signals that bear on a typology: of each family the strongest counts, families add. Two families with a sum of
// P1, or a hard fact, make P1; a sum of P2 makes P2. What is urgent makes P0. A signal without a typology of its own counts for every typology. A
// working role lowers the priority by one step, except for hard facts and for trafficking, and never silences a signal.
func (p Policy) Fuse(s *Standing, typ taxonomy.Typology, who *detect.Profile, now time.Time) Fusion {
	return p.FuseAgainst(s, typ, who, now, nil)
}

// FuseAgainst is Fuse with what is ordinary on the platform: a strength that the platform contradicts counts less.
func (p Policy) FuseAgainst(s *Standing, typ taxonomy.Typology, who *detect.Profile, now time.Time, ordinary Compare) Fusion {
	f := Fusion{Typology: typ, Families: map[taxonomy.Family]float64{}}
	for _, sig := range s.Signals {
		if now.Sub(sig.At) > Lifetime || sig.Typology != typ && sig.Typology != taxonomy.TypologyUnknown {
			continue
		}
		f.Signals = append(f.Signals, sig)
		f.Hard = f.Hard || sig.Hard
		if sig.Unscanned == "" {
			limit := p.Family
			if sig.Family == taxonomy.FamilyExternal {
				limit = p.External
			}
			e, cut := p.believed(&sig, ordinary)
			f.Families[sig.Family] = math.Max(f.Families[sig.Family], math.Min(e, limit))
			if cut != nil {
				f.Cuts = append(f.Cuts, *cut)
			}
		}
	}
	for _, e := range f.Families {
		f.Total += e
	}
	f.Total = round(f.Total)
	slices.SortStableFunc(f.Signals, func(a, b detect.Signal) int {
		if a.Strength != b.Strength {
			return int(math.Copysign(1, b.Strength-a.Strength))
		}
		return strings.Compare(a.Detector, b.Detector)
	})
	f.Urgent, f.Forms = urgency(f.Signals), forms(typ, f.Signals)
	f.Priority = p.priority(f)
	if who != nil && who.Worked() && !f.Hard && f.Urgent == "" && typ != taxonomy.TypologyTrafficking && f.Priority > taxonomy.P3 {
		f.Priority--
		f.Guarded = true
	}
	return f
}

func (p Policy) priority(f Fusion) taxonomy.Priority {
	families := 0
	for _, e := range f.Families {
		if e > 0 {
			families++
		}
	}
	switch {
	case f.Urgent != "":
		return taxonomy.P0
	case f.Hard, families >= 2 && f.Total >= p.P1:
		return taxonomy.P1
	case f.Total >= p.P2:
		return taxonomy.P2
	case f.Total >= p.P3:
		return taxonomy.P3
	}
	return taxonomy.PriorityNone
}

// Typologies lists the typologies that the standing signals speak of; TypologyUnknown only when no signal names one.
func (s *Standing) Typologies() []taxonomy.Typology {
	var out []taxonomy.Typology
	for _, t := range taxonomy.Typologies()[1:] {
		if slices.ContainsFunc(s.Signals, func(g detect.Signal) bool { return g.Typology == t }) {
			out = append(out, t)
		}
	}
	if len(out) == 0 && len(s.Signals) > 0 {
		out = append(out, taxonomy.TypologyUnknown)
	}
	return out
}

// News decides whether a fusion says something that the last decision did not: a higher priority, another detector, a sum
// grown by the policy's step, or more of what a hard fact tells of. It remembers what was told.
func (p Policy) News(s *Standing, f Fusion, at time.Time) bool {
	names, times := make([]string, 0, len(f.Signals)), 0
	for _, g := range f.Signals {
		names = append(names, g.Detector)
		times += g.Times
	}
	slices.Sort(names)
	now := Told{Typology: f.Typology, Priority: f.Priority, Total: f.Total, Times: times, Parts: strings.Join(names, " "), At: at}
	i := slices.IndexFunc(s.Told, func(t Told) bool { return t.Typology == f.Typology })
	if i < 0 {
		s.Told = append(s.Told, now)
		return true
	}
	old := s.Told[i]
	now.Counted = old.Counted
	fresh := f.Priority > old.Priority || f.Total >= old.Total+p.Step || grown(old.Parts, names) || times > old.Times
	if fresh {
		s.Told[i] = now
	}
	return fresh
}

// Counted is the place at which the ledger counts a matter, −1 for none.
func (s *Standing) Counted(t taxonomy.Typology) int {
	for _, told := range s.Told {
		if told.Typology == t {
			return told.Counted - 1
		}
	}
	return -1
}

// SetCounted remembers the place.
func (s *Standing) SetCounted(t taxonomy.Typology, place int) {
	for i := range s.Told {
		if s.Told[i].Typology == t {
			s.Told[i].Counted = place + 1
		}
	}
}

func grown(before string, names []string) bool {
	had := strings.Fields(before)
	return slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(had, n) })
}
