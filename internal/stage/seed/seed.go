// Package seed is the stage model that a haris has before anybody has judged a message: it is learnt from a few hundred sentences in
// English, Arabic, French and Spanish that were written for the purpose, plain and not explicit, for the stages S3 to S6 and S8, and from as
// many ordinary ones that look like them. Nobody ever wrote them to a child. It is a hint: its ratios are cut to Limit, the model says
// that it is weak, and what rests on it alone stays below what opens a case. internal/app calls it.
package seed

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"haris/internal/stage"
)

// Limit is the most that the seed says of one message, in nats, either way.
const Limit = 1.5

// least is how many sentences of a stage a language needs.
const least = 30

//go:embed en.txt ar.txt fr.txt es.txt
var files embed.FS

// Languages of the seed.
func Languages() []string { return []string{"en", "ar", "fr", "es"} }

// Examples are the sentences, each with its language and its stage; none for an ordinary one.
func Examples() (out []stage.Example, err error) {
	for _, lang := range Languages() {
		b, err := files.ReadFile(lang + ".txt")
		if err != nil {
			return nil, fmt.Errorf("seed: %w", err)
		}
		list, err := parse(lang, string(b))
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// parse reads a line with a stage in brackets, then a sentence a line.
func parse(lang, text string) (out []stage.Example, err error) {
	known := []string{"S3", "S4", "S5", "S6", "S8", "none"}
	var stages []string
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if name, ok := strings.CutPrefix(line, "["); ok {
			name = strings.TrimSuffix(name, "]")
			if !slices.Contains(known, name) {
				return nil, fmt.Errorf("seed: %s.txt, line %d: %q: want one of %s in brackets", lang, n+1, line, strings.Join(known, ", "))
			}
			stages = nil
			if name != "none" {
				stages = []string{name}
			}
			continue
		}
		out = append(out, stage.Example{Text: line, Lang: lang, Stages: stages})
	}
	return out, nil
}

// Model learns the seed; the same build always gives the same model. It takes a moment the first time.
var Model = sync.OnceValues(train)

func train() (*stage.Model, error) {
	list, err := Examples()
	if err != nil {
		return nil, err
	}
	m, err := stage.Train(list, stage.Options{Folds: 4, Epochs: 5, Least: least, Positive: 1, Seed: 1})
	if err != nil {
		return nil, err
	}
	m.Card.Name, m.Card.Weak, m.Card.Limit, m.Card.Notes = "seed", true, Limit, "learnt from sentences that were written for the purpose; measured on stand-ins only"
	b, err := m.Encode()
	if err != nil {
		return nil, err
	}
	return stage.Decode(b)
}
