package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/exposure"
	"haris/internal/taxonomy"
)

// queuePageSize is how many cases a page of the queue shows.
const queuePageSize = 40

// The bounds up to which cases are counted: by priority, and on the badge of a queue.
const (
	countsTo = 1000
	badgeTo  = 99
)

// queueFilter is what the person asked to see: a queue, or what stands in the address.
type queueFilter struct {
	id     string // of a saved queue
	saved  casefile.Queue
	narrow casefile.Narrow
	cursor string
}

// queueFields are the names that a filter has in an address and in forms.
func queueFields() []string {
	return []string{"queue", "typology", "status", "priority", "detector", "label", "who", "mine", "days"}
}

// readFilter reads the address or a form. A word that is none is left out, so that an old bookmark still shows something.
func readFilter(q url.Values) queueFilter {
	f := queueFilter{id: q.Get("q"), cursor: q.Get("from"), narrow: casefile.Narrow{
		Queue: q.Get("queue"), Detector: q.Get("detector"), Label: q.Get("label"), Held: q.Get("mine") == "1",
	}}
	n := &f.narrow
	if t := taxonomy.Typology(q.Get("typology")); slices.Contains(taxonomy.Typologies(), t) {
		n.Typology = t
	}
	if s := q.Get("status"); s == casefile.NarrowAll || s == casefile.NarrowAsleep || slices.Contains(casefile.Statuses(), casefile.Status(s)) {
		n.Status = s
	}
	if p, ok := taxonomy.ParsePriority(q.Get("priority")); ok {
		n.AtLeast = p
	}
	if w := casefile.Who(q.Get("who")); w == casefile.OfMine || w == casefile.OfNobody {
		n.Who = w
	}
	if d, err := strconv.Atoi(q.Get("days")); err == nil && slices.Contains(queueAges(), d) {
		n.Days = d
	}
	return f
}

// queueAges are the ages of cases that the form offers, in days.
func queueAges() []int { return []int{1, 3, 7, 30} }

// value is a field of the filter as it stands in an address.
func (f queueFilter) value(field string) string {
	n := &f.narrow
	switch field {
	case "queue":
		return n.Queue
	case "typology":
		return string(n.Typology)
	case "status":
		return n.Status
	case "priority":
		if n.AtLeast != taxonomy.PriorityNone {
			return n.AtLeast.String()
		}
	case "detector":
		return n.Detector
	case "label":
		return n.Label
	case "who":
		return string(n.Who)
	case "mine":
		if n.Held {
			return "1"
		}
	case "days":
		if n.Days > 0 {
			return strconv.Itoa(n.Days)
		}
	}
	return ""
}

// url is the address of the same list with one thing changed; the place in the list starts again unless that is what changed. A queue
// that is narrowed further is no saved one any more.
func (f queueFilter) url(name, value string) string {
	q := url.Values{}
	if f.id != "" && (name == "from" || name == "") {
		q.Set("q", f.id)
	} else {
		for _, field := range queueFields() {
			if v := f.value(field); v != "" {
				q.Set(field, v)
			}
		}
	}
	if q.Set(name, value); value == "" {
		q.Del(name)
	}
	if len(q) == 0 {
		return "/queue"
	}
	return "/queue?" + q.Encode()
}

// saveURL is the page on which the filter is kept as a queue.
func (f queueFilter) saveURL() string {
	f.id = ""
	return "/queues" + strings.TrimPrefix(f.url("", ""), "/queue")
}

// narrowed reports whether the person asked for less than everything that waits.
func (f queueFilter) narrowed() bool { return f.narrow != casefile.Narrow{} }

// queueRow is one case of the list.
type queueRow struct {
	casefile.Case
	why    string
	holder string // name of who holds the claim
	mine   bool
	of     string // name of whose case it is
	// due is by when it must be looked at, zero for no limit; ofQueue says that this is the limit of the queue that is shown.
	due     time.Time
	ofQueue bool
	spared  bool // who looks rests from cases of this kind
}

// queueBadge is a saved queue with how many cases are in it, and how many of them are past its time limit, if it has one.
type queueBadge struct {
	casefile.Queue
	count, late int
}

// queueView is the page.
type queueView struct {
	filter   queueFilter
	rows     []queueRow
	counts   map[taxonomy.Priority]int
	next     string
	queues   []queueBadge
	unchosen bool             // something was to be done with chosen cases, and none is
	unread   int              // notes to whoever looks
	nothing  string           // where the next case was asked for and none is free: nothingHere or nothingRound
	left     int              // cases that were left out because who looks rests from their kind
	round    []casefile.Queue // out of which the next case is taken when nothing is chosen
}

// resolve puts the filter of the saved queue in place of what stands in the address. A queue that the person may not see is not there.
func (c *console) resolve(r *request, f *queueFilter) error {
	if f.id == "" {
		return nil
	}
	list, err := c.Queues.Queues(r.Context(), r.person.ID, roleNames(&r.person))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(q casefile.Queue) bool { return q.ID == f.id })
	if i < 0 {
		return casefile.ErrNoQueue
	}
	f.saved, f.narrow = list[i], list[i].Narrow
	return nil
}

