package pipeline

import (
	"cmp"
	"slices"
	"time"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/detect/external"
	"haris/internal/detect/feedback"
	"haris/internal/detect/identity"
	"haris/internal/detect/inbound"
	"haris/internal/detect/media"
	"haris/internal/detect/payment"
	"haris/internal/detect/stage"
	"haris/internal/detect/template"
	"haris/internal/event"
	"haris/internal/extract"
	"haris/internal/rule"
	"haris/internal/state"
)

// Detectors lists the detectors of this build, in the order in which an account's state holds them. A new one is appended.
func Detectors() []detect.Detector {
	return []detect.Detector{
		contact.Selectivity{},
		contact.Acceptance{},
		feedback.Minors{},
		inbound.Inversion{},
		media.Known{},
		identity.Control{},
		identity.Cluster{},
		payment.Proceeds{},
		payment.Value{},
		contact.Persistence{},
		contact.Together{},
		stage.Progression{},
		stage.Recurrence{},
		template.Outreach{},
		contact.Exchange{},
		template.Advert{},
		identity.Partner{},
		contact.Visits{},
		external.Model{},
	}
}

// stepEvents is the greatest number of events of one step.
const stepEvents = 512

// Knowledge is everything that haris knows: a fold over the log, and nothing else. It is pure: no clock, no disk.
//
// Events are folded in steps. A step ends when event time moves to another minute, and after every sequence number that 512
// divides. What is counted about ordinary life is merged, and time that has come due is told, only between steps; rules see
// signals and labels as they stood when the step began. So the outcome is a function of the log: it depends neither on the
// number of workers nor on how the events were cut into batches.
type Knowledge struct {
	detectors []detect.Detector
	wants     map[detect.FactKind][]int // which detectors fold a kind of fact
	place     map[string]uint16         // of each detector, by name
	policy    decide.Policy
	ledger    decide.Ledger
	drawn     drawn
	workers   int
	keySecret []byte
	extractor *extract.Extractor
	model     *model            // in force; nil when none is
	models    map[string]*model // that were opened, by id
	readers   []reader          // of each worker

	directory state.Directory
	pairs     *state.Table[contact.Pair]
	accounts  *state.Table[*account]
	counters  *state.Table[*rule.CounterState]
	keys      *state.Table[*sharers]
	held      *state.Table[[]heldKey]
	pictures  *state.Table[*picture]
	purses    *state.Table[payment.Purse]  // of young accounts
	circles   *state.Table[contact.Circle] // the minors whom an account has approached
	courted   *state.Table[courted]        // who has approached a minor
	endings   *state.Table[ending]
	contacts  *state.Table[template.Crowd] // who advertises with a contact detail
	adverts   *state.Table[advertiser]     // how much of what is new an account has brought
	leaflets  *likes                       // texts of advertisements
	partners  *state.Table[[]clue]         // what partners say of a key
	opinions  *state.Table[opinion]        // of models of somebody else, by text
	openings  *likes                       // texts with which accounts that may be adults' begin talk with minors
	cohort    *state.Cohort
	pending   []*state.Delta // what each worker has counted in the step so far

	next      uint64 // sequence number of the next event
	minute    int64  // event time in minutes that the step stands at
	watermark int64  // greatest event time seen, Unix milliseconds
	day       int64  // event day of the last sweep
	began     int64  // event time of the first event, Unix milliseconds
	viewed    []detect.Key
	said      []said // what detectors said in the step, which the others are told when it ends
	due       dueHeap
	tally     Tally
	asked     share  // of texts, that models of somebody else were asked about
	trace     *Trace // of the fold under way; nil when nobody asked
}

