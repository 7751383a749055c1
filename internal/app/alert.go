package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"haris/internal/console"
	"haris/internal/detect"
	"haris/internal/remark"
	"haris/internal/report"
)

// alerts lists the reports that wait for too long.
func (c *Core) alerts(ctx context.Context) ([]report.Alert, error) {
	return c.Reports(func(id string) (detect.Profile, error) { return detect.Profile{ID: id}, nil }).Alerts(ctx, "")
}

// lastHours is how long before its end an unfinished report is wrong, and no longer to be looked at soon.
const lastHours = 2 * time.Hour

// unfinished counts the reports that NCMEC will delete soon, or has deleted.
func (d Doctor) unfinished(ctx context.Context, k *console.Check) error {
	return d.alert(ctx, k, report.Unfinished, func(first report.Alert, now time.Time) {
		left := first.Left(now)
		if left < lastHours {
			k.State = console.Unwell
		}
		if k.Detail = remark.Of("report {report} is deleted by NCMEC at {at}", "report", first.Report, "at", first.Until.UTC().Format(time.RFC3339)); left <= 0 {
			k.Detail = remark.Of("report {report} was not finished before {at}", "report", first.Report, "at", first.Until.UTC().Format(time.RFC3339))
		}
	})
}

// overdue counts the reports that somebody has decided to file and that are not filed.
func (d Doctor) overdue(ctx context.Context, k *console.Check) error {
	return d.alert(ctx, k, report.Overdue, func(first report.Alert, _ time.Time) {
		k.Detail = remark.Of("report {report} is {status} since before {at}", "report", first.Report, "status", first.Status, "at", first.Until.Add(-d.Core.Config.Reports.Overdue).UTC().Format(time.RFC3339))
	})
}

// alert counts the alerts of one kind; tell is given the most urgent one.
func (d Doctor) alert(ctx context.Context, k *console.Check, kind report.AlertKind, tell func(report.Alert, time.Time)) error {
	k.Unit = console.UnitCount
	list, err := d.Core.alerts(ctx)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Kind != kind {
			continue
		}
		if k.Count++; k.Count == 1 {
			k.State = console.Warned
			tell(a, d.Core.Options.Now())
		}
	}
	return nil
}

// reportFigures is how many reports wait for too long, read when somebody asks.
type reportFigures struct{ core *Core }

// figuresTime bounds the reading of figures.
const figuresTime = 5 * time.Second

var descAlerts = prometheus.NewDesc("haris_reports_waiting", "Reports that wait for too long: begun and not finished at NCMEC, or overdue.", []string{"kind"}, nil)

// Describe implements prometheus.Collector.
func (f reportFigures) Describe(ch chan<- *prometheus.Desc) { ch <- descAlerts }

// Collect implements prometheus.Collector. What cannot be read makes the whole answer fail, and is never zero.
func (f reportFigures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), figuresTime)
	defer cancel()
	list, err := f.core.alerts(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(descAlerts, err)
		return
	}
	n := map[report.AlertKind]int{}
	for _, a := range list {
		n[a.Kind]++
	}
	for _, k := range report.AlertKinds() {
		ch <- prometheus.MustNewConstMetric(descAlerts, prometheus.GaugeValue, float64(n[k]), string(k))
	}
}
