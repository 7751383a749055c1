package cli_test

import (
	"fmt"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"haris/internal/stage"
)

// plainModel learns a small model with the head "secret" from plain sentences and writes it to a file.
func plainModel(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: plainmodel FILE")
	}
	var examples []stage.Example
	for i := range 80 {
		who := []string{"please", "really", "now", "today", "again"}[i%5]
		examples = append(examples,
			stage.Example{Text: fmt.Sprintf("keep this between us %s %d", who, i), Lang: "en", Stages: []string{"secret"}, Group: fmt.Sprint("a", i)},
			stage.Example{Text: fmt.Sprintf("did you do the maths homework %s %d", who, i), Lang: "en", Group: fmt.Sprint("b", i)})
	}
	m, err := stage.Train(examples, stage.Options{HeldOut: .4, Least: 10})
	ts.Check(err)
	b, err := m.Encode()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}
