package identity

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/stat"
	"haris/internal/taxonomy"
)

// Cluster is D11: accounts that are linked by devices, numbers, addresses and purses that few use. It asks two things.
//
// Do several young accounts hang on this one? Each counts by the keys that it shares with this account, Σ 1/ln(1 + d) up to 1, with d
// one more than the accounts of the key that are not young (Adamic, Adar: Friends and neighbors on the Web, Social Networks 2003). The strength is −log₁₀ of detect.Together of the sum
// of these weights and the number of regions that they claim.
// An account of a child or of unknown age is looked at only with three others, because brothers and sisters share.
//
// Does it share keys with an account upon which the platform acted for the safety of a child? Then two weights a kind of key, as much
// as Σ 1/ln(1+d), at most 3: a clue, no proof, since households share too.
//
// A key of which more accounts make use than its kind allows links nobody. The group is searched for anew at each link, instead of
// being kept as a union: a key that becomes common must stop linking. Whom the platform calls family counts half and is never
// left out.
//
// Limits: a school's or a shelter's devices stay below the bound only while few use them; a group beyond 32 accounts is seen in part.
type Cluster struct{}

var _ detect.Detector = Cluster{}

const (
	youngAsked   = 2 // of an adult's account
	youngAsked2  = 3 // of any other
	familyHalf   = 0.5
	actedWeight  = 2.0
	sharedCap    = 3 // young accounts of one account that the cohort counts
	clusterWin   = 90 * 24 * time.Hour
	clusterLimit = 3.0
	clusterLeast = 1.0
	maxFamily    = 8
	shownMembers = 20
)

// cluster is the state of one account.
type cluster struct {
	counted uint8    // young accounts that the cohort has counted
	family  []uint32 // who is family and shares a key
	spoken  detect.Spoken
	events  detect.Ring
}

// Info describes D11.
func (Cluster) Info() detect.Info {
	return detect.Info{
		Name: "D11", Version: 1, Family: taxonomy.FamilyIdentity, Typology: taxonomy.TypologyTrafficking, Title: "Linked accounts",
		Facts:    []detect.FactKind{detect.Linked, detect.Grouped},
		MaxBytes: 1 + 1 + 4*maxFamily + detect.SpokenBytes + 1 + 8*detect.MaxSignalEvents,
	}
}

// Fold takes in a group as it is now, or that somebody who shares a key is family.
func (d Cluster) Fold(st detect.State, f *detect.Fact, c detect.Cohort) (detect.State, detect.Signal, bool) {
	s, _ := st.(*cluster)
	if f.Kind == detect.Linked {
		if f.Relation != taxonomy.RelationFamily {
			return st, detect.Signal{}, false
		}
		if s == nil {
			s = &cluster{}
		}
		s.kin(who(f.Other.ID))
		return s, detect.Signal{}, false
	}
	if f.Group == nil || len(f.Group.Members) < 2 {
		return st, detect.Signal{}, false
	}
	if s == nil {
		s = &cluster{}
	}
	s.events.Add(f.Seq)
	sig, ok := d.judge(s, f, c)
	return s, sig, ok
}

// kin remembers family, the newest.
func (s *cluster) kin(h uint32) {
	if slices.Contains(s.family, h) {
		return
	}
	s.family = append(s.family, h)
	s.family = s.family[max(0, len(s.family)-maxFamily):]
}

// finding is what a group says about one account.
type finding struct {
	young    int     // young accounts that share a key with it
	weight   float64 // Σ of their weights
	regions  int     // that they claim
	kin      int     // of them family
	acted    float64 // Σ over kinds of the weight of keys shared with accounts acted upon
	actedN   int
	strength float64
	recurs   bool // the accounts acted upon weigh more than the young
}

func (s *cluster) look(g *detect.Group, c detect.Cohort) (out finding) {
	me := g.Members[0].Profile
	weights, acted := s.weights(g)
	regions := map[string]bool{}
	for i, w := range weights {
		p := g.Members[i].Profile
		if w == 0 || !p.Band.Minor() {
			continue
		}
		out.young++
		if p.Region != "" {
			regions[p.Region] = true
		}
		w = math.Min(w, 1)
		if slices.Contains(s.family, who(p.ID)) {
			w *= familyHalf
			out.kin++
		}
		out.weight += w
	}
	out.regions = max(len(regions), 1)
	asked := youngAsked2
	if me.Band.Adult() {
		asked = youngAsked
	}
	if out.young >= asked {
		out.strength = stat.Strength(detect.Together(c, out.weight, out.regions), clusterLimit)
	}
	out.acted, out.actedN = acted.weight, acted.n
	if e := math.Min(clusterLimit, actedWeight*acted.weight); !g.Members[0].Acted && e > out.strength {
		out.strength, out.recurs = e, true
	}
	if out.strength < clusterLeast {
		out.strength = 0
	}
	return out
}

