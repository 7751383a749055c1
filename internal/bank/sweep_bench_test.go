package bank_test

import (
	"context"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/event"
	"haris/internal/store"
)

// processor is how long processors have worked for this process: what a machine shared with others still tells.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSweep compares what was seen, as many hashes as HARIS_SEEN says or 200,000, with 1,000 new entries.
func BenchmarkSweep(b *testing.B) {
	n := 200_000
	if s := os.Getenv("HARIS_SEEN"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	f := &swept{fixture: setup(b), told: map[string]bank.Observed{}, now: time.Now()}
	f.m = f.loaded()
	f.sweeper()
	f.s.Now = time.Now
	f.s.Ingest = func(_ context.Context, list []event.Event) error {
		f.found += len(list)
		return nil
	}
	f.put(list("a"))
	planted := make([]bank.Hash, 1000)
	for i := range planted {
		planted[i] = ofPDQ(f.pdq())
	}
	err := f.db.Write(b.Context(), func(tx *store.Tx) error {
		// Each a picture of its own, as random as the hashes of pictures are.
		_, err := tx.Exec(b.Context(), `INSERT INTO media_hash (id, kind, digest, value, quality, unscanned, first_at, last_at, count)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
			SELECT i, 'pdq', randomblob(16), lower(hex(randomblob(32))), 90, '', 1, 1, 1 FROM n`, n)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for i := range 100 {
		h, err := planted[i].PDQ()
		if err != nil {
			b.Fatal(err)
		}
		f.see("a"+strconv.Itoa(i), ofPDQ(f.near(h, 20)))
	}
	f.due()
	f.run()
	for b.Loop() {
		f.found = 0
		f.add("a", planted...)
		began, busy := time.Now(), processor(b)
		f.due()
		f.run()
		took := time.Since(began)
		b.ReportMetric((processor(b) - busy).Seconds(), "cpu-s/sweep")
		if f.found != 100 {
			b.Fatalf("found %d of 100", f.found)
		}
		b.ReportMetric(took.Seconds(), "s/sweep")
		b.ReportMetric(float64(n)/took.Seconds(), "hashes/s")
		for _, h := range planted {
			f.remove("a", h)
		}
		f.due()
		f.run()
	}
}
