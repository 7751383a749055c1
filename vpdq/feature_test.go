package vpdq

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/pdq"
)

func TestListsAreWrittenAsTheyWereRead(t *testing.T) {
	for _, name := range []string{"hashes-local/doorknob-hd-no-bar.all.txt", "hashes-upstream/chair-19-sd-bar.txt"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		features, err := Read(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Write(&b, features); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimSpace(string(text)), strings.TrimSpace(b.String())); diff != "" {
			t.Error(diff)
		}
	}
}

// TestThreeDigits has what Python 3 prints for format(v, ".3").
func TestThreeDigits(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0.0", 1: "1.0", 0.033: "0.033", 12.345: "12.3", 9.996: "10.0", 99.95: "1e+02", 100: "1e+02", 123.4: "1.23e+02", 1234.5: "1.23e+03",
		0.0001234: "0.000123", 0.00001: "1e-05", 999.4: "9.99e+02", 10: "10.0", 2.5: "2.5", 0.5: "0.5", 1.005: "1.0", 98.96: "99.0",
	} {
		if got := threeDigits(v); got != want {
			t.Errorf("%v: %s, of %s", v, got, want)
		}
	}
}

func TestSignal(t *testing.T) {
	features := []Feature{{Frame: 0, Quality: 100, Hash: pdq.Hash{1}}, {Frame: 1, Quality: 49, Hash: pdq.Hash{3: 1 << 63}, Seconds: 1.5}}
	text := fmt.Sprintf(`["%064x,100,0.0","8%063x,49,1.5"]`, 1, 0)
	if got := Signal(features); got != text {
		t.Errorf("%s, of %s", got, text)
	}
	got, err := ParseSignal(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(features, got); diff != "" {
		t.Error(diff)
	}
	if Signal(nil) != "[]" {
		t.Error("nothing:", Signal(nil))
	}
}

func TestBadLists(t *testing.T) {
	h := strings.Repeat("0", 64)
	for _, line := range []string{
		"x", "1,2," + h, "a,1," + h + ",0", "1,101," + h + ",0", "1,-1," + h + ",0", "-1,1," + h + ",0", "1,1," + h + "0,0", "1,1," + h + ",NaN",
		"1,1," + h + ",-1", "1,1," + h + ",Inf", strings.Repeat("1", 100_000),
	} {
		if got, err := Read(strings.NewReader(line)); !errors.Is(err, ErrSyntax) || got != nil {
			t.Errorf("%.90s: %v", line, err)
		}
	}
	for _, text := range []string{"", "{}", "[1]", `["` + h + `"]`, `["` + h + `,1,x"]`, `["` + h[1:] + `,1,1"]`} {
		if got, err := ParseSignal(text); !errors.Is(err, ErrSyntax) || got != nil {
			t.Errorf("%.90s: %v", text, err)
		}
	}
	if _, err := Read(failing{}); err == nil || errors.Is(err, ErrSyntax) {
		t.Error("a reader that fails:", err)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken") }

func FuzzRead(f *testing.F) {
	f.Add("0,100," + strings.Repeat("0f", 32) + ",0.033\n\n1,3," + strings.Repeat("f0", 32) + ",12.000")
	f.Fuzz(func(t *testing.T, s string) {
		features, err := Read(strings.NewReader(s))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := Write(&b, features); err != nil {
			t.Fatal(err)
		}
		again, err := Read(&b)
		if err != nil || len(again) != len(features) {
			t.Fatal(len(again), err)
		}
	})
}

func FuzzParseSignal(f *testing.F) {
	f.Add(`["` + strings.Repeat("0f", 32) + `,100,0.033"]`)
	f.Fuzz(func(t *testing.T, s string) {
		features, err := ParseSignal(s)
		if err != nil {
			return
		}
		again, err := ParseSignal(Signal(features))
		if err != nil || len(again) != len(features) {
			t.Fatal(len(again), err)
		}
		for i := range again {
			if again[i].Hash != features[i].Hash || again[i].Quality != features[i].Quality {
				t.Fatal(again[i])
			}
		}
	})
}

func TestMatch(t *testing.T) {
	low, near, other := Feature{Quality: 49}, Feature{Quality: 50}, Feature{Quality: 90, Hash: pdq.Hash{^uint64(0)}}
	at31, at30 := Feature{Quality: 90, Hash: pdq.Hash{1<<31 - 1}}, Feature{Quality: 90, Hash: pdq.Hash{1<<30 - 1}}
	for name, c := range map[string]struct {
		rule          Rule
		query, target []Feature
		want          Overlap
		match         bool
	}{
		"the same":               {Threat(), []Feature{near}, []Feature{near}, Overlap{1, 1, 1, 1}, true},
		"31 bits":                {Threat(), []Feature{near}, []Feature{at31}, Overlap{1, 1, 1, 1}, true},
		"31 bits, the tool":      {Tool(), []Feature{near}, []Feature{at31}, Overlap{1, 0, 1, 0}, false},
		"30 bits, the tool":      {Tool(), []Feature{near}, []Feature{at30}, Overlap{1, 1, 1, 1}, true},
		"equal frames":           {Threat(), []Feature{near, near, other}, []Feature{near}, Overlap{2, 1, 1, 1}, false},
		"equal frames, the tool": {Tool(), []Feature{near, near, other}, []Feature{near}, Overlap{3, 2, 1, 1}, false},
		"low quality":            {Threat(), []Feature{low}, []Feature{near}, Overlap{0, 0, 1, 0}, false},
		"nothing":                {Threat(), nil, nil, Overlap{}, false},
		"four of five":           {Tool(), []Feature{near, near, near, near, other}, []Feature{near, other, other, other}[:1], Overlap{5, 4, 1, 1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.rule.Compare(c.query, c.target)
			if got != c.want || got.Match(0.8, 0) != c.match {
				t.Errorf("%+v, match %v; of %+v, %v", got, got.Match(0.8, 0), c.want, c.match)
			}
			if (got.Query == 0 || got.Target == 0) && got.Match(0, 0) {
				t.Error("nothing matches")
			}
		})
	}
}