// actedUpon is the accounts acted upon that share a key with the account.
type actedUpon struct {
	weight float64
	n      int
}

// weights are those of the members that share a key with the account, by place; 0 for those that do not.
func (s *cluster) weights(g *detect.Group) (weights []float64, acted actedUpon) {
	weights = make([]float64, len(g.Members))
	kinds, counted := map[string]float64{}, map[int]bool{}
	for _, k := range g.Links {
		if !slices.Contains(k.Members, 0) {
			continue
		}
		rest := k.Degree
		for _, i := range k.Members {
			if i > 0 && g.Members[i].Profile.Band.Minor() {
				rest--
			}
		}
		for _, i := range k.Members {
			if i == 0 {
				continue
			}
			weights[i] += share(max(rest, 1) + 1)
			if g.Members[i].Acted {
				kinds[k.Kind] = math.Max(kinds[k.Kind], share(k.Degree))
				counted[i] = true
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		acted.weight += kinds[kind]
	}
	acted.n = len(counted)
	return weights, acted
}

// share is what a key of a degree weighs: the fewer use it, the more.
func share(degree int) float64 { return 1 / math.Log(1+float64(max(degree, 2))) }

// count tells the cohort how many young accounts hang on one, and from how many regions, before the group is suspected.
func (s *cluster) count(g *detect.Group, c detect.Cohort) {
	weights, _ := s.weights(g)
	n, first := uint8(0), ""
	for i, w := range weights {
		p := g.Members[i].Profile
		if w == 0 || !p.Band.Minor() {
			continue
		}
		n++
		if n <= s.counted || n > sharedCap {
			first = firstOf(first, p.Region)
			continue
		}
		c.Add(detect.CohortKey{What: detect.CountShared}, bit(n > 1), 1)
		if n > 1 && first != "" && p.Region != "" {
			c.Add(detect.CohortKey{What: detect.CountSharedRegion}, bit(p.Region != first), 1)
		}
		first = firstOf(first, p.Region)
	}
	s.counted = max(s.counted, min(n, sharedCap))
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (d Cluster) judge(s *cluster, f *detect.Fact, c detect.Cohort) (detect.Signal, bool) {
	w := s.look(f.Group, c)
	if w.strength == 0 {
		s.count(f.Group, c)
	}
	if w.strength < s.spoken.Standing(f.Time(), detect.Again) || !s.spoken.Say(w.strength, f.Time(), controlStep, clusterLimit) {
		return detect.Signal{}, false
	}
	sig := d.Info().New(f.Account.ID, f.Time(), clusterWin)
	sig.Strength = w.strength
	if w.recurs {
		sig.Typology = taxonomy.TypologyUnknown
	}
	sig.Group = w.strength > 0 && !w.recurs
	sig.Figures = []detect.Figure{
		{Name: "groupyoung", Observed: float64(w.young), Expected: 1},
		{Name: "groupsize", Observed: float64(len(f.Group.Members))},
		{Name: "groupregions", Observed: float64(w.regions), Expected: 1},
		{Name: "groupkin", Observed: float64(w.kin)},
		{Name: "groupacted", Observed: float64(w.actedN)},
	}
	for _, kind := range keyKinds(f.Group) {
		sig.Figures = append(sig.Figures, detect.Figure{Name: "group" + kind.name, Observed: float64(kind.n)})
	}
	for _, m := range f.Group.Members[1:min(len(f.Group.Members), shownMembers+1)] {
		sig.Others = append(sig.Others, strings.Clone(m.Profile.ID))
	}
	sig.Events = s.events.List()
	return sig, true
}

type keyKind struct {
	name string
	n    int
}

// keyKinds counts the shared keys by kind, by name.
func keyKinds(g *detect.Group) (out []keyKind) {
	for _, k := range g.Links {
		i := slices.IndexFunc(out, func(o keyKind) bool { return o.name == k.Kind })
		if i < 0 {
			i, out = len(out), append(out, keyKind{name: k.Kind})
		}
		out[i].n++
	}
	slices.SortFunc(out, func(a, b keyKind) int { return strings.Compare(a.name, b.name) })
	return out
}

// Due never asks for a tick.
func (Cluster) Due(detect.State) time.Time { return time.Time{} }

// Tick changes nothing.
func (Cluster) Tick(s detect.State, _ *detect.Profile, _ time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	return s, detect.Signal{}, false
}
