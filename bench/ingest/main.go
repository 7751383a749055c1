// Command ingest measures how fast events become durable over HTTP, with every detector and the shipped rules, and prints beside
// it the plain way in the same run: the same events as rows with a unique index in SQLite, as durable and in the same batches.
//
//	go run ./bench/ingest -accounts 20000
package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the plain way

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/config"
	"haris/internal/demo/platform"
	"haris/internal/pipeline"
)

func main() {
	accounts := flag.Int("accounts", 20000, "accounts of the simulated platform")
	size := flag.Int("batch", 2000, "events of one request")
	conns := flag.Int("connections", 4, "requests at a time")
	flag.Parse()
	if err := measure(*accounts, *size, *conns); err != nil {
		fmt.Fprintln(os.Stderr, "ingest:", err)
		os.Exit(1)
	}
}

func measure(accounts, size, conns int) (err error) {
	w, err := platform.Generate(platform.Config{Seed: 1, Accounts: accounts})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "haris-ingest-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var batches [][]byte
	raw := 0
	for part := range slices.Chunk(w.Events, size) {
		var b bytes.Buffer
		for _, e := range part {
			b.Write(bytes.Replace(e.JSON, []byte(`"source":"`+e.Source+`"`), []byte(`"source":"/bench"`), 1)) // one key speaks for one source
			b.WriteByte('\n')
		}
		raw += b.Len()
		batches = append(batches, b.Bytes())
	}
	n := len(w.Events)
	fmt.Printf("%d events of %d accounts, %.0f bytes each as JSON, %d a request, %d requests at a time, %d CPUs\n", n, accounts, float64(raw)/float64(n), size, conns, runtime.NumCPU())
	ours, err := haris(filepath.Join(dir, "data"), batches, n, conns)
	if err != nil {
		return err
	}
	plain, err := rows(filepath.Join(dir, "plain.db"), w, size)
	if err != nil {
		return err
	}
	fmt.Printf("plain    %8.0f events/s (one row each, unique (source, id), synchronous=FULL; no detectors, no rules, no HTTP)\n", float64(n)/plain.Seconds())
	fmt.Printf("ratio    %8.2f of the plain way's speed\n", plain.Seconds()/ours.Seconds())
	return nil
}

// haris sends the batches to a running haris.
func haris(dir string, batches [][]byte, n, conns int) (took time.Duration, err error) {
	c := config.Default()
	c.DataDir, c.Listen, c.MetricsListen = dir, "127.0.0.1:0", ""
	ctx := context.Background()
	a, err := app.New(ctx, c, app.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.Stop()) }()
	if err := a.Start(ctx); err != nil {
		return 0, err
	}
	_, key, err := a.Core().Auth.CreateKey(ctx, "bench", auth.NewKey{Source: "/bench", Scopes: auth.Scopes()})
	if err != nil {
		return 0, err
	}
	before := heap()
	began := time.Now()
	times, err := send(a.URL(), key, batches, conns)
	if err != nil {
		return 0, err
	}
	took = time.Since(began)
	slices.Sort(times)
	active := 0
	a.Know(func(k *pipeline.Knowledge) { active = k.Size().Accounts })
	disk, err := bytesIn(dir)
	if err != nil {
		return 0, err
	}
	fmt.Printf("haris    %8.0f events/s; a request p50 %s, p99 %s; %.0f bytes on disk an event; %.0f bytes of memory an active account (%d)\n",
		float64(n)/took.Seconds(), times[len(times)/2].Round(time.Millisecond), times[len(times)*99/100].Round(time.Millisecond),
		float64(disk)/float64(n), (float64(heap())-float64(before))/float64(max(active, 1)), active)
	runtime.KeepAlive(batches) // they are in both readings of the memory
	return took, nil
}

// send posts the batches over some connections and returns how long each took.
func send(url, key string, batches [][]byte, conns int) (times []time.Duration, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	work := make(chan []byte)
	for range conns {
		wg.Go(func() {
			for b := range work {
				began := time.Now()
				e := post(url, key, b)
				mu.Lock()
				times, err = append(times, time.Since(began)), errors.Join(err, e)
				mu.Unlock()
			}
		})
	}
	for _, b := range batches {
		work <- b
	}
	close(work)
	wg.Wait()
	return times, err
}

func post(url, key string, body []byte) error {
	req, err := http.NewRequest(http.MethodPost, url+"/v1/events", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || !bytes.Contains(answer, []byte(`"rejected":[]`)) {
		return fmt.Errorf("%d %.200s", resp.StatusCode, answer)
	}
	return nil
}

// rows writes the events the plain way.
func rows(file string, w *platform.World, size int) (took time.Duration, err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE event (seq INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (source, id))`); err != nil {
		return 0, err
	}
	began := time.Now()
	for part := range slices.Chunk(w.Events, size) {
		tx, err := db.Begin()
		if err != nil {
			return 0, err
		}
		st, err := tx.Prepare(`INSERT INTO event (source, id, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`)
		if err != nil {
			return 0, err
		}
		for _, e := range part {
			if _, err := st.Exec(e.Source, e.ID, e.JSON); err != nil {
				return 0, err
			}
		}
		if err := errors.Join(st.Close(), tx.Commit()); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}

// heap is the memory in use after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func bytesIn(dir string) (n int64, err error) {
	err = filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			n += info.Size()
		}
		return err
	})
	return n, err
}
