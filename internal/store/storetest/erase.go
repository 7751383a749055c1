package storetest

import (
	"strings"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/report"
	"haris/internal/store"
)

// reportsErased destroys what two reports say, of which one is at its end, and looks for their words in every column.
func reportsErased(b *bench) {
	id := b.caseOf("u1")
	over, open := b.draft(id, "u1", start()), b.draft(id, "u1", start())
	sent := filing(cybertip.FilingNew)
	sent.Report, sent.Files[0].Details = []byte("<narrative>first</narrative>"), &cybertip.FileDetails{AdditionalInfo: []string{"first"}}
	done := filed(7000002)
	done.Report, done.Files[0].Details, done.ReportSHA256 = sent.Report, sent.Files[0].Details, strings.Repeat("b", 64)
	for _, e := range []report.Event{
		{Who: "ada", Kind: report.WasSaved, Draft: draftOf("first, again")},
		{Who: "ada", Kind: report.WasSubmitted, Filing: sent},
		{Who: casefile.Haris, Kind: report.Answered, Filing: done},
		{Who: casefile.Haris, Kind: report.WasFiled, Filing: done},
	} {
		e.Report = over.ID
		b.mustAdd(e)
	}
	b.write(func(tx *store.Tx) error {
		return tx.Reports().AddCall(b.ctx, report.Call{
			Report: over.ID, Endpoint: cybertip.EndpointSubmit, Environment: cybertip.Test, Attempt: 1, RequestSHA256: strings.Repeat("a", 64), Request: sent.Report,
			Response: []byte("<a/>"), Started: start(), Ended: start(),
		})
	})
	for _, want := range []int{2, 0} { // a second time there is nothing left
		b.write(func(tx *store.Tx) error {
			n, err := tx.Evidence().EraseDrafts(b.ctx, id)
			if n != want {
				b.Errorf("%d versions were erased, want %d", n, want)
			}
			return err
		})
	}
	got := b.report(over.ID)
	if got.Draft.Narrative != "" || got.Filing.Report != nil || got.Filing.Files[0].Details != nil {
		b.Errorf("the report still says %+v, %+v", got.Draft, got.Filing)
	}
	if got.Status != report.Filed || got.Number != 7000002 || got.Filing.ReportSHA256 != done.ReportSHA256 || got.Receipt() == nil || got.Filing.Files[0].MD5 == "" {
		b.Errorf("digests and receipt must stay: %+v", got)
	}
	b.read(func(tx *store.Tx) error {
		for _, n := range []int{1, 2} {
			d, err := tx.Reports().Versions.Draft(b.ctx, over.ID, n)
			if err != nil || d.Narrative != "" || len(d.Parties) != 0 {
				b.Errorf("version %d still says %+v (%v)", n, d, err)
			}
		}
		calls, err := tx.Reports().Calls(b.ctx, over.ID)
		if err != nil || len(calls) != 1 || calls[0].Request != nil || calls[0].RequestSHA256 == "" || string(calls[0].Response) != "<a/>" {
			b.Errorf("exchanges: %+v, %v", calls, err)
		}
		h, err := tx.Reports().History(b.ctx, over.ID)
		if len(h) != 5 || len(h[0].Digest) != 64 {
			b.Errorf("the history must stay: %+v", h)
		}
		return err
	})
	if b.report(open.ID).Draft.Narrative != "first" {
		b.Error("a report that is not at its end was erased")
	}
}
