package state

import (
	"cmp"
	"encoding/binary"
	"slices"

	"haris/internal/detect"
)

// PendingPart is the part under which what the workers have counted since the last merge is stored.
const PendingPart = "pending"

// pendingEntry is the length of one encoded counter of a delta.
const pendingEntry = 1 + 2 + 2 + 8 + 8 + 8

// Pending returns what the deltas hold together as one row, so that a checkpoint may fall between two merges.
func Pending(deltas []*Delta) Row {
	sum := map[detect.CohortKey][2]uint64{}
	for _, d := range deltas {
		for k, v := range d.add {
			old := sum[k]
			sum[k] = [2]uint64{old[0] + v[0], old[1] + v[1]}
		}
	}
	keys := make([]detect.CohortKey, 0, len(sum))
	for k := range sum {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareCohortKeys)
	b := []byte{1} // so that an empty delta is not an empty row, which would be deleted
	for _, k := range keys {
		b = appendCohortKey(b, k)
		b = binary.LittleEndian.AppendUint64(b, sum[k][0])
		b = binary.LittleEndian.AppendUint64(b, sum[k][1])
	}
	return Row{Part: PendingPart, Key: []byte{0}, Body: b}
}

// Load is the inverse of Pending: it fills one delta with everything.
func (d *Delta) Load(r Row) error {
	if len(r.Body) == 0 || r.Body[0] != 1 || (len(r.Body)-1)%pendingEntry != 0 {
		return detect.ErrState
	}
	in := detect.NewReader(r.Body[1:])
	clear(d.add)
	for range (len(r.Body) - 1) / pendingEntry {
		k := detect.CohortKey{What: in.U8(), A: in.U16(), B: in.U16(), C: in.U64()}
		d.add[k] = [2]uint64{in.U64(), in.U64()}
	}
	return in.Err()
}

func compareCohortKeys(a, b detect.CohortKey) int {
	return cmp.Or(cmp.Compare(a.What, b.What), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B), cmp.Compare(a.C, b.C))
}

func appendCohortKey(b []byte, k detect.CohortKey) []byte {
	b = append(b, k.What)
	b = binary.LittleEndian.AppendUint16(b, k.A)
	b = binary.LittleEndian.AppendUint16(b, k.B)
	return binary.LittleEndian.AppendUint64(b, k.C)
}
