// Package state keeps what detectors know: tables from a key to a value in memory, the directory of accounts and the counters
// of ordinary life. A table is cut into buckets; a bucket is the unit of one writer at a time, of "changed since the last
// checkpoint" and of what is written. It touches no disk: the pipeline writes the rows it is given.
package state

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"haris/internal/detect"
)

// Buckets is the number of buckets of every table.
const Buckets = 4096

// Bucket is the bucket of a key. Work on different buckets may go on at the same time.
func Bucket(k detect.Key) int { return int(binary.BigEndian.Uint16(k[8:])) % Buckets }

// Codec turns values into bytes and back.
type Codec[V any] struct {
	Append func(b []byte, v V) []byte
	Decode func(b []byte) (V, error)
}

// Table maps keys to values. Different buckets may be used from different goroutines; one bucket only from one at a time.
type Table[V any] struct {
	name    string
	codec   Codec[V]
	buckets [Buckets]map[detect.Key]V
	dirty   [Buckets]bool
}

// NewTable returns an empty table; name is the name of its part in checkpoints.
func NewTable[V any](name string, c Codec[V]) *Table[V] { return &Table[V]{name: name, codec: c} }

// Get returns the value of a key.
func (t *Table[V]) Get(k detect.Key) (V, bool) {
	v, ok := t.buckets[Bucket(k)][k]
	return v, ok
}

// Put stores the value of a key and marks its bucket as changed. A value that is a pointer must be put again after a change.
func (t *Table[V]) Put(k detect.Key, v V) {
	i := Bucket(k)
	if t.buckets[i] == nil {
		t.buckets[i] = make(map[detect.Key]V)
	}
	t.buckets[i][k] = v
	t.dirty[i] = true
}

// Delete forgets a key.
func (t *Table[V]) Delete(k detect.Key) {
	i := Bucket(k)
	if _, ok := t.buckets[i][k]; ok {
		delete(t.buckets[i], k)
		t.dirty[i] = true
	}
}

// Len is the number of keys.
func (t *Table[V]) Len() int {
	n := 0
	for _, b := range t.buckets {
		n += len(b)
	}
	return n
}

// Each calls f for every key, bucket by bucket, until f returns false.
func (t *Table[V]) Each(f func(k detect.Key, v V) bool) {
	for _, b := range t.buckets {
		for k, v := range b {
			if !f(k, v) {
				return
			}
		}
	}
}

// Drop removes the keys for which f says so and returns how many.
func (t *Table[V]) Drop(f func(k detect.Key, v V) bool) int {
	n := 0
	for i, b := range t.buckets {
		for k, v := range b {
			if f(k, v) {
				delete(b, k)
				t.dirty[i] = true
				n++
			}
		}
	}
	return n
}

// Row is one stored bucket.
type Row struct {
	Part string
	Key  []byte
	Body []byte // empty when the bucket holds nothing any more
}

// Changed calls f with the row of every bucket changed since the last Saved, in order. The body is valid only during the call.
func (t *Table[V]) Changed(f func(Row) error) error {
	var body, one []byte
	for i, b := range t.buckets {
		if !t.dirty[i] {
			continue
		}
		body = body[:0]
		for _, k := range sorted(b) {
			one = t.codec.Append(one[:0], b[k])
			body = append(body, k[:]...)
			body = binary.LittleEndian.AppendUint32(body, uint32(len(one)))
			body = append(body, one...)
		}
		if err := f(Row{Part: t.name, Key: binary.BigEndian.AppendUint16(nil, uint16(i)), Body: body}); err != nil {
			return err
		}
	}
	return nil
}

// Saved marks every bucket as unchanged: what Changed gave is durable.
func (t *Table[V]) Saved() { clear(t.dirty[:]) }

func sorted[V any](m map[detect.Key]V) []detect.Key {
	keys := make([]detect.Key, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b detect.Key) int { return strings.Compare(string(a[:]), string(b[:])) })
	return keys
}

// Load reads a row that Changed wrote. A row that was cut off, or that holds a key of another bucket, is ErrState.
func (t *Table[V]) Load(r Row) error {
	if len(r.Key) != 2 || int(binary.BigEndian.Uint16(r.Key)) >= Buckets {
		return fmt.Errorf("state: %s: %x is no bucket: %w", t.name, r.Key, detect.ErrState)
	}
	bucket := int(binary.BigEndian.Uint16(r.Key))
	for b := r.Body; len(b) > 0; {
		if len(b) < 20 || int64(binary.LittleEndian.Uint32(b[16:20])) > int64(len(b)-20) {
			return fmt.Errorf("state: %s bucket %x: %w", t.name, r.Key, detect.ErrState)
		}
		k := detect.Key(b[:16])
		if Bucket(k) != bucket {
			return fmt.Errorf("state: %s bucket %x holds key %x of another: %w", t.name, r.Key, k, detect.ErrState)
		}
		n := int(binary.LittleEndian.Uint32(b[16:20]))
		v, err := t.codec.Decode(b[20 : 20+n])
		if err != nil {
			return fmt.Errorf("state: %s key %x: %w", t.name, k, err)
		}
		t.Put(k, v)
		b = b[20+n:]
	}
	t.dirty[bucket] = false
	return nil
}

// Name is the table's part in checkpoints.
func (t *Table[V]) Name() string { return t.name }
