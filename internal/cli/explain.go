package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"

	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/rule"
)

type explainCommand struct {
	Event   explainEventCommand   `cmd:"" default:"withargs" help:"Say what would follow from events, without taking them in."`
	Account explainAccountCommand `cmd:"" help:"Say what is known of an account, and how it is weighed."`
	Pair    explainPairCommand    `cmd:"" help:"Say what is known between two accounts."`
}

type explainEventCommand struct {
	File string `arg:"" help:"File with one event, or several, one a line (NDJSON); - is standard input."`
}

// Help is the example.
func (explainEventCommand) Help() string {
	return "The events are folded on top of what is known now, in memory; nothing is stored.\n\nExample: haris explain event.json -o json"
}

// explained is what would follow from one event.
type explained struct {
	ID        string           `json:"id"`
	Type      event.Type       `json:"type"`
	Facts     []factRow        `json:"facts"`
	Before    []change         `json:"before"` // of what the event changed in what is known
	After     []change         `json:"after"`
	Signals   []signalSaid     `json:"signals"`
	Rules     []rule.Judgement `json:"rules"`
	Standing  []fusionRow      `json:"standing"`
	Decisions []decisionRow    `json:"decisions"`
	Verdict   string           `json:"verdict"`
}

type factRow struct {
	Kind    string `json:"kind"`
	Account string `json:"account"`
	Other   string `json:"other"`
}

type signalSaid struct {
	Signal      detect.Signal      `json:"signal"`
	Explanation detect.Explanation `json:"explanation"`
}

type fusionRow struct {
	Typology string             `json:"typology"`
	Total    float64            `json:"total"`
	Families map[string]float64 `json:"families"`
	Priority string             `json:"priority"`
}

type decisionRow struct {
	casefile.Matter
	Friction []pipeline.Friction `json:"friction,omitempty"`
}

// Run explains each event of the file.
func (c explainEventCommand) Run(r *run) error {
	return r.withKnowledge(func(core *app.Core, k *pipeline.Knowledge, set *rule.Set) error {
		in, err := r.open(c.File)
		if err != nil {
			return err
		}
		return errors.Join(r.explainAll(core, k, set, in), in.Close())
	})
}

func (r *run) explainAll(core *app.Core, k *pipeline.Knowledge, set *rule.Set, in io.Reader) error {
	pieces, err := readEvents(in)
	if err != nil {
		return err
	}
	for _, p := range pieces {
		e, problem := event.Decode(p.Text, p.Line, core.Limits())
		if problem != nil {
			return problem
		}
		e.Seq = k.Next()
		tr := &pipeline.Trace{}
		before := known(k, &e)
		out := k.Fold([]event.Event{e}, set, tr)
		x := explanation(&e, tr, out)
		x.Before, x.After = differ(before, known(k, &e))
		if r.isJSON() {
			if err := r.json(x); err != nil {
				return err
			}
			continue
		}
		r.printExplained(x)
	}
	return nil
}

// maxExplained bounds a file that explain reads whole.
const maxExplained = 16 << 20

// readEvents reads one event that may span lines, an array, or one event a line.
func readEvents(in io.Reader) ([]event.Piece, error) {
	body, err := io.ReadAll(io.LimitReader(bufio.NewReader(in), maxExplained+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxExplained {
		return nil, fmt.Errorf("the file is over %d MiB: explain is for a few events, haris replay for many", maxExplained>>20)
	}
	pieces, problem := event.Split(string(body))
	if problem != nil {
		return nil, problem
	}
	if len(pieces) == 0 {
		return nil, errors.New("the file holds no event")
	}
	return pieces, nil
}

func explanation(e *event.Event, tr *pipeline.Trace, out pipeline.Effects) explained {
	x := explained{
		ID: e.ID, Type: e.Type, Facts: []factRow{}, Signals: []signalSaid{}, Rules: tr.Rules, Standing: []fusionRow{},
		Decisions: []decisionRow{}, Verdict: string(out.Verdicts[0].Verdict),
	}
	for _, f := range tr.Facts {
		x.Facts = append(x.Facts, factRow{factWord(f.Kind), f.Account.ID, f.Other.ID})
	}
	for _, s := range tr.Signals {
		x.Signals = append(x.Signals, signalSaid{s, app.Explain(s, "en")})
	}
	for _, f := range tr.Fusions {
		x.Standing = append(x.Standing, fused(f))
	}
	for _, d := range out.Decisions {
		x.Decisions = append(x.Decisions, decisionRow{d.Matter, d.Friction})
	}
	return x
}

func fused(f decide.Fusion) fusionRow {
	row := fusionRow{Typology: string(f.Typology), Total: f.Total, Families: map[string]float64{}, Priority: f.Priority.String()}
	for name, v := range f.Families {
		row.Families[string(name)] = v
	}
	return row
}

func (r *run) printExplained(x explained) {
	w := r.Stdout
	fmt.Fprintf(w, "%s  %s\n", x.ID, x.Type)
	section := func(name string, n int) {
		if n == 0 {
			fmt.Fprintf(w, "%s: none\n", name)
			return
		}
		fmt.Fprintf(w, "%s:\n", name)
	}
	section("facts", len(x.Facts))
	for _, f := range x.Facts {
		fmt.Fprintf(w, "  %s %s (other side: %s)\n", f.Account, f.Kind, f.Other)
	}
	section("what it changes in what is known", len(x.After))
	for i := range x.After {
		fmt.Fprintf(w, "  %s: %s → %s\n", x.After[i].What, cmp.Or(x.Before[i].Is, "nothing"), cmp.Or(x.After[i].Is, "nothing"))
	}
	section("signals", len(x.Signals))
	for _, s := range x.Signals {
		fmt.Fprintf(w, "  %s about %s, strength %.1f: %s\n    %s\n", s.Signal.Detector, s.Signal.Subject, s.Signal.Strength, s.Explanation.Why, s.Explanation.Counterfactual)
	}
	section("rules that look at this type", len(x.Rules))
	for _, j := range x.Rules {
		fmt.Fprintf(w, "  %-8s %s (%s) %s\n", j.Outcome, j.Rule, j.Mode, j.Why)
	}
	section("what stands", len(x.Standing))
	for _, f := range x.Standing {
		fmt.Fprintf(w, "  %s: %.1f %s\n", f.Typology, f.Total, f.Priority)
	}
	section("decisions", len(x.Decisions))
	for _, d := range x.Decisions {
		fmt.Fprintf(w, "  %s case about %s, queue %s: %s\n", d.Priority, d.Subject, d.Queue, strings.Join(d.Reasons, " "))
		for _, f := range d.Friction {
			fmt.Fprintf(w, "    asks the platform: %s on %s for %s\n", f.Action, f.Subject, f.For)
		}
	}
	fmt.Fprintf(w, "verdict: %s\n", x.Verdict)
}
