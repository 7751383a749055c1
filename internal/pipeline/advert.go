package pipeline

import (
	"encoding/binary"
	"slices"
	"strings"

	"haris/internal/detect"
	"haris/internal/detect/template"
	"haris/internal/event"
	"haris/internal/extract"
	"haris/internal/normal"
	"haris/internal/taxonomy"
	text "haris/internal/template"
)

// Bounds of what is taken from one advertisement, and of what is kept because of one account.
const (
	maxContacts    = 4
	leastTokens    = 8  // words and slots of a text that is compared with others
	newContacts    = 24 // of one account within 30 days
	newTexts       = 24
	advertiserDays = 30
)

// advertiser is how much of what is new an account has brought since a day: contact details and texts of advertisements, first messages. What it brings beyond the bounds is not kept, so that nobody
// can fill the memory, or drive others out of it, alone.
type advertiser struct {
	day                       uint32
	contacts, texts, openings uint8
}

// advertises reports whether an event is an advertisement or a public post, which may be one. Nobody's conversation is.
func advertises(e *event.Event) bool {
	switch e.Type {
	case event.ListingPublished:
		return true
	case event.PostPublished:
		return e.Data.Surface == taxonomy.SurfacePublic || e.Data.Surface == taxonomy.SurfaceListing
	}
	return false
}

// readAdvert looks through an advertisement. Only where it leads to a person elsewhere, its text is cut into tokens.
func (k *Knowledge) readAdvert(e *event.Event, regions []string) *reading {
	t := normal.Of(e.Data.Text)
	r := k.look(&t, regions, extract.Tail{})
	r.city = k.cityOf(e, r)
	if len(contactsIn(e, r)) == 0 {
		return r
	}
	spans := make([]text.Span, 0, len(r.finds))
	for _, f := range r.finds {
		spans = append(spans, text.Span{From: f.From, To: f.To, Kind: maskOf(f.Kind)})
	}
	r.tokens = text.Masked(e.Data.Text, spans)
	r.sketch = text.SketchTokens(r.tokens)
	return r
}

func maskOf(k extract.Kind) text.Kind {
	switch k {
	case extract.Phone:
		return text.Phone
	case extract.Email:
		return text.Mail
	case extract.Handle:
		return text.Handle
	case extract.Link:
		return text.Link
	case extract.Price:
		return text.Price
	}
	return text.Place
}

// cityOf is the city that an advertisement names: what the platform says, or else the first in the text.
func (k *Knowledge) cityOf(e *event.Event, r *reading) string {
	city := func(list []extract.Find) string {
		if i := slices.IndexFunc(list, func(f extract.Find) bool { return f.Kind == extract.Place }); i >= 0 {
			return list[i].Value
		}
		return ""
	}
	if e.Data.Place == "" {
		return city(r.finds)
	}
	t := normal.Of(e.Data.Place)
	finds, _ := k.extractor.Find(extract.Input{Text: &t})
	if known := city(finds); known != "" {
		return known
	}
	return strings.TrimSpace(t.Folded.String())
}

// contacted is one contact detail of an advertisement.
type contacted struct {
	kind, masked string
	key          event.Key
}

// contactsIn lists the contact details of an advertisement, those of the text first, each once.
func contactsIn(e *event.Event, r *reading) (out []contacted) {
	add := func(c contacted) {
		same := func(o contacted) bool { return o.key == c.key }
		if len(out) < maxContacts && !slices.ContainsFunc(out, same) {
			out = append(out, c)
		}
	}
	for i := range r.finds {
		if f := &r.finds[i]; f.Kind.Contact() {
			add(contacted{f.Kind.String(), f.Masked, event.Key{Kind: f.Kind.String(), Value: f.Value}})
		}
	}
	for _, key := range e.Data.Keys {
		if key.Kind == "phone" || key.Kind == "email" || key.Kind == "handle" {
			add(contacted{kind: key.Kind, key: key})
		}
	}
	return out
}

