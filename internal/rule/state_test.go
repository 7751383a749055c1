package rule

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const dayMS = int64(24 * time.Hour / time.Millisecond)

func feedAt(at int64) CounterFact { return CounterFact{At: at, Window: 7 * dayMS, Op: OpFeed} }

func memberAt(at int64, m uint64) CounterFact {
	return CounterFact{At: at, Window: 7 * dayMS, Op: OpFeed, Distinct: true, Member: m}
}

func TestFold(t *testing.T) {
	read := func(f CounterFact) CounterFact { f.Op = OpRead; return f }
	cancel := func(f CounterFact) CounterFact { f.Op = OpCancel; return f }
	for _, c := range []struct {
		name  string
		facts []CounterFact
		want  []Value
	}{
		{"reading nothing is a known zero", []CounterFact{read(feedAt(dayMS))}, []Value{Known(0)}},
		{"an event counts itself", []CounterFact{feedAt(0), feedAt(dayMS)}, []Value{Known(1), Known(2)}},
		{"the window's start is left out", []CounterFact{feedAt(0), feedAt(7 * dayMS), feedAt(7*dayMS + 1)}, []Value{Known(1), Known(1), Known(2)}},
		{"several at one moment", []CounterFact{feedAt(5), feedAt(5), feedAt(5)}, []Value{Known(1), Known(2), Known(3)}},
		{"a late event is put in its place", []CounterFact{feedAt(6 * dayMS), feedAt(2 * dayMS), read(feedAt(6 * dayMS))}, []Value{Known(1), Known(1), Known(2)}},
		{"an event later than the window is unknown and not stored", []CounterFact{feedAt(20 * dayMS), feedAt(0), read(feedAt(20 * dayMS)), read(feedAt(0))}, []Value{Known(1), {}, Known(1), {}}},
		{"distinct members", []CounterFact{memberAt(0, 1), memberAt(1, 2), memberAt(2, 1)}, []Value{Known(1), Known(2), Known(2)}},
		{"a member seen again stays", []CounterFact{memberAt(0, 1), memberAt(5*dayMS, 1), memberAt(8*dayMS, 2)}, []Value{Known(1), Known(1), Known(2)}},
		{"cancelling forgets the group", []CounterFact{feedAt(1), feedAt(2), cancel(feedAt(3)), feedAt(4)}, []Value{Known(1), Known(2), Known(0), Known(1)}},
		{"what is before a cancellation stays forgotten", []CounterFact{feedAt(1), cancel(feedAt(10)), feedAt(5), read(feedAt(11))}, []Value{Known(1), Known(0), Known(0), Known(0)}},
		{"cancelling does not reach forward", []CounterFact{feedAt(10), cancel(feedAt(5)), read(feedAt(10))}, []Value{Known(1), Known(0), Known(1)}},
		{"cancelling one member", []CounterFact{memberAt(1, 1), memberAt(2, 2), cancel(memberAt(3, 1)), memberAt(4, 3)}, []Value{Known(1), Known(2), Known(1), Known(2)}},
		{"no window", []CounterFact{{At: 1, Op: OpFeed}}, []Value{{}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s CounterState
			var got []Value
			for _, f := range c.facts {
				got = append(got, s.Fold(f))
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestFoldAgainstList compares the state with a plain list of everything that happened, in any order of arrival.
func TestFoldAgainstList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		window := int64(rapid.IntRange(1, 50).Draw(t, "window"))
		distinct := rapid.Bool().Draw(t, "distinct")
		var s CounterState
		var all []CounterFact
		newest := int64(-1 << 40)
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			f := CounterFact{At: int64(rapid.IntRange(0, 120).Draw(t, "at")), Window: window, Op: OpFeed, Distinct: distinct}
			if distinct {
				f.Member = uint64(rapid.IntRange(1, 5).Draw(t, "member"))
			}
			newestFact := f.At >= newest
			got := s.Fold(f)
			if f.At <= newest-window {
				if got.Known {
					t.Fatalf("an event a window late reads %v", got)
				}
				continue
			}
			newest = max(newest, f.At)
			all = append(all, f)
			want := naive(all, f.At, window, distinct)
			// A member that was seen later is remembered there, so only the newest event sees every member.
			if distinct && !newestFact {
				if got.N > want {
					t.Fatalf("a late event reads %v, at most %v are there", got.N, want)
				}
				continue
			}
			if got != Known(want) {
				t.Fatalf("at %d: got %v, want %v of %v", f.At, got, want, all)
			}
		}
		sameAfterCodec(t, &s)
	})
}

func naive(all []CounterFact, at, window int64, distinct bool) float64 {
	members, n := map[uint64]bool{}, 0
	for _, f := range all {
		if f.At > at-window && f.At <= at {
			members[f.Member] = true
			n++
		}
	}
	if distinct {
		return float64(len(members))
	}
	return float64(n)
}

func sameAfterCodec(t *rapid.T, s *CounterState) {
	b, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if len(b) != s.Bytes() {
		t.Fatalf("%d bytes, Bytes says %d", len(b), s.Bytes())
	}
	var back CounterState
	if err := back.UnmarshalBinary(b); err != nil {
		t.Fatalf("%v of %x", err, b)
	}
	again, err := back.MarshalBinary()
	if err != nil || cmp.Diff(b, again) != "" {
		t.Fatalf("%v: %x became %x", err, b, again)
	}
}

func TestStateIsBounded(t *testing.T) {
	var plain, distinct CounterState
	var last Value
	for i := range int64(20_000) {
		last = plain.Fold(feedAt(i * 1000))
		distinct.Fold(memberAt(i*1000, uint64(i)+1))
	}
	const most = stateHead + stateEntry*MaxTimes
	if plain.Bytes() > most || distinct.Bytes() > most {
		t.Errorf("%d and %d bytes, want at most %d", plain.Bytes(), distinct.Bytes(), most)
	}
	if last.N != 20_000 {
		t.Errorf("20,000 events within the window read %v: joining moments must lose none", last.N)
	}
	if v := distinct.Fold(memberAt(20_001*1000, 1)); v.N != MaxDistinct {
		t.Errorf("more members than fit read %v, want %d", v.N, MaxDistinct)
	}
	t.Run("a joined moment leaves at most a 32nd late", func(t *testing.T) {
		var s CounterState
		for i := range int64(7 * 24 * 60) {
			s.Fold(feedAt(i * 60_000))
		}
		at := 10*dayMS - 1
		v := s.Fold(CounterFact{At: at, Window: 7 * dayMS, Op: OpRead})
		exact := 0.0
		for i := range int64(7 * 24 * 60) {
			if i*60_000 > at-7*dayMS && i*60_000 <= at {
				exact++
			}
		}
		if over := v.N - exact; over < 0 || over > 7*24*60/32+1 {
			t.Errorf("read %v, exactly %v are there", v.N, exact)
		}
	})
	t.Run("the greatest state can be stored", func(t *testing.T) {
		for _, s := range []*CounterState{&plain, &distinct} {
			b, err := s.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			var back CounterState
			if err := back.UnmarshalBinary(b); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestExpired(t *testing.T) {
	var s CounterState
	if !s.Expired(time.UnixMilli(0)) || !s.Empty() {
		t.Error("an empty state is kept")
	}
	s.Fold(CounterFact{At: 5, Window: 7 * dayMS, Op: OpRead})
	if !s.Empty() {
		t.Error("reading filled the state")
	}
	s.Fold(feedAt(dayMS))
	for _, c := range []struct {
		at   int64
		want bool
	}{{dayMS, false}, {8*dayMS - 1, false}, {8 * dayMS, true}} {
		if got := s.Expired(time.UnixMilli(c.at)); got != c.want {
			t.Errorf("expired at %d: %v", c.at, got)
		}
		if v := s.Fold(CounterFact{At: c.at, Window: 7 * dayMS, Op: OpRead}); (v.N == 0) != c.want {
			t.Errorf("value at %d is %v, which does not fit expired=%v", c.at, v, c.want)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	var s CounterState
	s.Fold(feedAt(10))
	s.Fold(feedAt(20))
	good, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	change := func(at int, v uint64) []byte {
		b := append([]byte(nil), good...)
		binary.LittleEndian.PutUint64(b[at:], v)
		return b
	}
	for _, c := range []struct {
		name string
		b    []byte
	}{
		{"nothing", nil},
		{"half a head", good[:20]},
		{"another version", append([]byte{9}, good[1:]...)},
		{"unknown flags", append([]byte{good[0], 0xff}, good[2:]...)},
		{"too few entries", good[:len(good)-1]},
		{"too many bytes", append(append([]byte(nil), good...), 0)},
		{"a window of nothing", change(4, 0)},
		{"a window of a thousand years", change(4, 1<<50)},
		{"a time beyond all times", change(12, 1<<60)},
		{"a moment after the newest", change(stateHead+stateEntry, 99)},
		{"moments out of order", change(stateHead, 20)},
		{"a moment long forgotten", change(stateHead, uint64(1<<63))},
		{"a count of nothing", change(stateHead+8, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := s
			if err := got.UnmarshalBinary(c.b); !errors.Is(err, ErrState) {
				t.Errorf("got %v", err)
			}
			if got.newest != s.newest || len(got.entries) != len(s.entries) {
				t.Error("the state was changed")
			}
		})
	}
}

func FuzzCounterState(f *testing.F) {
	var s CounterState
	for i := range int64(3) {
		s.Fold(memberAt(i, uint64(i)+1))
	}
	b, err := s.MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, int64(5))
	f.Add([]byte{}, int64(0))
	f.Fuzz(func(t *testing.T, b []byte, at int64) {
		var s CounterState
		if s.UnmarshalBinary(b) != nil {
			return
		}
		again, err := s.MarshalBinary()
		if err != nil || cmp.Diff(b, again) != "" {
			t.Fatalf("%v: %x became %x", err, b, again)
		}
		f := CounterFact{At: at % (1 << 50), Window: max(s.window, 1), Op: OpFeed, Distinct: s.distinct}
		if s.distinct {
			f.Member = 77
		}
		s.Fold(f)
		if s.Bytes() > stateHead+stateEntry*MaxTimes {
			t.Fatalf("%d bytes", s.Bytes())
		}
		b, err = s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var back CounterState
		if err := back.UnmarshalBinary(b); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}
