package pipeline

import (
	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/detect/contact"
)

// About is what is known about one account.
type About struct {
	Profile detect.Profile
	States  map[string]int  // bytes of state of each detector that knows something about it
	Signals []detect.Signal // that stand
	Labels  []string
	Told    []decide.Told   // what the last decisions said
	Fusions []decide.Fusion // how what stands is weighed now, by typology
	Keys    []SharedKey
}

// About returns what is known about an account; ok is false when no event has named it. It changes nothing.
func (k *Knowledge) About(id string) (a About, ok bool) {
	a.Profile, a.States, a.Keys = k.Profile(id), map[string]int{}, k.Shared(id)
	known, found := k.accounts.Get(detect.AccountKey(id))
	if !found {
		return a, a.Profile.Known || len(a.Keys) > 0
	}
	for i, s := range known.slots {
		if s != nil {
			a.States[k.detectors[i].Info().Name] = len(s.Append(nil))
		}
	}
	if s := known.standing; s != nil {
		a.Signals, a.Labels, a.Told = s.Signals, s.Labels, s.Told
		policy := k.weighing()
		for _, t := range s.Typologies() {
			a.Fusions = append(a.Fusions, policy.FuseAgainst(s, t, &a.Profile, k.Watermark(), k.ordinary(&a.Profile)))
		}
	}
	return a, true
}

// Between returns what is known about two accounts, from the side of a; ok is false when they never had to do with each other.
func (k *Knowledge) Between(a, b string) (contact.Between, bool) {
	key, aIsLow := detect.PairKey(a, b)
	p, ok := k.pairs.Get(key)
	if !ok {
		return contact.Between{}, false
	}
	return p.Between(aIsLow), true
}
