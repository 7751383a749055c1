package detect

import (
	"encoding/binary"
	"math"
	"time"
)

// Again is how long a signal may stand before it is said again although nothing has changed. It is shorter than the time after
// which a signal is forgotten, so that what goes on is not.
const Again = 7 * 24 * time.Hour

// Spoken remembers what a detector said last about a key. The zero value has said nothing, which is the same as strength 0.
type Spoken struct {
	strength float32
	at       uint32 // event time in seconds
}

// SpokenBytes is the length of an encoded Spoken.
const SpokenBytes = 8

// Say reports whether a strength is worth saying at the event time, and remembers it when it is: the strength differs from
// the one said last by a step, or has reached its limit, or still stands after Again.
func (s *Spoken) Say(strength float64, at time.Time, step, limit float64) bool {
	before := float64(s.strength)
	sec := uint32(max(at.Unix(), 0))
	changed := math.Abs(strength-before) >= step || strength >= limit && before < limit
	stands := strength > 0 && sec > s.at && sec-s.at >= uint32(Again/time.Second)
	if !changed && !stands {
		return false
	}
	s.strength, s.at = float32(strength), sec
	return true
}

// Standing is the strength said last, 0 when that was longer ago than d.
func (s *Spoken) Standing(at time.Time, d time.Duration) float64 {
	if at.Unix()-int64(s.at) > int64(d/time.Second) {
		return 0
	}
	return float64(s.strength)
}

// Append appends the encoding.
func (s *Spoken) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s.strength))
	return binary.LittleEndian.AppendUint32(b, s.at)
}

// Spoken reads what Spoken.Append wrote. A strength that is no number, or negative, was never written.
func (r *Reader) Spoken() Spoken {
	s := Spoken{r.F32(), r.U32()}
	if s.strength < 0 {
		r.Fail()
	}
	return s
}
