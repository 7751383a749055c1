// Package media watches for media that are on a list of known material. It looks at no picture: internal/bank has compared the
// hashes, and the log holds what it found.
package media

import (
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/zeebo/xxh3"

	"haris/internal/detect"
	"haris/internal/taxonomy"
)

// Known is D18: an account whose media match known material. A match is a hard fact: it needs no statistics, and a person decides what
// it is worth. However often a picture is posted, it is one finding with a count.
type Known struct{}

var _ detect.Detector = Known{}

// Bounds of the state.
const (
	maxShown    = 5   // matches that a signal names: the newest
	maxPictures = 64  // different pictures that are told apart
	maxWord     = 256 // bytes of each word of a match
	maxHashes   = 8   // hashes of one media
	maxHash     = 1100
	strength    = 3
)

// recount is how long after the last match the count is told once more, when it has grown since; forget is when the state goes.
const (
	recount = time.Hour
	forget  = 90 * 24 * time.Hour
)

// Info describes the detector.
func (Known) Info() detect.Info {
	return detect.Info{
		Name: "D18", Version: 1, Family: taxonomy.FamilyMedia, Typology: taxonomy.TypologyAbuseMaterial, Title: "Known material",
		Facts: []detect.FactKind{detect.Matched}, MaxBytes: 32 + 8*maxPictures + 8*detect.MaxSignalEvents + 1 + maxShown*(9*(maxWord+2)+24+maxHashes*(maxHash+2)),
	}
}

// known is what is known of one account.
type known struct {
	first, last int64  // event times in milliseconds
	count       uint32 // media that matched, repeats too
	said        uint32 // count when it spoke last
	saidAt      int64
	pictures    []uint64 // newest last
	shown       []detect.Match
	events      detect.Ring
}

// Fold takes in one match.
func (d Known) Fold(s detect.State, f *detect.Fact, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	k, _ := s.(*known)
	if f.Kind != detect.Matched || f.Match == nil {
		if k == nil {
			return nil, detect.Signal{}, false
		}
		return k, detect.Signal{}, false
	}
	if k == nil {
		k = &known{first: f.At}
	}
	k.last = max(k.last, f.At)
	k.count = add(k.count, max(f.N, 1))
	picture := xxh3.HashString(f.Match.Picture)
	fresh := !slices.Contains(k.pictures, picture)
	if fresh {
		k.pictures = append(k.pictures, picture)
		k.pictures = k.pictures[max(0, len(k.pictures)-maxPictures):]
	}
	k.show(f.Match, fresh)
	event := f.Of
	if event == 0 {
		event = f.Seq
	}
	if fresh || len(k.events.List()) < detect.MaxSignalEvents {
		k.events.Add(event)
	}
	again := f.At-k.saidAt >= detect.Again.Milliseconds()
	if !fresh && !again && k.count < next(k.said) {
		return k, detect.Signal{}, false
	}
	return k, k.say(d.Info(), f.Account.ID, f.Time()), true
}

func add(n uint32, more int) uint32 {
	if int64(n)+int64(more) > math.MaxUint32 {
		return math.MaxUint32
	}
	return n + uint32(more) //nolint:gosec // looked at above
}

// next is the count at which it speaks again: 2, 5, 10, 20, 50, 100 …
func next(said uint32) uint32 {
	for unit := uint64(1); ; unit *= 10 {
		for _, n := range []uint64{unit, 2 * unit, 5 * unit} {
			if n > uint64(said) {
				return uint32(min(n, math.MaxUint32)) //nolint:gosec // bounded
			}
		}
	}
}

// show keeps the newest match of each picture.
func (k *known) show(m *detect.Match, fresh bool) {
	c := clip(m)
	if i := slices.IndexFunc(k.shown, func(o detect.Match) bool { return o.Picture == c.Picture }); i >= 0 {
		k.shown[i] = c
		return
	}
	if fresh {
		k.shown = append(slices.Clone(k.shown), c)
		k.shown = k.shown[max(0, len(k.shown)-maxShown):]
	}
}

// clip bounds what is kept of a match.
func clip(m *detect.Match) detect.Match {
	c := *m
	for _, at := range words(&c) {
		*at = cut(*at, maxWord)
	}
	c.Share = float64(float32(m.Share)) // as it is stored
	c.Hashes = nil
	for _, h := range m.Hashes {
		if len(c.Hashes) < maxHashes && len(h) <= maxHash {
			c.Hashes = append(c.Hashes, cut(h, maxHash))
		}
	}
	return c
}

// cut copies at most n bytes, whole characters only.
func cut(s string, n int) string {
	if len(s) > n {
		for n > 0 && s[n]&0xc0 == 0x80 {
			n--
		}
		s = s[:n]
	}
	return string(append([]byte(nil), s...))
}