// NewKnowledge returns the knowledge of an empty log. workers is how many goroutines fold (at least 1); keySecret keys the
// hashes of what accounts share.
func NewKnowledge(workers int, keySecret []byte) *Knowledge {
	k := &Knowledge{
		detectors: Detectors(), wants: map[detect.FactKind][]int{}, place: map[string]uint16{}, policy: decide.Default(), workers: max(workers, 1), keySecret: keySecret,
		extractor: extract.New(), directory: state.NewDirectory(), cohort: state.NewCohort(), next: 1,
	}
	k.pairs = state.NewTable("pair", state.Codec[contact.Pair]{
		Append: func(b []byte, p contact.Pair) []byte { return p.Append(b) }, Decode: contact.DecodePair,
	})
	k.accounts = state.NewTable("subject", state.Codec[*account]{Append: k.appendAccount, Decode: k.decodeAccount})
	k.counters = state.NewTable("counter", state.Codec[*rule.CounterState]{Append: appendCounter, Decode: decodeCounter})
	k.keys = state.NewTable("key", state.Codec[*sharers]{Append: appendSharers, Decode: decodeSharers})
	k.held = state.NewTable("held", state.Codec[[]heldKey]{Append: appendHeld, Decode: decodeHeld})
	k.pictures = state.NewTable("picture", state.Codec[*picture]{Append: appendPicture, Decode: decodePicture})
	k.purses = state.NewTable("purse", state.Codec[payment.Purse]{
		Append: func(b []byte, p payment.Purse) []byte { return p.Append(b) }, Decode: payment.DecodePurse,
	})
	k.circles = state.NewTable("circle", state.Codec[contact.Circle]{
		Append: func(b []byte, c contact.Circle) []byte { return c.Append(b) }, Decode: contact.DecodeCircle,
	})
	k.courted = state.NewTable("courted", state.Codec[courted]{Append: appendCourted, Decode: decodeCourted})
	k.endings = state.NewTable("ending", state.Codec[ending]{Append: appendEnding, Decode: decodeEnding})
	k.contacts = state.NewTable("contact", state.Codec[template.Crowd]{
		Append: func(b []byte, c template.Crowd) []byte { return c.Append(b) }, Decode: decodeCrowd,
	})
	k.partners = state.NewTable("partner", state.Codec[[]clue]{Append: appendClues, Decode: decodeClues})
	k.opinions = state.NewTable("opinion", state.Codec[opinion]{Append: appendOpinion, Decode: decodeOpinion})
	k.adverts = state.NewTable("advertiser", state.Codec[advertiser]{Append: appendAdvertiser, Decode: decodeAdvertiser})
	k.leaflets, k.openings = newLikes("leaflet", maxLikes), newLikes("opening", maxLikes)
	for i, d := range k.detectors {
		k.place[d.Info().Name] = uint16(i) //nolint:gosec // few
		for _, kind := range d.Info().Facts {
			k.wants[kind] = append(k.wants[kind], i)
		}
	}
	k.readers, k.models = make([]reader, k.workers), map[string]*model{}
	for range k.workers {
		k.pending = append(k.pending, k.cohort.Delta())
	}
	return k
}

// SetPolicy changes how what stands is weighed, from the next fold on. What was concluded stays.
func (k *Knowledge) SetPolicy(p decide.Policy) {
	k.policy = p
	if p.Budget != k.drawn.Budget {
		k.draw()
	}
}

// Next is the sequence number of the next event.
func (k *Knowledge) Next() uint64 { return k.next }

// Watermark is the greatest event time seen; zero before the first event.
func (k *Knowledge) Watermark() time.Time {
	if k.watermark == 0 {
		return time.Time{}
	}
	return time.UnixMilli(k.watermark).UTC()
}

// Fold takes in events, which carry the sequence numbers from Next on without a gap, and returns what follows from them. The
// events' texts may be kept by what follows. Models that the events bring into force must have been opened.
func (k *Knowledge) Fold(events []event.Event, set *rule.Set, tr *Trace) Effects {
	k.trace = tr
	defer func() { k.trace = nil }()
	out := Effects{Verdicts: make([]Verdict, len(events))}
	for at := 0; at < len(events); {
		n := k.stepPart(events[at:])
		if n == 0 { // event time has moved on: the step before is over
			k.endStep(&out)
			k.minute = minuteOf(&events[at])
			continue
		}
		if id, ok := modelUsed(&events[at]); ok {
			k.model = k.models[id]
		}
		p := &piece{k: k, set: set, events: events[at : at+n], verdicts: out.Verdicts[at : at+n], out: &out}
		p.run()
		at += n
		k.next = events[at-1].Seq + 1
		if (k.next-1)%stepEvents == 0 {
			k.endStep(&out)
		}
	}
	return out
}

func minuteOf(e *event.Event) int64 { return e.Time.Unix() / 60 }

// stepPart returns how many of the events belong to the step under way and are folded at once: a model is in force from the event on that
// says so.
func (k *Knowledge) stepPart(events []event.Event) int {
	for i := range events {
		if minuteOf(&events[i]) > k.minute {
			return i
		}
		if _, ok := modelUsed(&events[i]); ok && i > 0 {
			return i
		}
		if events[i].Seq%stepEvents == 0 {
			return i + 1
		}
	}
	return len(events)
}

// endStep merges what was counted, tells the time that has come due, and lets rules see what stands now.
func (k *Knowledge) endStep(out *Effects) {
	for _, d := range k.pending {
		k.cohort.Merge(d)
	}
	for _, key := range k.viewed {
		if a, ok := k.accounts.Get(key); ok && a.view != nil {
			a.view = nil
			k.accounts.Put(key, a)
		}
	}
	k.viewed = k.viewed[:0]
	k.tick(out)
	k.tell(out)
	if day := k.watermark / dayMillis; day > k.day {
		k.day = day
		k.cohort.Fade(day)
		k.draw()
		k.sweep()
	}
}

