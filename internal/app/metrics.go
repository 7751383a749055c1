package app

import (
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"haris/internal/api"
	"haris/internal/pipeline"
)

// metricsHandler answers /metrics, and sends everything else there.
func (a *App) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", api.MetricsHandler(a.metrics))
	mux.Handle("/", http.RedirectHandler("/metrics", http.StatusFound))
	return mux
}

// measure registers the figures of the pipeline and returns what tells them of a commit.
func (a *App) measure() func(pipeline.Committed) {
	f := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	events, repeats := f("haris_events_total", "Events taken into the log."), f("haris_events_duplicate_total", "Events that had been seen before.")
	letters, cases := f("haris_dead_letters_total", "Events that could not be read."), f("haris_cases_changed_total", "Cases opened or grown.")
	bare := f("haris_media_unhashed_total", "Media that came without a hash and are not fetched, so that nothing compares them.")
	took := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "haris_commit_seconds", Help: "Time from the start of a commit until it is durable.", Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
	})
	newest := prometheus.NewGauge(prometheus.GaugeOpts{Name: "haris_newest_event_seconds", Help: "Event time of the newest event, Unix seconds."})
	a.metrics.MustRegister(events, repeats, letters, cases, bare, took, newest, known{a}, reportFigures{a.core}, exchangeFigures{a}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return func(c pipeline.Committed) {
		events.Add(float64(c.Events))
		repeats.Add(float64(c.Duplicate))
		letters.Add(float64(c.Letters))
		cases.Add(float64(c.Cases))
		bare.Add(float64(c.Unhashed))
		took.Observe(c.Took.Seconds())
		if !c.Newest.IsZero() {
			newest.Set(float64(c.Newest.Unix()))
		}
	}
}

// known is what the detectors and rules hold and have said, read when somebody asks.
type known struct{ app *App }

// The figures of known.
var (
	descKnown    = prometheus.NewDesc("haris_known", "What is known, by kind.", []string{"kind"}, nil)
	descSignals  = prometheus.NewDesc("haris_signals_total", "Signals spoken since the start, by detector.", []string{"detector"}, nil)
	descHits     = prometheus.NewDesc("haris_rule_hits_total", "Rules that fired since the start, shadow too, by rule.", []string{"rule"}, nil)
	descDegraded = prometheus.NewDesc("haris_rule_over_quota_total", "Hits over their rule's quota since the start, by rule.", []string{"rule"}, nil)
	descBanks    = prometheus.NewDesc("haris_bank_results_total", "Media found on a list since the start, by bank and what came of it: match, shadow, vetoed, cleared.", []string{"bank", "outcome"}, nil)
	descIndex    = prometheus.NewDesc("haris_bank_index_entries", "Entries of banks in the index, by kind of index; nothing while it is not loaded.", []string{"index"}, nil)
	descUnknown  = prometheus.NewDesc("haris_rule_unknown_total", "Conditions that were unknown since the rules were loaded, by rule.", []string{"rule"}, nil)
)

// Describe implements prometheus.Collector.
func (k known) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descKnown, descSignals, descHits, descDegraded, descUnknown, descBanks, descIndex} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (k known) Collect(ch chan<- prometheus.Metric) {
	for _, r := range k.app.rules.set().Stats().Rules {
		ch <- prometheus.MustNewConstMetric(descUnknown, prometheus.CounterValue, float64(r.Unknown), r.Rule)
	}
	if s := k.app.core.Matcher.Status(); s.Ready {
		for name, n := range map[string]int{"pdq": s.Near, "frames": s.Frames, "exact": s.Equal} {
			ch <- prometheus.MustNewConstMetric(descIndex, prometheus.GaugeValue, float64(n), name)
		}
	}
	p := k.app.pipeline
	if p == nil {
		return // still replaying
	}
	p.Know(func(w *pipeline.Knowledge) {
		s := w.Size()
		for name, n := range map[string]int{
			"accounts": s.Accounts, "profiles": s.Profiles, "pairs": s.Pairs, "counters": s.Counters, "keys": s.Keys, "cohorts": s.Cohorts,
		} {
			ch <- prometheus.MustNewConstMetric(descKnown, prometheus.GaugeValue, float64(n), name)
		}
		t := w.Tally()
		for name, n := range t.Known {
			id, outcome, _ := strings.Cut(name, " ")
			ch <- prometheus.MustNewConstMetric(descBanks, prometheus.CounterValue, float64(n), id, outcome)
		}
		for desc, counts := range map[*prometheus.Desc]map[string]int{descSignals: t.Signals, descHits: t.Hits, descDegraded: t.Degraded} {
			for name, n := range counts {
				ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, float64(n), name)
			}
		}
	})
}
