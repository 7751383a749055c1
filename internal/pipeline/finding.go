package pipeline

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/casefile"
	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/rule"
	"haris/internal/taxonomy"
)

// finding is one thing that was found about one account: a detector's signal, or a rule that fired.
type finding struct {
	seq   uint64
	key   detect.Key      // of the account that a signal is about
	who   *detect.Profile // as of the event; nil when nobody is known
	sig   *detect.Signal
	hit   *rule.Hit
	event *event.Event // of a hit
	place int          // of a hit: the event's place in the piece
}

// compare orders what was found at one event: signals before hits, signals by account and detector; hits stay as they came.
func (f finding) compare(g finding) int {
	switch {
	case f.sig != nil && g.sig != nil:
		return cmp.Or(cmp.Compare(f.sig.Subject, g.sig.Subject), cmp.Compare(f.sig.Detector, g.sig.Detector))
	case f.sig != nil:
		return -1
	case g.sig != nil:
		return 1
	}
	return 0
}

// Effects is what follows from folded events. Nothing has happened yet: the caller writes it all in one transaction.
type Effects struct {
	Decisions []Decision // in the order of the log
	Verdicts  []Verdict  // of each event
	// Candidates are accounts that a model of somebody else may be asked about, in the order of the log; one may stand there several times.
	Candidates []Candidate
}

// Decision is what was concluded about one account, with what to do beyond the case.
type Decision struct {
	Matter   casefile.Matter
	Friction []Friction
	Notify   []string // whom the rules want told
	Total    float64  // sum of the fusion that led to it, before any rule

	seq  uint64 // of the event at which it was concluded
	rule string // that led to it, if one did
}

// Friction is one reversible action that a rule asks the platform for.
type Friction struct {
	Key     string        `json:"key"` // identity of the effect
	Rule    string        `json:"rule"`
	Action  string        `json:"action"`
	Subject string        `json:"subject"`
	Item    string        `json:"item,omitempty"`
	For     time.Duration `json:"for"`
	Reason  string        `json:"reason"`
}

// Tally counts what was found since the process began.
type Tally struct {
	Signals  map[string]int // by detector
	Hits     map[string]int // by rule, shadow hits too
	Degraded map[string]int // by rule: hits over their quota
	Known    map[string]int // by bank and what came of it: match, shadow, vetoed
}

// Tally returns what was found since the knowledge was made.
func (k *Knowledge) Tally() Tally { return k.tally }

func bump(m *map[string]int, name string) {
	if *m == nil {
		*m = map[string]int{}
	}
	(*m)[name]++
}

// judge takes one finding: it changes what stands about the account and decides whether a person must look.
func (k *Knowledge) judge(out *Effects, p *piece, f finding) {
	k.trace.finding(f)
	if f.sig != nil {
		bump(&k.tally.Signals, f.sig.Detector)
		if k.policy.Of(f.sig.Detector).Mode == taxonomy.ModeShadow {
			return
		}
		a := k.stand(f.key, f.sig.Subject)
		f.sig.Subject = a.id
		k.peaked(a.standing, f.sig, f.who)
		if a.standing.Take(*f.sig) {
			k.conclude(out, conclusion{account: a, who: f.who, at: f.sig.At, seq: f.seq})
		}
		k.retell(f)
		return
	}
	k.judgeHit(out, p, f)
}

// stand returns the account whose standing is about to change; rules go on seeing what stood before until the step ends.
func (k *Knowledge) stand(key detect.Key, id string) *account {
	a, ok := k.accounts.Get(key)
	if !ok {
		a = &account{id: strings.Clone(id), slots: make([]detect.State, len(k.detectors))}
	}
	if a.view == nil {
		a.view = viewOf(a.standing)
		k.viewed = append(k.viewed, key)
	}
	if a.standing == nil {
		a.standing = &decide.Standing{}
	}
	k.accounts.Put(key, a)
	return a
}

