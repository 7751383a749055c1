package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrTruth is wrapped by every error about a file of truth.
var ErrTruth = errors.New("platform: truth")

// Write writes the truth as JSON, indented, with a line end.
func (t Truth) Write(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(t)
}

// ReadTruth reads a file of truth, this generator's or anybody's: {"positive":[{"kind","subjects":[],"victims":[],"start"}],
// "benign_hard":[{"kind","subjects":[]}]}. Other fields are passed over. A matter without kind, subjects or start is an error that names
// its place.
func ReadTruth(r io.Reader) (t Truth, err error) {
	if err := json.NewDecoder(r).Decode(&t); err != nil {
		return t, fmt.Errorf("%w: %w, expected {\"positive\": […], \"benign_hard\": […]}", ErrTruth, err)
	}
	if t.Positive == nil && t.BenignHard == nil {
		return t, fmt.Errorf("%w: neither \"positive\" nor \"benign_hard\" is there", ErrTruth)
	}
	for i, p := range t.Positive {
		switch {
		case p.Kind == "":
			err = fmt.Errorf("%w: /positive/%d has no kind, expected such as \"grooming\"", ErrTruth, i)
		case len(p.Subjects) == 0:
			err = fmt.Errorf("%w: /positive/%d (%s) has no subjects, expected at least one account", ErrTruth, i, p.Kind)
		case p.Start.IsZero():
			err = fmt.Errorf("%w: /positive/%d (%s) has no start, expected the time of its first event", ErrTruth, i, p.Kind)
		}
		if err != nil {
			return t, err
		}
	}
	for i, b := range t.BenignHard {
		if b.Kind == "" || len(b.Subjects) == 0 {
			return t, fmt.Errorf("%w: /benign_hard/%d has no kind or no subjects", ErrTruth, i)
		}
	}
	return t, nil
}
