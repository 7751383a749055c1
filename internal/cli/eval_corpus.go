package cli

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"haris/internal/early"
	"haris/internal/measure"
	"haris/internal/stage"
)

// judge is the model by which a corpus is judged.
type judge struct {
	Model     string  `required:"" placeholder:"FILE" help:"Stage model."`
	Head      string  `required:"" help:"Head of the model that tells what is looked for."`
	Threshold float64 `default:"0" help:"Log-likelihood ratio, in nats, above which a text counts."`
	Lang      string  `default:"en" help:"Language of the corpus; the model must be calibrated for it."`

	model     *stage.Model
	head      int
	extractor stage.Extractor
	out       []float32
}

// open reads the model.
func (j *judge) open() error {
	b, err := os.ReadFile(j.Model)
	if err != nil {
		return err
	}
	if j.model, err = stage.Decode(b); err != nil {
		return fmt.Errorf("%s: %w", j.Model, err)
	}
	if j.head = slices.Index(j.model.Heads(), j.Head); j.head < 0 {
		return &usageError{fmt.Sprintf("--head: %s has no %q, expected one of %s", j.Model, j.Head, strings.Join(j.model.Heads(), ", "))}
	}
	return nil
}

// errUnscored says that the model cannot judge the language; a corpus that was judged by nothing must not look clean.
var errUnscored = errors.New("the model is not calibrated for this language, so nothing was measured: give --lang, or another model")

// score is the log-likelihood ratio of a text. One without any letter cannot be judged and is not above any threshold.
func (j *judge) score(text string) (float64, error) {
	if strings.TrimSpace(text) == "" {
		return math.Inf(-1), nil
	}
	out, err := j.model.Score(&j.extractor, text, j.Lang, j.out)
	if errors.Is(err, stage.ErrLanguage) || err == nil && math.IsNaN(float64(out[j.head])) {
		return 0, errUnscored
	}
	j.out = out
	if err != nil {
		return 0, err
	}
	return float64(out[j.head]), nil
}

// joined is what messages say, one a line.
func joined(messages []early.Message) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString(m.Text)
		b.WriteByte('\n')
	}
	return b.String()
}

