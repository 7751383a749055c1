package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// queuePageSize is how many cases a page of the queue shows.
const queuePageSize = 40

// queueFilter is what the person asked to see, as it stands in the address.
type queueFilter struct {
	queue, typology, status, priority string
	mine                              bool
	cursor                            string
}

// statusAll asks for every status; the empty one asks for the cases that wait for a person now.
const (
	statusAll    = "all"
	statusAsleep = "asleep" // those that are put off
)

// readFilter reads the address. A word that is none is left out, so that an old bookmark still shows something.
func readFilter(q url.Values) queueFilter {
	f := queueFilter{queue: q.Get("queue"), mine: q.Get("mine") == "1", cursor: q.Get("from")}
	if t := q.Get("typology"); slices.Contains(taxonomy.Typologies(), taxonomy.Typology(t)) {
		f.typology = t
	}
	if s := q.Get("status"); s == statusAll || s == statusAsleep || slices.Contains(casefile.Statuses(), casefile.Status(s)) {
		f.status = s
	}
	if p, ok := taxonomy.ParsePriority(q.Get("priority")); ok {
		f.priority = p.String()
	}
	return f
}

// filter is the question to the store.
func (f queueFilter) filter(person string, now time.Time) casefile.Filter {
	out := casefile.Filter{Queue: f.queue, Typology: taxonomy.Typology(f.typology), Cursor: f.cursor, Limit: queuePageSize, Now: now}
	switch f.status {
	case "":
		out.Statuses, out.Resting = casefile.OpenStatuses(), casefile.Awake
	case statusAsleep:
		out.Statuses, out.Resting = casefile.OpenStatuses(), casefile.Asleep
	case statusAll:
	default:
		out.Statuses = []casefile.Status{casefile.Status(f.status)}
	}
	if p, ok := taxonomy.ParsePriority(f.priority); ok {
		out.AtLeast = p
	}
	if f.mine {
		out.Claimant = person
	}
	return out
}

// url is the address of the same list with one thing changed; the place in the list starts again unless that is what changed.
func (f queueFilter) url(name, value string) string {
	q := url.Values{}
	for k, v := range map[string]string{"queue": f.queue, "typology": f.typology, "status": f.status, "priority": f.priority} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if f.mine {
		q.Set("mine", "1")
	}
	if q.Set(name, value); value == "" {
		q.Del(name)
	}
	if len(q) == 0 {
		return "/queue"
	}
	return "/queue?" + q.Encode()
}

// narrowed reports whether the person asked for less than everything that waits.
func (f queueFilter) narrowed() bool {
	f.cursor = ""
	return f != queueFilter{}
}

// queueRow is one case of the list.
type queueRow struct {
	casefile.Case
	why    string
	holder string // name of who holds the claim
	mine   bool
	of     string // name of whose case it is
}

// queueView is the page.
type queueView struct {
	filter queueFilter
	rows   []queueRow
	counts map[taxonomy.Priority]int
	next   string
}

// queue shows the open cases, most urgent first.
func (c *console) queue(w http.ResponseWriter, r *request) error {
	q := queueView{filter: readFilter(r.query)}
	f := q.filter.filter(r.person.ID, c.Now())
	cases, next, err := c.Cases.List(r.Context(), f)
	if err != nil {
		return err
	}
	f.AtLeast = taxonomy.PriorityNone
	if q.counts, err = c.Cases.Count(r.Context(), f); err != nil {
		return err
	}
	names, err := c.names(r.Context())
	if err != nil {
		return err
	}
	q.next = next
	for _, k := range cases {
		row := queueRow{Case: k, why: c.why(&k, r.lang)}
		if holder := k.Holder(c.Now()); holder != "" {
			row.holder, row.mine = names.of(holder), holder == r.person.ID
		}
		if k.Assignee != "" {
			row.of = names.of(k.Assignee)
		}
		q.rows = append(q.rows, row)
	}
	return c.render(w, r, http.StatusOK, queuePage(c.view(r, "queue.title"), q))
}

// why says in one sentence why a case is here: its strongest signal in words, or else the newest reason of the decision.
func (c *console) why(k *casefile.Case, lang string) string {
	if s := strongest(k.Signals); s != nil {
		if e := c.Explain(*s, lang); e.Why != "" {
			return e.Why
		}
	}
	if n := len(k.Reasons); n > 0 {
		return k.Reasons[n-1]
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