// advertised takes in an advertisement: it notes who uses its contact details and its text, and tells the account, and those with whom it
// shares them when they have become more.
func (p *piece) advertised(i int) {
	e, c := &p.events[i], &p.casts[i]
	if c.from == nil || !advertises(e) {
		return
	}
	r, regions := p.texts[i], regionsOf(c.from, nil)
	if r == nil || !slices.Equal(r.regions, regions) {
		r = p.k.readAdvert(e, regions)
	}
	list := contactsIn(e, r)
	if len(list) == 0 {
		if e.Type == event.ListingPublished && e.Data.Text == "" {
			p.known = append(p.known, advertFact(e, c.from, nil))
		}
		return
	}
	use := template.Use{Account: c.from.ID, Name: c.from.Persona, City: r.city, At: e.Time.UnixMilli()}
	who := p.k.advertiser(c.from.ID, e.Time.UnixMilli())
	a := &advertGroup{k: p.k, actor: c.from}
	a.contact(list, use, &who)
	a.text(r, use, &who)
	p.k.adverts.Put(detect.AccountKey(c.from.ID), who)
	a.tell(p, e, r.city)
}

func advertFact(e *event.Event, who *detect.Profile, a *detect.Advert) detect.Fact {
	return detect.Fact{
		Kind: detect.Advertised, Key: detect.AccountKey(who.ID), Seq: e.Seq, At: e.Time.UnixMilli(), Account: who, Other: &detect.Profile{},
		Surface: e.Data.Surface, Advert: a,
	}
}

func (k *Knowledge) advertiser(id string, at int64) advertiser {
	who, _ := k.adverts.Get(detect.AccountKey(id))
	day := uint32(max(at/dayMillis, 1)) //nolint:gosec // days
	if who.day == 0 || day >= who.day+advertiserDays {
		who = advertiser{day: day}
	}
	return who
}

// advertGroup is those with whom an advertisement has something in common.
type advertGroup struct {
	k       *Knowledge
	actor   *detect.Profile
	best    template.Crowd // of the contact detail that most accounts have
	texts   template.Crowd // of the text
	grown   bool           // one of the two has come to more accounts, names or cities
	leaflet detect.Leaflet
}

// contact notes the use of each contact detail.
func (a *advertGroup) contact(list []contacted, use template.Use, who *advertiser) {
	for _, c := range list {
		key := a.k.keyedHash(c.key)
		before, ok := a.k.contacts.Get(key)
		after := before.Add(use)
		if ok || who.contacts < newContacts {
			if !ok {
				who.contacts++
			}
			a.k.contacts.Put(key, after)
		}
		n := after.Crowded()
		a.grown = a.grown || more(before.Crowded(), n)
		if n.Accounts > a.best.Crowded().Accounts || n.Accounts == a.best.Crowded().Accounts && n.Cities > a.best.Crowded().Cities {
			a.best = after
		}
		if c.masked == "" {
			c.masked = mark(key)
		}
		a.leaflet.Contacts = append(a.leaflet.Contacts, detect.LeafletContact{
			Kind: c.kind, Masked: c.masked, Accounts: n.Accounts, Names: n.Names, Cities: n.Cities,
		})
	}
}

func more(before, after detect.Crowded) bool {
	return after.Accounts > before.Accounts || after.Names > before.Names || after.Cities > before.Cities
}

// text notes the use of the text.
func (a *advertGroup) text(r *reading, use template.Use, who *advertiser) {
	if r.sketch.Words < leastTokens {
		return
	}
	l := a.k.leaflets
	f := l.find(&r.sketch)
	if f != nil {
		form, ok := f.form.Join(r.tokens)
		if f.form = form; !ok {
			f = nil
		}
	}
	if f == nil {
		if who.texts >= newTexts {
			return
		}
		who.texts++
		f = l.add(&r.sketch, text.FormOf(r.tokens), use.At)
	}
	before := f.crowd.Crowded()
	f.crowd = f.crowd.Add(use)
	l.put(f)
	a.texts = f.crowd
	a.grown = a.grown || more(before, f.crowd.Crowded())
	shown, slots := f.form.Show()
	a.leaflet.Text = shown
	for _, s := range slots {
		a.leaflet.Slots = append(a.leaflet.Slots, detect.LeafletSlot{Kind: s.Kind.String(), Ways: s.Ways})
	}
}

