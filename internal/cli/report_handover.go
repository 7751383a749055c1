package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"haris/internal/app"
	"haris/internal/report"
	"haris/internal/report/neutral"
)

type reportHandoverCommand struct {
	ID     string `arg:"" help:"Id of the report."`
	As     string `required:"" help:"Login of the person who hands it over; it stands in the history of the report and in the log of disclosures."`
	To     string `placeholder:"NAME" help:"Who gets it: a name of handover.authorities. Without it, what was handed over is listed."`
	Form   string `default:"package" enum:"package,json,pdf" help:"package (a signed zip file), json or pdf."`
	Why    string `help:"Why, in your words."`
	SHA256 string `name:"sha256" placeholder:"DIGEST" help:"Digest of what was read. Without it, what the authority would get is shown with its digest, and nothing is handed over."`
	File   string `short:"O" name:"file" placeholder:"FILE" help:"File to write; it must not exist."`
	Again  int    `placeholder:"N" help:"Take the file of handover N once more."`
}

// Help is the example.
func (reportHandoverCommand) Help() string {
	return "What goes to an authority with a key in the configuration is encrypted to it with age. haris evidence verify checks a package without the server.\n\n" +
		"Example: haris report handover 01jxyz… --as amira --to \"Example Hotline\"\n" +
		"Example: haris report handover 01jxyz… --as amira --to \"Example Hotline\" --sha256 9f86d0… --why \"the child is in its country\" -O report.zip\n" +
		"Example: haris report handover 01jxyz… --as amira -o json"
}

// Run lists, shows, or hands over.
func (c reportHandoverCommand) Run(r *run) error {
	if c.To != "" && c.SHA256 != "" && (c.File == "" || strings.TrimSpace(c.Why) == "") {
		return &usageError{"--file and --why: give both to hand the report over"}
	}
	if c.Again > 0 && (c.File == "" || c.To != "") {
		return &usageError{"--again: give --file, and not --to"}
	}
	return r.withCore(func(core *app.Core) error {
		who, err := r.person(core, c.As)
		if err != nil {
			return err
		}
		courier, err := core.Courier(r.reports(core))
		if err != nil {
			return err
		}
		switch {
		case c.Again > 0:
			return noReport(c.ID, c.take(r, courier, who.ID, c.Again))
		case c.To == "":
			return c.list(r, courier, who.ID)
		case c.SHA256 == "":
			return c.show(r, courier, who.ID)
		}
		return c.hand(r, courier, who.ID)
	})
}

// list says what was handed over.
func (c reportHandoverCommand) list(r *run, courier report.Courier, who string) error {
	_, list, err := courier.Handed(r.ctx, who, c.ID)
	if err != nil {
		return noReport(c.ID, err)
	}
	if r.isJSON() {
		for _, h := range list {
			if err := r.json(h); err != nil {
				return err
			}
		}
		return nil
	}
	if len(list) == 0 {
		r.say("It was handed to nobody. The configuration names: %s", strings.Join(courier.Names(), ", "))
		return nil
	}
	var rows [][]string
	for _, h := range list {
		rows = append(rows, []string{fmt.Sprint(h.N), moment(h.At), h.Who, h.Authority, h.Form, fmt.Sprint(h.Bytes), h.SHA256, h.Why})
	}
	return r.table([]string{"n", "time", "who", "authority", "form", "bytes", "sha256", "why"}, rows)
}

// show prints what the authority would get.
func (c reportHandoverCommand) show(r *run, courier report.Courier, who string) error {
	o, err := courier.Offer(r.ctx, who, c.ID, c.To)
	if err != nil {
		return noReport(c.ID, err)
	}
	if _, err := r.Stdout.Write(o.Documents.JSON); err != nil {
		return err
	}
	for _, i := range report.Blocking(o.Items) {
		r.say("%s is missing: it cannot be handed over as it is", i.Key)
	}
	r.say("sha256 %s: nothing was handed over yet", o.SHA256)
	return nil
}

// hand writes the file.
func (c reportHandoverCommand) hand(r *run, courier report.Courier, who string) error {
	now, err := courier.Service.Get(r.ctx, c.ID)
	if err != nil {
		return noReport(c.ID, err)
	}
	h, err := courier.Hand(r.ctx, report.Handing{
		Act: report.Act{Who: who, Report: c.ID, Seen: now.Events}, Authority: c.To, Form: report.Form(c.Form), Why: c.Why, SHA256: c.SHA256,
	})
	if err == nil {
		err = c.take(r, courier, who, h.N)
	}
	var second *report.UnapprovedError
	switch {
	case errors.As(err, &second):
		return fmt.Errorf("%w: haris report approve is how", err)
	case err != nil:
		return err
	case r.isJSON():
		return r.json(struct {
			File string `json:"file"`
			report.Handover
			Encrypted bool `json:"encrypted"`
		}{c.File, h.Handover, h.Sealed})
	}
	r.say("%s: report %s for %s. It is not delivered by this: bring it there.", c.File, c.ID, h.Authority)
	if h.Sealed {
		r.say("It is encrypted to the authority's key. sha256 of the contents: %s", h.SHA256)
	}
	if c.Form == string(report.FormPackage) {
		r.say("The receiver checks it with: haris evidence verify FILE --key '%s'", courier.Key.Public)
	}
	return nil
}

// take writes the file.
func (c reportHandoverCommand) take(r *run, courier report.Courier, who string, n int) error {
	return writeNew(c.File, func(w io.Writer) error {
		_, err := courier.Take(r.ctx, report.Taking{Who: who, Report: c.ID, N: n}, func(report.Handed) (io.Writer, error) { return w, nil })
		return err
	})
}

type reportSchemaCommand struct{}

// Help is the example.
func (reportSchemaCommand) Help() string {
	return "A package has it as schema.json.\n\nExample: haris report schema > haris-report-1.json"
}

// Run prints the schema.
func (reportSchemaCommand) Run(r *run) error {
	b, err := neutral.Schema()
	if err != nil {
		return err
	}
	_, err = r.Stdout.Write(b)
	return err
}
