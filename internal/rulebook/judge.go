package rulebook

import (
	"errors"
	"fmt"
	"strings"

	"haris/internal/decide"
	"haris/internal/remark"
	"haris/internal/rule"
)

// Judgement is what a text comes to.
type Judgement struct {
	Rules    *rule.Set // nil when the rules have problems
	Policy   decide.Policy
	Problems []rule.Problem      // by file, line and column; of the weights under WeightsFile
	Vectors  []rule.VectorResult // of every rule; empty when the rules have problems
}

// OK reports whether the text may be in force: no problem, and every test vector passes.
func (j *Judgement) OK() bool {
	if len(j.Problems) > 0 {
		return false
	}
	for i := range j.Vectors {
		if !j.Vectors[i].OK {
			return false
		}
	}
	return true
}

// Failed are the test vectors that do not pass.
func (j *Judgement) Failed() (out []rule.VectorResult) {
	for _, v := range j.Vectors {
		if !v.OK {
			out = append(out, v)
		}
	}
	return out
}

// Err says everything that is wrong, or nothing. It is a *FaultyError.
func (j *Judgement) Err() error {
	if j.OK() {
		return nil
	}
	return &FaultyError{*j}
}

// FaultyError says what is wrong with a text. It wraps ErrFaulty.
type FaultyError struct{ Judgement Judgement }

// Error says everything that is wrong, each on a line.
func (e *FaultyError) Error() string {
	var b strings.Builder
	b.WriteString(ErrFaulty.Error() + ":")
	for i := range e.Judgement.Problems {
		b.WriteString("\n" + e.Judgement.Problems[i].Error())
	}
	for _, v := range e.Judgement.Failed() {
		fmt.Fprintf(&b, "\n%s:%d: rule %s, test %q: %s", v.File, v.Line, v.Rule, v.Name, v.Detail)
	}
	return b.String()
}

// Unwrap is ErrFaulty.
func (e *FaultyError) Unwrap() error { return ErrFaulty }

// Judge checks a text, compiles it and runs its test vectors. detectors are the names that weights may name. It is pure.
func Judge(t Text, detectors []string) Judgement {
	var j Judgement
	set, err := rule.Parse(t.Packs, rule.Options{})
	var many *rule.Problems
	switch {
	case errors.As(err, &many):
		j.Problems = many.List
	case err != nil:
		j.Problems = []rule.Problem{{Message: remark.Verbatim(err.Error())}}
	default:
		j.Rules, j.Vectors = set, rule.Test(set)
	}
	if j.Policy, err = weigh(t.Weights, detectors); err != nil {
		lines := strings.Split(t.Weights, "\n")
		for _, f := range decide.Faults(err) {
			j.Problems = append(j.Problems, rule.Problem{
				File: WeightsFile, Line: f.Line, Column: f.Column, Message: f.Message, Snippet: rule.Snippet(lines, f.Line, f.Column),
			})
		}
	}
	return j
}

// weigh reads weights; decide.Default without any.
func weigh(text string, detectors []string) (decide.Policy, error) {
	if strings.TrimSpace(text) == "" {
		return decide.Default(), nil
	}
	return decide.Read([]byte(text), detectors)
}
