package evaluate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/demo/platform"
	"haris/internal/evaluate"
	"haris/internal/event"
	"haris/internal/rule"
	"haris/internal/taxonomy"
	"haris/packs"
)

// stream gives decoded lines.
func stream(t *testing.T, lines []string) func(func([]event.Event) error) error {
	t.Helper()
	var all []event.Event
	for i, l := range lines {
		e, p := event.Decode(l, i+1, event.Limits{})
		if p != nil {
			t.Fatal(p)
		}
		all = append(all, e)
	}
	return func(f func([]event.Event) error) error {
		for part := range slices.Chunk(all, 100) {
			if err := f(slices.Clone(part)); err != nil {
				return err
			}
		}
		return nil
	}
}

// crowd is a stream in which one adult, p0, writes to 25 children who do not answer, among people who write to each other.
func crowd() (out []string) {
	add := func(id, typ, at, data string) {
		out = append(out, fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/t","type":%q,"time":"2026-03-02T%sZ","data":%s}`, id, typ, at, data))
	}
	for i := range 60 {
		band := "25+"
		if i >= 30 {
			band = "13-15"
		}
		add(fmt.Sprintf("a%d", i), "account.created", "00:00:00", fmt.Sprintf(`{"account":"p%d","age_band":%q}`, i, band))
	}
	for i := range 400 {
		from, to := i%30, (i*7+1)%30
		add(fmt.Sprintf("m%d", i), "message.sent", fmt.Sprintf("%02d:%02d:00", 1+i/60, i%60), fmt.Sprintf(`{"from":"p%d","to":["p%d"],"conversation":"c","surface":"dm"}`, from+1, to+1))
	}
	for i := range 25 {
		add(fmt.Sprintf("g%d", i), "message.sent", fmt.Sprintf("09:%02d:00", i), fmt.Sprintf(`{"from":"p0","to":["p%d"],"conversation":"d","surface":"dm"}`, 31+i))
	}
	return out
}

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// truth says that p0 is a groomer, that nobody notices p9, and that p5 is harmless.
func truth() platform.Truth {
	return platform.Truth{
		Positive: []platform.Positive{
			{Kind: "grooming", Subjects: []string{"p0"}, Victims: []string{"p31", "p32"}, Start: start},
			{Kind: "sextortion", Subjects: []string{"p9"}, Victims: []string{"p33"}, Start: start},
			{Kind: "grooming", Subjects: []string{"p10"}, Victims: []string{"p34"}, Start: start, Others: []string{"p11"}},
		},
		BenignHard: []platform.Benign{{Kind: "teacher", Subjects: []string{"p5"}}},
	}
}

func TestRunCountsByHand(t *testing.T) {
	res, err := evaluate.Run(t.Context(), []evaluate.Source{{Name: "crowd", Truth: truth(), Each: stream(t, crowd())}},
		evaluate.Options{Budget: 3, Ablate: true, Sizes: true, Workers: 2}, taxonomy.P3)
	if err != nil {
		t.Fatal(err)
	}
	if s := res.Streams[0]; s.Events != 485 || s.Accounts != 60 || s.Matters != 3 {
		t.Errorf("stream %+v", s)
	}
	// 60 accounts, of which 3 subjects, 4 victims and another take part.
	if res.Matters != 3 || res.Negatives != 52 {
		t.Errorf("%d matters, %d negatives", res.Matters, res.Negatives)
	}
	if r := res.Recalls[0]; r.OK {
		t.Errorf("52 negatives are too few for 1e-2: %+v", r)
	}
	if res.All.Found != 1 || len(res.Missed) != 2 || res.Missed[0].Subject != "p9" || res.Missed[0].Priority != "none" {
		t.Errorf("all %+v, missed %+v", res.All, res.Missed)
	}
	g := res.Kinds[0]
	if g.Kind != "grooming" || g.Matters != 2 || g.Found != 1 || g.Reached["P2"] != 1 || g.Reached["none"] != 1 {
		t.Errorf("grooming %+v", g)
	}
	// One message a minute from nine o'clock on: the n-th comes n − 1 minutes after the start.
	if want := g.Hours.Median*60 + 1; g.Messages.Median < 4 || g.Messages.Median > 25 || want-g.Messages.Median > .01 || g.Messages.Median-want > .01 {
		t.Errorf("%v messages in %v hours", g.Messages.Median, g.Hours.Median)
	}
	if e := res.Early; e.Precision != 1 || e.Recall < .333 || e.Recall > .334 {
		t.Errorf("early %+v", e)
	}
	for _, b := range res.Budgets {
		if b.Matters != 1 || b.Cases != 1 || b.Right != 1 {
			t.Errorf("budget %+v", b)
		}
	}
	if res.Budgets[2].PerDay != 3 {
		t.Errorf("the budget asked for is not there: %+v", res.Budgets)
	}
	if h := res.Hard[0]; h.Cases != 1 || h.FPR.Part != 0 {
		t.Errorf("hard %+v", h)
	}
	i := slices.IndexFunc(res.Ablation, func(a evaluate.Ablation) bool { return a.Without == "D1" })
	if i < 0 || res.Ablation[i].Found != -1 || res.Ablation[i].Budget > -.3 {
		t.Errorf("without D1: %+v", res.Ablation)
	}
	if len(res.Raised) != 1 || res.Raised[0].Account != "p0" || res.Raised[0].Kind != "grooming" || len(res.Raised[0].Why) == 0 {
		t.Errorf("raised %+v", res.Raised)
	}
	d := res.Detectors[0]
	if d.Name != "D1" || d.Spoke != 1 || d.Tested == 0 || d.Tails[0].Observed.Part != 0 {
		t.Errorf("D1 %+v", d)
	}
	if len(res.Weights) == 0 || len(res.Sizes) == 0 || res.Cohorts[0].Groups[0].Name != "13-15" || res.Cohorts[0].Groups[0].Raised.Of != 26 {
		t.Errorf("state %v, cohorts %+v", res.Weights, res.Cohorts[0])
	}
}

func TestTruthOfAnotherStream(t *testing.T) {
	other := truth()
	other.Positive[1].Subjects = []string{"nobody"}
	other.BenignHard = append(other.BenignHard, platform.Benign{Kind: "coach", Subjects: []string{"nobody else"}})
	run := func(lenient bool) (*evaluate.Result, error) {
		return evaluate.Run(t.Context(), []evaluate.Source{{Name: "crowd", Truth: other, Each: stream(t, crowd())}}, evaluate.Options{Budget: 1, Lenient: lenient}, taxonomy.PriorityNone)
	}
	if _, err := run(false); !errors.Is(err, evaluate.ErrUnknown) || !strings.Contains(err.Error(), "nobody, nobody else") {
		t.Errorf("%v", err)
	}
	res, err := run(true)
	if err != nil || len(res.Left) != 2 || len(res.Hard) != 1 || res.All.Matters != 3 {
		t.Errorf("%+v, %v", res, err)
	}
}

// Without a truth it says what was raised, and nothing of recall.
func TestNoTruth(t *testing.T) {
	res, err := evaluate.Run(t.Context(), []evaluate.Source{{Name: "crowd", Each: stream(t, crowd())}}, evaluate.Options{Budget: 1}, taxonomy.PriorityNone)
	if err != nil {
		t.Fatal(err)
	}
	var text, page bytes.Buffer
	if err := errors.Join(res.WriteTable(&text), res.WritePage(&page)); err != nil {
		t.Fatal(err)
	}
	if res.Early != nil || len(res.Wrong) != 1 || res.Others["P2"] != 1 || strings.Contains(text.String(), "RECALL") || strings.Contains(page.String(), "Recall where") {
		t.Errorf("%+v\n%s", res, text.String())
	}
}

// What is planted on a simulated platform is found, and nothing of what only looks like it comes before a person; the page needs nothing but itself.
func TestSimulatedPlatform(t *testing.T) {
	set, err := rule.Load(packs.FS, rule.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w, err := platform.Generate(platform.Config{Seed: 1, Wordless: true})
	if err != nil {
		t.Fatal(err)
	}
	w.Truth.Simulated = true
	lines := make([]string, len(w.Events))
	for i, e := range w.Events {
		lines[i] = string(e.JSON)
	}
	res, err := evaluate.Run(t.Context(), []evaluate.Source{{Name: "simulated 1", Truth: w.Truth, Each: stream(t, lines)}}, evaluate.Options{Rules: set, Budget: 40, Workers: 2}, taxonomy.PriorityNone)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range res.Kinds {
		if k.Found == 0 {
			t.Errorf("%s: of %d planted none was found: %v", k.Kind, k.Matters, k.Reached)
		}
	}
	for _, h := range res.Hard {
		if h.FPR.Part > 0 {
			t.Errorf("%s: %v", h.Kind, h.Reached)
		}
	}
	if len(res.Kinds) < 4 || len(res.Hard) < 15 || len(res.Wrong) > 0 || !res.Recalls[1].OK || res.Recalls[1].Recall < .5 {
		t.Errorf("%d kinds, %d hard, wrong %+v, recall %+v", len(res.Kinds), len(res.Hard), res.Wrong, res.Recalls)
	}
	var page bytes.Buffer
	if err := res.WritePage(&page); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"are no accuracy", "<svg", "default-src 'none'", "prefers-color-scheme: dark", "trafficking_recruitment", "too few"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for _, never := range []string{"<script", "http://", "https://", "url(", "ZgotmplZ", "NaN", "@import"} {
		if strings.Contains(page.String(), never) {
			t.Errorf("the page has %q", never)
		}
	}
	if _, err := json.Marshal(res); err != nil {
		t.Error(err)
	}
}
