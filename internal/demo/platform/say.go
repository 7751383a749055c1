package platform

import (
	"cmp"
	"math"
	"time"
)

// message is one message.sent before it is encoded.
type message struct {
	at       time.Time
	from     *person
	to       *person // or group
	group    *group
	relation string
	surface  string // dm where empty
	text     string // empty where the platform cannot read it
	lang     string // of the text; the sender's where empty
	media    []mediaData
	replyTo  string
}

// say emits a message and returns its id.
func (m *maker) say(r *random, msg message) string {
	d := messageData{From: msg.from.ID, Surface: msg.surface, Relation: msg.relation, Text: msg.text, Media: msg.media, ReplyTo: msg.replyTo}
	if d.Surface == "" {
		d.Surface = "dm"
	}
	if msg.group != nil {
		d.Group, d.Conversation, d.Surface = msg.group.id, msg.group.conversation, "group"
	} else {
		d.To, d.Conversation = []string{msg.to.ID}, m.conversation(msg.from, msg.to)
	}
	if d.Text != "" {
		d.Lang = cmp.Or(msg.lang, msg.from.Lang)
	}
	if r.chance(0.2) {
		d.IP = msg.from.ip4
	}
	return m.emit(msg.at, fromChat, "message.sent", d)
}

// someMedia makes up one media object. The digests are random: they belong to no file.
func (m *maker) someMedia(r *random, at time.Time) []mediaData {
	d := mediaData{ID: m.nextID("m"), SHA256: r.hex(32), UploadedAt: at.Truncate(time.Millisecond).Format(stamp)}
	switch n := r.IntN(10); {
	case n < 7:
		d.Kind, d.Mime, d.Bytes = "image", "image/jpeg", r.between(40_000, 4_000_000)
		d.MD5, d.PDQ, d.PDQQuality = r.hex(16), r.hex(32), r.between(50, 100)
	case n < 9:
		d.Kind, d.Mime, d.Bytes = "video", "video/mp4", r.between(500_000, 60_000_000)
	default:
		d.Kind, d.Mime, d.Bytes = "audio", "audio/ogg", r.between(10_000, 900_000)
	}
	return []mediaData{d}
}

// imageMedia is someMedia that always says "image".
func (m *maker) imageMedia(r *random, at time.Time) []mediaData {
	return []mediaData{{
		ID: m.nextID("m"), Kind: "image", Mime: "image/jpeg", Bytes: r.between(40_000, 4_000_000),
		SHA256: r.hex(32), PDQ: r.hex(32), PDQQuality: r.between(50, 100), UploadedAt: at.Truncate(time.Millisecond).Format(stamp),
	}}
}

// network says where a session comes from.
type network struct {
	device, ip, auth string
	place            *region
	recovery         bool
}

// session emits a session.started of an account on its own device and at its own place.
func (m *maker) session(r *random, p *person, at time.Time) {
	ip := p.ip6
	switch n := r.IntN(100); {
	case n < 22:
		ip = p.ip4
	case n < 36:
		ip = someIPv4(r)
	}
	auth := "token"
	if r.chance(0.2) {
		auth = pick(r, []string{"password", "passkey", "oauth"})
	}
	m.sessionFrom(r, p, at, network{device: p.device, ip: ip, auth: auth, place: p.home})
}

// sessionFrom emits a session.started from anywhere.
func (m *maker) sessionFrom(r *random, p *person, at time.Time, n network) {
	// 64496 to 64511 are the system numbers kept for documentation (RFC 5398).
	asn := 64496 + int(hash64(n.place.code)%16)
	m.emit(at, fromAccounts, "session.started", sessionData{
		Account: p.ID, Keys: []keyData{{Kind: "device", Value: n.device}, {Kind: "ip", Value: n.ip}},
		IP: n.ip, Port: r.between(1024, 65535), ASN: asn, Country: n.place.country, Region: n.place.code,
		UserAgent: p.agent, Auth: n.auth, RecoveryUsed: n.recovery,
	})
}

// sessions emits about one session a day for an account that lives no ordinary life.
func (m *maker) sessions(r *random, p *person, firstDay, lastDay int) {
	for d := firstDay; d <= lastDay; d++ {
		if r.chance(0.85) {
			m.session(r, p, m.moment(r, p, d))
		}
	}
}

// ask emits a contact.requested.
func (m *maker) ask(at time.Time, from, to *person, relation, surface, text string) {
	m.emit(at, fromSocial, "contact.requested", requestData{From: from.ID, To: to.ID, Surface: surface, Relation: relation, Text: text})
}

// answer emits what became of a request: accepted, declined or ignored.
func (m *maker) answer(at time.Time, asked, asker *person, what string) {
	m.emit(at, fromSocial, "contact."+what, answerData{From: asked.ID, To: asker.ID})
}

// block emits an account.blocked.
func (m *maker) block(at time.Time, by, account *person) {
	m.emit(at, fromSafety, "account.blocked", byData{By: by.ID, Account: account.ID})
}

// report emits an account.reported.
func (m *maker) report(at time.Time, by, account *person, reason string) {
	m.emit(at, fromSafety, "account.reported", reportData{By: by.ID, Account: account.ID, Reason: reason})
}

// view emits a profile.viewed.
func (m *maker) view(at time.Time, by, account *person) {
	m.emit(at, fromSocial, "profile.viewed", byData{By: by.ID, Account: account.ID})
}

// search emits a people.searched.
func (m *maker) search(at time.Time, by *person, filters map[string]string) {
	m.emit(at, fromSocial, "people.searched", searchData{By: by.ID, Filters: filters})
}

// payment is one payment.sent before it is encoded.
type payment struct {
	at               time.Time
	from, to         *person
	dollars          float64 // turned into the sender's currency
	instrument, note string
}

// pay emits a payment.sent.
func (m *maker) pay(p payment) {
	m.emit(p.at, fromPayments, "payment.sent", paymentData{
		From: p.from.ID, To: p.to.ID, Amount: m.amount(p.from, p.dollars), Currency: p.from.home.currency, Instrument: p.instrument, Note: p.note,
	})
}

// amount is a sum in an account's currency.
func (m *maker) amount(p *person, dollars float64) float64 {
	return math.Max(1, math.Round(dollars*p.home.unit))
}

// publish emits a post.published and remembers it for those who complain.
func (m *maker) publish(r *random, p *person, at time.Time, text string) {
	d := postData{Account: p.ID, Post: m.nextID("p"), Surface: "public", Text: text, Lang: p.Lang}
	if r.chance(0.4) {
		d.Media = m.someMedia(r, at)
	}
	d.URL = "https://chat.example/p/" + d.Post
	m.emit(at, fromPosts, "post.published", d)
	m.posts = append(m.posts, postRef{p, d.Post, at})
}

// list emits a listing.published.
func (m *maker) list(p *person, at time.Time, text string, dollars float64) {
	id := m.nextID("l")
	m.emit(at, fromPosts, "listing.published", listingData{
		Account: p.ID, Listing: id, Text: text, Lang: p.Lang, Place: p.home.city, URL: "https://chat.example/l/" + id,
		Price: &priceData{Amount: math.Max(1, math.Round(dollars*p.home.unit)), Currency: p.home.currency},
	})
}

// postRef is a post that exists.
type postRef struct {
	by *person
	id string
	at time.Time
}
