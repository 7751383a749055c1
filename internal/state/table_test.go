package state_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"haris/internal/detect"
	"haris/internal/state"
)

// A table is a map; what a checkpoint writes, loaded in any order, is the same table.
func TestTableIsAMapThatComesBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		table, want, stored := numbers(), map[detect.Key]uint32{}, map[string]state.Row{}
		save := func() {
			for _, r := range changed(t, table) {
				stored[string(r.Key)] = r
			}
			table.Saved()
		}
		for range rapid.IntRange(0, 60).Draw(rt, "steps") {
			k := detect.AccountKey(fmt.Sprint(rapid.IntRange(0, 20).Draw(rt, "key")))
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0:
				table.Drop(func(have detect.Key, _ uint32) bool { return have == k })
				delete(want, k)
			case 1:
				save()
			default:
				v := rapid.Uint32().Draw(rt, "value")
				table.Put(k, v)
				want[k] = v
			}
		}
		save()
		again := numbers()
		for _, r := range stored {
			if err := again.Load(r); err != nil {
				rt.Fatal(err)
			}
		}
		for name, have := range map[string]*state.Table[uint32]{"kept": table, "loaded": again} {
			got := map[detect.Key]uint32{}
			have.Each(func(k detect.Key, v uint32) bool { got[k] = v; return true })
			if diff := cmp.Diff(want, got); diff != "" || have.Len() != len(want) {
				rt.Errorf("%s, %d keys: %s", name, have.Len(), diff)
			}
			for k, v := range want {
				if one, ok := have.Get(k); !ok || one != v {
					rt.Errorf("%s: %x is %d, %v", name, k, one, ok)
				}
			}
		}
		if rows := changed(t, again); len(rows) > 0 {
			rt.Errorf("what was only loaded is written again: %d buckets", len(rows))
		}
	})
}

func TestTableWritesOnlyWhatChanged(t *testing.T) {
	table := numbers()
	table.Put(key(7, 2), 1)
	table.Put(key(7, 1), 2)
	table.Put(key(9, 1), 3)
	first := changed(t, table)
	if len(first) != 2 || first[0].Part != "number" || table.Name() != "number" {
		t.Fatalf("%+v", first)
	}
	if again := changed(t, table); len(again) != 2 {
		t.Errorf("before Saved everything is still to be written, got %d rows", len(again))
	}
	table.Saved()
	if rows := changed(t, table); len(rows) != 0 {
		t.Errorf("nothing changed, yet %d rows", len(rows))
	}
	t.Run("a write that failed is written again", func(t *testing.T) {
		table.Put(key(9, 1), 4)
		full := errors.New("the disk is full")
		if err := table.Changed(func(state.Row) error { return full }); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
		if rows := changed(t, table); len(rows) != 1 {
			t.Errorf("%d rows", len(rows))
		}
		table.Saved()
	})
	t.Run("an emptied bucket is an empty row", func(t *testing.T) {
		if n := table.Drop(func(k detect.Key, _ uint32) bool { return state.Bucket(k) == 7 }); n != 2 {
			t.Errorf("dropped %d", n)
		}
		rows := changed(t, table)
		if len(rows) != 1 || len(rows[0].Body) != 0 || !bytes.Equal(rows[0].Key, []byte{0, 7}) {
			t.Errorf("%+v", rows)
		}
	})
	t.Run("dropping nothing changes nothing", func(t *testing.T) {
		table.Saved()
		if n := table.Drop(func(detect.Key, uint32) bool { return false }); n != 0 || len(changed(t, table)) != 0 {
			t.Errorf("dropped %d", n)
		}
	})
	t.Run("keys of a bucket are written in order", func(t *testing.T) {
		a, b := numbers(), numbers()
		for i := range byte(20) {
			a.Put(key(3, i), uint32(i))
			b.Put(key(3, 19-i), uint32(19-i))
		}
		if diff := cmp.Diff(changed(t, a), changed(t, b)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("Each stops when told", func(t *testing.T) {
		n := 0
		table.Put(key(11, 1), 1)
		table.Each(func(detect.Key, uint32) bool { n++; return false })
		if n != 1 {
			t.Errorf("called %d times", n)
		}
	})
}

func TestTableLoadRefuses(t *testing.T) {
	table := numbers()
	table.Put(key(7, 1), 1)
	table.Put(key(7, 2), 2)
	good := changed(t, table)[0]
	with := func(change func(r *state.Row)) state.Row {
		r := state.Row{Part: good.Part, Key: bytes.Clone(good.Key), Body: bytes.Clone(good.Body)}
		change(&r)
		return r
	}
	tests := map[string]state.Row{
		"cut within a value":        with(func(r *state.Row) { r.Body = r.Body[:len(r.Body)-1] }),
		"cut within a key":          with(func(r *state.Row) { r.Body = r.Body[:24+10] }),
		"a length beyond the end":   with(func(r *state.Row) { r.Body[16] = 200 }),
		"a huge length":             with(func(r *state.Row) { copy(r.Body[16:], "\xff\xff\xff\xff") }),
		"a value of another length": with(func(r *state.Row) { r.Body = append(r.Body[:16:16], 3, 0, 0, 0, 1, 2, 3) }),
		"a key of another bucket":   with(func(r *state.Row) { r.Body[9] = 8 }),
		"a row of another bucket":   with(func(r *state.Row) { r.Key = []byte{0, 8} }),
		"no bucket":                 with(func(r *state.Row) { r.Key = []byte{0xff, 0xff} }),
		"a bucket of one byte":      with(func(r *state.Row) { r.Key = []byte{7} }),
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			if err := numbers().Load(r); !errors.Is(err, detect.ErrState) {
				t.Errorf("%v", err)
			}
		})
	}
	if err := numbers().Load(good); err != nil {
		t.Errorf("the good row: %v", err)
	}
}

func FuzzTableLoad(f *testing.F) {
	table := numbers()
	table.Put(key(7, 1), 1)
	f.Add([]byte{0, 7}, changed(f, table)[0].Body)
	f.Fuzz(func(t *testing.T, k, body []byte) {
		table := numbers()
		if err := table.Load(state.Row{Part: "number", Key: k, Body: body}); err != nil && !errors.Is(err, detect.ErrState) {
			t.Errorf("%v", err)
		}
	})
}
