package stage

import (
	"strings"

	"haris/internal/detect"
)

// The bits of whose scores showed a stage.
const (
	byPlatform = 1 << iota
	byModel
	bySeed
	byAll = byPlatform | byModel | bySeed
)

// Bounds of what is remembered of models and languages.
const (
	maxName    = 40
	digestSize = 64
	maxTongues = 4
	maxTongue  = 8
	maxScorer  = 1 + maxName + 1 + digestSize // bytes of an encoded one
)

func bitOf(s detect.Scorer) byte {
	switch {
	case s.Seed:
		return bySeed
	case s.Model != "":
		return byModel
	}
	return byPlatform
}

// newest is the model that is remembered after a message scored by s has shown a stage. The seed needs no name.
func newest(old, s detect.Scorer) detect.Scorer {
	if bitOf(s) != byModel {
		return old
	}
	return detect.Scorer{Model: cut(s.Model, maxName), Digest: cut(s.Digest, digestSize)}
}

// scorers lists those whose scores showed a stage; of several models the newest.
func scorers(by byte, model detect.Scorer) (out []detect.Scorer) {
	if by&byPlatform != 0 {
		out = append(out, detect.Scorer{})
	}
	if by&byModel != 0 {
		out = append(out, model)
	}
	if by&bySeed != 0 {
		out = append(out, detect.Scorer{Model: "seed", Seed: true})
	}
	return out
}

func cut(s string, n int) string { return strings.Clone(s[:min(len(s), n)]) }

// appendWord appends a length and a short word.
func appendWord(b []byte, s string) []byte { return append(append(b, byte(len(s))), s...) } //nolint:gosec // cut to less

func readWord(r *detect.Reader, most int) string {
	n := int(r.U8())
	if n > most {
		r.Fail()
		return ""
	}
	return string(r.Take(n))
}

func appendScorer(b []byte, s detect.Scorer) []byte {
	return appendWord(appendWord(b, s.Model), s.Digest)
}

func readScorer(r *detect.Reader) detect.Scorer {
	return detect.Scorer{Model: readWord(r, maxName), Digest: readWord(r, digestSize)}
}
