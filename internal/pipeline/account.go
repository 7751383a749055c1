package pipeline

import (
	"encoding/binary"
	"encoding/json"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/rule"
)

// account is what is known about one account: the state of each detector and what stands.
type account struct {
	id       string
	slots    []detect.State // by place in Detectors; nil where a detector knows nothing
	standing *decide.Standing
	view     *view // what stood when the step began, when that has changed since
	due      int64 // event time in milliseconds at which time alone could change an answer; 0 for never
}

// view is what rules may see of a standing.
type view struct {
	Signals []rule.Standing
	Labels  []string
}

// visible is what rules see of the account during the step.
func (a *account) visible() (signals []rule.Standing, labels []string) {
	switch {
	case a == nil:
		return nil, []string{}
	case a.view != nil:
		return a.view.Signals, a.view.Labels
	case a.standing == nil:
		return nil, []string{}
	}
	v := viewOf(a.standing)
	return v.Signals, v.Labels
}

func viewOf(s *decide.Standing) *view {
	v := &view{Labels: []string{}}
	if s == nil {
		return v
	}
	for _, g := range s.Signals {
		if g.Unscanned == "" {
			v.Signals = append(v.Signals, rule.Standing{Detector: g.Detector, Family: g.Family, Strength: g.Strength, Typology: g.Typology})
		}
	}
	v.Labels = append(v.Labels, s.Labels...)
	return v
}

// The parts of an encoded account besides the slots of the detectors.
const (
	hasStanding = 1 << 30
	hasView     = 1 << 31
)

// appendAccount appends the encoding, little-endian: the id with its length, a word of bits that says what follows, then each
// part with its length.
func (k *Knowledge) appendAccount(b []byte, a *account) []byte {
	b = binary.LittleEndian.AppendUint16(b, uint16(len(a.id)))
	b = append(b, a.id...)
	at := len(b)
	b = append(b, 0, 0, 0, 0)
	bits := uint32(0)
	for i, s := range a.slots {
		if s != nil {
			bits |= 1 << i
			b = appendPart(b, s.Append)
		}
	}
	if a.standing != nil && !a.standing.Empty() {
		bits |= hasStanding
		b = appendPart(b, func(b []byte) []byte { return appendJSON(b, a.standing) })
	}
	if a.view != nil {
		bits |= hasView
		b = appendPart(b, func(b []byte) []byte { return appendJSON(b, a.view) })
	}
	binary.LittleEndian.PutUint32(b[at:], bits)
	return b
}

func appendPart(b []byte, f func([]byte) []byte) []byte {
	at := len(b)
	b = f(append(b, 0, 0, 0, 0))
	binary.LittleEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b
}

// appendJSON encodes what is rare, so its size matters less than that it can be read. These types hold only words and finite
// numbers, which always encode.
func appendJSON(b []byte, v any) []byte {
	j, err := json.Marshal(v)
	if err != nil {
		panic("pipeline: " + err.Error())
	}
	return append(b, j...)
}

func (k *Knowledge) decodeAccount(b []byte) (*account, error) {
	r := detect.NewReader(b)
	a := &account{id: string(r.Take(int(r.U16()))), slots: make([]detect.State, len(k.detectors))}
	bits := r.U32()
	part := func(bit uint32) []byte {
		if bits&bit == 0 {
			return nil
		}
		return r.Take(int(r.U32()))
	}
	for i, d := range k.detectors {
		if body := part(1 << i); body != nil {
			s, err := d.Decode(body)
			if err != nil {
				return nil, err
			}
			a.slots[i] = s
		}
	}
	if body := part(hasStanding); body != nil {
		s, err := decide.DecodeStanding(body)
		if err != nil {
			return nil, err
		}
		a.standing = s
	}
	if body := part(hasView); body != nil {
		a.view = &view{}
		if json.Unmarshal(body, a.view) != nil {
			return nil, detect.ErrState
		}
	}
	a.due = k.dueOf(a)
	return a, r.Err()
}

func appendCounter(b []byte, c *rule.CounterState) []byte {
	enc, err := c.MarshalBinary()
	if err != nil {
		panic("pipeline: " + err.Error()) // the encoding has no way to fail
	}
	return append(b, enc...)
}

func decodeCounter(b []byte) (*rule.CounterState, error) {
	c := &rule.CounterState{}
	return c, c.UnmarshalBinary(b)
}
