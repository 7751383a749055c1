package app

import (
	"fmt"
	"net/http"
	"sync/atomic"
)

// gate answers while the program is still starting, and then lets everything through.
type gate struct {
	handler   atomic.Pointer[http.Handler]
	done, all atomic.Uint64
}

func newGate() *gate { return &gate{} }

func (g *gate) open(h http.Handler) { g.handler.Store(&h) }

func (g *gate) ready() bool { return g.handler.Load() != nil }

func (g *gate) progress(done, all uint64) {
	g.done.Store(done)
	g.all.Store(all)
}

// ServeHTTP answers 503 with how far the replay is until the gate is open. /healthz says at once that the process lives.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := g.handler.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.URL.Path == "/healthz" {
		fmt.Fprintln(w, "ok")
		return
	}
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprintf(w, "haris is starting: %d of %d events replayed\n", g.done.Load(), g.all.Load())
}
