package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"haris/internal/disclosure"
	"haris/internal/evidence"
	"haris/internal/parcel"
	"haris/internal/report/neutral"
)

// pack is one file on its way to an authority.
type pack struct {
	c    Courier
	o    Handing
	to   Other
	r    Report
	docs Documents
	gone []File // whose contents stand in it
}

// disclosure is the line of the log of disclosures: the file, and each contents that stands in it.
func (p *pack) disclosure(h *Handed, item evidence.Item, how string) disclosure.Entry {
	e := disclosure.Entry{
		At: h.At, Who: h.Who, To: disclosure.Authority, Recipient: p.to.Title, Under: disclosure.Handover, Number: fmt.Sprintf("%s/%d", h.Handover.Report, h.N),
		Case: p.r.Case, Report: h.Handover.Report, Scope: fmt.Sprintf("the report as %s, with the contents of %d files", p.o.Form, len(p.gone)), How: how,
		Items: []disclosure.Item{{Name: item.Name, SHA256: item.SHA256, Bytes: item.Size, Evidence: item.ID}},
	}
	for _, f := range p.gone {
		e.Items = append(e.Items, disclosure.Item{Name: f.Name, SHA256: f.SHA256, Bytes: f.Size, Evidence: f.Item})
	}
	return e
}

// seal makes the file and seals it as it is made: it is never whole in memory, and never in the clear on a disk.
func (p *pack) seal(ctx context.Context) (evidence.Item, error) {
	pr, pw := io.Pipe()
	made := make(chan error, 1)
	go func() {
		err := p.write(ctx, pw)
		pw.CloseWithError(err)
		made <- err
	}()
	item, err := p.c.Service.Vault.Seal(ctx, evidence.New{
		Case: p.r.Case, Kind: evidence.KindReport, Name: fmt.Sprintf("handover-%s-%d%s", p.r.ID, p.r.Events+1, p.o.Form.ending()), MediaType: p.o.Form.MediaType(), Who: p.o.Who,
		Why: "handed to another authority with report " + p.r.ID, Body: pr,
	})
	if err != nil {
		pr.CloseWithError(err)
	}
	return item, errors.Join(<-made, err)
}

// write writes the file.
func (p *pack) write(ctx context.Context, w io.Writer) error {
	switch p.o.Form {
	case FormJSON:
		_, err := w.Write(p.docs.JSON)
		return err
	case FormPDF:
		return p.paper(w)
	case FormPackage:
	}
	return p.parcel(ctx, w)
}

// paper writes the report as people read it.
func (p *pack) paper(w io.Writer) error {
	x := Sheet{Report: p.r, Documents: p.docs, Authority: p.to, At: p.r.CreatedAt}
	return x.write(w, p.c.Fonts, p.c.Size)
}

// parcel writes the package.
func (p *pack) parcel(ctx context.Context, w io.Writer) error {
	schema, err := neutral.Schema()
	if err != nil {
		return err
	}
	out := parcel.NewWriter(w, p.c.Service.at())
	if err := out.Add(parcel.File{Path: "report.json", Kind: "report"}, p.docs.JSON); err != nil {
		return err
	}
	if err := out.Add(parcel.File{Path: "schema.json", Kind: "schema"}, schema); err != nil {
		return err
	}
	pdf, err := out.Create("report.pdf", "report", "")
	if err != nil {
		return err
	}
	if err := p.paper(pdf); err != nil {
		return err
	}
	chain, err := p.contents(ctx, out)
	if err != nil {
		return err
	}
	if err := out.Add(parcel.File{Path: parcel.CustodyName, Kind: "custody"}, chain); err != nil {
		return err
	}
	about, err := json.Marshal(map[string]string{"to": p.to.Title, "from": p.r.Draft.Company.Platform, "form": neutral.Version, "case": p.r.Case})
	if err != nil {
		return err
	}
	_, err = out.Close(parcel.Head{Kind: "handover", ID: p.r.ID, About: about}, p.c.Key)
	return err
}

// contents writes the files that may go, and returns the chain of custody of each up to this handover.
func (p *pack) contents(ctx context.Context, out *parcel.Writer) ([]byte, error) {
	var chain bytes.Buffer
	e := json.NewEncoder(&chain)
	e.SetEscapeHTML(false)
	for i, f := range p.r.Draft.chosenFiles() {
		if !p.to.Contents.allow(f.Kind) {
			continue
		}
		if err := p.file(ctx, out, pathOf(i, f.Name), f); err != nil {
			return nil, err
		}
		p.gone = append(p.gone, f)
		lines, err := p.c.Service.Vault.Custody(ctx, f.Item)
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			if err := e.Encode(l); err != nil {
				return nil, err
			}
		}
	}
	return chain.Bytes(), nil
}

func (p *pack) file(ctx context.Context, out *parcel.Writer, path string, f File) (err error) {
	w, err := out.Create(path, string(f.Kind), "evidence/"+f.Item)
	if err != nil {
		return err
	}
	_, body, err := p.c.Service.Vault.Export(ctx, p.o.Who, "handed to "+p.to.Title+" with report "+p.r.ID, f.Item)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	_, err = io.Copy(w, body)
	return err
}