// tell tells the account that advertised, and the others of the group when it has grown to a size that matters.
func (a *advertGroup) tell(p *piece, e *event.Event, city string) {
	contact, texts := a.best.Crowded(), a.texts.Crowded()
	matters := max(contact.Accounts, contact.Names, contact.Cities, texts.Accounts) >= leastTold
	people := a.best.People()
	for _, id := range a.texts.People() {
		if !slices.Contains(people, id) {
			people = append(people, id)
		}
	}
	ages, young := a.ages(people), a.young()
	a.leaflet.Cities = a.best.Cities()
	for _, id := range people {
		own := id == a.actor.ID
		if !own && (!matters || !a.grown) {
			continue
		}
		who := a.k.directory.Find(id)
		if own {
			who = a.actor
		}
		adv := &detect.Advert{Own: own, Ages: ages, Acted: a.acted(id)}
		if own {
			adv.City = city
		}
		if slices.Contains(a.best.People(), id) {
			adv.Contact, adv.Young = contact, young
		}
		if slices.Contains(a.texts.People(), id) {
			adv.Text = texts
		}
		if own || matters {
			leaflet := a.leaflet
			adv.Leaflet, adv.Accounts = &leaflet, a.others(id)
		}
		p.known = append(p.known, advertFact(e, who, adv))
	}
}

// leastTold is from how many accounts, names or cities on the others of a group are told of it.
const leastTold = 3

func (a *advertGroup) ages(people []string) (out detect.Ages) {
	for _, id := range people {
		switch band := a.k.directory.Find(id).Band; {
		case band.Minor():
			out.Minors++
		case band == taxonomy.Age18to24:
			out.Young++
		case band == taxonomy.AgeUnknown:
			out.Unsaid++
		}
	}
	out.All = len(people)
	return out
}

// others are the accounts with which one shares the contact detail, or the text where it shares no contact detail.
func (a *advertGroup) others(id string) []string {
	with := a.best.People()
	if len(with) < 2 || !slices.Contains(with, id) {
		with = a.texts.People()
	}
	return slices.DeleteFunc(slices.Clone(with), func(o string) bool { return o == id })
}

// young counts the minors with the contact detail, and their regions.
func (a *advertGroup) young() (out detect.Young) {
	regions := map[string]bool{}
	for _, id := range a.best.People() {
		if p := a.k.directory.Find(id); p.Band.Minor() {
			out.Accounts++
			regions[p.Region] = true
		}
	}
	delete(regions, "")
	out.Regions = max(len(regions), min(out.Accounts, 1))
	return out
}

// acted counts the accounts with the contact detail, other than one, upon which the platform acted.
func (a *advertGroup) acted(but string) (n int) {
	for _, id := range a.best.People() {
		if id != but && a.k.directory.Find(id).Acted {
			n++
		}
	}
	return n
}

// forgetAdverts drops what nobody has used for as long as a crowd is remembered.
func (k *Knowledge) forgetAdverts() {
	old := k.watermark/1000 - int64(template.CrowdTime.Seconds())
	k.contacts.Drop(func(_ detect.Key, c template.Crowd) bool { return c.Last() < old })
	k.adverts.Drop(func(_ detect.Key, a advertiser) bool { return int64(a.day)*86400 < old-86400 })
	k.leaflets.sweep(k.watermark)
	k.openings.sweep(k.watermark)
}

func decodeCrowd(b []byte) (template.Crowd, error) {
	r := detect.NewReader(b)
	c := template.ReadCrowd(r)
	return c, r.Err()
}

func appendAdvertiser(b []byte, a advertiser) []byte {
	return append(binary.LittleEndian.AppendUint32(b, a.day), a.contacts, a.texts, a.openings)
}

func decodeAdvertiser(b []byte) (advertiser, error) {
	r := detect.NewReader(b)
	a := advertiser{r.U32(), r.U8(), r.U8(), r.U8()}
	if a.contacts > newContacts || max(a.texts, a.openings) > newTexts {
		r.Fail()
	}
	return a, r.Err()
}
