package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"haris/internal/demo/platform"
	"haris/internal/rule"
	"haris/internal/taxonomy"
	"haris/packs"
)

// What is planted on a simulated platform is found, and nothing of what only looks like it comes before a person.
func TestSimulatedPlatform(t *testing.T) {
	set, err := rule.Load(packs.FS, rule.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := newScore()
	for _, seed := range []uint64{1, 2} {
		events, truth, err := generate(seed)
		if err != nil {
			t.Fatal(err)
		}
		s.add(fold(events, set, nil), truth)
	}
	for kind, f := range s.Planted {
		if f.Reached["P0"]+f.Reached["P1"]+f.Reached["P2"] == 0 {
			t.Errorf("%s: of %d planted none reached P2: %v", kind, f.Matters, f.Reached)
		}
	}
	for kind, w := range s.Hard {
		if n := w.Reached["none"] + w.Reached["P3"]; n != w.Cases {
			t.Errorf("%s: of %d harmless cases %d were raised: %v", kind, w.Cases, w.Cases-n, w.Reached)
		}
	}
	if len(s.Planted) < 4 || len(s.Hard) < 15 {
		t.Errorf("%d kinds planted, %d hard kinds: the platform has lost some", len(s.Planted), len(s.Hard))
	}
	if len(s.Listed) > 0 {
		t.Errorf("raised for nothing: %+v", s.Listed)
	}
}

func TestScoreCountsEveryAccountOnce(t *testing.T) {
	at := func(p taxonomy.Priority) reached { return reached{Priority: p} }
	s := newScore()
	s.add(outcome{Reached: map[string]reached{
		"a": at(taxonomy.P1), "girl": at(taxonomy.P2), "teacher": at(taxonomy.P3), "coach": at(taxonomy.P2), "x": at(taxonomy.P3), "y": at(taxonomy.P0),
	}}, platform.Truth{
		Positive: []platform.Positive{
			{Kind: "grooming", Subjects: []string{"a"}, Victims: []string{"girl"}},
			{Kind: "grooming", Subjects: []string{"b"}, Victims: []string{"girl"}},
			{Kind: "trafficking_control", Subjects: []string{"b"}, Victims: []string{"girl"}},
		},
		BenignHard: []platform.Benign{{Kind: "teacher", Subjects: []string{"teacher"}}, {Kind: "coach", Subjects: []string{"coach", "other"}}},
	})
	if g := s.Planted["grooming"]; g.Matters != 2 || g.Reached["P1"] != 1 || g.Reached["none"] != 1 {
		t.Errorf("grooming %+v", g)
	}
	if c := s.Planted["trafficking_control"]; c.Reached["P2"] != 1 {
		t.Errorf("control is found by the child's account: %+v", c)
	}
	if len(s.Missed) != 1 || s.Missed[0] != "grooming b none" {
		t.Errorf("missed %v", s.Missed)
	}
	if s.Hard["teacher"].Reached["P3"] != 1 || s.Hard["coach"].Reached["P2"] != 1 {
		t.Errorf("hard %+v %+v", s.Hard["teacher"], s.Hard["coach"])
	}
	if fmt.Sprint(s.Others) != "map[P0:1 P3:1]" || len(s.Listed) != 2 {
		t.Errorf("others %v, listed %v", s.Others, s.Listed)
	}
	var out bytes.Buffer
	s.print(&out)
	for _, want := range []string{"grooming                 2: P1 1, none 1", "other accounts: P0 1, P3 1", "raised for nothing", "planted, below P2: grooming b none"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// crowd is a stream in which one adult writes to many children who do not answer, among people who write to each other.
func crowd() string {
	var b strings.Builder
	event := func(id, typ, at, data string) {
		fmt.Fprintf(&b, `{"specversion":"1.0","id":%q,"source":"/t","type":%q,"time":"2026-03-02T%sZ","data":%s}`+"\n", id, typ, at, data)
	}
	for i := range 60 {
		band := "25+"
		if i >= 30 {
			band = "13-15"
		}
		event(fmt.Sprintf("a%d", i), "account.created", "00:00:00", fmt.Sprintf(`{"account":"p%d","age_band":%q}`, i, band))
	}
	for i := range 400 {
		from, to := i%30, (i*7+1)%30
		event(fmt.Sprintf("m%d", i), "message.sent", fmt.Sprintf("%02d:%02d:00", 1+i/60, i%60), fmt.Sprintf(`{"from":"p%d","to":["p%d"],"conversation":"c","surface":"dm"}`, from+1, to+1))
	}
	for i := range 25 {
		event(fmt.Sprintf("g%d", i), "message.sent", fmt.Sprintf("09:%02d:00", i), fmt.Sprintf(`{"from":"p0","to":["p%d"],"conversation":"d","surface":"dm"}`, 31+i))
	}
	return b.String()
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, pack func(w io.Writer) io.WriteCloser) string {
		var b bytes.Buffer
		w := pack(&b)
		if _, err := io.WriteString(w, crowd()); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	files := []string{
		write("plain.ndjson", func(w io.Writer) io.WriteCloser { return nop{w} }),
		write("a.ndjson.gz", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }),
		write("a.ndjson.zst", func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w)
			if err != nil {
				t.Fatal(err)
			}
			return z
		}),
	}
	var first string
	for _, f := range files {
		t.Run(filepath.Ext(f), func(t *testing.T) {
			var out bytes.Buffer
			if err := run([]string{"-sizes", "-list", "P3", f}, &out, io.Discard); err != nil {
				t.Fatal(err)
			}
			got := strings.TrimPrefix(out.String(), f)
			for _, want := range []string{"485 events, 60 accounts", "P1 0, P2 1,", "p0 P2 grooming 3.00", "D1: ", "D1 keeps "} {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			if first == "" {
				first = got
			}
			if got != first {
				t.Errorf("another outcome than of the plain file:\n%s", got)
			}
		})
	}
	bad := filepath.Join(dir, "bad.ndjson")
	if err := os.WriteFile(bad, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"nothing named": nil, "no seed": {"-platform", "x"}, "no priority": {"-list", "P9", files[0]}, "no such file": {files[0] + "x"},
		"an event that cannot be read": {bad}, "not compressed": {write("b.ndjson.gz", func(w io.Writer) io.WriteCloser { return nop{w} })},
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(args, io.Discard, io.Discard); err == nil {
				t.Error("went on")
			}
		})
	}
}

type nop struct{ io.Writer }

func (nop) Close() error { return nil }
