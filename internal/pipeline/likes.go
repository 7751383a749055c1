package pipeline

import (
	"encoding/binary"
	"slices"

	"github.com/zeebo/xxh3"

	"haris/internal/detect"
	"haris/internal/detect/template"
	"haris/internal/state"
	text "haris/internal/template"
)

// likes finds texts that are like one another, of any number of accounts, within a bound: a text that is like none makes a new form, which takes
// the place of an old one when there are too many. Forms that several accounts have are passed over then, so that a flood of different
// texts drives out only others that nobody shares.
//
// A text is looked up by ten pieces of three bytes of its sketch (locality-sensitive hashing, P. Indyk, R. Motwani, 1998): of two texts with
// a Jaccard index of 0.5 about three in four are found, of 0.7 nearly all. What is found is compared by the whole sketch.
type likes struct {
	known *state.Table[*like]    // by place
	bands *state.Table[[]uint64] // numbers of forms by a piece of the sketch, newest last
	next  uint64                 // number of the next form
	limit uint64                 // forms at most
}

// like is one form and who has used it.
type like struct {
	number uint64
	min    [text.SketchSize]uint8
	form   text.Form
	crowd  template.Crowd
}

// Bounds of likes.
const (
	maxLikes  = 1 << 16 // texts of advertisements
	bandCount = 10
	bandBytes = 3
	maxBand   = 8   // forms that are looked at for one piece
	tries     = 8   // forms that are passed over at most
	likeness  = 0.5 // least Jaccard index, estimated
)

func newLikes(name string, limit uint64) *likes {
	return &likes{
		limit: limit,
		known: state.NewTable(name, state.Codec[*like]{Append: appendLike, Decode: decodeLike}),
		bands: state.NewTable(name+" band", state.Codec[[]uint64]{Append: appendBand, Decode: decodeBand}),
	}
}

// placeOf is where a form is kept.
func (l *likes) placeOf(number uint64) detect.Key {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], number%l.limit)
	h := xxh3.Hash128(b[:])
	return h.Bytes()
}

func band(min *[text.SketchSize]uint8, n int) detect.Key {
	var b [1 + bandBytes]byte
	b[0] = byte(n)
	copy(b[1:], min[n*bandBytes:])
	h := xxh3.Hash128(b[:])
	return h.Bytes()
}

// get returns the form of a number, nil when another has its place.
func (l *likes) get(number uint64) *like {
	if f, ok := l.known.Get(l.placeOf(number)); ok && f.number == number {
		return f
	}
	return nil
}

// find returns the form that a text is most like, nil when it is like none; of several the oldest.
func (l *likes) find(s *text.Sketch) (best *like) {
	most := likeness
	for n := range bandCount {
		numbers, _ := l.bands.Get(band(&s.Min, n))
		for _, number := range numbers {
			f := l.get(number)
			if f == nil || f == best {
				continue
			}
			if e := s.Likeness(&text.Sketch{Min: f.min}); e > most || e == most && (best == nil || number < best.number) {
				best, most = f, e
			}
		}
	}
	return best
}

// add makes a new form.
func (l *likes) add(s *text.Sketch, form text.Form, now int64) *like {
	f := &like{number: l.room(now), min: s.Min, form: form}
	if old, ok := l.known.Get(l.placeOf(f.number)); ok {
		l.unlist(old)
	}
	for n := range bandCount {
		key := band(&f.min, n)
		list, _ := l.bands.Get(key)
		list = append(slices.Clone(list), f.number)
		l.bands.Put(key, list[max(0, len(list)-maxBand):])
	}
	return f
}

// room is the number of a new form, the next whose place nobody needs.
func (l *likes) room(now int64) uint64 {
	for range tries {
		old, ok := l.known.Get(l.placeOf(l.next))
		if !ok || old.stale(now) || old.crowd.Crowded().Accounts < 2 {
			break
		}
		l.next++
	}
	l.next++
	return l.next - 1
}

// stale reports whether nobody has used the form for as long as a crowd is remembered; now is in Unix milliseconds.
func (f *like) stale(now int64) bool {
	return now/1000-f.crowd.Last() > int64(template.CrowdTime.Seconds())
}

func (l *likes) unlist(f *like) {
	for n := range bandCount {
		key := band(&f.min, n)
		list, _ := l.bands.Get(key)
		if i := slices.Index(list, f.number); i >= 0 {
			l.bands.Put(key, slices.Delete(slices.Clone(list), i, i+1))
		}
	}
}

// put keeps a form after a change.
func (l *likes) put(f *like) { l.known.Put(l.placeOf(f.number), f) }

// sweep forgets what nobody has used for long.
func (l *likes) sweep(now int64) {
	l.known.Drop(func(_ detect.Key, f *like) bool { return f.stale(now) })
	l.bands.Drop(func(_ detect.Key, list []uint64) bool {
		return !slices.ContainsFunc(list, func(n uint64) bool { return l.get(n) != nil })
	})
}

func appendLike(b []byte, f *like) []byte {
	b = binary.LittleEndian.AppendUint64(b, f.number)
	b = f.crowd.Append(append(b, f.min[:]...))
	return f.form.Append(b)
}

func decodeLike(b []byte) (*like, error) {
	r := detect.NewReader(b)
	f := &like{number: r.U64()}
	copy(f.min[:], r.Take(len(f.min)))
	f.crowd = template.ReadCrowd(r)
	form, rest, err := text.DecodeForm(r.Rest())
	if err != nil || len(rest) > 0 || r.Err() != nil {
		return nil, detect.ErrState
	}
	f.form = form
	return f, nil
}

func appendBand(b []byte, list []uint64) []byte {
	for _, n := range list {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

func decodeBand(b []byte) ([]uint64, error) {
	if len(b)%8 != 0 || len(b)/8 > maxBand {
		return nil, detect.ErrState
	}
	r := detect.NewReader(b)
	out := make([]uint64, 0, len(b)/8)
	for range len(b) / 8 {
		out = append(out, r.U64())
	}
	return out, r.Err()
}
