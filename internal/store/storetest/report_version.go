package storetest

import (
	"errors"
	"strings"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/cybertip"
	"haris/internal/report"
	"haris/internal/store"
)

// mustAdd appends an event that is allowed.
func (b *bench) mustAdd(e report.Event) report.Report {
	b.Helper()
	r, err := b.addTo(e)
	if err != nil {
		b.Fatalf("%s: %v", e.Kind, err)
	}
	if d := cmp.Diff(r, b.report(r.ID)); d != "" {
		b.Fatalf("%s came back changed:\n%s", e.Kind, d)
	}
	return r
}

func reportsVersions(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	b.mustAdd(report.Event{Report: r.ID, Who: "bea", Kind: report.WasDisapproved, Why: "names no time"})
	b.mustAdd(report.Event{Report: r.ID, Who: "cyd", At: start().Add(time.Hour), Kind: report.WasSaved, Draft: draftOf("second")})
	b.read(func(tx *store.Tx) error {
		v := tx.Reports().Versions
		list, err := v.List(b.ctx, r.ID)
		if err != nil {
			return err
		}
		want := []report.Version{{N: 1, At: start(), Who: "ada"}, {N: 3, At: start().Add(time.Hour), Who: "cyd"}}
		if d := cmp.Diff(want, list); d != "" {
			b.Errorf("versions (-want +got):\n%s", d)
		}
		for n, narrative := range map[int]string{1: "first", 3: "second"} {
			got, err := v.Draft(b.ctx, r.ID, n)
			if d := cmp.Diff(*draftOf(narrative), got); err != nil || d != "" {
				b.Errorf("version %d: %v\n%s", n, err, d)
			}
		}
		for _, n := range []int{0, 2, 4} {
			if _, err := v.Draft(b.ctx, r.ID, n); !errors.Is(err, report.ErrNotFound) {
				b.Errorf("version %d: %v", n, err)
			}
		}
		none, err := v.List(b.ctx, "none")
		if len(none) != 0 {
			b.Errorf("versions of no report: %v", none)
		}
		return err
	})
}

func reportsApproval(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	digest := strings.Repeat("d", 64)
	approve := report.Event{Report: r.ID, Who: "bea", At: start().Add(time.Minute), Kind: report.WasApproved, Digest: digest}
	r = b.mustAdd(approve)
	want := &report.Approval{Who: "bea", At: start().Add(time.Minute), SHA256: digest}
	if d := cmp.Diff(want, r.Approval); d != "" || r.Status != report.Drafted {
		b.Errorf("status %s, approval (-want +got):\n%s", r.Status, d)
	}
	b.read(func(tx *store.Tx) error {
		h, err := tx.Reports().History(b.ctx, r.ID)
		if len(h) != 2 || h[1].Digest != digest {
			b.Errorf("history %+v", h)
		}
		return err
	})
	for _, e := range []report.Event{
		{Kind: report.WasSaved, Draft: draftOf("other words")},
		{Kind: report.WasDisapproved, Why: "on second thoughts"},
	} {
		b.mustAdd(approve)
		e.Report, e.Who = r.ID, "ada"
		if r = b.mustAdd(e); r.Approval != nil {
			b.Errorf("the approval stands after %s", e.Kind)
		}
	}
}

func reportsHandover(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	r = b.mustAdd(report.Event{Report: r.ID, Who: "ada", Kind: report.WasHandedOver, Why: "National police: package"})
	if r.Status != report.Drafted {
		b.Errorf("status %s", r.Status)
	}
	h := report.Handover{
		Report: r.ID, N: r.Events, At: start(), Who: "ada", Authority: "National police", Form: "package", SHA256: strings.Repeat("e", 64), Bytes: 12, Why: "they asked",
	}
	b.write(func(tx *store.Tx) error { return tx.Reports().Handovers.Add(b.ctx, h) })
	err := b.db.Write(b.ctx, func(tx *store.Tx) error { return tx.Reports().Handovers.Add(b.ctx, h) })
	if err == nil {
		b.Error("the same handover was taken twice")
	}
	b.read(func(tx *store.Tx) error {
		got, err := tx.Reports().Handovers.List(b.ctx, r.ID)
		if d := cmp.Diff([]report.Handover{h}, got); d != "" {
			b.Errorf("handovers (-want +got):\n%s", d)
		}
		return err
	})
	r = b.mustAdd(report.Event{Report: r.ID, Who: "ada", Kind: report.WasCancelled, Why: "a mistake"})
	if r = b.mustAdd(report.Event{Report: r.ID, Who: "ada", Kind: report.WasHandedOver, Why: "National police: pdf"}); r.Status != report.Cancelled || r.Why != "a mistake" {
		b.Errorf("status %s, why %q", r.Status, r.Why)
	}
}

func reportsWithdrawn(b *bench) {
	r := b.draft(b.caseOf("u1"), "u1", start())
	b.mustAdd(report.Event{Report: r.ID, Who: "ada", Kind: report.WasSubmitted, Filing: filing(cybertip.FilingNew)})
	if r = b.mustAdd(report.Event{Report: r.ID, Who: "bea", Kind: report.WasWithdrawn, Why: "the wrong account"}); r.Status != report.Submitting {
		b.Errorf("status %s", r.Status)
	}
	taken := cybertip.Cancel(*filing(cybertip.FilingNew))
	if r = b.mustAdd(report.Event{Report: r.ID, Who: "bea", Kind: report.WasWithdrawn, Why: "the wrong account", Filing: &taken}); r.Filing.State != taken.State {
		b.Errorf("filing %s", r.Filing.State)
	}
}
