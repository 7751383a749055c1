package learn

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"time"

	"haris/internal/casefile"
	"haris/internal/detect/stat"
	"haris/internal/measure"
	"haris/internal/taxonomy"
)

// The bounds of alarms.
const (
	Recent      = 30 * 24 * time.Hour
	leastRecent = 10  // judged cases of the recent period, and of the one before, without which nothing is compared
	leastShape  = 20  // strengths of either period
	alarmP      = .01 // chance at which a fall of precision is told
	alarmShift  = .25 // population stability index from which strengths have moved (a rule of thumb of credit scoring)
	shapeBins   = 5   // by the quantiles of the earlier period
	half        = .5  // added to each bin, so that an empty one does not weigh without end
)

// Row is what people have found about the cases that one detector or rule has spoken in. A case that was reopened counts by how it ended: an
// appeal that was won is a case that was cleared. A case without a final finding is unsure and counts for nothing.
type Row struct {
	Name      string            `json:"name"`
	Rule      bool              `json:"rule"`               // else a detector
	Typology  taxonomy.Typology `json:"typology,omitempty"` // empty for all
	Unsure    int               `json:"unsure"`
	Precision measure.Share     `json:"precision"`       // confirmed, of those confirmed or cleared
	Now       measure.Share     `json:"now"`             // of the recent period
	Before    measure.Share     `json:"before"`          // of the time before it
	P         *float64          `json:"p,omitempty"`     // chance of so few confirmed now, were nothing changed; nil with too few cases
	Shift     *float64          `json:"shift,omitempty"` // population stability index of strengths; nil with too few cases
	Fallen    bool              `json:"fallen"`          // precision has fallen
	Moved     bool              `json:"moved"`           // strengths are distributed otherwise
}

// key is what a row is about.
type key struct {
	name     string
	typology taxonomy.Typology
}

// tally counts for one row.
type tally struct {
	confirmed, judged [2]int // before and now
	unsure            int
	strengths         [2][]float64
}

var detectorName = regexp.MustCompile(`^D[0-9]+$`)

// Precision counts, case by case, what people found of each detector and rule. The zero value is not ready: NewPrecision.
type Precision struct {
	now time.Time
	by  map[key]*tally
}

// NewPrecision counts as of a moment.
func NewPrecision(now time.Time) *Precision { return &Precision{now, map[key]*tally{}} }

// Add counts a case.
func (p *Precision) Add(c *casefile.Case) {
	verdict, at := verdictOf(c)
	period := 0
	if p.now.Sub(at) < Recent {
		period = 1
	}
	for _, s := range c.Spoken() {
		for _, k := range []key{{s.Detector, ""}, {s.Detector, c.Typology}} {
			t := p.by[k]
			if t == nil {
				t = &tally{}
				p.by[k] = t
			}
			t.add(verdict, period, s.Strength)
		}
	}
}

// Rows says of each detector and rule how many of the cases that it has spoken in people confirmed, over all and by typology, and whether
// that has fallen in the 30 days before the moment. Only what came before a person is in it: of what was never raised nobody has found anything.
// Rows stand detectors first, by name.
func (p *Precision) Rows() []Row {
	out := make([]Row, 0, len(p.by))
	for k, t := range p.by {
		out = append(out, t.row(k))
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(order(a.Rule)-order(b.Rule), cmp.Compare(len(a.Name), len(b.Name)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Typology, b.Typology))
	})
	return out
}

func order(rule bool) int {
	if rule {
		return 1
	}
	return 0
}

// verdictOf is what people found in the end, empty without a final finding, and when.
func verdictOf(c *casefile.Case) (casefile.Status, time.Time) {
	if c.Disposal == nil || c.Status.IsOpen() {
		return "", c.UpdatedAt
	}
	at := c.Disposal.At
	if c.Disposal.SecondAt.After(at) {
		at = c.Disposal.SecondAt
	}
	return c.Status, at
}

func (t *tally) add(verdict casefile.Status, period int, strength float64) {
	switch verdict {
	case casefile.Confirmed:
		t.confirmed[period]++
		t.judged[period]++
	case casefile.Cleared:
		t.judged[period]++
	default:
		t.unsure++
	}
	if strength > 0 {
		t.strengths[period] = append(t.strengths[period], strength)
	}
}

func (t *tally) row(k key) Row {
	r := Row{
		Name: k.name, Rule: !detectorName.MatchString(k.name), Typology: k.typology, Unsure: t.unsure,
		Before: measure.NewShare(t.confirmed[0], t.judged[0]), Now: measure.NewShare(t.confirmed[1], t.judged[1]),
		Precision: measure.NewShare(t.confirmed[0]+t.confirmed[1], t.judged[0]+t.judged[1]),
	}
	if t.judged[0] >= leastRecent && t.judged[1] >= leastRecent {
		// That so few were confirmed now is that so many were cleared now (R. A. Fisher's exact test, one-sided).
		cleared := r.Precision.Of - r.Precision.Part
		p := stat.HypergeometricTail(r.Precision.Of, cleared, r.Now.Of, r.Now.Of-r.Now.Part)
		r.P, r.Fallen = &p, p < alarmP
	}
	if len(t.strengths[0]) >= leastShape && len(t.strengths[1]) >= leastShape {
		s := shift(t.strengths[0], t.strengths[1])
		r.Shift, r.Moved = &s, s > alarmShift
	}
	return r
}

// shift is the population stability index Σ (q − p)·ln(q/p) over bins at the quantiles of what came before.
func shift(before, now []float64) float64 {
	sorted := slices.Sorted(slices.Values(before))
	var edges []float64
	for i := 1; i < shapeBins; i++ {
		edges = append(edges, sorted[i*len(sorted)/shapeBins])
	}
	edges = slices.Compact(edges)
	shares := func(list []float64) []float64 {
		out := make([]float64, len(edges)+1)
		for _, v := range list {
			i, found := slices.BinarySearch(edges, v)
			if found {
				i++
			}
			out[i]++
		}
		for i := range out {
			out[i] = (out[i] + half) / (float64(len(list)) + half*float64(len(out)))
		}
		return out
	}
	p, q := shares(before), shares(now)
	sum := 0.0
	for i := range p {
		sum += (q[i] - p[i]) * math.Log(q[i]/p[i])
	}
	return sum
}
