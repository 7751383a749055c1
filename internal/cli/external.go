package cli

import (
	"crypto/rand"
	"errors"
	"strconv"

	"haris/internal/app"
	"haris/internal/config"
	"haris/internal/extern"
)

type externalCommand struct {
	Test   externalTestCommand   `cmd:"" help:"Ask the model of external.url about a sentence, and show the answer as it was checked."`
	Policy externalPolicyCommand `cmd:"" help:"Print the written policy that is inside the program, to copy and to write as your own."`
}

type externalTestCommand struct {
	Sentence string `arg:"" help:"What is asked about. It is sent to external.url: never give a real message here."`
	Lang     string `help:"Language of the sentence, such as en."`
}

// Help is the example.
func (externalTestCommand) Help() string {
	return "Nothing is written anywhere. The exit code is 1 when there is no answer.\n\nExample: haris external test \"keep this between us\" --lang en -o json"
}

// externalAnswer is what is printed.
type externalAnswer struct {
	Model  string        `json:"model"`
	Policy string        `json:"policy"` // digest
	Error  string        `json:"error,omitempty"`
	Reason string        `json:"reason,omitempty"` // why nothing was answered
	Stages extern.Answer `json:"stages,omitempty"`
}

// Run asks.
func (c externalTestCommand) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	client, err := app.External(&cfg)
	if err != nil {
		return err
	}
	if client == nil {
		return errors.New("no model is asked: external.kind is " + config.None + "; set it to " + extern.Scores + " or " + extern.Chat + ", with external.url and external.model")
	}
	out := externalAnswer{Model: client.Model(), Policy: client.Policy()}
	var failed *extern.Error
	out.Stages, err = client.Ask(r.ctx, c.Sentence, c.Lang, rand.Text())
	if errors.As(err, &failed) {
		out.Error, out.Reason = failed.Error(), failed.Reason
	} else if err != nil {
		return err
	}
	if err := r.printExternal(&out); err != nil {
		return err
	}
	if failed != nil {
		return errNo
	}
	return nil
}

func (r *run) printExternal(a *externalAnswer) error {
	if r.isJSON() {
		return r.json(a)
	}
	r.say("%s, policy %s.", a.Model, a.Policy[:12])
	if a.Error != "" {
		r.say("No answer: %s.", a.Error)
		return nil
	}
	var rows [][]string
	for _, f := range a.Stages {
		nats := strconv.FormatFloat(f.Nats, 'f', 1, 64)
		if f.Unscanned != "" {
			nats = "–"
		}
		rows = append(rows, []string{f.Stage, nats, f.Unscanned, f.Quote, f.Rationale})
	}
	return r.table([]string{"stage", "nats", "no answer", "quotation", "words of the model"}, rows)
}

type externalPolicyCommand struct{}

// Help is the example.
func (externalPolicyCommand) Help() string { return "Example: haris external policy > policy.yaml" }

// Run prints.
func (externalPolicyCommand) Run(r *run) error {
	_, err := r.Stdout.Write(extern.Standard())
	return err
}
