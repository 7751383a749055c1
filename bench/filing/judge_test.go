package main

import (
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
	"haris/internal/report"
)

// TestCompare spoils one thing at a time.
func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(r *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed
		want  string // part of the only fault; empty for none
	}{
		{"all is well", func(_ *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed { return l }, ""},
		{"a report that was given up", func(r *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			r.Filing.Orphans = []cybertip.Orphan{{ReportID: 6}}
			return append(l, cybertiptest.Listed{ID: 6, SHA256: "d", State: cybertiptest.StateRetracted})
		}, ""},
		{"a report whose number was lost", func(r *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			r.Filing.Orphans = []cybertip.Orphan{{}}
			return append(l, cybertiptest.Listed{ID: 6, SHA256: "d", State: cybertiptest.StateOpen})
		}, ""},
		{"lost", func(_ *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			l[0].State = cybertiptest.StateOpen
			return l
		}, "has not got it"},
		{"never there", func(_ *report.Report, _ []cybertiptest.Listed) []cybertiptest.Listed { return nil }, "has not got it"},
		{"doubled", func(r *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			return append(l, l[0])
		}, "was filed 2 times"},
		{"finished and not believed", func(r *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			r.Status = report.Held
			return l
		}, "and the server has it"},
		{"never ended", func(r *report.Report, _ []cybertiptest.Listed) []cybertiptest.Listed {
			r.Status = report.Submitting
			return nil
		}, "in the end"},
		{"another number", func(r *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			r.Number = 8
			return l
		}, "is filed as 8"},
		{"a file less", func(_ *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			l[0].Files = nil
			return l
		}, "with 0"},
		{"a file twice", func(_ *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			l[0].Files = append(l[0].Files, l[0].Files[0])
			return l
		}, "with 2"},
		{"a file without words", func(_ *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			l[0].Files[0].Details = ""
			return l
		}, "not described"},
		{"opened and not known", func(_ *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			return append(l, cybertiptest.Listed{ID: 6, SHA256: "d", State: cybertiptest.StateOpen})
		}, "does not know of it"},
		{"from nowhere", func(_ *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			return append(l, cybertiptest.Listed{ID: 6, SHA256: "e", State: cybertiptest.StateFinished})
		}, "nobody submitted"},
		{"nothing is held", func(r *report.Report, l []cybertiptest.Listed) []cybertiptest.Listed {
			r.PreservedUntil = time.Time{}
			return l
		}, "not held"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := report.Report{ID: "r", Status: report.Filed, Number: 7, PreservedUntil: time.Unix(1, 0), Filing: &cybertip.Filing{
				State: cybertip.FilingFinished, ReportID: 7, ReportSHA256: "d", Files: []cybertip.FilingFile{{FileID: "f", MD5: "m"}},
			}}
			l := []cybertiptest.Listed{{ID: 7, SHA256: "d", State: cybertiptest.StateFinished, Files: []cybertiptest.ListedFile{{ID: "f", MD5: "m", Details: "x"}}}}
			l = tt.spoil(&r, l)
			v := compare([]report.Report{r}, l)
			switch {
			case tt.want == "" && len(v.faults) > 0, tt.want != "" && (len(v.faults) == 0 || !strings.Contains(strings.Join(v.faults, "\n"), tt.want)):
				t.Errorf("%q, want %q", v.faults, tt.want)
			}
		})
	}
}
