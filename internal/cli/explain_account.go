package cli

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"haris/internal/app"
	"haris/internal/detect"
	"haris/internal/detect/contact"
	"haris/internal/pipeline"
	"haris/internal/rule"
)

type explainAccountCommand struct {
	Account string `arg:"" help:"Id of the account, as the platform names it."`
}

// Help is the example.
func (explainAccountCommand) Help() string {
	return "What is known now: who the account is, which detectors know something about it, what they say and what would have changed it, and how it adds up.\n\n" +
		"Example: haris explain account u-7f3a -o json"
}

// aboutAccount is what is known of one account.
type aboutAccount struct {
	Account string         `json:"account"`
	Band    string         `json:"age_band"`
	Role    string         `json:"role,omitempty"`
	Region  string         `json:"region,omitempty"`
	Acted   bool           `json:"acted,omitempty"` // the platform acted upon it for a reason of concern
	States  map[string]int `json:"state_bytes"`
	Signals []signalSaid   `json:"signals"`
	Labels  []string       `json:"labels"`
	Sums    []fusionRow    `json:"standing"`
	Told    []toldRow      `json:"decided"`
	Shares  []sharedRow    `json:"shares"`
}

type toldRow struct {
	Typology string    `json:"typology"`
	Priority string    `json:"priority"`
	Total    float64   `json:"total"`
	At       time.Time `json:"at"`
}

type sharedRow struct {
	Kind   string   `json:"kind"`
	Others []string `json:"others"`
	Count  int      `json:"count"`
}

// withKnowledge runs f with everything that is known, in memory.
func (r *run) withKnowledge(f func(*app.Core, *pipeline.Knowledge, *rule.Set) error) error {
	return r.withCore(func(core *app.Core) error {
		now, err := core.InForce(r.ctx)
		if err != nil {
			return err
		}
		k, err := core.Knowledge(r.ctx, &now)
		if err != nil {
			return err
		}
		return f(core, k, now.Rules)
	})
}

// Run explains the account.
func (c explainAccountCommand) Run(r *run) error {
	return r.withKnowledge(func(_ *app.Core, k *pipeline.Knowledge, _ *rule.Set) error {
		a, ok := k.About(c.Account)
		if !ok {
			return fmt.Errorf("nothing is known of account %q: no event has named it", c.Account)
		}
		x := accountSaid(&a)
		if r.isJSON() {
			return r.json(x)
		}
		return x.print(r)
	})
}

func accountSaid(a *pipeline.About) aboutAccount {
	x := aboutAccount{
		Account: a.Profile.ID, Band: a.Profile.Band.String(), Role: a.Profile.Role, Region: a.Profile.Region, Acted: a.Profile.Acted, States: a.States,
		Signals: []signalSaid{}, Labels: append([]string{}, a.Labels...), Sums: []fusionRow{}, Told: []toldRow{}, Shares: []sharedRow{},
	}
	for _, s := range a.Signals {
		x.Signals = append(x.Signals, signalSaid{s, app.Explain(s, "en")})
	}
	for _, f := range a.Fusions {
		x.Sums = append(x.Sums, fused(f))
	}
	for _, t := range a.Told {
		x.Told = append(x.Told, toldRow{string(t.Typology), t.Priority.String(), t.Total, t.At})
	}
	for _, s := range a.Keys {
		x.Shares = append(x.Shares, sharedRow{s.Kind, append([]string{}, s.Others...), s.Count})
	}
	return x
}

func (x *aboutAccount) print(r *run) error {
	w := r.Stdout
	fmt.Fprintf(w, "%s  age %s%s%s\n", x.Account, cmp.Or(x.Band, "unknown"), words(", role ", x.Role), words(", region ", x.Region))
	if x.Acted {
		fmt.Fprintln(w, "The platform has acted upon it for a reason that is about the safety of a child.")
	}
	if len(x.States) == 0 {
		fmt.Fprintln(w, "No detector knows anything about it.")
	} else {
		fmt.Fprintf(w, "Detectors that follow it: %s.\n", strings.Join(slices.Sorted(maps.Keys(x.States)), ", "))
	}
	for _, s := range x.Signals {
		fmt.Fprintf(w, "%s  %s  %s\n  %s\n%s", s.Signal.Detector, standingWords(&s.Signal), s.Signal.At.UTC().Format(time.DateTime), s.Explanation.Why, line(s.Explanation.Counterfactual))
	}
	if len(x.Signals) == 0 {
		fmt.Fprintln(w, "Nothing stands about it.")
	}
	for _, f := range x.Sums {
		fmt.Fprintf(w, "Added up as %s: %.1f %s (%s)\n", f.Typology, f.Total, f.Priority, families(f.Families))
	}
	for _, t := range x.Told {
		fmt.Fprintf(w, "Concluded %s: %s %s %.1f\n", t.At.UTC().Format(time.DateTime), t.Typology, t.Priority, t.Total)
	}
	for _, s := range x.Shares {
		if s.Count > 0 {
			fmt.Fprintf(w, "Shares %s with %d: %s\n", s.Kind, s.Count, strings.Join(s.Others, ", "))
		}
	}
	if len(x.Labels) > 0 {
		fmt.Fprintf(w, "Labels: %s\n", strings.Join(x.Labels, ", "))
	}
	return nil
}

