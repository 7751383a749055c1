package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/detect/detecttest"
	"haris/internal/detect/identity"
	"haris/internal/taxonomy"
)

func sharedPlatform() *detecttest.Cohort {
	c := detecttest.NewCohort()
	c.Said[detect.CohortKey{What: detect.CountShared}] = [2]float64{350, 1000}
	c.Said[detect.CohortKey{What: detect.CountSharedRegion}] = [2]float64{50, 1000}
	return c
}

// member describes one other account of a group.
type member struct {
	band   taxonomy.AgeBand
	region string
	acted  bool
	keys   string // kinds of the keys that it shares with the account, by their first letter
	family bool
}

// groupOf links members with an account; strangers of no member use each key, too.
func groupOf(who *detect.Profile, list []member, strangers int) *detect.Group {
	g := &detect.Group{Members: []detect.Member{{Profile: who}}}
	for i, m := range list {
		g.Members = append(g.Members, detect.Member{Profile: &detect.Profile{ID: fmt.Sprint("m", i), Band: m.band, Region: m.region}, Acted: m.acted})
	}
	for _, kind := range []string{"device", "payout", "recovery"} {
		k := detect.GroupKey{Kind: kind, Members: []int{0}, Degree: 1 + strangers}
		for i, m := range list {
			if strings.Contains(m.keys, kind[:1]) {
				k.Members, k.Degree = append(k.Members, i+1), k.Degree+1
			}
		}
		if len(k.Members) > 1 {
			g.Links = append(g.Links, k)
		}
	}
	return g
}

func kids(n int, keys string, regions ...string) (out []member) {
	for i := range n {
		m := member{band: taxonomy.Age13to15, keys: keys}
		if len(regions) > 0 {
			m.region = regions[i%len(regions)]
		}
		out = append(out, m)
	}
	return out
}

func clusterContract() detecttest.Contract {
	return detecttest.Contract{
		Detector: identity.Cluster{}, Account: detecttest.Adult(), Limit: 3, Number: "groupyoung", Ageless: true, Platform: sharedPlatform,
		Fill: func(t *rapid.T, f *detect.Fact) {
			if f.Kind != detect.Grouped {
				f.Relation = rapid.SampledFrom([]taxonomy.Relation{taxonomy.RelationNone, taxonomy.RelationFamily}).Draw(t, "relation")
				return
			}
			list := kids(rapid.IntRange(0, 6).Draw(t, "kids"), rapid.SampledFrom([]string{"d", "dp", "p"}).Draw(t, "keys"), "a", "b", "c")
			list = append(list, member{band: taxonomy.Age25up, keys: "dr", acted: rapid.Bool().Draw(t, "acted")})
			f.Group = groupOf(detecttest.Adult(), list, rapid.IntRange(0, 3).Draw(t, "strangers"))
		},
	}
}

func TestClusterContract(t *testing.T) { clusterContract().Run(t) }

func FuzzClusterDecode(f *testing.F) {
	c := clusterContract()
	for _, b := range c.Seeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { c.Decode(t, b) })
}

