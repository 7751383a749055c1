package cybertip

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// outcomes are the ways a call can end, as results without their step.
func outcomes() map[string]Result {
	code := func(c Code) Result { return Result{Err: &Error{Code: c, Sent: true, HTTPStatus: 400}} }
	return map[string]Result{
		"success":   {ReportID: 7, FileID: "f1", MD5: "aa", FileIDs: []string{"f1"}},
		"unsent":    {Err: &Error{Code: CodeNone}},
		"lost":      {Err: ErrAnswerLost},
		"no answer": {Err: &Error{Code: CodeNone, Sent: true}},
		"1000":      code(1000), "1111": code(1111), "2000": code(2000), "4100": code(4100), "5001": code(5001), "5101": code(5101), "5102": code(5102), "9999": code(9999),
		"mismatch": {Err: &HashMismatchError{FileID: "f1"}},
		"local":    {Err: errors.New("cannot be encoded")},
	}
}

// at returns a filing whose next step has the given kind.
func at(kind StepKind) Filing {
	opened := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	f := Filing{State: FilingOpen, ReportID: 7, Opened: opened, Reports: 1, Files: []FilingFile{{Key: "k", Details: &FileDetails{}}}}
	switch kind {
	case StepSubmit:
		f = Filing{State: FilingNew, Files: f.Files}
	case StepFileInfo:
		f.Files[0].FileID = "f1"
	case StepFinish:
		f.Files[0].FileID, f.Files[0].DetailsDone = "f1", true
	case StepRetract:
		f.Withdraw = WithdrawToRedo
	}
	return f
}

// TestApply is the whole table: every step with every outcome, the first time. A row says the state that follows, the next step, and whether the
// report in hand was given up (its id is among the orphans).
func TestApply(t *testing.T) {
	type row struct {
		state  FilingState
		next   StepKind
		orphan bool
	}
	o, n, x, r, fin := FilingOpen, FilingNew, FilingExpired, FilingRetracted, FilingFinished
	table := map[StepKind]map[string]row{
		StepSubmit: {
			"success": {o, StepUpload, false}, "unsent": {n, StepSubmit, false}, "lost": {n, StepSubmit, true}, "no answer": {n, StepSubmit, true},
			"1000": {n, StepSubmit, true}, "1111": {n, StepSubmit, false}, "2000": {n, StepHold, false}, "4100": {n, StepHold, false},
			"5001": {n, StepHold, false}, "5101": {n, StepHold, false}, "5102": {n, StepHold, false}, "9999": {n, StepHold, false}, "local": {n, StepHold, false},
		},
		StepUpload: {
			"success": {o, StepFileInfo, false}, "unsent": {o, StepUpload, false}, "lost": {o, StepRetract, false}, "no answer": {o, StepRetract, false},
			"1000": {o, StepRetract, false}, "1111": {o, StepRetract, false}, "2000": {o, StepRetract, false}, "4100": {o, StepRetract, false},
			"5001": {x, StepSubmit, true}, "5101": {r, StepHold, true}, "5102": {fin, StepDone, false}, "9999": {o, StepRetract, false},
			"mismatch": {o, StepRetract, false}, "local": {o, StepHold, false},
		},
		StepFileInfo: {
			"success": {o, StepFinish, false}, "unsent": {o, StepFileInfo, false}, "lost": {o, StepFileInfo, false}, "no answer": {o, StepFileInfo, false},
			"1000": {o, StepFileInfo, false}, "1111": {o, StepFileInfo, false}, "2000": {o, StepHold, false}, "4100": {o, StepHold, false},
			"5001": {x, StepSubmit, true}, "5101": {r, StepHold, true}, "5102": {fin, StepDone, false}, "9999": {o, StepHold, false}, "local": {o, StepHold, false},
		},
		StepFinish: {
			"success": {fin, StepDone, false}, "unsent": {o, StepFinish, false}, "lost": {o, StepFinish, false}, "no answer": {o, StepFinish, false},
			"1000": {o, StepFinish, false}, "1111": {o, StepFinish, false}, "2000": {o, StepHold, false}, "4100": {o, StepHold, false},
			"5001": {x, StepSubmit, true}, "5101": {r, StepHold, true}, "5102": {fin, StepDone, false}, "9999": {o, StepHold, false}, "local": {o, StepHold, false},
		},
		StepRetract: {
			"success": {n, StepSubmit, true}, "unsent": {o, StepRetract, false}, "lost": {o, StepRetract, false}, "no answer": {o, StepRetract, false},
			"1000": {o, StepRetract, false}, "1111": {o, StepRetract, false}, "2000": {n, StepSubmit, true}, "4100": {n, StepSubmit, true},
			"5001": {n, StepSubmit, true}, "5101": {n, StepSubmit, true}, "5102": {fin, StepDone, false}, "9999": {n, StepSubmit, true}, "local": {n, StepSubmit, true},
		},
	}
	for kind, rows := range table {
		for name, result := range outcomes() {
			want, ok := rows[name]
			if !ok {
				if name == "mismatch" {
					continue // only an upload can end so
				}
				t.Errorf("no row for %s %s", kind, name)
				continue
			}
			t.Run(fmt.Sprintf("%s %s", kind, name), func(t *testing.T) {
				f := Begin(at(kind), "t", now)
				result.Step = f.InFlight.Step
				if result.Step.Kind != kind {
					t.Fatalf("the step is %s", result.Step.Kind)
				}
				got := Apply(f, result)
				if got.InFlight != nil || got.State != want.state || Next(got).Kind != want.next || (len(got.Orphans) > 0) != want.orphan {
					t.Errorf("state %s next %s orphans %d, want %+v; hold %q", got.State, Next(got).Kind, len(got.Orphans), want, got.Hold)
				}
				if (result.Err == nil) != (got.LastFailure == nil) && got.State != FilingFinished {
					t.Errorf("failure %+v for %v", got.LastFailure, result.Err)
				}
				if got.State != FilingFinished && got.Receipt != nil {
					t.Error("a receipt without a finished report")
				}
				if got.Orphans != nil && kind != StepSubmit && (got.ReportID != 0 || got.Orphans[0].ReportID != 7) {
					t.Errorf("report %d, orphans %+v", got.ReportID, got.Orphans)
				}
			})
		}
	}
}

