package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"haris/cybertip/cybertiptest"
	"haris/internal/app"
	"haris/internal/report"
	"haris/internal/store"
)

// verdict is what came of the comparison.
type verdict struct {
	filed, held, failed int
	opened, finished    int // at the server
	retracted, left     int // unfinished reports at the server that haris knows it gave up
	faults              []string
}

func (v *verdict) fault(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// judge compares what the server was given with what haris believes, and prints what it found.
func (d *drain) judge(ctx context.Context, out io.Writer) (err error) {
	core, err := d.open(ctx, d.data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	ours, err := all(ctx, core)
	if err != nil {
		return err
	}
	theirs, err := d.server.list(ctx)
	if err != nil {
		return err
	}
	calls, met, err := d.server.requests()
	if err != nil {
		return err
	}
	v := compare(ours, theirs)
	if len(ours) != d.reports {
		v.fault("%d reports are in the store, %d were submitted", len(ours), d.reports)
	}
	n := 0
	for _, k := range met {
		n += k
	}
	fmt.Fprintf(out, "filed     %d in %s with %d kills: %.1f reports/s, %.1f calls/s\n", v.filed, d.took.Round(100*time.Millisecond), d.killed, float64(v.filed)/d.took.Seconds(), float64(calls)/d.took.Seconds())
	fmt.Fprintf(out, "calls     %d, of which %d met a fault (%.1f %%): %s\n", calls, n, 100*float64(n)/float64(max(calls, 1)), list(met))
	fmt.Fprintf(out, "server    %d opened: %d finished, %d retracted, %d left to expire\n", v.opened, v.finished, v.retracted, v.left)
	fmt.Fprintf(out, "waiting   %d held, %d failed\n", v.held, v.failed)
	for _, f := range v.faults[:min(len(v.faults), 20)] {
		fmt.Fprintln(out, "FAULT    ", f)
	}
	if len(v.faults) > 0 {
		return fmt.Errorf("%d faults", len(v.faults))
	}
	fmt.Fprintln(out, "lost 0, doubled 0, wrong states 0")
	return nil
}

// all reads every report.
func all(ctx context.Context, core *app.Core) (out []report.Report, err error) {
	var ids []string
	err = core.DB.Read(ctx, func(tx *store.Tx) error {
		ids = nil
		rows, err := tx.Query(ctx, `SELECT id FROM report`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return errors.Join(err, rows.Close())
			}
			ids = append(ids, id)
		}
		return errors.Join(rows.Err(), rows.Close())
	})
	if err != nil {
		return nil, err
	}
	keeper := store.ReportKeeper(core.DB)
	for part := range slices.Chunk(ids, 500) {
		var some []report.Report
		err := keeper.Read(ctx, func(tx report.Tx) error {
			some = nil
			for _, id := range part {
				r, err := tx.Get(ctx, id)
				if err != nil {
					return err
				}
				some = append(some, r)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// list asks the server what has arrived.
func (s *standIn) list(ctx context.Context) (out []cybertiptest.Listed, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Reports, nil)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(s.User, s.Password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	} else {
		err = json.NewDecoder(resp.Body).Decode(&out)
	}
	return out, errors.Join(err, resp.Body.Close())
}

// requests reads the server's own record: how many calls it got, and how many of them failed in which way.
func (s *standIn) requests() (calls int, met map[string]int, err error) {
	f, err := os.Open(s.log)
	if err != nil {
		return 0, nil, err
	}
	met = map[string]int{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		calls++
		if _, rest, ok := strings.Cut(lines.Text(), "  fault "); ok {
			kind, _, _ := strings.Cut(rest, " ")
			met[kind]++
		}
	}
	return calls, met, errors.Join(lines.Err(), f.Close())
}

func list(met map[string]int) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(met)) {
		parts = append(parts, fmt.Sprintf("%s %d", k, met[k]))
	}
	return strings.Join(parts, ", ")
}

// compare looks for reports that are lost, doubled or in the wrong state. A document is one report's own, for it names its matter,
// so that its digest tells which reports at the server were opened for it.
func compare(ours []report.Report, theirs []cybertiptest.Listed) *verdict {
	v := &verdict{opened: len(theirs)}
	by := map[string][]cybertiptest.Listed{}
	for _, l := range theirs {
		by[l.SHA256] = append(by[l.SHA256], l)
	}
	for i := range ours {
		r := &ours[i]
		if r.Filing == nil {
			v.fault("report %s has no filing", r.ID)
			continue
		}
		list := by[r.Filing.ReportSHA256]
		delete(by, r.Filing.ReportSHA256)
		v.one(r, list)
	}
	for digest, list := range by {
		v.fault("the server has %d reports of a document %.12s that nobody submitted", len(list), digest)
	}
	return v
}

// one compares one report with what was opened for it.
func (v *verdict) one(r *report.Report, list []cybertiptest.Listed) {
	finished, unnamed := 0, 0
	given := map[int64]bool{}
	for _, o := range r.Filing.Orphans {
		if o.ReportID == 0 {
			unnamed++
			continue
		}
		given[o.ReportID] = true
	}
	for _, l := range list {
		switch {
		case l.State == cybertiptest.StateFinished:
			finished++
			v.finished++
			v.same(r, l)
		case given[l.ID]:
			v.gaveUp(l)
		case unnamed > 0: // the answer with its number was lost
			unnamed--
			v.gaveUp(l)
		case l.ID != r.Filing.ReportID:
			v.fault("report %s: %d is %s at the server, and haris does not know of it", r.ID, l.ID, l.State)
		}
	}
	switch {
	case finished > 1:
		v.fault("report %s was filed %d times", r.ID, finished)
	case r.Status == report.Filed && finished == 0:
		v.fault("report %s is filed as %d, and the server has not got it", r.ID, r.Number)
	case r.Status != report.Filed && finished > 0:
		v.fault("report %s is %s (%s), and the server has it", r.ID, r.Status, r.Why)
	case r.Status == report.Submitting || r.Status == report.Drafted || r.Status == report.Cancelled:
		v.fault("report %s is %s in the end", r.ID, r.Status)
	}
	switch r.Status {
	case report.Filed:
		v.filed++
		if r.PreservedUntil.IsZero() {
			v.fault("report %s is filed and its evidence is not held", r.ID)
		}
	case report.Held:
		v.held++
	case report.Failed:
		v.failed++
	}
}

// same checks that a finished report is the one that haris believes in, with its files.
func (v *verdict) same(r *report.Report, l cybertiptest.Listed) {
	var want, got []string
	for _, f := range r.Filing.Files {
		want = append(want, f.FileID+" "+f.MD5)
	}
	for _, f := range l.Files {
		got = append(got, f.ID+" "+f.MD5)
		if f.Details == "" {
			v.fault("report %s: file %s of %d is not described", r.ID, f.ID, l.ID)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if r.Number != l.ID || !slices.Equal(want, got) {
		v.fault("report %s is filed as %d with %d files, the server has it as %d with %d", r.ID, r.Number, len(want), l.ID, len(got))
	}
}

func (v *verdict) gaveUp(l cybertiptest.Listed) {
	if l.State == cybertiptest.StateRetracted {
		v.retracted++
	} else {
		v.left++
	}
}