func TestCluster(t *testing.T) {
	adult, child := detecttest.Adult(), detecttest.Child()
	grown := func(acted bool, keys string) member { return member{band: taxonomy.Age25up, acted: acted, keys: keys} }
	family := func(list []member) []member {
		for i := range list {
			list[i].family = true
		}
		return list
	}
	tests := []struct {
		name      string
		who       *detect.Profile
		list      []member
		strangers int
		low, top  float64
	}{
		{"a parent and two children on one tablet", adult, kids(2, "d", "a"), 0, 0, 0},
		{"a parent and three children, tablet and recovery", adult, kids(3, "dr", "a"), 0, 0, 0},
		{"three children of one household", child, append(kids(2, "d", "a"), grown(false, "d")), 0, 0, 0},
		{"two young accounts from two regions", adult, kids(2, "dp", "a", "b"), 0, 1.2, 2},
		{"three young accounts from three regions, device and purse", adult, kids(3, "dp", "a", "b", "c"), 0, 3, 3},
		{"five young accounts on the purse of one adult", adult, kids(5, "dp", "a"), 0, 1.5, 2.5},
		{"the same keys with many others", adult, kids(3, "d", "a"), 5, 0, 0},
		{"no adult: three regions are needed for as much", child, kids(4, "dp", "a", "b", "c", "d"), 0, 3, 3},
		{"no adult and only two others", child, kids(2, "dp", "a", "b"), 0, 0, 0},
		{"within a family it weighs less and is not silent", adult, family(kids(3, "dp", "a", "a", "b")), 0, 1.2, 1.9},
		{"a device of an account acted upon", adult, []member{grown(true, "d")}, 0, 1.5, 2},
		{"device and purse of an account acted upon", adult, []member{grown(true, "dp")}, 0, 3, 3},
		{"a device that five use, one acted upon", adult, []member{grown(true, "d")}, 3, 1, 1.5},
		{"nobody acted upon", adult, []member{grown(false, "dp")}, 0, 0, 0},
		{"alone", adult, nil, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, at := sharedPlatform(), detecttest.Start
			var st detect.State
			for i, m := range tt.list {
				if m.family {
					f := detecttest.Fact(detect.Linked, tt.who, &detect.Profile{ID: fmt.Sprint("m", i)}, at, 1)
					f.Relation = taxonomy.RelationFamily
					st, _, _ = identity.Cluster{}.Fold(st, f, c)
				}
			}
			f := detecttest.Fact(detect.Grouped, tt.who, &detect.Profile{}, at, 2)
			f.Group = groupOf(tt.who, tt.list, tt.strangers)
			_, sig, ok := identity.Cluster{}.Fold(st, f, c)
			if ok != (tt.top > 0) || sig.Strength < tt.low || sig.Strength > tt.top {
				t.Fatalf("%.2f, want %.1f to %.1f", sig.Strength, tt.low, tt.top)
			}
			if ok && len(sig.Others) != len(tt.list) {
				t.Errorf("names %v", sig.Others)
			}
		})
	}
}

// In which order members and keys come changes nothing.
func TestClusterDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list := append(kids(4, "dp", "a", "b"), member{band: taxonomy.Age25up, keys: "d", acted: true})
		say := func(list []member) detect.Signal {
			f := detecttest.Fact(detect.Grouped, detecttest.Adult(), &detect.Profile{}, detecttest.Start, 1)
			f.Group = groupOf(detecttest.Adult(), list, 1)
			_, sig, _ := identity.Cluster{}.Fold(nil, f, sharedPlatform())
			return sig
		}
		one, two := say(list), say(rapid.Permutation(list).Draw(rt, "order"))
		if one.Strength == 0 || one.Strength != two.Strength || fmt.Sprint(one.Figures) != fmt.Sprint(two.Figures) {
			rt.Errorf("%+v\n%+v", one, two)
		}
	})
}

// An account acted upon is no news about itself, and which typology it is nobody knows from the keys.
func TestClusterOfTheActed(t *testing.T) {
	say := func(mine bool) (detect.Signal, bool) {
		f := detecttest.Fact(detect.Grouped, detecttest.Adult(), &detect.Profile{}, detecttest.Start, 1)
		f.Group = groupOf(detecttest.Adult(), []member{{band: taxonomy.Age25up, keys: "dp", acted: true}}, 0)
		f.Group.Members[0].Acted = mine
		_, sig, ok := identity.Cluster{}.Fold(nil, f, sharedPlatform())
		return sig, ok
	}
	if sig, ok := say(true); ok {
		t.Errorf("%+v", sig)
	}
	sig, _ := say(false)
	if sig.Typology != taxonomy.TypologyUnknown {
		t.Errorf("typology %s", sig.Typology)
	}
	if why := (identity.Cluster{}).Explain(&sig, "en").Why; !strings.Contains(why, "acted upon") || !strings.Contains(why, "Shared devices: 1.") {
		t.Error(why)
	}
}

func BenchmarkCluster(b *testing.B) {
	g := groupOf(detecttest.Adult(), kids(5, "dp", "a"), 0)
	clusterContract().Benchmark(b, func(i int) *detect.Fact {
		f := detecttest.Fact(detect.Grouped, detecttest.Adult(), &detect.Profile{}, detecttest.Start, i+1)
		f.Group = g
		return f
	})
}
