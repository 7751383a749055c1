package pipeline

import (
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// said is what one detector said about an account.
type said struct {
	Account  string            `json:"account"`
	Detector string            `json:"detector"`
	Strength float64           `json:"strength"`
	Typology taxonomy.Typology `json:"typology"`
	At       int64             `json:"at"`
	Seq      uint64            `json:"seq"`
}

// retell keeps what a detector said, if any other wants to know. They are told when the step ends, so that what they know does not
// depend on how events were cut into batches.
func (k *Knowledge) retell(f finding) {
	if len(k.wants[detect.Spoke]) > 0 {
		k.said = append(k.said, said{f.sig.Subject, f.sig.Detector, f.sig.Strength, f.sig.Typology, f.sig.At.UnixMilli(), f.seq})
	}
}

// tell tells the detectors of each account what others have said of it. What they answer is told when the next step ends.
func (k *Knowledge) tell(out *Effects) {
	list := k.said
	k.said = nil
	for _, s := range list {
		facts := append([]detect.Fact{{
			Kind: detect.Spoke, Key: detect.AccountKey(s.Account), Seq: s.Seq, At: s.At, Account: k.directory.Find(s.Account),
			Other: &detect.Profile{}, Reason: s.Detector, Value: s.Strength,
		}}, k.came(&s)...)
		var told folded
		for i := range facts {
			k.foldFact(&facts[i], k.pending[0], &told)
		}
		for _, key := range told.touched {
			if a, ok := k.accounts.Get(key); ok {
				k.schedule(key, a)
			}
		}
		for _, g := range told.found {
			k.judge(out, nil, g)
		}
	}
}

// since tells the accounts that are written to for how long they have been known.
func (p *piece) since(facts [][]detect.Fact) {
	for _, part := range facts {
		for i := range part {
			f := &part[i]
			if f.Kind != detect.Written {
				continue
			}
			f.Since = p.k.began
			if created := f.Account.CreatedAt; !created.IsZero() {
				f.Since = max(f.Since, created.UnixMilli())
			}
		}
	}
}