// TestApplySecondTime is what changes when the same call has gone wrong before.
func TestApplySecondTime(t *testing.T) {
	twice := func(kind StepKind, first, second string) Filing {
		all := outcomes()
		f := at(kind)
		for _, name := range []string{first, second} {
			f = Begin(f, "t", now)
			r := all[name]
			r.Step = f.InFlight.Step
			f = Apply(f, r)
		}
		return f
	}
	for _, c := range []struct {
		kind          StepKind
		first, second string
		state         FilingState
		next          StepKind
	}{
		{StepFileInfo, "lost", "lost", FilingOpen, StepRetract},
		{StepFileInfo, "lost", "4100", FilingOpen, StepRetract},
		{StepFileInfo, "unsent", "lost", FilingOpen, StepFileInfo},
		{StepFileInfo, "unsent", "4100", FilingOpen, StepHold},
		{StepFileInfo, "lost", "success", FilingOpen, StepFinish},
		{StepFinish, "lost", "5001", FilingExpired, StepHold},
		{StepFinish, "unsent", "5001", FilingExpired, StepSubmit},
		{StepFinish, "lost", "5102", FilingFinished, StepDone},
		{StepFinish, "lost", "5101", FilingRetracted, StepHold},
		{StepFinish, "1000", "success", FilingFinished, StepDone},
	} {
		t.Run(fmt.Sprintf("%s %s then %s", c.kind, c.first, c.second), func(t *testing.T) {
			if f := twice(c.kind, c.first, c.second); f.State != c.state || Next(f).Kind != c.next {
				t.Fatalf("state %s next %s", f.State, Next(f).Kind)
			}
		})
	}
}

func TestFilesThatDifferAreNotConfirmed(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string
		ok    bool
	}{
		{"same", []string{"f1"}, true}, {"none", nil, false}, {"another", []string{"f2"}, false}, {"one more", []string{"f1", "f2"}, false}, {"twice", []string{"f1", "f1"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Begin(at(StepFinish), "t", now)
			f = Apply(f, Result{Step: f.InFlight.Step, At: now, ReportID: 7, FileIDs: c.files})
			if f.State != FilingFinished || f.Receipt.FilesConfirmed != c.ok || (f.Receipt.Problem == "") != c.ok {
				t.Fatalf("%+v", f.Receipt)
			}
		})
	}
}

// TestApplyToAGivenUpReport delivers an answer that is about a report which is no longer in hand.
func TestApplyToAGivenUpReport(t *testing.T) {
	f := at(StepFinish)
	r := Result{Step: Step{Kind: StepFinish, ReportID: 6}, ReportID: 6}
	if got := Apply(f, r); got.State != FilingOpen || got.Receipt != nil {
		t.Fatalf("%+v", got)
	}
}

// TestApplyChangesNothingInPlace keeps the stored filing as it was.
func TestApplyChangesNothingInPlace(t *testing.T) {
	f := at(StepUpload)
	Apply(Begin(f, "t", now), Result{Step: Next(f), FileID: "f1", MD5: "aa", ReportID: 7})
	if f.Files[0].FileID != "" || f.InFlight != nil {
		t.Fatalf("%+v", f)
	}
}

func TestExpiresAt(t *testing.T) {
	f := at(StepFinish)
	day := f.Opened.Add(24 * time.Hour)
	for _, c := range []struct{ after, want time.Duration }{{0, 24 * time.Hour}, {22 * time.Hour, 24 * time.Hour}, {23*time.Hour + time.Minute, 24*time.Hour + time.Minute}} {
		f.Modified = f.Opened.Add(c.after)
		if got := f.ExpiresAt(); !got.Equal(f.Opened.Add(c.want)) {
			t.Errorf("changed after %v: %v", c.after, got)
		}
	}
	f = at(StepFinish)
	if got := Expire(f, day.Add(-time.Second)); got.State != FilingOpen {
		t.Error("too early")
	}
	if got := Expire(f, day); got.State != FilingExpired || Next(got).Kind != StepSubmit || got.Files[0].FileID != "" {
		t.Errorf("too late: %+v", got)
	}
	if got := Expire(Begin(f, "t", now), day); got.State != FilingOpen {
		t.Error("a report with a finish in flight was given up")
	}
}
