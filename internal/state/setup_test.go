package state_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/state"
)

// numbers is a table of numbers.
func numbers() *state.Table[uint32] {
	return state.NewTable("number", state.Codec[uint32]{
		Append: func(b []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(b, v) },
		Decode: func(b []byte) (uint32, error) {
			r := detect.NewReader(b)
			return r.U32(), r.Err()
		},
	})
}

// key returns a key of the bucket.
func key(bucket uint16, n byte) (k detect.Key) {
	k[0] = n
	binary.BigEndian.PutUint16(k[8:], bucket)
	return k
}

// changed returns the rows that a checkpoint would write.
func changed[V any](t testing.TB, table *state.Table[V]) []state.Row {
	t.Helper()
	var out []state.Row
	if err := table.Changed(func(r state.Row) error {
		out = append(out, state.Row{Part: r.Part, Key: bytes.Clone(r.Key), Body: bytes.Clone(r.Body)})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// decode reads an event as a platform sends it.
func decode(t testing.TB, typ, data string) *event.Event {
	t.Helper()
	e, p := event.Decode(`{"specversion":"1.0","id":"1","source":"/t","type":"`+typ+`","time":"2026-03-02T15:00:00Z","data":`+data+`}`, 1, event.Limits{})
	if p != nil {
		t.Fatal(p)
	}
	return &e
}

var created = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
