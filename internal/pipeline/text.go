package pipeline

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/extract"
	"haris/internal/normal"
	"haris/internal/taxonomy"
	"haris/internal/template"
)

// between is how long after a message its sender's next one may go on with the same number.
const between = 2 * time.Minute

// reading is what was found in the text of one event.
type reading struct {
	regions []string
	finds   []extract.Find
	tail    extract.Tail
	voice   *voice           // nil where no score was asked for
	tokens  []template.Token // of an advertisement, with what was found masked
	sketch  template.Sketch  // of the tokens
	city    string           // that an advertisement names
}

// ending is how a sender's last message in a conversation ended: digits that may go on. It holds no other text.
type ending struct {
	at   int64 // event time in milliseconds
	tail extract.Tail
}

// read looks through texts in parallel, before the directory is brought up to date. Whose text is read depends on who the two are at
// the event, so this is only a start: exchange reads again what was read with another idea of them.
func (p *piece) read() {
	p.texts = make([]*reading, len(p.events))
	p.each(func(w, n int) {
		from, to := span(len(p.events), w, n)
		for i := from; i < to; i++ {
			e := &p.events[i]
			if advertises(e) {
				p.texts[i] = p.k.readAdvert(e, regionsOf(p.k.directory.Find(e.Actor()), nil))
				continue
			}
			if e.Data.Text == "" || !talks(e) {
				continue
			}
			targets := e.Targets()
			if len(targets) > maxPairs {
				continue
			}
			who, others := p.k.directory.Find(e.Actor()), make([]*detect.Profile, len(targets))
			for t, id := range targets {
				others[t] = p.k.directory.Find(id)
			}
			if !crosses(who, others) {
				continue
			}
			t := normal.Of(e.Data.Text)
			r := p.k.look(&t, regionsOf(who, others), extract.Tail{})
			if p.k.hears(e, who, others) {
				r.voice = p.k.hear(e, &t, w)
			}
			p.texts[i] = r
		}
	})
}

// talks reports whether the event is a message or a request to somebody outside the family. What adults write to each other, and
// minors to each other, is not read: see crosses.
func talks(e *event.Event) bool {
	return (e.Type == event.MessageSent || e.Type == event.ContactRequested) && e.Data.Relation != taxonomy.RelationFamily
}

// crosses reports whether a minor is on one side and an account that may be an adult's on the other.
func crosses(from *detect.Profile, to []*detect.Profile) bool {
	for _, o := range to {
		if from.Band.Minor() && o.Band.AdultOrUnknown() || o.Band.Minor() && from.Band.AdultOrUnknown() {
			return true
		}
	}
	return false
}

// regionsOf are the countries of the sender and of the others, in which a number without a country code may belong.
func regionsOf(from *detect.Profile, to []*detect.Profile) (out []string) {
	const most = 3
	add := func(region string) {
		country, _, _ := strings.Cut(region, "-")
		if country = strings.ToUpper(country); len(country) == 2 && len(out) < most && !slices.Contains(out, country) {
			out = append(out, country)
		}
	}
	add(from.Region)
	for _, o := range to {
		add(o.Region)
	}
	return out
}

func (k *Knowledge) look(t *normal.Text, regions []string, before extract.Tail) *reading {
	r := &reading{regions: regions}
	r.finds, r.tail = k.extractor.Find(extract.Input{Text: t, Regions: regions, Before: before})
	return r
}

// exchange takes the contact details out of the text of an event whose people are known: for the pair, and as keys that the sender
// uses. It goes event by event, because a number may go on from one message to the next.
func (p *piece) exchange(i int) {
	e, c := &p.events[i], &p.casts[i]
	if c.from == nil || !talks(e) || len(c.to) > maxPairs || !crosses(c.from, c.to) {
		return
	}
	if e.Data.Text == "" {
		c.unread = e.Type == event.MessageSent && len(e.Data.Media) == 0
		return
	}
	r, regions := p.texts[i], regionsOf(c.from, c.to)
	switch {
	case !p.k.hears(e, c.from, c.to):
	case r != nil && r.voice != nil:
		c.voice = r.voice
	default:
		t := normal.Of(e.Data.Text)
		c.voice = p.k.hear(e, &t, 0)
	}
	key := detect.AccountKey("ending\x00" + c.from.ID + "\x00" + e.Data.Conversation)
	old, open := p.k.endings.Get(key)
	goesOn := open && old.tail.Digits != "" && e.Time.UnixMilli()-old.at <= between.Milliseconds() && e.Time.UnixMilli() >= old.at
	switch {
	case goesOn:
		t := normal.Of(e.Data.Text)
		r = p.k.look(&t, regions, old.tail)
	case r == nil || !slices.Equal(r.regions, regions):
		t := normal.Of(e.Data.Text)
		r = p.k.look(&t, regions, extract.Tail{})
	}
	if open || r.tail.Digits != "" {
		p.k.endings.Put(key, ending{e.Time.UnixMilli(), r.tail})
	}
	for _, f := range r.finds {
		if f.Kind.Contact() {
			c.passed = append(c.passed, detect.Passed{Kind: f.Kind.String(), Masked: f.Masked, Ways: strings.Join(f.Operators.Names(), ", ")})
			p.claim(i, &f)
		}
	}
}

// claim notes a contact detail as a key that the sender uses, unless somebody who is written to uses it: then it is only repeated.
func (p *piece) claim(i int, f *extract.Find) {
	c, kind := &p.casts[i], f.Kind.String()
	h := heldKey{uint8(slices.Index(keyKinds[:], kind)), p.k.keyedHash(event.Key{Kind: kind, Value: f.Value})} //nolint:gosec // one of the kinds
	if s, ok := p.k.keys.Get(h.key); ok {
		for _, o := range c.to {
			if slices.Contains(s.names, o.ID) {
				return
			}
		}
	}
	if s := p.k.use(c.from.ID, detect.AccountKey(c.from.ID), h); s != nil {
		p.clued(&p.events[i], c.from.ID, h, s)
		p.linked(i, c.from.ID, h, s)
	}
}

// forget drops endings that nothing can follow any more.
func (k *Knowledge) forget() {
	k.endings.Drop(func(_ detect.Key, e ending) bool { return k.watermark-e.at > between.Milliseconds() })
}

func appendEnding(b []byte, e ending) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(e.at)) //nolint:gosec // the bits
	b = binary.LittleEndian.AppendUint16(b, uint16(e.tail.Operators))
	plus := byte(0)
	if e.tail.Plus {
		plus = 1
	}
	b = append(b, plus, byte(e.tail.Real), byte(len(e.tail.Digits))) //nolint:gosec // at most 15 digits
	return append(b, e.tail.Digits...)
}

func decodeEnding(b []byte) (ending, error) {
	r := detect.NewReader(b)
	e := ending{at: int64(r.U64()), tail: extract.Tail{Operators: extract.Operator(r.U16()), Plus: r.U8() == 1, Real: int(r.U8())}} //nolint:gosec // the bits
	e.tail.Digits = string(r.Take(int(r.U8())))
	if e.tail.Real > len(e.tail.Digits) || strings.Trim(e.tail.Digits, "0123456789") != "" {
		r.Fail()
	}
	return e, r.Err()
}