// line is a sentence on a line of its own; nothing for none.
func line(s string) string {
	if s == "" {
		return ""
	}
	return "  " + s + "\n"
}

func words(before, s string) string {
	if s == "" {
		return ""
	}
	return before + s
}

func families(list map[string]float64) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(list)) {
		out = append(out, fmt.Sprintf("%s %.1f", name, list[name]))
	}
	return strings.Join(out, ", ")
}

type explainPairCommand struct {
	A string `arg:"" help:"Id of one account."`
	B string `arg:"" help:"Id of the other."`
}

// Help is the example.
func (explainPairCommand) Help() string {
	return "Who made the first contact, what came of it, what each did toward the other, and what detectors say of either that names the other.\n\n" +
		"Example: haris explain pair u-7f3a u-11c2"
}

// aboutPair is what is known between two accounts.
type aboutPair struct {
	A       string          `json:"a"`
	B       string          `json:"b"`
	Bands   [2]string       `json:"age_bands"`
	Between contact.Between `json:"between"`
	Signals []signalSaid    `json:"signals"` // about one of them, in which the other has a part
}

// Run explains the pair.
func (c explainPairCommand) Run(r *run) error {
	return r.withKnowledge(func(_ *app.Core, k *pipeline.Knowledge, _ *rule.Set) error {
		b, ok := k.Between(c.A, c.B)
		if !ok {
			return fmt.Errorf("%q and %q have never had to do with each other, as far as the platform has said", c.A, c.B)
		}
		x := aboutPair{A: c.A, B: c.B, Between: b, Signals: []signalSaid{}}
		for i, id := range []string{c.A, c.B} {
			a, _ := k.About(id)
			x.Bands[i] = a.Profile.Band.String()
			for _, s := range a.Signals {
				if names(&s, c.A, c.B) {
					x.Signals = append(x.Signals, signalSaid{s, app.Explain(s, "en")})
				}
			}
		}
		if r.isJSON() {
			return r.json(x)
		}
		x.print(r)
		return nil
	})
}

// names reports whether a signal about one of two accounts has a part for the other.
func names(s *detect.Signal, a, b string) bool {
	other := a
	if s.Subject == a {
		other = b
	}
	return slices.Contains(s.Others, other)
}

func (x *aboutPair) print(r *run) {
	w, b := r.Stdout, &x.Between
	fmt.Fprintf(w, "%s (age %s) and %s (age %s), last %s\n", x.A, cmp.Or(x.Bands[0], "unknown"), x.B, cmp.Or(x.Bands[1], "unknown"), b.Last.Format(time.DateTime))
	switch b.First {
	case "":
		fmt.Fprintln(w, "Neither has made a first contact in private.")
	default:
		first := x.A
		if b.First == "b" {
			first = x.B
		}
		fmt.Fprintf(w, "%s made the first contact%s: %s.\n", first, map[bool]string{true: ", as a stranger"}[b.Strangers], b.Outcome)
	}
	for i, s := range []contact.Side{b.A, b.B} {
		fmt.Fprintf(w, "%s: %d messages and calls, %d payments%s\n", []string{x.A, x.B}[i], s.Messages, s.Payments, did(s))
	}
	for _, f := range []struct {
		is  bool
		say string
	}{
		{b.Family, "The platform says that they are family."},
		{b.Pressed, "The minor was pressed to answer."},
		{b.Exchanged, "Contact details passed between them."},
		{b.Run > 0, fmt.Sprintf("Messages in a row without an answer: %d.", b.Run)},
	} {
		if f.is {
			fmt.Fprintln(w, f.say)
		}
	}
	for _, s := range x.Signals {
		fmt.Fprintf(w, "%s about %s, %s\n  %s\n", s.Signal.Detector, s.Signal.Subject, standingWords(&s.Signal), s.Explanation.Why)
	}
}

func did(s contact.Side) (out string) {
	if s.Blocked {
		out += ", blocked the other"
	}
	if s.Reported {
		out += ", reported the other"
	}
	if s.Concern {
		out += " for a reason of concern"
	}
	return out
}