// roleNames are the roles of a person as queues name them.
func roleNames(p *auth.Person) (out []string) {
	for _, r := range p.Roles {
		out = append(out, string(r))
	}
	return out
}

// queue shows the open cases, most urgent first.
func (c *console) queue(w http.ResponseWriter, r *request) error {
	q := queueView{filter: readFilter(r.query), nothing: r.query.Get("nothing"), unchosen: r.query.Get("chosen") == "none", left: leftOf(r)}
	if err := c.resolve(r, &q.filter); err != nil {
		return err
	}
	f := q.filter.narrow.Filter(r.person.ID, c.Now())
	f.Cursor, f.Limit = q.filter.cursor, queuePageSize
	cases, next, err := c.Cases.List(r.Context(), f)
	if err != nil {
		return err
	}
	q.next = next
	f.AtLeast, f.CountTo = taxonomy.PriorityNone, countsTo
	if q.counts, err = c.Cases.Count(r.Context(), f); err != nil {
		return err
	}
	if q.queues, err = c.badges(r, q.filter.id, false); err != nil {
		return err
	}
	if q.rows, err = c.queueRows(r, cases, &q.filter.saved); err != nil {
		return err
	}
	if q.filter.id == "" && !q.filter.narrowed() && r.person.Can(auth.CaseClaim) {
		if q.round, err = c.workedRound(r); err != nil {
			return err
		}
	}
	if q.unread, err = c.Coaching.Unread(r.Context(), r.person.ID); err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, queuePage(c.view(r, "queue.title"), q))
}

// badges counts the cases of the person's queues, and those that are late in the queue that is shown or, since that takes longer, with late in all.
func (c *console) badges(r *request, shown string, late bool) (out []queueBadge, err error) {
	list, err := c.Queues.Queues(r.Context(), r.person.ID, roleNames(&r.person))
	if err != nil {
		return nil, err
	}
	for i := range list {
		b := queueBadge{Queue: list[i]}
		if b.count, err = c.Cases.Total(r.Context(), b.Narrow.Filter(r.person.ID, c.Now()), badgeTo); err != nil {
			return nil, err
		}
		if b.Limit > 0 && (late || b.ID == shown) {
			if b.late, err = c.Cases.Total(r.Context(), b.Late(r.person.ID, c.Now()), badgeTo); err != nil {
				return nil, err
			}
		}
		out = append(out, b)
	}
	return out, nil
}

// queueRows are the lines of cases in a list, with their time as the queue counts it.
func (c *console) queueRows(r *request, cases []casefile.Case, of *casefile.Queue) (out []queueRow, err error) {
	names, err := c.names(r.Context())
	if err != nil {
		return nil, err
	}
	rests, err := c.rotations(r)
	if err != nil {
		return nil, err
	}
	for _, k := range cases {
		row := queueRow{Case: k, why: c.why(&k, r.lang)}
		row.due, row.ofQueue = of.Due(&k)
		row.spared = exposure.Sparing(rests, k.Typology, c.Now()) != nil
		if holder := k.Holder(c.Now()); holder != "" {
			row.holder, row.mine = names.of(holder), holder == r.person.ID
		}
		if k.Assignee != "" {
			row.of = names.of(k.Assignee)
		}
		out = append(out, row)
	}
	return out, nil
}

// why says in one sentence why a case is here: its strongest signal in words, or else the newest reason of the decision, or who split
// it from another.
func (c *console) why(k *casefile.Case, lang string) string {
	if s := strongest(k.Signals); s != nil {
		if e := c.explain(s, lang); e.Why != "" {
			return e.Why
		}
	}
	if n := len(k.Reasons); n > 0 {
		return k.Reasons[n-1]
	}
	if k.From != "" {
		return c.words[lang].T("split.why")
	}
	return ""
}

// strongest returns the signal that weighs most; one that stands without statistics weighs more than any that does not.
func strongest(signals []detect.Signal) (best *detect.Signal) {
	for i := range signals {
		s := &signals[i]
		if s.Unscanned == "" && (best == nil || heavier(s, best)) {
			best = s
		}
	}
	return best
}

func heavier(a, b *detect.Signal) bool {
	if a.Hard != b.Hard {
		return a.Hard
	}
	return a.Strength > b.Strength
}

// names maps the ids of people to their names.
type names map[string]string

func (c *console) names(ctx context.Context) (names, error) {
	people, err := c.Auth.People(ctx)
	if err != nil {
		return nil, err
	}
	out := names{}
	for _, p := range people {
		out[p.ID] = p.Name
	}
	return out, nil
}

// of returns a person's name; what is no person of ours (haris itself, a key) is shown as it stands.
func (n names) of(id string) string {
	if name, ok := n[id]; ok {
		return name
	}
	return id
}
