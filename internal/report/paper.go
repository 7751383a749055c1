package report

import (
	"context"
	"fmt"
	"io"
	"time"

	"haris/cybertip"
	"haris/internal/paper"
)

// Printer puts reports on paper: what would be sent, or was, as the authority reads it. Safe for concurrent use.
type Printer struct {
	Service *Service
	Fonts   *paper.Library
	Size    paper.Size
}

// Sheet is what stands on the paper of a report.
type Sheet struct {
	Report    Report
	Authority Authority // who reads it
	Documents Documents // as they would be sent, or as they were
	Findings  []cybertip.Finding
	Calls     []Call
	At        time.Time // of the last change
}

// Print writes a report as a PDF file and writes down that who took it. ErrNotFound.
func (p Printer) Print(ctx context.Context, who, id string, out io.Writer) (Report, error) {
	s, err := p.Service.sheet(ctx, who, id)
	if err != nil {
		return Report{}, err
	}
	return s.Report, s.write(out, p.Fonts, p.Size)
}

// sheet reads what stands on the paper.
func (s *Service) sheet(ctx context.Context, who, id string) (x Sheet, err error) {
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		if x.Report, err = tx.Get(ctx, id); err != nil {
			return err
		}
		if x.Calls, err = tx.Calls(ctx, id); err != nil {
			return err
		}
		history, err := tx.History(ctx, id)
		if err != nil {
			return err
		}
		x.At = x.Report.CreatedAt
		if n := len(history); n > 0 {
			x.At = history[n-1].At
		}
		return note(ctx, tx, &x.Report, who, s.at(), "printed", nil)
	})
	if err != nil {
		return x, err
	}
	x.Authority = NCMEC{s.Profile}
	x.Documents, _, x.Findings, err = s.check(ctx, &x.Report)
	return x, err
}

// sentDocuments are those of a report that was submitted, byte for byte what is sent; a description has the ids that NCMEC has given,
// or 1 and 0 before that.
func sentDocuments(f *cybertip.Filing) (Documents, error) {
	out := Documents{Profile: f.Profile, XML: f.Report}
	for _, x := range f.Files {
		d := FileDocument{Item: x.Key, Name: x.Name, Size: x.Size, MD5: x.MD5}
		if x.Details != nil {
			details := *x.Details
			details.ReportID, details.FileID = 1, "0"
			if x.FileID != "" {
				details.ReportID, details.FileID = f.ReportID, x.FileID
			}
			var err error
			if d.XML, err = cybertip.Encode(f.Profile, &details); err != nil {
				return out, fmt.Errorf("report: file %s: %w", x.Name, err)
			}
		}
		out.Files = append(out.Files, d)
	}
	return out, nil
}

// state says in words how far a report is.
func (r *Report) state() string {
	words := map[Status]string{
		Drafted: "Draft – not filed", Submitting: "On its way – not filed", Held: "Held – not filed", Failed: "Failed – not filed", Cancelled: "Cancelled – not filed",
	}[r.Status]
	if r.Status == Filed {
		words = fmt.Sprintf("Filed – CyberTipline report %d", r.Number)
	}
	if r.Environment != "" && r.Environment != cybertip.Production {
		words += ", " + string(r.Environment) + " environment"
	}
	return words
}

// state stands on every page. What another authority gets is no draft.
func (x *Sheet) state() string {
	if len(x.Documents.JSON) > 0 {
		return "For " + x.Authority.Name()
	}
	return x.Report.state()
}

// write sets the sheet.
func (x *Sheet) write(out io.Writer, fonts *paper.Library, size paper.Size) error {
	reading, err := x.Documents.Reading()
	if err != nil {
		return err
	}
	digest := x.Documents.SHA256()
	w, err := paper.New(out, paper.Setup{
		Title: "Report " + x.Report.ID, Head: "Report " + x.Report.ID, State: x.state(), Foot: "SHA-256 " + digest, Size: size, At: x.At, Fonts: fonts,
	})
	if err != nil {
		return err
	}
	x.top(w, digest)
	if len(reading.Report.Parts) > 0 {
		w.Heading(2, "The report")
		parts(w, 0, reading.Report.Parts)
	}
	for _, f := range reading.Files {
		w.Heading(2, "File "+f.Name)
		w.Rows(0, []paper.Row{{Name: "Bytes", Value: sizeWords(f.Size)}, {Name: "MD5", Value: f.MD5}})
		parts(w, 0, f.Parts)
	}
	if len(x.Documents.JSON) == 0 {
		x.proof(w)
		x.calls(w)
	}
	return w.Close()
}

func sizeWords(n int64) string {
	if n < 0 {
		return "not known"
	}
	return fmt.Sprint(n)
}

