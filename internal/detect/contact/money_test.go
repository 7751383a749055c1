package contact_test

import (
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// deal is one step of a story of money: minutes after the start.
type deal struct {
	typ      event.Type
	from, to string
	minutes  int
	media    bool
}

func pay(from, to string, minutes int) deal { return deal{event.PaymentSent, from, to, minutes, false} }

func show(from, to string, minutes int) deal {
	return deal{event.MessageSent, from, to, minutes, true}
}

func TestPairsTellOfMoney(t *testing.T) {
	const none, family = taxonomy.RelationNone, taxonomy.RelationFamily
	type told struct {
		kind   detect.FactKind
		about  string
		n      int
		reason string
	}
	tests := []struct {
		name     string
		relation taxonomy.Relation
		other    string // who approached the child c
		deals    []deal
		want     []told
	}{
		{"a stranger pays", none, "a", []deal{pay("a", "c", 5), pay("a", "c", 9)}, []told{{detect.Offered, "a", 1, ""}, {detect.Offered, "a", 2, ""}}},
		{"after media", none, "a", []deal{show("c", "a", 5), pay("a", "c", 60)}, []told{{detect.Offered, "a", 1, contact.AfterMedia}}},
		{"long after media", none, "a", []deal{show("c", "a", 5), pay("a", "c", 66)}, []told{{detect.Offered, "a", 1, ""}}},
		{"media after payment, once", none, "a", []deal{pay("a", "c", 5), show("c", "a", 30), show("c", "a", 31)}, []told{{detect.Offered, "a", 1, ""}, {detect.Given, "a", 1, ""}}},
		{"media long after payment", none, "a", []deal{pay("a", "c", 5), show("c", "a", 70)}, []told{{detect.Offered, "a", 1, ""}}},
		{"the child pays", none, "u", []deal{pay("c", "u", 5)}, []told{{detect.Charged, "u", 1, ""}}},
		{"the child pays after its media", none, "u", []deal{show("c", "u", 5), pay("c", "u", 50)}, []told{{detect.Charged, "u", 1, contact.AfterMedia}}},
		{"media both ways", none, "u", []deal{show("u", "c", 3), show("c", "u", 5), pay("c", "u", 50), pay("c", "u", 55)}, []told{{detect.Charged, "u", 1, contact.BothWays}, {detect.Charged, "u", 2, contact.BothWays}}},
		{"only the stranger's media", none, "u", []deal{show("u", "c", 3), pay("c", "u", 50)}, []told{{detect.Charged, "u", 1, ""}}},
		{"within a family", family, "a", []deal{show("c", "a", 5), pay("a", "c", 6), pay("c", "a", 7)}, nil},
		{"among friends", taxonomy.RelationMutual, "a", []deal{show("c", "a", 5), pay("c", "a", 7)}, nil},
		{"among children", none, "k", []deal{show("c", "k", 5), pay("c", "k", 7)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			people, p := cast(), contact.Pair{}
			touch := func(d deal, r taxonomy.Relation) (out []told) {
				e := &event.Event{Type: d.typ, Seq: uint64(d.minutes + 1), Time: start.Add(time.Duration(d.minutes) * time.Minute)}
				e.Data.Relation, e.Data.Surface = r, taxonomy.SurfaceDM
				if d.media {
					e.Data.Media = []event.Media{{ID: "m", Kind: "image"}}
				}
				_, low := detect.PairKey(d.from, d.to)
				for _, f := range p.Fold(contact.Touch{Event: e, From: people[d.from], To: people[d.to], FromLow: low}, nil) {
					switch f.Kind {
					case detect.Offered, detect.Given, detect.Charged:
						out = append(out, told{f.Kind, f.Account.ID, max(f.N, 1), f.Reason})
					}
				}
				return out
			}
			touch(deal{event.ContactRequested, tt.other, "c", 0, false}, tt.relation)
			var got []told
			for _, d := range tt.deals {
				got = append(got, touch(d, taxonomy.RelationUnknown)...)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("%+v, want %+v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("%+v, want %+v", got[i], tt.want[i])
				}
			}
		})
	}
}