// judgeHit takes a rule that fired. A shadow hit is counted and nothing else.
func (k *Knowledge) judgeHit(out *Effects, p *piece, f finding) {
	h := *f.hit
	bump(&k.tally.Hits, h.Rule)
	if h.Mode != taxonomy.ModeEnforce || h.Subject == "" {
		return
	}
	if quota, ok := h.Quota(f.event.Time); ok && h.OverQuota(k.foldCounter(quota)) {
		bump(&k.tally.Degraded, h.Rule)
		h = h.Degraded()
	}
	p.verdict(f.place, &h)
	a := k.stand(detect.AccountKey(h.Subject), h.Subject)
	for _, l := range h.Effects.Labels {
		a.standing.Label(l)
	}
	c := conclusion{account: a, who: f.who, at: f.event.Time, seq: f.seq, hit: &h}
	if sig, ok := h.Signal(f.event); ok {
		sig.Subject = a.id // what stands must not hold on to the event's text
		for i := range sig.Others {
			sig.Others[i] = strings.Clone(sig.Others[i])
		}
		a.standing.Take(sig)
	} else if h.Effects.OpenCase || h.Effects.Friction != nil {
		c.extra = &detect.Signal{
			Detector: h.Rule, Version: h.Version, Family: taxonomy.FamilyExternal, Typology: typologyOf(&h), Subject: h.Subject,
			At: f.event.Time, From: f.event.Time, Events: []uint64{f.seq}, Says: h.Why,
		}
	}
	if fr := h.Effects.Friction; fr != nil {
		c.friction = friction(&h, f)
	}
	k.conclude(out, c)
}

func typologyOf(h *rule.Hit) taxonomy.Typology {
	if h.Effects.Typology == "" {
		return taxonomy.TypologyUnknown
	}
	return h.Effects.Typology
}

// verdict joins a hit to the verdict on its event: the strictest counts, every reason is said.
func (p *piece) verdict(place int, h *rule.Hit) {
	v := h.Effects.Verdict
	if v == "" {
		return
	}
	all := taxonomy.Verdicts()
	out := &p.verdicts[place]
	if slices.Index(all, v) > slices.Index(all, out.Verdict) {
		out.Verdict = v
	}
	out.Reasons = append(out.Reasons, Reason{Rule: h.Rule, Why: h.Why})
}

func friction(h *rule.Hit, f finding) *Friction {
	fr := h.Effects.Friction
	out := &Friction{
		Key: effectKey("friction", h.Rule, h.Subject, strconv.FormatUint(f.seq, 10)), Rule: h.Rule, Action: fr.Action, For: fr.For, Reason: h.Why,
		Subject: f.event.Actor(), Item: cmp.Or(f.event.Data.Post, f.event.Data.Listing, f.event.Data.Content, f.event.Data.Message),
	}
	if fr.On == rule.SideTo {
		out.Subject = h.Other
		if h.Subject != f.event.Actor() {
			out.Subject = h.Subject
		}
	}
	return out
}

// conclusion is a changed standing about which must be decided.
type conclusion struct {
	account  *account
	who      *detect.Profile
	at       time.Time
	seq      uint64
	hit      *rule.Hit      // that changed it, when it was one
	extra    *detect.Signal // a hit that does not join the fusion, to be shown on its case
	friction *Friction
}

// conclude fuses what stands, for each typology that it speaks of, and decides whether to open or grow a case.
func (k *Knowledge) conclude(out *Effects, c conclusion) {
	s := c.account.standing
	s.Expire(c.at)
	types := s.Typologies()
	forced := taxonomy.Typology("")
	if c.extra != nil || c.hit != nil && c.hit.Effects.OpenCase {
		forced = typologyOf(c.hit)
		if forced == taxonomy.TypologyUnknown && len(types) > 0 {
			forced = types[0]
		}
		if !slices.Contains(types, forced) {
			types = append(types, forced)
		}
	}
	policy := k.weighing()
	for _, t := range types {
		f := policy.FuseAgainst(s, t, c.who, c.at, k.ordinary(c.who))
		if c.hit != nil && t == typologyOf(c.hit) {
			f.Priority = max(f.Priority, c.hit.Effects.Priority)
		}
		k.trace.fusion(f)
		k.candidate(out, &c, &f)
		news := policy.News(s, f, c.at)
		if news {
			s.SetCounted(t, k.ledger.Note(c.at.UnixMilli()/dayMillis, s.Counted(t), &f))
		}
		switch {
		case t == forced:
			out.Decisions = append(out.Decisions, k.decision(f, c, true))
		case news && f.Priority >= taxonomy.P2:
			out.Decisions = append(out.Decisions, k.decision(f, c, false))
		}
	}
	k.accounts.Put(detect.AccountKey(c.account.id), c.account)
}

