package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"haris/internal/app"
	"haris/internal/report"
	"haris/internal/store"
)

type reportRetractCommand struct {
	ID  string `arg:"" help:"Id of the report."`
	As  string `required:"" help:"Login of the person who takes it back; it stands in the audit log."`
	Why string `required:"" help:"Why, in your words. It stands in the history of the report."`
}

// Help is the example.
func (reportRetractCommand) Help() string {
	return "What is open at NCMEC is retracted by a running haris at the next step, and nothing is filed. What NCMEC has already cannot be taken\n" +
		"back: a finish that is out wins.\n\nExample: haris report retract 01jxyz… --as amira --why \"it names the wrong account\""
}

// Run takes the report back.
func (c reportRetractCommand) Run(r *run) error {
	if strings.TrimSpace(c.Why) == "" {
		return &usageError{"--why: expected words"}
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		s := r.reports(core)
		now, err := s.Get(r.ctx, c.ID)
		if err != nil {
			return noReport(c.ID, err)
		}
		done, err := s.Resolve(r.ctx, report.Resolution{
			Act: report.Act{Who: who.ID, Report: c.ID, Seen: now.Events}, Way: report.Cancel, Reason: c.Why,
		})
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(statusOf(&done))
		}
		if done.Status == report.Cancelled {
			r.say("Given up; nothing was sent.")
			return nil
		}
		r.say("It is being taken back. haris report status %s says when that is done.", done.ID)
		return nil
	})
}

// noReport says how to find a report.
func noReport(id string, err error) error {
	if errors.Is(err, report.ErrNotFound) {
		return fmt.Errorf("no report %q: haris report status shows them all", id)
	}
	return err
}

type reportCallsCommand struct {
	ID string `arg:"" help:"Id of the report."`
	As string `required:"" help:"Login of the person who reads it; the reading is written down."`
}

// Help is the example.
func (reportCallsCommand) Help() string {
	return "Quote a Request-ID to NCMEC. The bytes of requests and answers are kept and not shown here; their digests are.\n\n" +
		"Example: haris report calls 01jxyz… --as amira -o json"
}

// reportCall is one exchange without its bytes.
type reportCall struct {
	N              int       `json:"n"`
	Started        time.Time `json:"started"`
	Ended          time.Time `json:"ended"`
	Endpoint       string    `json:"endpoint"`
	Attempt        int       `json:"attempt"`
	HTTPStatus     int       `json:"http_status"` // 0 without an answer
	Code           int       `json:"code"`        // -1 without a code
	RequestID      string    `json:"request_id,omitempty"`
	RequestSHA256  string    `json:"request_sha256"`
	RequestBytes   int64     `json:"request_bytes"`
	ResponseSHA256 string    `json:"response_sha256,omitempty"`
	Error          string    `json:"error,omitempty"`
}

// Run lists the calls.
func (c reportCallsCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		v, err := r.reports(core).View(r.ctx, who.ID, c.ID)
		if err != nil {
			return noReport(c.ID, err)
		}
		var rows [][]string
		for i := range v.Calls {
			k := callOf(&v.Calls[i])
			if r.isJSON() {
				if err := r.json(k); err != nil {
					return err
				}
				continue
			}
			rows = append(rows, []string{
				fmt.Sprint(k.N), moment(k.Started), k.Endpoint, fmt.Sprint(k.HTTPStatus), fmt.Sprint(k.Code), k.RequestID, k.RequestSHA256, k.ResponseSHA256,
			})
		}
		if r.isJSON() {
			return nil
		}
		if len(rows) == 0 {
			r.say("No call yet: the report is %s.", v.Report.Status)
			return nil
		}
		return r.table([]string{"n", "time", "endpoint", "http", "code", "request id", "sent sha256", "answer sha256"}, rows)
	})
}

func callOf(c *report.Call) reportCall {
	return reportCall{
		N: c.N, Started: c.Started, Ended: c.Ended, Endpoint: string(c.Endpoint), Attempt: c.Attempt, HTTPStatus: c.HTTPStatus, Code: int(c.Code),
		RequestID: c.RequestID, RequestSHA256: c.RequestSHA256, RequestBytes: c.RequestBytes, ResponseSHA256: c.ResponseSHA256(), Error: c.Error,
	}
}

type reportHoldRestoredCommand struct {
	At time.Time `required:"" format:"2006-01-02T15:04:05Z07:00" placeholder:"TIME" help:"When the dump was made, such as 2026-11-25T03:00:00Z."`
}

// Help is the example.
func (reportHoldRestoredCommand) Help() string {
	return "haris restore does this by itself. After pg_restore do it once, before haris serve: a report that was on its way may have been\n" +
		"filed since, and would be filed twice.\n\nExample: haris report hold-restored --at 2026-11-25T03:00:00Z"
}

// Run holds the reports.
func (c reportHoldRestoredCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		out, err := report.HoldRestored(r.ctx, store.ReportKeeper(core.DB), c.At, r.Now())
		if err != nil {
			return err
		}
		if r.isJSON() {
			return r.json(out)
		}
		if out.Held == 0 {
			r.say("No report was on its way.")
		}
		r.toldRestored(out)
		return nil
	})
}
