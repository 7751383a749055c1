package rule

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bounds of one group's state. The greatest state is MaxTimes entries of 16 bytes and a head of 28: 2,076 bytes.
const (
	// MaxDistinct is the greatest number of different members that a group remembers. More than that reads as MaxDistinct; the
	// ones seen longest ago are forgotten first.
	MaxDistinct = 64
	// MaxTimes is the number of moments that a plain count remembers exactly. Beyond it, moments that fall into the same 32nd
	// part of the window are remembered as one, at the latest of them, so a count may hold on to an event for up to a 32nd
	// of the window too long. Nothing is ever lost from the count.
	MaxTimes   = 128
	timeSlices = 32
	stateHead  = 28
	stateEntry = 16
)

// CounterState is what one group of one counter remembers. The zero value is empty. It is owned by one writer at a time.
//
// Only event time counts. An event that arrives late but within the window of the newest one is put in its place; the value
// it reads is that of its own time. One that arrives later than that is not stored and reads an unknown value, because what
// stood there is forgotten. A distinct member is remembered at the time it was last seen.
type CounterState struct {
	window   int64
	newest   int64
	cleared  int64 // events at or before this time were cancelled; 0 for none
	distinct bool
	used     bool
	entries  []moment // ordered by time
}

// moment is a time with the member that was seen then, or with how many events happened.
type moment struct {
	at  int64
	key uint64
}

// Fold applies a fact and returns the counter's value at the fact's time. All facts of one state must come from the same
// counter, whose meaning is part of the key.
func (s *CounterState) Fold(f CounterFact) Value {
	if f.Window <= 0 {
		return Value{}
	}
	if f.Op == OpRead {
		return s.at(f.At, f.Window)
	}
	s.window, s.distinct = f.Window, f.Distinct
	if s.used && f.At <= s.newest-s.window {
		return Value{}
	}
	if !s.used || f.At > s.newest {
		s.newest, s.used = f.At, true
		s.prune()
	}
	if f.Op == OpCancel {
		s.forget(f)
	} else if s.cleared == 0 || f.At > s.cleared {
		s.add(f)
	}
	return s.at(f.At, f.Window)
}

// at counts what lies in the window that ends at a time.
func (s *CounterState) at(at, window int64) Value {
	if !s.used {
		return Known(0)
	}
	if at <= s.newest-window {
		return Value{}
	}
	n := 0.0
	for _, m := range s.entries {
		if m.at > at-window && m.at <= at {
			if s.distinct {
				n++
			} else {
				n += float64(m.key)
			}
		}
	}
	return Known(n)
}

func (s *CounterState) add(f CounterFact) {
	if s.distinct {
		if i := slices.IndexFunc(s.entries, func(m moment) bool { return m.key == f.Member }); i >= 0 {
			if s.entries[i].at >= f.At {
				return
			}
			s.entries = slices.Delete(s.entries, i, i+1)
		}
		s.insert(moment{f.At, f.Member})
		if len(s.entries) > MaxDistinct {
			s.entries = slices.Delete(s.entries, 0, 1)
		}
		return
	}
	i, same := slices.BinarySearchFunc(s.entries, f.At, func(m moment, at int64) int { return int(min(max(m.at-at, -1), 1)) })
	if same {
		s.entries[i].key++
		return
	}
	s.entries = slices.Insert(s.entries, i, moment{f.At, 1})
	if len(s.entries) > MaxTimes {
		s.coarsen()
	}
}

func (s *CounterState) insert(m moment) {
	i, _ := slices.BinarySearchFunc(s.entries, m, func(a, b moment) int {
		if a.at <= b.at {
			return -1
		}
		return 1
	})
	s.entries = slices.Insert(s.entries, i, m)
}

