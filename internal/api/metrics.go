package api

import (
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"haris/internal/bank"
	"haris/internal/media"
)

// MetricsHandler answers /metrics from a registry. It asks for no key: serve it on a loopback address only. A metric that cannot
// be gathered fails the whole answer, so that a missing figure is not read as none.
func MetricsHandler(g prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(g, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError})
}

// metrics are the figures of the API. No label holds anything that a caller can make up.
type metrics struct {
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	events   *prometheus.CounterVec
	rejected *prometheus.CounterVec
	sizes    prometheus.Histogram
	lates    *prometheus.CounterVec
	files    *prometheus.CounterVec
	left     *prometheus.CounterVec
	answers  *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer, q Queue) (*metrics, error) {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haris_api_requests_total", Help: "Requests by path and outcome: ok, late, gone, or the code of the problem.",
		}, []string{"path", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "haris_api_request_seconds", Help: "Time from the header of a request to its answer, by path.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 14),
		}, []string{"path"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haris_api_events_total", Help: "Events by what became of them: accepted, duplicate, rejected.",
		}, []string{"result"}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haris_api_events_rejected_total", Help: "Events that were not taken, by reason.",
		}, []string{"reason"}),
		sizes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "haris_api_body_events", Help: "Events in a body.", Buckets: prometheus.ExponentialBuckets(1, 4, 10),
		}),
		lates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "haris_api_late_total", Help: "Work whose sender was told that it is late or went away, by how it ended: done, failed.",
		}, []string{"end"}),
	}
	m.mediaFigures()
	for _, result := range []string{"accepted", "duplicate", "rejected"} {
		m.events.WithLabelValues(result)
	}
	waiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "haris_queue_batches", Help: "Batches that wait."}, func() float64 {
		n, _ := q.Depth()
		return float64(n)
	})
	room := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "haris_queue_room", Help: "Batches that may wait."}, func() float64 {
		_, n := q.Depth()
		return float64(n)
	})
	for _, c := range []prometheus.Collector{m.requests, m.took, m.events, m.rejected, m.sizes, m.lates, m.files, m.left, m.answers, waiting, room} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("api: register metrics: %w", err)
		}
	}
	return m, nil
}

func (m *metrics) mediaFigures() {
	m.files = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "haris_api_files_total", Help: "Files that were read by upload or URL, by what they turned out to be: image, video, file.",
	}, []string{"kind"})
	m.left = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "haris_api_files_unscanned_total", Help: "Files of which something could not be looked at, by reason.",
	}, []string{"reason"})
	m.answers = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "haris_api_lookups_total", Help: "Media that were looked up, by answer: match, clean, unscanned.",
	}, []string{"answer"})
	for _, a := range []bank.Answer{bank.Match, bank.Clean, bank.Unscanned} {
		m.answers.WithLabelValues(string(a))
	}
}

// file counts a file that was read.
func (m *metrics) file(f *media.File) {
	m.files.WithLabelValues(string(f.Kind)).Inc()
	for _, why := range f.Left {
		m.left.WithLabelValues(string(why)).Inc()
	}
}

func (m *metrics) answer(a string) { m.answers.WithLabelValues(a).Inc() }

func (m *metrics) request(path, outcome string, took time.Duration) {
	m.requests.WithLabelValues(path, outcome).Inc()
	m.took.WithLabelValues(path).Observe(took.Seconds())
}

func (m *metrics) body(events int) { m.sizes.Observe(float64(events)) }

func (m *metrics) late(end string) { m.lates.WithLabelValues(end).Inc() }

// batch counts what became of one parcel.
func (m *metrics) batch(p parcel, accepted, duplicate int) {
	m.events.WithLabelValues("accepted").Add(float64(accepted))
	m.events.WithLabelValues("duplicate").Add(float64(duplicate))
	m.events.WithLabelValues("rejected").Add(float64(len(p.rejected)))
	for _, r := range p.rejected {
		m.rejected.WithLabelValues(r.Reason).Inc()
	}
}
