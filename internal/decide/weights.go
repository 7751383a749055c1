package decide

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"haris/internal/remark"
	"haris/internal/taxonomy"
)

// Setting is how much one detector counts.
type Setting struct {
	Mode   taxonomy.Mode // shadow: what it says is counted and nothing follows from it; enforce
	Weight float64       // what its strengths are multiplied by, 0.1 to 1: a detector can be trusted less, not more
}

// HighestLine bounds the sum from which a budget lets a person look.
const HighestLine = 6.0

// Drawn is the policy with P2 at a line that a budget has drawn; nothing that two kinds of evidence bring to P1 is then below it.
func (p *Policy) Drawn(line float64) Policy {
	out := *p
	out.P2, out.P1 = line, math.Max(p.P1, line)
	return out
}

// Of returns the setting of a detector or of a rule's signal; enforce and 1 where nothing is set.
func (p *Policy) Of(detector string) Setting {
	if s, ok := p.Detectors[detector]; ok {
		return s
	}
	return Setting{taxonomy.ModeEnforce, 1}
}

// ErrWeights is wrapped by every fault of a file of weights.
var ErrWeights = errors.New("weights")

// file is a file of weights as it is written.
type file struct {
	Thresholds struct {
		Family   *float64 `yaml:"family"`
		P1       *float64 `yaml:"p1"`
		P2       *float64 `yaml:"p2"`
		P3       *float64 `yaml:"p3"`
		External *float64 `yaml:"external"`
	} `yaml:"thresholds"`
	Budget    *float64 `yaml:"budget"`
	Tolerance *float64 `yaml:"tolerance"`
	Detectors map[string]struct {
		Mode   taxonomy.Mode `yaml:"mode"`
		Weight *float64      `yaml:"weight"`
	} `yaml:"detectors"`
}

// The bounds of what a file may say.
const (
	leastWeight, mostWeight       = 0.1, 1.0
	leastThreshold, mostThreshold = 0.5, 12.0
	leastBudget, mostBudget       = 0.1, 100_000.0
	mostTolerance                 = 1000.0
)

// Read reads a file of weights; known are the names of the detectors. What the file leaves out is as in Default. The error names everything
// that is wrong; Faults lists it with its places.
func Read(text []byte, known []string) (Policy, error) {
	p := Default()
	var f file
	if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return p, notYAML(err)
	}
	var wrong []error
	bad := func(place string, what remark.Remark) {
		line, column := spot(text, place)
		wrong = append(wrong, &Fault{line, column, remark.Of("{key}: {what}", "key", place, "what", what)})
	}
	for _, t := range []struct {
		name string
		is   *float64
		to   *float64
	}{
		{"family", f.Thresholds.Family, &p.Family},
		{"p1", f.Thresholds.P1, &p.P1},
		{"p2", f.Thresholds.P2, &p.P2},
		{"p3", f.Thresholds.P3, &p.P3},
		{"external", f.Thresholds.External, &p.External},
	} {
		switch {
		case t.is == nil:
		case !(*t.is >= leastThreshold && *t.is <= mostThreshold):
			bad("thresholds."+t.name, outside(*t.is, leastThreshold, mostThreshold))
		default:
			*t.to = *t.is
		}
	}
	if p.P3 > p.P2 || p.P2 > p.P1 {
		bad("thresholds", remark.Of("expected {order}, found {found}", "order", "p3 ≤ p2 ≤ p1", "found", fmt.Sprintf("%v, %v, %v", p.P3, p.P2, p.P1)))
	}
	if f.Budget != nil {
		if p.Budget = *f.Budget; !(p.Budget >= leastBudget && p.Budget <= mostBudget) {
			bad("budget", outside(p.Budget, leastBudget, mostBudget))
		}
	}
	if f.Tolerance != nil {
		if p.Tolerance = *f.Tolerance; !(p.Tolerance >= 1 && p.Tolerance <= mostTolerance) {
			bad("tolerance", outside(p.Tolerance, 1, mostTolerance))
		}
	}
	if p.External > p.P2 {
		bad("thresholds.external", remark.Of("{n} lets rules and outside models alone bring a case to P2 ({line})", "n", p.External, "line", p.P2))
	}
	p.Detectors = map[string]Setting{}
	for _, name := range slices.Sorted(maps.Keys(f.Detectors)) {
		s, d := Setting{taxonomy.ModeEnforce, 1}, f.Detectors[name]
		if !slices.Contains(known, name) {
			bad("detectors."+name, remark.Of("there is none of this name; expected one of {list}", "list", strings.Join(known, ", ")))
		}
		if d.Mode != "" {
			s.Mode = d.Mode
		}
		if s.Mode != taxonomy.ModeShadow && s.Mode != taxonomy.ModeEnforce {
			bad("detectors."+name+".mode", remark.Of("expected {one} or {other}, found {found}", "one", taxonomy.ModeShadow, "other", taxonomy.ModeEnforce, "found", strconv.Quote(string(d.Mode))))
		}
		if d.Weight != nil {
			s.Weight = *d.Weight
		}
		if !(s.Weight >= leastWeight && s.Weight <= mostWeight) {
			bad("detectors."+name+".weight", remark.Of("{n} is not from {low} to {high}; a detector that is to count for nothing is in shadow", "n", s.Weight, "low", leastWeight, "high", mostWeight))
		}
		p.Detectors[name] = s
	}
	sum := sha256.Sum256(text)
	p.Digest = hex.EncodeToString(sum[:])
	return p, errors.Join(wrong...)
}

// outside says that a number is out of its bounds.
func outside(n, low, high float64) remark.Remark {
	return remark.Of("{n} is not from {low} to {high}", "n", n, "low", low, "high", high)
}
