package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"haris/cybertip"
	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/config"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/pipeline"
	"haris/internal/report"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// person is who reads, decides and submits.
const person = "ada"

// build makes an installation with reports that wait to be filed.
func (s settings) build(ctx context.Context, data string) (err error) {
	dir := data
	if s.scratch != "" {
		if dir, err = os.MkdirTemp(s.scratch, "haris-filing-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	if err := s.takeIn(ctx, dir); err != nil {
		return err
	}
	if err := s.submitAll(ctx, dir); err != nil {
		return err
	}
	if dir == data {
		return nil
	}
	if err := os.Remove(filepath.Join(dir, "lock")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if out, err := exec.CommandContext(ctx, "cp", "-a", dir, data).CombinedOutput(); err != nil { // keys keep their modes by it
		return fmt.Errorf("cp: %w: %s", err, out)
	}
	return nil
}

// matter is what the platform says of one adult and one child: enough for a case of its own.
func matter(n int) []string {
	at := time.Now().Add(-2 * time.Hour).UTC().Format(time.RFC3339)
	var out []string
	for i, e := range []string{
		fmt.Sprintf(`"account.created","data":{"account":"adult%[1]d","age_band":"25+","screen_name":"adult_%[1]d","ip":"192.0.2.44","port":40001}`, n),
		fmt.Sprintf(`"account.created","data":{"account":"child%d","age_band":"13-15"}`, n),
		fmt.Sprintf(`"message.sent","data":{"from":"adult%[1]d","to":["child%[1]d"],"conversation":"v%[1]d","relation":"none","text":"keep this between us"}`, n),
		fmt.Sprintf(`"account.reported","data":{"by":"child%[1]d","account":"adult%[1]d","reason":"sextortion"}`, n),
	} {
		out = append(out, fmt.Sprintf(`{"specversion":"1.0","id":"e%d-%d","source":"/bench","time":"%s","type":%s}`, n, i, at, e))
	}
	return out
}

// takeIn gives the events of every matter to a running haris and waits until what is sealed by itself is sealed.
func (s settings) takeIn(ctx context.Context, dir string) (err error) {
	c := s.config(dir)
	c.NCMEC.Environment = config.None
	a, err := app.New(ctx, c, app.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Stop()) }()
	if err := a.Start(ctx); err != nil {
		return err
	}
	var batch []event.Event
	for n := range s.reports {
		for _, line := range matter(n) {
			e, problem := event.Decode(line, 1, a.Core().Limits())
			if problem != nil {
				return problem
			}
			batch = append(batch, e)
		}
		if len(batch) >= 2000 || n == s.reports-1 {
			if _, err := a.Ingest(ctx, pipeline.Batch{Events: batch}); err != nil {
				return err
			}
			batch = nil
		}
	}
	return untilSealed(ctx, a.Core())
}

func untilSealed(ctx context.Context, core *app.Core) error {
	for {
		waiting := false
		err := core.DB.Read(ctx, func(tx *store.Tx) error {
			for _, state := range []job.State{job.Queued, job.Leased} {
				list, err := tx.Jobs().List(ctx, evidence.JobSeal, state, 1)
				if err != nil {
					return err
				}
				waiting = waiting || len(list) > 0
			}
			return nil
		})
		if err != nil || !waiting {
			return err
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

// pause waits, or ends with the context.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// submitAll does what people do with every case: confirm it, draft, write, read and submit its report.
func (s settings) submitAll(ctx context.Context, dir string) (err error) {
	core, err := s.open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	d := desk{core.Review(), core.Reports(func(id string) (detect.Profile, error) { return detect.Profile{ID: id}, nil })}
	var cases []casefile.Case
	f := casefile.Filter{Limit: 500}
	for more := true; more; more = f.Cursor != "" {
		var part []casefile.Case
		err := core.DB.Read(ctx, func(tx *store.Tx) (err error) {
			part, f.Cursor, err = tx.Cases().List(ctx, f)
			return err
		})
		if err != nil {
			return err
		}
		cases = append(cases, part...)
	}
	if len(cases) != s.reports {
		return fmt.Errorf("%d cases were opened for %d matters", len(cases), s.reports)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range work {
				if err := d.submit(ctx, cases[i], i); err != nil {
					cancel(fmt.Errorf("case %s: %w", cases[i].ID, err))
				}
			}
		})
	}
	for i := range cases {
		work <- i
	}
	close(work)
	wg.Wait()
	return context.Cause(ctx)
}

// desk is what people work with.
type desk struct {
	review  *review.Service
	reports *report.Service
}

// submit takes case number i to a submitted report; every second one has a file.
func (d desk) submit(ctx context.Context, c casefile.Case, i int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := d.review.Claim(ctx, review.Act{Who: person, Case: c.ID})
	if err != nil {
		return err
	}
	_, err = d.review.Dispose(ctx, review.Act{Who: person, Case: c.ID, Seen: c.Events}, casefile.Disposition{
		Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Reason: "he asks a child for secrecy", Policy: "child safety", Confidence: "high",
	})
	if err != nil {
		return err
	}
	r, err := d.reports.Create(ctx, person, c.ID)
	if err != nil {
		return err
	}
	e := r.Draft.Edit()
	e.IncidentType, e.TypeReason = cybertip.IncidentEnticement, "An adult asks a child to keep their conversation secret."
	e.Narrative = fmt.Sprintf("Matter %d: the account wrote to the child's account and asked for secrecy.", i)
	for _, f := range r.Draft.Files {
		if _, ok := e.Files[f.Item]; ok && (i%2 == 0 || len(e.Files) > 1) {
			delete(e.Files, f.Item)
		}
	}
	if r, err = d.reports.Save(ctx, report.Act{Who: person, Report: r.ID, Seen: r.Events}, e); err != nil {
		return err
	}
	p, err := d.reports.Preview(ctx, person, r.ID)
	if err != nil {
		return err
	}
	_, err = d.reports.Submit(ctx, report.Submission{
		Act: report.Act{Who: person, Report: r.ID, Seen: r.Events}, Environment: cybertip.Local, SHA256: p.SHA256,
	})
	return err
}