// words are the texts of a match in the order of the encoding.
func words(m *detect.Match) []*string {
	return []*string{&m.Bank, &m.Name, &m.Kind, &m.Classification, &m.Origin, &m.Picture, &m.Media, (*string)(&m.Typology)}
}

func (k *known) say(i detect.Info, subject string, at time.Time) detect.Signal {
	k.said, k.saidAt = k.count, at.UnixMilli()
	s := i.New(subject, at, max(time.Duration(at.UnixMilli()-k.first)*time.Millisecond, time.Second))
	s.Strength, s.Hard, s.Times, s.Events = strength, true, int(k.count), k.events.List()
	s.Matches = slices.Clone(k.shown)
	if n := len(s.Matches); n > 0 && s.Matches[n-1].Typology != "" {
		s.Typology = s.Matches[n-1].Typology
	}
	s.Figures = []detect.Figure{
		{Name: "known", Observed: float64(len(k.pictures))},
		{Name: "posted", Observed: float64(k.count)},
	}
	return s
}

// Due is an hour after the last match when the count has grown since it spoke, else when the state is forgotten.
func (Known) Due(s detect.State) time.Time {
	k, ok := s.(*known)
	switch {
	case !ok:
		return time.Time{}
	case k.count > k.said:
		return time.UnixMilli(k.last).Add(recount).UTC()
	}
	return time.UnixMilli(k.last).Add(forget).UTC()
}

// Tick tells the count once more, or forgets.
func (d Known) Tick(s detect.State, key *detect.Profile, now time.Time, _ detect.Cohort) (detect.State, detect.Signal, bool) {
	k, ok := s.(*known)
	switch {
	case !ok:
		return s, detect.Signal{}, false
	case now.UnixMilli()-k.last >= forget.Milliseconds():
		return nil, detect.Signal{}, false
	case k.count > k.said:
		return k, k.say(d.Info(), key.ID, now), true
	}
	return k, detect.Signal{}, false
}

// Append appends the encoding.
func (k *known) Append(b []byte) []byte {
	for _, n := range []int64{k.first, k.last, k.saidAt} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n)) //nolint:gosec // the bits
	}
	b = binary.LittleEndian.AppendUint32(b, k.count)
	b = binary.LittleEndian.AppendUint32(b, k.said)
	b = append(b, byte(len(k.pictures)))
	for _, p := range k.pictures {
		b = binary.LittleEndian.AppendUint64(b, p)
	}
	b = k.events.Append(b)
	b = append(b, byte(len(k.shown)))
	for i := range k.shown {
		b = appendMatch(b, &k.shown[i])
	}
	return b
}

func appendMatch(b []byte, m *detect.Match) []byte {
	text := func(s string) {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(s))) //nolint:gosec // clipped
		b = append(b, s...)
	}
	c := *m
	for _, at := range words(&c) {
		text(*at)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(m.Distance)) //nolint:gosec // at most 256
	b = binary.LittleEndian.AppendUint16(b, uint16(m.Radius))   //nolint:gosec // at most 64
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(m.Share)))
	b = binary.LittleEndian.AppendUint64(b, m.Entry)
	b = append(b, byte(len(m.Hashes)))
	for _, h := range m.Hashes {
		text(h)
	}
	return b
}

// Decode is the inverse of Append.
func (Known) Decode(b []byte) (detect.State, error) {
	r := detect.NewReader(b)
	k := &known{first: int64(r.U64()), last: int64(r.U64()), saidAt: int64(r.U64()), count: r.U32(), said: r.U32()} //nolint:gosec // the bits
	n := int(r.U8())
	if n > maxPictures || k.said > k.count {
		r.Fail()
		n = 0
	}
	for range n {
		k.pictures = append(k.pictures, r.U64())
	}
	k.events = r.Ring()
	n = int(r.U8())
	if n > maxShown {
		r.Fail()
		n = 0
	}
	for range n {
		k.shown = append(k.shown, readMatch(r))
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return k, nil
}

func readMatch(r *detect.Reader) (m detect.Match) {
	text := func(limit int) string {
		n := int(r.U16())
		if n > limit {
			r.Fail()
			return ""
		}
		return string(r.Take(n))
	}
	for _, at := range words(&m) {
		*at = text(maxWord)
	}
	m.Distance, m.Radius, m.Share, m.Entry = int(r.U16()), int(r.U16()), float64(r.F32()), r.U64()
	n := int(r.U8())
	if n > maxHashes {
		r.Fail()
		return m
	}
	for range n {
		m.Hashes = append(m.Hashes, text(maxHash))
	}
	return m
}
