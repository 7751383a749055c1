package main

import (
	"bytes"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"haris/internal/event"
	"haris/internal/taxonomy"
)

// graph is made up: five messages among four people, out of order.
const graph = `# from to time
7 9 1082040961
9 7 1082041000

3 7 1082040970
7 9 1082042000
3 12 1082040970
`

func TestReadEdgesRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"two words":     {"1 2 3\n1 2\n", "line 2"},
		"no time":       {"1 2 noon\n", "noon"},
		"a negative":    {"1 2 -3\n", "-3"},
		"an odd column": {"1 2 3 4\n", "4 words"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := readEdges(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want something about %q", err, tt.want)
			}
		})
	}
}

func TestConvert(t *testing.T) {
	edges, err := readEdges(strings.NewReader(graph))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	n, err := convert(edges, mix{seed: 1, minors: .3, unknown: .05}.ages(edges), &out)
	if err != nil || n != 9 {
		t.Fatalf("%d events, %v; want four accounts and five messages", n, err)
	}
	var last event.Event
	ids, known, messages := map[string]bool{}, map[string]bool{}, []string{}
	for _, p := range event.SplitLines(out.String()) {
		e, problem := event.Decode(p.Text, p.Line, event.Limits{})
		if problem != nil {
			t.Fatalf("haris cannot read it: %+v", problem)
		}
		if e.Time.Before(last.Time.Add(-1e9)) || ids[e.ID] {
			t.Errorf("%s at %s comes after %s or twice", e.ID, e.Time, last.Time)
		}
		last = e
		ids[e.ID] = true
		switch e.Type {
		case event.AccountCreated:
			known[e.Data.Account] = true
		case event.MessageSent:
			if !known[e.Data.From] || !known[e.Data.To[0]] {
				t.Errorf("%s writes to %s before both are known", e.Data.From, e.Data.To[0])
			}
			if e.Data.Surface != taxonomy.SurfaceDM || e.Data.Text != "" {
				t.Errorf("%+v", e.Data)
			}
			messages = append(messages, e.Data.From+">"+e.Data.To[0]+" in "+e.Data.Conversation)
		}
	}
	want := "cm-7>cm-9 in cm-7-9, cm-3>cm-7 in cm-3-7, cm-3>cm-12 in cm-12-3, cm-9>cm-7 in cm-7-9, cm-7>cm-9 in cm-7-9"
	if got := strings.Join(messages, ", "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAgesFollowTheMix(t *testing.T) {
	many := make([]edge, 20_000)
	for i := range many {
		many[i] = edge{"a" + string(rune('0'+i%10)) + string(rune('0'+i/10%10)) + string(rune('0'+i/100%10)) + string(rune('0'+i/1000)), "b", 1082040961}
	}
	deal := func(seed uint64) map[string]int {
		var out bytes.Buffer
		if _, err := convert(many, mix{seed: seed, minors: .3, unknown: .05}.ages(many), &out); err != nil {
			t.Fatal(err)
		}
		n := map[string]int{"text": out.Len()}
		for _, b := range taxonomy.AgeBands() {
			n[b] = strings.Count(out.String(), `"age_band":"`+b+`"`)
		}
		return n
	}
	n := deal(1)
	minors := float64(n["u13"]+n["13-15"]+n["16-17"]) / 20_001
	unknown := float64(n["unknown"]) / 20_001
	if math.Abs(minors-.3) > .015 || math.Abs(unknown-.05) > .01 || n["18-24"] == 0 || n["25+"] == 0 {
		t.Errorf("%.3f minors, %.3f unknown: %v", minors, unknown, n)
	}
	same, other := deal(1), deal(2)
	if same["13-15"] != n["13-15"] || other["13-15"] == n["13-15"] && other["25+"] == n["25+"] {
		t.Errorf("the seed chooses the ages: %v %v %v", n, same, other)
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "graph.txt")
	if err := os.WriteFile(in, []byte(graph), 0o600); err != nil {
		t.Fatal(err)
	}
	var plain bytes.Buffer
	if err := run([]string{"-seed", "5", in}, &plain, io.Discard); err != nil {
		t.Fatal(err)
	}
	open := map[string]func(io.Reader) (io.Reader, error){
		".ndjson":     func(r io.Reader) (io.Reader, error) { return r, nil },
		".ndjson.gz":  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		".ndjson.zst": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	}
	for ext, reader := range open {
		t.Run(ext, func(t *testing.T) {
			name := filepath.Join(dir, "out"+ext)
			if err := run([]string{"-seed", "5", "-o", name, in}, io.Discard, io.Discard); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r, err := reader(f)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, plain.Bytes()) {
				t.Errorf("%v: %d bytes, want the %d of standard output", err, len(got), plain.Len())
			}
		})
	}
	for name, args := range map[string][]string{
		"no file": nil, "two files": {in, in}, "no such file": {in + "x"}, "too many minors": {"-minors", "1.5", in},
		"no such folder": {"-o", filepath.Join(dir, "x", "y"), in},
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(args, io.Discard, io.Discard); err == nil {
				t.Error("went on")
			}
		})
	}
}

// TestInject: an actor writes to as many as it should, of the ages that it chooses, within its days; and who is there stays as it was.
func TestInject(t *testing.T) {
	var edges []edge
	for i := range 400 {
		edges = append(edges, edge{strconv.Itoa(i), strconv.Itoa((i + 7) % 400), int64(1_000_000 + i*10_000)})
	}
	ages := mix{seed: 3, minors: .3, unknown: .05}.ages(edges)
	before := maps.Clone(ages)
	for _, selectivity := range []float64{0, 1} {
		all, put, err := actors{2, 10, selectivity, 1}.inject(edges, ages, 3)
		if err != nil || len(put) != 2 || len(all) != len(edges)+2*2*10 {
			t.Fatalf("%d edges, %d actors, %v", len(all), len(put), err)
		}
		for _, x := range put {
			if want := int(10 * selectivity); len(x.Victims) != want {
				t.Errorf("selectivity %g: %d minors of 10", selectivity, len(x.Victims))
			}
		}
		if !slices.IsSortedFunc(all, func(a, b edge) int { return int(a.at - b.at) }) {
			t.Error("out of order")
		}
	}
	for who, band := range before {
		if ages[who] != band {
			t.Errorf("%s has become %s", who, ages[who])
		}
	}
	if _, _, err := (actors{1, 10_000, 1, 1}).inject(edges, ages, 3); err == nil {
		t.Error("more contacts than there are accounts")
	}
	if err := (actors{1, 5, 1.5, 0}).check(); err == nil {
		t.Error("a selectivity of 1.5")
	}
}
