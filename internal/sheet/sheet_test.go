package sheet_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"haris/internal/sheet"
)

func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "ada": "ada", "2026-03-01": "2026-03-01", "-0.25": "-0.25", "+4": "+4", "1=1": "1=1",
		`=HYPERLINK("x")`: `'=HYPERLINK("x")`, "+cmd": "'+cmd", "-1+2": "'-1+2", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx",
	} {
		if got := sheet.Cell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestWriter(t *testing.T) {
	var out strings.Builder
	w := sheet.NewWriter(&out)
	rows := [][]string{{"who", "n"}, {"=1+1", "-3"}, {"two\nlines, \"quoted\"", ""}}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(strings.NewReader(out.String())).ReadAll()
	want := [][]string{{"who", "n"}, {"'=1+1", "-3"}, rows[2]}
	if err != nil || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%q (%v)", got, err)
	}
}
