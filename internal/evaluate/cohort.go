package evaluate

import (
	"cmp"
	"maps"
	"slices"

	"haris/internal/measure"
	"haris/internal/pipeline"
	"haris/internal/taxonomy"
)

// leastGroup is how many accounts a group needs before its rate is compared.
const leastGroup = 100

// cohorts divides the harmless accounts by what the platform says of them.
func (p *pool) cohorts() (out []Cohort) {
	by := []struct {
		name string
		of   func(*account) string
	}{
		{"age band", func(a *account) string { return a.profile.Band.String() }},
		{"region", func(a *account) string { return a.profile.Region }},
		{"role", func(a *account) string { return cmp.Or(a.profile.Role, "none") }},
		{"language", func(a *account) string { return a.profile.Lang }},
	}
	for _, b := range by {
		total, raised, watched := map[string]int{}, map[string]int{}, map[string]int{}
		for _, o := range p.outcomes {
			r := rolesOf(&o.source.Truth)
			for id, a := range o.accounts {
				if r.part[id] != "" {
					continue
				}
				g := cmp.Or(b.of(a), "not said")
				total[g]++
				if a.priority >= taxonomy.P2 {
					raised[g]++
				}
				if a.priority >= taxonomy.P3 {
					watched[g]++
				}
			}
		}
		c := Cohort{By: b.name}
		raisedShares, watchedShares := map[string]measure.Share{}, map[string]measure.Share{}
		for _, g := range slices.Sorted(maps.Keys(total)) {
			raisedShares[g], watchedShares[g] = measure.NewShare(raised[g], total[g]), measure.NewShare(watched[g], total[g])
			c.Groups = append(c.Groups, Group{g, raisedShares[g], watchedShares[g]})
		}
		c.Raised, c.Watched = measure.NewSpread(raisedShares, leastGroup), measure.NewSpread(watchedShares, leastGroup)
		out = append(out, c)
	}
	return out
}

// detectors compares what each said of harmless accounts with what its strength promises.
func (p *pool) detectors() (out []Detector) {
	spoke, strongest, harmless := map[string]int{}, map[string]float64{}, map[string][]float64{}
	tested := map[string]int{}
	for _, o := range p.outcomes {
		r := rolesOf(&o.source.Truth)
		for id, a := range o.accounts {
			for d, s := range a.strength {
				spoke[d]++
				strongest[d] = max(strongest[d], s)
				if r.part[id] == "" {
					harmless[d] = append(harmless[d], s)
				}
			}
		}
		for d, ids := range o.tested {
			for id := range ids {
				if r.part[id] == "" {
					tested[d]++
				}
			}
		}
	}
	for _, d := range pipeline.Detectors() {
		n := d.Info().Name
		out = append(out, Detector{n, spoke[n], strongest[n], tested[n], measure.Tails(harmless[n], tested[n], .5, 1, 1.5, 2, 2.5, 3)})
		delete(spoke, n)
	}
	for _, rule := range slices.Sorted(maps.Keys(spoke)) {
		out = append(out, Detector{Name: rule, Spoke: spoke[rule], Strongest: strongest[rule]})
	}
	return out
}