// decision writes down what was concluded. A forced one, asked for by a rule, opens a case at least to be watched.
func (k *Knowledge) decision(f decide.Fusion, c conclusion, forced bool) Decision {
	m := casefile.Matter{
		Subject: c.account.id, Typology: f.Typology, Priority: f.Priority, Queue: string(f.Typology), Signals: f.Signals,
		Linked: grouped(c.account.id, f.Signals), Labels: slices.Clone(c.account.standing.Labels), At: c.at, Reasons: append([]string{reason(f)}, formed(f)...),
		Key:   effectKey("matter", c.account.id, string(f.Typology), strconv.FormatUint(c.seq, 10), strconv.FormatInt(c.at.UnixMilli(), 10)),
		About: about(c.who),
	}
	d := Decision{seq: c.seq, Total: f.Total}
	if c.hit != nil {
		m.Key += "/" + c.hit.Rule
		m.Reasons = append(m.Reasons, c.hit.Why)
		d.Notify, d.rule = c.hit.Effects.Notify, c.hit.Rule
	}
	if k.policy.Digest != "" {
		m.Reasons = append(m.Reasons, fmt.Sprintf("Weights in force: %.12s.", k.policy.Digest))
	}
	for _, c := range f.Cuts {
		m.Reasons = append(m.Reasons, fmt.Sprintf("%s counts at most %.1f: of about %.0f accounts of this age that it follows, about %.0f look as unusual.", c.Detector, c.Most, c.Ordinary.Of, c.Ordinary.Hits))
	}
	if line, ok := k.Line(); ok {
		m.Reasons = append(m.Reasons, fmt.Sprintf("A sum of %.1f brings a matter before a person now, by the budget of %g a day.", line, k.policy.Budget))
	}
	if forced {
		m.Priority = max(m.Priority, taxonomy.P3)
		if c.extra != nil {
			m.Signals = append(m.Signals, *c.extra)
		}
		if q := c.hit.Effects.Queue; q != "" {
			m.Queue = q
		}
		if c.friction != nil {
			d.Friction = []Friction{*c.friction}
		} else { // the same rule about the same account is told once a day
			m.Key = effectKey("rule", c.hit.Rule, c.account.id, string(f.Typology), c.at.UTC().Format(time.DateOnly))
		}
	}
	d.Matter = m
	return d
}

// maxGroup bounds the accounts that a decision names as one group with its subject.
const maxGroup = 40

// grouped lists the accounts that signals name as one group with their subject, each once.
func grouped(subject string, signals []detect.Signal) (out []string) {
	for i := range signals {
		s := &signals[i]
		for _, id := range s.Others {
			if s.Group && s.Unscanned == "" && id != subject && !slices.Contains(out, id) && len(out) < maxGroup {
				out = append(out, id)
			}
		}
	}
	return out
}

// about is what is known of the account; nil when nothing is.
func about(p *detect.Profile) *casefile.About {
	if p == nil {
		return nil
	}
	a := casefile.About{Region: p.Region, Lang: p.Lang}
	if p.Band != taxonomy.AgeUnknown {
		a.Band = p.Band.String()
	}
	if a == (casefile.About{}) {
		return nil
	}
	return &a
}

// reason says in one sentence how the priority came about.
func reason(f decide.Fusion) string {
	switch {
	case f.Urgent == decide.TakenAndVisited:
		return fmt.Sprintf("The account has passed into other hands and strangers have turned to it: %s.", f.Priority)
	case f.Urgent == decide.Coercion:
		return fmt.Sprintf("A young account paid within an hour of media that went both ways, and not only once: %s.", f.Priority)
	case f.Hard:
		return fmt.Sprintf("A fact that stands without statistics makes this %s.", f.Priority)
	}
	n := 0
	for _, e := range f.Families {
		if e > 0 {
			n++
		}
	}
	out := fmt.Sprintf("%d kinds of evidence add up to %.1f: %s.", n, f.Total, f.Priority)
	if n == 1 {
		out = fmt.Sprintf("One kind of evidence weighs %.1f: %s.", f.Total, f.Priority)
	}
	if f.Priority == taxonomy.PriorityNone {
		out = fmt.Sprintf("The evidence weighs %.1f; a rule asks for a person.", f.Total)
	}
	if f.Guarded {
		out += " Lowered by one step because the account's role ordinarily reaches many young people."
	}
	return out
}

// formed says what of trafficking the evidence speaks of.
func formed(f decide.Fusion) (out []string) {
	for _, form := range f.Forms {
		switch form {
		case decide.Control:
			out = append(out, "The evidence speaks of control over the account or over those linked with it.")
		case decide.Buyers:
			out = append(out, "The evidence speaks of buyers who come to the account.")
		case decide.Collecting:
			out = append(out, "The evidence speaks of somebody who collects what young accounts receive.")
		case decide.Offering:
			out = append(out, "The evidence speaks of advertisements that several accounts share, or that go from city to city.")
		}
	}
	return out
}

// effectKey joins what caused an effect to its identity.
func effectKey(kind string, parts ...string) string {
	out := kind
	for _, p := range parts {
		out += "/" + strconv.Itoa(len(p)) + ":" + p
	}
	return out
}
