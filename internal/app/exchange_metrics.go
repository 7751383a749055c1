package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// exchangeFigures are what was taken in of exchanges, read when somebody asks.
type exchangeFigures struct{ app *App }

// The figures of exchangeFigures.
var (
	descSynced   = prometheus.NewDesc("haris_exchange_last_success_seconds", "When an exchange was taken in to its end, Unix seconds; 0 for never.", []string{"exchange"}, nil)
	descFailures = prometheus.NewDesc("haris_exchange_failures", "Syncs of an exchange that failed since the last success.", []string{"exchange"}, nil)
	descRecords  = prometheus.NewDesc("haris_exchange_records", "Records of an exchange that stand.", []string{"exchange"}, nil)
	descStale    = prometheus.NewDesc("haris_exchange_stale", "1 when an exchange was not taken in for longer than allowed.", []string{"exchange"}, nil)
)

// Describe implements prometheus.Collector.
func (f exchangeFigures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descSynced, descFailures, descRecords, descStale} {
		ch <- d
	}
}

// Collect implements prometheus.Collector. What cannot be read is left out.
func (f exchangeFigures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	rows, err := f.app.core.exchangeRows(ctx, f.app.exchanges)
	if err != nil {
		f.app.core.Options.Logger.Error("the figures of exchanges could not be read", "error", err)
		return
	}
	for i := range rows {
		r := &rows[i]
		if r.Left {
			continue
		}
		at, stale := 0.0, 0.0
		if !r.State.LastSuccess.IsZero() {
			at = float64(r.State.LastSuccess.Unix())
		}
		if r.Stale {
			stale = 1
		}
		for d, v := range map[*prometheus.Desc]float64{descSynced: at, descFailures: float64(r.State.Failures), descRecords: float64(r.State.Records), descStale: stale} {
			ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, r.State.Name)
		}
	}
}
