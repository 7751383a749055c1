package pipeline

import (
	"cmp"
	"slices"

	"haris/internal/detect"
	"haris/internal/detect/template"
	text "haris/internal/template"
)

// leastOpening is how many words and slots a first message must have to be compared with those of others.
const leastOpening = 6

// openings compares the first messages to minors with those of other accounts, in the order of the log, and says how many wrote so.
func (p *piece) openings(facts [][]detect.Fact) {
	var list []*detect.Fact
	for _, part := range facts {
		for i := range part {
			f := &part[i]
			if f.Kind == detect.Opened && f.Sketch != nil && f.Sketch.Words >= leastOpening && f.Other.Band.Minor() && f.Account.Band.AdultOrUnknown() {
				list = append(list, f)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *detect.Fact) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Account.ID, b.Account.ID), cmp.Compare(a.Other.ID, b.Other.ID))
	})
	for _, f := range list {
		f.Senders = p.k.senders(f)
	}
}

// senders notes a first message and counts the accounts that wrote so within 30 days.
func (k *Knowledge) senders(f *detect.Fact) int {
	known := k.openings.find(f.Sketch)
	if known == nil {
		who := k.advertiser(f.Account.ID, f.At)
		if who.openings >= newTexts {
			return 1
		}
		who.openings++
		k.adverts.Put(f.Key, who)
		known = k.openings.add(f.Sketch, text.Form{}, f.At)
	}
	known.crowd = known.crowd.Add(template.Use{Account: f.Account.ID, At: f.At})
	k.openings.put(known)
	return known.crowd.Crowded().Accounts
}
