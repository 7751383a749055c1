package cli

import (
	"io"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/report"
)

type reportPDFCommand struct {
	ID  string `arg:"" help:"Id of the report."`
	As  string `required:"" help:"Login of the person who takes it; it stands in the audit log."`
	Out string `required:"" short:"O" placeholder:"FILE" help:"File to write; it must not exist."`
}

// Help is the example.
func (reportPDFCommand) Help() string {
	return "Example: haris report pdf 01jxyz… --as amira -O report.pdf"
}

// Run writes the file.
func (c reportPDFCommand) Run(r *run) error {
	return r.withCore(func(core *app.Core) error {
		who, err := r.someone(core, c.As, auth.ReportRead)
		if err != nil {
			return err
		}
		printer, err := core.Printer(r.reports(core))
		if err != nil {
			return err
		}
		var x report.Report
		err = writeNew(c.Out, func(w io.Writer) (err error) {
			x, err = printer.Print(r.ctx, who.ID, c.ID, w)
			return err
		})
		if err != nil {
			return noReport(c.ID, err)
		}
		if r.isJSON() {
			return r.json(struct {
				File string `json:"file"`
				reportStatus
			}{c.Out, statusOf(&x)})
		}
		r.say("%s: report %s, %s.", c.Out, x.ID, x.Status)
		return nil
	})
}
