package state

import (
	"encoding/binary"
	"math"
	"slices"

	"haris/internal/detect"
)

// Cohort holds the counters of ordinary life as they stood before the batch. Reading is safe from many goroutines; each
// worker adds to its own Delta, and the deltas are merged when all are done, so the outcome does not depend on the workers.
type Cohort struct {
	counts map[detect.CohortKey][2]float64
	day    int64 // event day of the last fading
}

// NewCohort returns empty counters.
func NewCohort() *Cohort { return &Cohort{counts: make(map[detect.CohortKey][2]float64)} }

// fadeDays is after how many days of event time all counts are halved, so that ordinary life may change.
const fadeDays = 14

// Delta is what one worker adds during a batch.
type Delta struct {
	base *Cohort
	add  map[detect.CohortKey][2]uint64
}

var _ detect.Cohort = (*Delta)(nil)

// Delta returns an empty delta over the counters.
func (c *Cohort) Delta() *Delta { return &Delta{c, make(map[detect.CohortKey][2]uint64)} }

// Count returns the counters as they stood before the batch.
func (d *Delta) Count(k detect.CohortKey) (hits, total float64) {
	v := d.base.counts[k]
	return v[0], v[1]
}

// Add adds to the worker's own counters.
func (d *Delta) Add(k detect.CohortKey, hits, total uint32) {
	v := d.add[k]
	d.add[k] = [2]uint64{v[0] + uint64(hits), v[1] + uint64(total)}
}

// Merge adds a worker's counters and empties the delta.
func (c *Cohort) Merge(d *Delta) {
	for k, v := range d.add {
		old := c.counts[k]
		c.counts[k] = [2]float64{old[0] + float64(v[0]), old[1] + float64(v[1])}
	}
	clear(d.add)
}

// Fade halves every counter once for each fadeDays that event time has moved on; counters that have all but vanished go.
func (c *Cohort) Fade(day int64) {
	if c.day == 0 {
		c.day = day
	}
	times := (day - c.day) / fadeDays
	if times <= 0 {
		return
	}
	c.day += times * fadeDays
	for k, v := range c.counts {
		v[0], v[1] = math.Ldexp(v[0], -int(min(times, 2000))), math.Ldexp(v[1], -int(min(times, 2000)))
		if math.Max(v[0], v[1]) < 0.01 {
			delete(c.counts, k)
			continue
		}
		c.counts[k] = v
	}
}

// Len is the number of counters.
func (c *Cohort) Len() int { return len(c.counts) }

// cohortEntry is the length of one encoded counter.
const cohortEntry = 1 + 2 + 2 + 8 + 8 + 8

// Row returns the counters as one row.
func (c *Cohort) Row() Row {
	keys := make([]detect.CohortKey, 0, len(c.counts))
	for k := range c.counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareCohortKeys)
	b := binary.LittleEndian.AppendUint64(nil, uint64(c.day))
	for _, k := range keys {
		b = appendCohortKey(b, k)
		v := c.counts[k]
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v[1]))
	}
	return Row{Part: CohortPart, Key: []byte{0}, Body: b}
}

// CohortPart is the part under which the counters are stored.
const CohortPart = "cohort"

// Load is the inverse of Row.
func (c *Cohort) Load(r Row) error {
	if len(r.Body) < 8 || (len(r.Body)-8)%cohortEntry != 0 {
		return detect.ErrState
	}
	in := detect.NewReader(r.Body)
	c.day = int64(in.U64())
	for range (len(r.Body) - 8) / cohortEntry {
		k := detect.CohortKey{What: in.U8(), A: in.U16(), B: in.U16(), C: in.U64()}
		v := [2]float64{math.Float64frombits(in.U64()), math.Float64frombits(in.U64())}
		if !counted(v[0]) || !counted(v[1]) {
			return detect.ErrState
		}
		c.counts[k] = v
	}
	return in.Err()
}

// counted reports whether a number can have been counted.
func counted(v float64) bool { return v >= 0 && !math.IsInf(v, 1) }
