package cli

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/schollz/progressbar/v3"

	"haris/internal/app"
	"haris/internal/event"
	"haris/internal/pipeline"
)

type replayCommand struct {
	Files []string `arg:"" help:"Files with one event a line (NDJSON), plain, gzip or zstd; - is standard input."`
}

// Help is the example.
func (replayCommand) Help() string {
	return "The clock follows the events' own time. Events that were taken before change nothing, so a replay that was interrupted can be run again.\n" +
		"A running haris owns its data directory: stop it first, or send it the files over HTTP.\n\nExample: haris replay events-2026-03.ndjson.zst"
}

// replaySummary is what a replay says at its end.
type replaySummary struct {
	Events    int     `json:"events"`
	Duplicate int     `json:"duplicate"`
	Rejected  int     `json:"rejected"`
	Cases     int     `json:"cases"` // opened or grown
	Seconds   float64 `json:"seconds"`
}

// Run takes the files in, one after another.
func (c replayCommand) Run(r *run) (err error) {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	core, err := app.OpenCore(r.ctx, cfg, app.Options{Now: r.Now, Logger: r.logger(&cfg), Own: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, core.Close()) }()
	in := &intake{run: r, core: core}
	in.p, err = core.OpenPipeline(r.ctx, pipeline.Deps{Now: in.clock.now})
	if err != nil {
		return err
	}
	began := time.Now()
	for _, name := range c.Files {
		if err := in.file(name); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", name, err), in.p.Close(context.WithoutCancel(r.ctx)))
		}
	}
	in.sum.Seconds = time.Since(began).Seconds()
	if err := in.p.Close(context.WithoutCancel(r.ctx)); err != nil {
		return err
	}
	return in.told()
}

// followed is a clock that stands at the greatest event time read.
type followed struct{ at atomic.Int64 }

func (f *followed) now() time.Time { return time.UnixMilli(f.at.Load()).UTC() }

func (f *followed) see(t time.Time) {
	for at := f.at.Load(); t.UnixMilli() > at; at = f.at.Load() {
		if f.at.CompareAndSwap(at, t.UnixMilli()) {
			return
		}
	}
}

// intake reads files into a pipeline.
type intake struct {
	run   *run
	core  *app.Core
	p     *pipeline.Pipeline
	clock followed
	sum   replaySummary
}

// replayBatch is how many events are handed on together.
const replayBatch = 4096

// file takes one file in, reading ahead by one batch.
func (in *intake) file(name string) (err error) {
	raw, err := in.run.open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	counted := io.Reader(raw)
	if bar := in.bar(name); bar != nil {
		counted = io.TeeReader(raw, bar)
		defer func() { err = errors.Join(err, bar.Finish()) }()
	}
	plain, err := decompress(counted)
	if err != nil {
		return err
	}
	defer plain.Close()
	return in.lines(plain)
}

// bar draws how far a file is, on a terminal only.
func (in *intake) bar(name string) *progressbar.ProgressBar {
	st, err := os.Stat(name)
	if err != nil || !in.run.Terminal || in.run.isJSON() {
		return nil
	}
	return progressbar.NewOptions64(st.Size(), progressbar.OptionSetWriter(in.run.Stderr), progressbar.OptionShowBytes(true),
		progressbar.OptionSetDescription(name), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}

// decompress looks at the first bytes and undoes gzip or zstd.
func decompress(in io.Reader) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(in, 1<<20)
	head, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b:
		return gzip.NewReader(b)
	case len(head) == 4 && head[0] == 0x28 && head[1] == 0xb5 && head[2] == 0x2f && head[3] == 0xfd:
		z, err := zstd.NewReader(b)
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return io.NopCloser(b), nil
}

// lines hands the lines on in batches; while one is being committed the next is decoded.
func (in *intake) lines(r io.Reader) error {
	ctx, cancel := context.WithCancel(in.run.ctx)
	defer cancel()
	batches := make(chan pipeline.Batch, 1)
	failed := make(chan error, 1)
	go func() {
		failed <- in.read(ctx, r, batches)
		close(batches)
	}()
	for b := range batches {
		if err := in.wanted(&b); err != nil {
			return err
		}
		a, err := in.p.Ingest(in.run.ctx, b)
		if err != nil {
			return err
		}
		in.sum.Events += len(b.Events) - a.Duplicate
		in.sum.Duplicate += a.Duplicate
		in.sum.Rejected += len(b.Letters)
		in.sum.Cases += a.Cases
	}
	return <-failed
}

// wanted brings the model into force that is wanted, and takes in what partners told, before the first event.
func (in *intake) wanted(b *pipeline.Batch) error {
	if in.sum.Events+in.sum.Duplicate > 0 || len(b.Events) == 0 {
		return nil
	}
	if err := in.core.TakePartners(in.run.ctx, in.p, b.Events[0].Time); err != nil {
		return err
	}
	return in.core.UseWanted(in.run.ctx, in.p, b.Events[0].Time)
}

// read decodes lines into batches until the end.
func (in *intake) read(ctx context.Context, r io.Reader, out chan<- pipeline.Batch) error {
	limit := in.core.Config.Ingest.MaxEventBytes
	lines := bufio.NewReaderSize(r, 1<<20)
	var b pipeline.Batch
	for line := 1; ; line++ {
		text, err := readLine(lines, limit)
		if len(text) > 0 {
			in.decode(text, line, &b)
		}
		end := errors.Is(err, io.EOF)
		if len(b.Events)+len(b.Letters) >= replayBatch || end && len(b.Events)+len(b.Letters) > 0 {
			select {
			case out <- b:
				b = pipeline.Batch{}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if end {
			return nil
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func (in *intake) decode(text string, line int, b *pipeline.Batch) {
	e, problem := event.Decode(text, line, in.core.Limits())
	if problem != nil {
		b.Letters = append(b.Letters, pipeline.Letter{
			Source: e.Source, Event: e.ID, Reason: problem.Error(), Place: problem.Pointer, Body: []byte(text),
		})
		if in.run.Verbose {
			in.run.say("%v", problem)
		}
		return
	}
	in.clock.see(e.Time)
	b.Events = append(b.Events, e)
}

// readLine returns the next line without its end. Of a line over the limit it returns just enough to be refused as too large.
func readLine(r *bufio.Reader, limit int) (string, error) {
	var out []byte
	for {
		part, err := r.ReadSlice('\n')
		if room := limit + 2 - len(out); room > 0 {
			out = append(out, part[:min(len(part), room)]...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		for len(out) > 0 && (out[len(out)-1] == '\n' || out[len(out)-1] == '\r' || out[len(out)-1] == ' ') {
			out = out[:len(out)-1]
		}
		return string(out), err
	}
}

func (in *intake) told() error {
	s := in.sum
	if in.run.isJSON() {
		return in.run.json(s)
	}
	in.run.say("%d events taken in %.1f s (%.0f a second), %d seen before, %d could not be read, %d times a case was opened or grew.",
		s.Events, s.Seconds, float64(s.Events)/max(s.Seconds, 0.001), s.Duplicate, s.Rejected, s.Cases)
	if s.Rejected > 0 {
		in.run.say("What could not be read is in the list of dead letters.")
	}
	in.run.say("haris case list shows the cases; haris serve shows the pages.")
	return nil
}