const dayMillis = 24 * 3600 * 1000

// keepPairs is how long a pair that is not seen any more is remembered, so that an old acquaintance is no new contact.
const keepPairs = 400 * 24 * time.Hour

// sweep forgets what can no longer matter.
func (k *Knowledge) sweep() {
	old := (k.watermark - keepPairs.Milliseconds()) / 1000
	k.pairs.Drop(func(_ detect.Key, p contact.Pair) bool { return p.Last() < old })
	now := k.Watermark()
	k.counters.Drop(func(_ detect.Key, c *rule.CounterState) bool { return c.Expired(now) })
	k.purses.Drop(func(_ detect.Key, p payment.Purse) bool { return p.Stale(k.watermark) })
	k.circles.Drop(func(_ detect.Key, c contact.Circle) bool { return c.Last() < old })
	k.courted.Drop(func(_ detect.Key, c courted) bool { return int64(c.last) < old })
	k.pictures.Drop(func(_ detect.Key, p *picture) bool { return k.watermark-p.last > floodTime.Milliseconds() })
	k.forget()
	k.forgetAdverts()
	k.forgetClues()
	k.forgetOpinions()
}

// tick tells every account whose time has come, in the order of time and key.
func (k *Knowledge) tick(out *Effects) {
	for {
		next, ok := k.due.pop(k.watermark)
		if !ok {
			return
		}
		key := next.key
		a, ok := k.accounts.Get(key)
		if !ok || a.due != next.at {
			continue
		}
		who := k.directory.Find(a.id)
		now := time.UnixMilli(a.due).UTC()
		for i, d := range k.detectors {
			if a.slots[i] == nil {
				continue
			}
			if t := d.Due(a.slots[i]); t.IsZero() || t.After(now) {
				continue
			}
			after, sig, spoke := d.Tick(a.slots[i], who, now, k.pending[0])
			a.slots[i] = after
			if spoke {
				k.judge(out, nil, finding{seq: k.next - 1, key: key, who: who, sig: &sig})
			}
		}
		k.schedule(key, a)
		k.accounts.Put(key, a)
	}
}

// schedule works out when time alone could next change an answer about the account.
func (k *Knowledge) schedule(key detect.Key, a *account) {
	was := a.due
	if a.due = k.dueOf(a); a.due != 0 && a.due != was {
		k.due.push(a.due, key)
	}
}

func (k *Knowledge) dueOf(a *account) int64 {
	var due int64
	for i, d := range k.detectors {
		if a.slots[i] == nil {
			continue
		}
		if t := d.Due(a.slots[i]); !t.IsZero() && (due == 0 || t.UnixMilli() < due) {
			due = t.UnixMilli()
		}
	}
	return due
}

// Size says how much is known.
type Size struct {
	Accounts, Profiles, Pairs, Counters, Keys, Cohorts int
}

// Size counts what is known.
func (k *Knowledge) Size() Size {
	return Size{
		Accounts: k.accounts.Len(), Profiles: k.directory.Table.Len(), Pairs: k.pairs.Len(), Counters: k.counters.Len(),
		Keys: k.keys.Len(), Cohorts: k.cohort.Len(),
	}
}

// dueHeap orders accounts by when they are due. An account may stand in it more than once; only its own due time counts.
type dueHeap struct{ list []dueAt }

type dueAt struct {
	at  int64
	key detect.Key
}

func (a dueAt) compare(b dueAt) int {
	return cmp.Or(cmp.Compare(a.at, b.at), slices.Compare(a.key[:], b.key[:]))
}

func (h *dueHeap) push(at int64, key detect.Key) {
	h.list = append(h.list, dueAt{at, key})
	for i := len(h.list) - 1; i > 0; {
		up := (i - 1) / 2
		if h.list[up].compare(h.list[i]) <= 0 {
			return
		}
		h.list[up], h.list[i] = h.list[i], h.list[up]
		i = up
	}
}

// pop takes the first account that is due by now.
func (h *dueHeap) pop(now int64) (first dueAt, ok bool) {
	if len(h.list) == 0 || h.list[0].at > now {
		return dueAt{}, false
	}
	first = h.list[0]
	last := len(h.list) - 1
	h.list[0] = h.list[last]
	h.list = h.list[:last]
	for i := 0; ; {
		low := i
		for c := 2*i + 1; c <= 2*i+2 && c < last; c++ {
			if h.list[c].compare(h.list[low]) < 0 {
				low = c
			}
		}
		if low == i {
			return first, true
		}
		h.list[i], h.list[low] = h.list[low], h.list[i]
		i = low
	}
}