// coarsen remembers one moment for each 32nd part of the window.
func (s *CounterState) coarsen() {
	width := max(s.window/timeSlices, 1)
	out := s.entries[:1]
	for _, m := range s.entries[1:] {
		last := &out[len(out)-1]
		if floorDiv(last.at, width) == floorDiv(m.at, width) {
			last.at, last.key = m.at, last.key+m.key
			continue
		}
		out = append(out, m)
	}
	s.entries = out
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// forget drops what was counted up to a cancellation: one member, or everything.
func (s *CounterState) forget(f CounterFact) {
	if f.Member == 0 {
		s.cleared = max(s.cleared, f.At)
	}
	s.entries = slices.DeleteFunc(s.entries, func(m moment) bool {
		return m.at <= f.At && (f.Member == 0 || m.key == f.Member)
	})
}

// prune drops what no event within the window of the newest one can see. A late event may look back one window further, so
// two windows are kept.
func (s *CounterState) prune() {
	n := 0
	for n < len(s.entries) && s.entries[n].at <= s.newest-2*s.window {
		n++
	}
	if n > 0 {
		s.entries = slices.Delete(s.entries, 0, n)
	}
}

// Expired reports whether nothing of the state can matter to an event at or after a time, so that it can be dropped.
func (s *CounterState) Expired(at time.Time) bool {
	return !s.used || s.newest+s.window <= at.UnixMilli()
}

// Empty reports whether the state was only ever read and need not be kept.
func (s *CounterState) Empty() bool { return !s.used }

// Bytes is the size of the encoded state.
func (s *CounterState) Bytes() int { return stateHead + stateEntry*len(s.entries) }

// ErrState says that bytes are not the state of a counter.
var ErrState = errors.New("rule: not a counter's state")

const stateVersion = 1

// MarshalBinary encodes the state, little-endian: version, flags, number of entries (uint16), window, newest, cleared (int64),
// then time (int64) and member or count (uint64) of each entry.
func (s *CounterState) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, s.Bytes())
	flags := byte(0)
	if s.distinct {
		flags |= 1
	}
	if s.used {
		flags |= 2
	}
	b = append(b, stateVersion, flags)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(s.entries)))
	for _, v := range []int64{s.window, s.newest, s.cleared} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	for _, m := range s.entries {
		b = binary.LittleEndian.AppendUint64(b, uint64(m.at))
		b = binary.LittleEndian.AppendUint64(b, m.key)
	}
	return b, nil
}

// UnmarshalBinary decodes a state; the error wraps ErrState and s is unchanged when the bytes are not one.
func (s *CounterState) UnmarshalBinary(b []byte) error {
	if len(b) < stateHead || b[0] != stateVersion || b[1] > 3 {
		return fmt.Errorf("%w: head of %d bytes", ErrState, len(b))
	}
	n := int(binary.LittleEndian.Uint16(b[2:]))
	if len(b) != stateHead+n*stateEntry || n > MaxTimes {
		return fmt.Errorf("%w: %d entries in %d bytes", ErrState, n, len(b))
	}
	const far, longest = 1 << 52, int64(400 * 24 * time.Hour / time.Millisecond)
	word := func(i int) int64 { return int64(binary.LittleEndian.Uint64(b[i:])) }
	out := CounterState{window: word(4), newest: word(12), cleared: word(20), distinct: b[1]&1 != 0, used: b[1]&2 != 0}
	if !out.used && (n > 0 || out.window|out.newest|out.cleared != 0) || out.used && out.window <= 0 || out.distinct && n > MaxDistinct {
		return fmt.Errorf("%w: head does not fit its entries", ErrState)
	}
	if out.window > longest || max(out.newest, -out.newest, out.cleared, -out.cleared) > far {
		return fmt.Errorf("%w: times out of range", ErrState)
	}
	for i := range n {
		m := moment{word(stateHead + i*stateEntry), uint64(word(stateHead + i*stateEntry + 8))}
		if m.key == 0 || m.at > out.newest || m.at <= out.newest-2*out.window || i > 0 && (m.at < out.entries[i-1].at || !out.distinct && m.at == out.entries[i-1].at) {
			return fmt.Errorf("%w: entry %d", ErrState, i)
		}
		out.entries = append(out.entries, m)
	}
	*s = out
	return nil
}
