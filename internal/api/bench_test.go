package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"haris/internal/pipeline"
)

// nothing takes every event and does nothing.
type nothing struct{}

func (nothing) Ingest(_ context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	news := make([]bool, len(b.Events))
	for i := range news {
		news[i] = true
	}
	return pipeline.Answer{New: news}, nil
}

// BenchmarkEvents is the cost of the rim alone: reading, cutting, decoding, answering.
func BenchmarkEvents(b *testing.B) {
	for _, n := range []int{1, 100, 1000, 10000} {
		for _, encoding := range []string{"", "gzip", "zstd"} {
			b.Run(fmt.Sprintf("%d%s", n, encoding), func(b *testing.B) {
				s := setup(b, func(d *Deps) {
					d.Ingester, d.Logger = nothing{}, slog.New(slog.DiscardHandler)
					d.Limits = Limits{BodyBytes: 32 << 20, EventBytes: 256 << 10, Depth: 32, Future: 1 << 40, BatchEvents: 2000, VerdictDeadline: 1 << 30}
				})
				body := evs(n)
				b.SetBytes(int64(len(body)))
				if encoding != "" {
					body = squeeze(b, encoding, body)
				}
				for b.Loop() {
					r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/v1/events", strings.NewReader(body))
					r.Header.Set("Content-Type", string(formLines))
					r.Header.Set("Content-Encoding", encoding)
					r.Header.Set("Authorization", "Bearer all")
					w := httptest.NewRecorder()
					s.handler.ServeHTTP(w, r)
					if w.Code != http.StatusOK {
						b.Fatal(w.Body)
					}
				}
				b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}