// top says which report it is and how far.
func (x *Sheet) top(w *paper.Writer, digest string) {
	r := &x.Report
	w.Heading(1, "Report to "+x.Authority.Name())
	if len(x.Documents.JSON) > 0 {
		w.Rows(0, []paper.Row{{Name: "SHA-256 of the report", Value: digest}})
		w.Paragraph("This is what the authority gets, in the order of its form. The same stands in report.json.")
		return
	}
	w.Rows(0, []paper.Row{
		{Name: "Report", Value: r.ID},
		{Name: "Case", Value: r.Case},
		{Name: "State", Value: r.state()},
		{Name: "Environment", Value: none(string(r.Environment), "none is configured")},
		{Name: "Schema", Value: string(x.Documents.Profile)},
		{Name: "Last change", Value: moment(x.At)},
		{Name: "SHA-256 of the documents", Value: digest},
	})
	if r.Filing != nil {
		w.Paragraph("This is the report as it was submitted, every element and attribute in its order.")
		return
	}
	w.Paragraph("This is what would be sent, every element and attribute in its order. Nothing of it has been sent.")
	if len(x.Documents.XML) > 0 {
		return
	}
	w.Heading(2, "It cannot be sent as it is")
	var list []paper.Row
	for _, f := range x.Findings {
		list = append(list, paper.Row{Name: f.Path, Value: f.Message + " " + f.Fix})
	}
	w.Rows(0, list)
}

// parts writes elements with their attributes: those with a value as rows, those with parts as groups.
func parts(w *paper.Writer, depth int, list []cybertip.Part) {
	var rows []paper.Row
	flush := func() {
		w.Rows(depth, rows)
		rows = nil
	}
	for i := range list {
		p := &list[i]
		group := len(p.Parts) > 0
		switch {
		case group && depth == 0:
			flush()
			w.Heading(3, p.Title)
		case group:
			rows = append(rows, paper.Row{Name: p.Title, Group: true})
		default:
			rows = append(rows, paper.Row{Name: p.Title, Value: valueOf(p)})
		}
		for _, n := range p.Notes {
			rows = append(rows, paper.Row{Name: n.Title, Value: n.Text, Faint: true})
		}
		if group {
			flush()
			parts(w, depth+1, p.Parts)
		}
	}
	flush()
}

// valueOf is what is shown of an element without parts.
func valueOf(p *cybertip.Part) string {
	switch {
	case p.Text != "":
		return p.Text
	case p.Yes:
		return "yes"
	case len(p.Notes) == 0:
		return "(empty)"
	}
	return ""
}

// proof is the receipt, and what was uploaded.
func (x *Sheet) proof(w *paper.Writer) {
	f := x.Report.Filing
	if f == nil {
		return
	}
	w.Heading(2, "Receipt")
	rows := []paper.Row{{Name: "Submitted", Value: moment(x.Report.SubmittedAt)}}
	if rc := f.Receipt; rc != nil {
		rows = append(
			rows,
			paper.Row{Name: "CyberTipline report", Value: fmt.Sprint(rc.ReportID)},
			paper.Row{Name: "Handed in", Value: moment(rc.At)},
			paper.Row{Name: "Request-ID", Value: none(rc.RequestID, "none came")},
		)
		if rc.Problem != "" {
			rows = append(rows, paper.Row{Name: "To be looked at", Value: rc.Problem})
		}
	} else {
		rows = append(rows, paper.Row{Name: "Receipt", Value: "there is none"})
	}
	if !x.Report.PreservedUntil.IsZero() {
		rows = append(rows, paper.Row{Name: "Evidence is preserved until", Value: moment(x.Report.PreservedUntil)})
	}
	w.Rows(0, append(rows, paper.Row{Name: "SHA-256 of the report's XML", Value: f.ReportSHA256}))
	for _, file := range f.Files {
		w.Rows(0, []paper.Row{
			{Name: file.Name, Group: true},
			{Name: "File id", Value: none(file.FileID, "none yet")},
			{Name: "MD5 as uploaded", Value: none(file.UploadedMD5, "not uploaded yet")},
			{Name: "SHA-256 as uploaded", Value: none(file.UploadedSHA, "not uploaded yet")},
		})
	}
}

// calls lists the exchanges with the authority.
func (x *Sheet) calls(w *paper.Writer) {
	if len(x.Calls) == 0 {
		return
	}
	w.Heading(2, "Exchanges with NCMEC")
	t := w.Table([]string{"Began", "Call", "Answer", "Request-ID", "SHA-256 of what was sent"}, []float64{3, 2, 2, 4, 6})
	for i := range x.Calls {
		c := &x.Calls[i]
		answer := "none"
		if c.HTTPStatus != 0 {
			answer = fmt.Sprintf("%d, code %d", c.HTTPStatus, c.Code)
		}
		t.Row(moment(c.Started), string(c.Endpoint), answer, none(c.RequestID, "–"), c.RequestSHA256)
	}
	t.End()
}

func none(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}