// each opens a file, reads it with a progress bar, and closes it.
func (r *run) each(name string, read func(io.Reader) error) (err error) {
	raw, err := r.open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	in := io.Reader(raw)
	if st, err := os.Stat(name); err == nil {
		bar := r.steps(st.Size(), name)
		defer bar.end()
		if bar.bar != nil {
			in = io.TeeReader(raw, bar.bar)
		}
	}
	if err := read(in); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

type evalPANCCommand struct {
	judge
	Segments string `arg:"" help:"Labelled segments, one JSON object a line: {\"id\",\"label\":\"predator\"|\"non-predator\",\"messages\":[{\"author\",\"text\"}]}."`
	Full     string `required:"" placeholder:"FILE" help:"The whole chats of the predators, in the same form: the latency is measured on them."`
}

// Help is the example.
func (evalPANCCommand) Help() string {
	return "The protocol of Vogt, Leser and Akbik (ACL 2021): after each message the last 50 are judged, a warning comes when s of the last 10 were above the threshold and stays; a segment is found when a\n" +
		"warning comes within it; the latency is that of the whole chats; F-latency is F1 times 1 − the median penalty. haris ships none of the data.\n\n" +
		"Example: haris eval panc panc-test.ndjson --full chatcoder2-test.ndjson --model stages.hmdl --head S2"
}

// pancResult is what eval panc prints.
type pancResult struct {
	Segments  int            `json:"segments"`
	Predators int            `json:"predators"`
	Chats     int            `json:"whole_chats"`
	Brier     float64        `json:"brier"` // of whole segments as one text
	ECE       float64        `json:"ece"`
	Warned    []early.Warned `json:"by_skepticism"`
}

// Run judges both files.
func (c *evalPANCCommand) Run(r *run) error {
	if err := c.open(); err != nil {
		return err
	}
	var board early.Board
	var res pancResult
	var ratios []measure.Forecast
	windows := func(s early.Segment) ([early.Last]int, error) {
		if err := r.ctx.Err(); err != nil {
			return [early.Last]int{}, err
		}
		w, err := early.Judge(s.Messages, func(m []early.Message) (bool, error) {
			v, err := c.score(joined(m))
			return v > c.Threshold, err
		})
		return early.Alarms(w), err
	}
	err := r.each(c.Segments, func(in io.Reader) error {
		return early.ReadSegments(in, func(s early.Segment) error {
			alarms, err := windows(s)
			if err != nil {
				return err
			}
			board.Segment(s.Predator, alarms)
			if res.Segments++; s.Predator {
				res.Predators++
			}
			v, err := c.score(joined(s.Messages))
			ratios = append(ratios, measure.Forecast{P: v, So: s.Predator})
			return err
		})
	})
	if err != nil {
		return err
	}
	if err := r.each(c.Full, func(in io.Reader) error {
		return early.ReadSegments(in, func(s early.Segment) error {
			if !s.Predator {
				return fmt.Errorf("%q is a chat of no predator, expected the whole chats of predators only", s.ID)
			}
			alarms, err := windows(s)
			board.Whole(alarms)
			res.Chats++
			return err
		})
	}); err != nil {
		return err
	}
	res.Warned = board.Result()
	res.Brier, res.ECE = calibration(ratios, res.Predators)
	return c.print(r, res)
}

// calibration turns log-likelihood ratios into probabilities with the share of positives as the odds before, and measures them.
func calibration(ratios []measure.Forecast, positives int) (brier, ece float64) {
	if positives == 0 || positives == len(ratios) {
		return 0, 0
	}
	before := math.Log(float64(positives) / float64(len(ratios)-positives))
	for i := range ratios {
		ratios[i].P = 1 / (1 + math.Exp(-ratios[i].P-before))
	}
	return measure.Brier(ratios), measure.ECE(ratios, 10)
}

func (c *evalPANCCommand) print(r *run, res pancResult) error {
	if r.isJSON() {
		return r.json(res)
	}
	var rows [][]string
	for _, w := range res.Warned {
		rows = append(rows, []string{
			fmt.Sprint(w.Skepticism), fmt.Sprintf("%.2f", w.Precision), fmt.Sprintf("%.2f", w.Recall), fmt.Sprintf("%.2f", w.F1),
			fmt.Sprintf("%.0f", w.Median), fmt.Sprintf("%.2f", w.Speed), fmt.Sprintf("%.2f", w.FLatency),
		})
	}
	if err := r.table([]string{"skepticism", "precision", "recall", "f1", "median latency", "speed", "f-latency"}, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(r.Stdout, "%d segments, %d of predators; %d whole chats. Of segments as one text: Brier %.4f, ECE %.4f.\n", res.Segments, res.Predators, res.Chats, res.Brier, res.ECE)
	return err
}

type evalPAN12Command struct {
	judge
	Corpus    string  `arg:"" help:"pan12-sexual-predator-identification-….xml."`
	Predators string  `required:"" placeholder:"FILE" help:"The list of predators, one author a line."`
	Lines     string  `placeholder:"FILE" help:"The lines of the second task: conversation, tab, line."`
	LineAbove float64 `default:"0" help:"Log-likelihood ratio above which a line of an author who was found counts."`
	All       bool    `help:"Look at every conversation, not only at those of two or more people with six or more messages each."`
}

// Help is the example.
func (evalPAN12Command) Help() string {
	return "Task 1: an author is found when what they wrote in one conversation, as one text, is above the threshold; precision, recall, F1 and F0.5 over authors. Task 2, with --lines: the lines of\n" +
		"authors who were found that are above --line-above; F3. haris ships none of the data.\n\n" +
		"Example: haris eval pan12 pan12-test.xml --predators pan12-predators.txt --lines pan12-lines.txt --model stages.hmdl --head S2"
}

// pan12Result is what eval pan12 prints.
type pan12Result struct {
	Conversations int     `json:"conversations"`
	Looked        int     `json:"looked_at"`
	Authors       scores  `json:"authors"`
	F05           float64 `json:"f0.5"`
	Lines         *scores `json:"lines,omitempty"`
	F3            float64 `json:"f3,omitempty"`
}

// scores is counts with what follows from them.
type scores struct {
	early.Counts
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

func scored(c early.Counts) scores { return scores{c, c.Precision(), c.Recall(), c.F(1)} }

// pan12 is a run over the corpus.
type pan12 struct {
	*evalPAN12Command
	res   pan12Result
	found []string
	lines map[string][]string // by author: the lines above, as "conversation\tline"
}

// Run judges the corpus.
func (c *evalPAN12Command) Run(r *run) error {
	if err := c.open(); err != nil {
		return err
	}
	var predators, lines []string
	if err := r.each(c.Predators, func(in io.Reader) (err error) {
		predators, err = early.ReadAuthors(in)
		return err
	}); err != nil {
		return err
	}
	if c.Lines != "" {
		if err := r.each(c.Lines, func(in io.Reader) (err error) {
			lines, err = early.ReadLines(in)
			return err
		}); err != nil {
			return err
		}
	}
	p := &pan12{evalPAN12Command: c, lines: map[string][]string{}}
	if err := r.each(c.Corpus, func(in io.Reader) error {
		return early.ReadPAN12(in, func(one early.Conversation) error {
			if err := r.ctx.Err(); err != nil {
				return err
			}
			return p.conversation(one)
		})
	}); err != nil {
		return err
	}
	authors := early.Count(p.found, predators)
	p.res.Authors, p.res.F05 = scored(authors), authors.F(.5)
	if c.Lines != "" {
		var above []string
		for _, a := range p.found {
			above = append(above, p.lines[a]...)
		}
		n := early.Count(above, lines)
		s := scored(n)
		p.res.Lines, p.res.F3 = &s, n.F(3)
	}
	return p.print(r)
}

// conversation judges what each author wrote in it.
func (p *pan12) conversation(c early.Conversation) error {
	p.res.Conversations++
	if !p.All && !c.Eligible() {
		return nil
	}
	p.res.Looked++
	by := map[string][]early.Message{}
	var order []string
	for _, m := range c.Messages {
		if by[m.Author] == nil {
			order = append(order, m.Author)
		}
		by[m.Author] = append(by[m.Author], m)
	}
	for _, author := range order {
		v, err := p.score(joined(by[author]))
		if err != nil {
			return err
		}
		if v > p.Threshold && !slices.Contains(p.found, author) {
			p.found = append(p.found, author)
		}
		if p.evalPAN12Command.Lines == "" {
			continue
		}
		for _, m := range by[author] {
			v, err := p.score(m.Text)
			if err != nil {
				return err
			}
			if v > p.LineAbove {
				p.lines[author] = append(p.lines[author], fmt.Sprintf("%s\t%d", c.ID, m.Line))
			}
		}
	}
	return nil
}

func (p *pan12) print(r *run) error {
	if r.isJSON() {
		return r.json(p.res)
	}
	row := func(what string, s scores, f string) []string {
		return []string{what, fmt.Sprint(s.TP), fmt.Sprint(s.FP), fmt.Sprint(s.FN), fmt.Sprintf("%.4f", s.Precision), fmt.Sprintf("%.4f", s.Recall), fmt.Sprintf("%.4f", s.F1), f}
	}
	rows := [][]string{row("authors", p.res.Authors, fmt.Sprintf("F0.5 %.4f", p.res.F05))}
	if p.res.Lines != nil {
		rows = append(rows, row("lines", *p.res.Lines, fmt.Sprintf("F3 %.4f", p.res.F3)))
	}
	if err := r.table([]string{"task", "found", "wrong", "missed", "precision", "recall", "f1", "ranked by"}, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(r.Stdout, "%d conversations, %d looked at.\n", p.res.Conversations, p.res.Looked)
	return err
}
