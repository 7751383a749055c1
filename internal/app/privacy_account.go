package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"haris/internal/action"
	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/disclosure"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/pipeline"
	"haris/internal/privacy"
	"haris/internal/process"
	"haris/internal/report"
	"haris/internal/store"
)

// account prepares the export about an account of the platform. privacy.ErrUnknown.
func (d *dossier) account(ctx context.Context) error {
	if err := d.mask(ctx, d.ask.ID); err != nil {
		return err
	}
	f, err := d.InForce(ctx)
	if err != nil {
		return err
	}
	k, err := d.Knowledge(ctx, &f)
	if err != nil {
		return err
	}
	about, known := k.About(d.ask.ID)
	source := held{d.DB, d.Log}
	end, err := source.End(ctx)
	if err != nil {
		return err
	}
	places, err := source.Line(ctx, d.ask.ID, end)
	if err != nil {
		return err
	}
	cases, err := d.cases(ctx)
	if err != nil {
		return err
	}
	sightings, err := d.sightings(ctx, 1)
	if err != nil {
		return err
	}
	if !known && len(places)+len(cases)+len(sightings) == 0 {
		return fmt.Errorf("%w about account %q: no event has named it", privacy.ErrUnknown, d.ask.ID)
	}
	d.x.Events = len(places)
	slices.Reverse(places)
	d.x.Notes = []string{"withheld", "kept"}
	if len(places) > d.ask.Events {
		places, d.x.Notes = places[:d.ask.Events], append(d.x.Notes, "newest")
	}
	_, silent, err := d.Vault.Silent(ctx, "", d.ask.ID)
	if err != nil {
		return err
	}
	if silent {
		d.x.Notes = append([]string{"silent"}, d.x.Notes...)
	}
	d.known(&about)
	d.stream("events", func(ctx context.Context, emit privacy.Emit) error { return d.events(ctx, places, emit) })
	d.ofCases(cases)
	d.ofAccount()
	return nil
}

// known adds what detectors know.
func (d *dossier) known(a *pipeline.About) {
	p := &a.Profile
	profile := struct {
		ID         string           `json:"id"`
		Band       string           `json:"age_band,omitempty"`
		BandFrom   string           `json:"age_source,omitempty"`
		Role       string           `json:"role,omitempty"`
		Region     string           `json:"region,omitempty"`
		Lang       string           `json:"lang,omitempty"`
		Verified   bool             `json:"verified"`
		CreatedAt  time.Time        `json:"created_at,omitzero"`
		Deleted    bool             `json:"deleted"`
		Moderated  bool             `json:"acted_upon_for_safety"`
		Labels     []string         `json:"labels"`
		Keys       []sharedMark     `json:"keys"`
		StateBytes map[string]int   `json:"detector_state_bytes"`
		Concluded  []map[string]any `json:"concluded,omitempty"`
	}{
		ID: d.ask.ID, Band: p.Band.String(), BandFrom: p.BandFrom, Role: p.Role, Region: p.Region, Lang: p.Lang, Verified: p.Verified, CreatedAt: p.CreatedAt,
		Deleted: p.Deleted, Moderated: p.Acted, Labels: append([]string{}, a.Labels...), Keys: []sharedMark{}, StateBytes: a.States,
	}
	for _, k := range a.Keys {
		profile.Keys = append(profile.Keys, sharedMark{k.Kind, k.Mark, k.Count})
	}
	for _, t := range a.Told {
		profile.Concluded = append(profile.Concluded, map[string]any{"typology": t.Typology, "priority": t.Priority, "total": t.Total, "at": t.At})
	}
	d.stream("profile", func(_ context.Context, emit privacy.Emit) error { return emit(profile) })
	d.stream("signals", func(_ context.Context, emit privacy.Emit) error {
		for i := range a.Signals {
			s := a.Signals[i]
			s.Passed, s.Quoted = nil, nil // they would stand in the sentences
			e := Explain(s, d.ask.Lang)
			if err := emit(map[string]any{"signal": s, "why": e.Why, "counterfactual": e.Counterfactual}); err != nil {
				return err
			}
		}
		return nil
	})
}

// sharedMark is a key of the account: its mark, and how many others used it.
type sharedMark struct {
	Kind   string `json:"kind"`
	Mark   string `json:"mark"`
	Others int    `json:"other_accounts"`
}

// events streams the events at places, in their order.
func (d *dossier) events(ctx context.Context, places []uint64, emit privacy.Emit) error {
	for part := range slices.Chunk(places, page) {
		list, err := held{d.DB, d.Log}.Events(ctx, part)
		if err != nil {
			return err
		}
		for i := range list {
			if !names(&list[i], d.ask.ID) {
				continue // another line with the same short hash
			}
			line, err := privacy.Of(&list[i], d.ask.ID)
			if err != nil {
				return err
			}
			if err := emit(line); err != nil {
				return err
			}
		}
	}
	return nil
}

func names(e *event.Event, account string) bool {
	return e.Data.Account == account || e.Data.By == account || e.Data.From == account || slices.Contains(e.Data.To, account)
}

// partIn is a case and what the account is in it: subject, victim, split off, or named when its lists have been cut short.
type partIn struct {
	casefile.Case
	role string
}

func (d *dossier) cases(ctx context.Context) (out []partIn, err error) {
	f := casefile.Filter{Subject: d.ask.ID, Resting: casefile.AnyRest, Limit: page}
	for {
		var list []casefile.Case
		err := d.DB.Read(ctx, func(tx *store.Tx) (err error) {
			list, f.Cursor, err = tx.Cases().List(ctx, f)
			return err
		})
		if err != nil {
			return nil, err
		}
		for i := range list {
			p := partIn{list[i], "named"}
			switch {
			case slices.Contains(p.Subjects, d.ask.ID):
				p.role = "subject"
			case slices.Contains(p.Victims, d.ask.ID):
				p.role = "victim"
			case slices.Contains(p.Apart, d.ask.ID):
				p.role = "split off"
			}
			out = append(out, p)
		}
		if f.Cursor == "" {
			return out, nil
		}
	}
}

// otherCase is a case that is about somebody else.
type otherCase struct {
	ID       string          `json:"id"`
	Role     string          `json:"role"`
	Typology string          `json:"typology"`
	Status   casefile.Status `json:"status"`
	OpenedAt time.Time       `json:"opened_at"`
}

// ofCases adds the cases, and what hangs on them.
func (d *dossier) ofCases(cases []partIn) {
	d.stream("cases", func(_ context.Context, emit privacy.Emit) error {
		for i := range cases {
			c := &cases[i]
			var line any = otherCase{c.ID, c.role, string(c.Typology), c.Status, c.OpenedAt}
			if c.role == "subject" {
				tree, err := privacy.Own(c.Case, d.ask.ID)
				if err != nil {
					return err
				}
				line = map[string]any{"role": c.role, "case": tree}
			}
			if err := emit(line); err != nil {
				return err
			}
		}
		return nil
	})
	each := func(name string, of func(ctx context.Context, tx *store.Tx, c *partIn) ([]any, error)) {
		d.stream(name, func(ctx context.Context, emit privacy.Emit) error {
			for i := range cases {
				var list []any
				err := d.DB.Read(ctx, func(tx *store.Tx) (err error) {
					list, err = of(ctx, tx, &cases[i])
					return err
				})
				if err := emitAll(list, err, emit); err != nil {
					return err
				}
			}
			return nil
		})
	}
	each("histories", func(ctx context.Context, tx *store.Tx, c *partIn) (out []any, err error) {
		if c.role != "subject" {
			return nil, nil
		}
		list, err := tx.Cases().History(ctx, c.ID)
		for i := 0; i < len(list) && err == nil; i++ {
			var line any
			line, err = privacy.Own(list[i], d.ask.ID)
			out = append(out, line)
		}
		return out, err
	})
	each("evidence", func(ctx context.Context, tx *store.Tx, c *partIn) ([]any, error) {
		list, err := tx.Evidence().Items(ctx, c.ID)
		for i := range list {
			if c.role != "subject" { // it is about somebody else: only that it is there
				list[i] = evidence.Item{ID: list[i].ID, Case: c.ID, Kind: list[i].Kind, CreatedAt: list[i].CreatedAt}
			}
		}
		return anys(list), err
	})
	each("keeping", func(ctx context.Context, tx *store.Tx, c *partIn) ([]any, error) {
		list, err := tx.Evidence().Kept(ctx, c.ID)
		return d.kept(list), err
	})
}

func (d *dossier) kept(list []evidence.Kept) (out []any) {
	now, policy := d.Options.Now(), d.Policy()
	for i := range list {
		out = append(out, struct {
			evidence.Kept
			Ends  time.Time      `json:"last_hold_ends,omitzero"`
			Stage evidence.Stage `json:"stage"`
		}{list[i], list[i].Ends(now), policy.Stage(&list[i], now)})
	}
	return out
}

// filed is a report without what it says.
type filed struct {
	ID          string        `json:"id"`
	Case        string        `json:"case"`
	Environment string        `json:"environment"`
	Status      report.Status `json:"status"`
	Number      int64         `json:"number,omitempty"`
	CreatedAt   time.Time     `json:"created_at"`
	SubmittedAt time.Time     `json:"submitted_at,omitzero"`
	EndedAt     time.Time     `json:"ended_at,omitzero"`
	KeptUntil   time.Time     `json:"preserved_until,omitzero"`
}

// ofAccount adds what names the account by itself.
func (d *dossier) ofAccount() {
	id := d.ask.ID
	d.stream("mutes", d.mutes)
	d.stream("actions", func(ctx context.Context, emit privacy.Emit) error {
		return paged(ctx, d.DB, emit, page, func(tx *store.Tx, before string) ([]action.Action, error) {
			return tx.Actions().List(ctx, action.Filter{Subject: id, Before: before, Limit: page})
		}, func(a *action.Action) (string, any) { last := a.ID; a.Key = ""; return last, *a })
	})
	d.stream("reports", func(ctx context.Context, emit privacy.Emit) error {
		return paged(ctx, d.DB, emit, page, func(tx *store.Tx, before string) ([]report.Report, error) {
			return tx.Reports().List(ctx, report.Filter{Subject: id, Older: before, Limit: page})
		}, func(r *report.Report) (string, any) {
			return r.ID, filed{r.ID, r.Case, string(r.Environment), r.Status, r.Number, r.CreatedAt, r.SubmittedAt, r.EndedAt, r.PreservedUntil}
		})
	})
	d.stream("disclosures", func(ctx context.Context, emit privacy.Emit) error {
		return paged(ctx, d.DB, emit, page, func(tx *store.Tx, before string) ([]disclosure.Entry, error) {
			return tx.Disclosures().List(ctx, disclosure.Filter{Account: id, Before: before, Limit: page})
		}, func(e *disclosure.Entry) (string, any) { return e.ID, *e })
	})
	d.stream("processes", d.processes)
	d.add("sightings", func(ctx context.Context, _ *store.Tx) ([]any, error) { return d.sightings(ctx, everything) })
	d.stream("readings", d.entries(audit.Filter{Object: "account/" + id}))
}

// paged streams a list that is read by pages; line gives the id of a row and how it is written.
func paged[T any](ctx context.Context, db *store.DB, emit privacy.Emit, size int, read func(tx *store.Tx, before string) ([]T, error), line func(*T) (string, any)) error {
	before := ""
	for {
		var list []T
		err := db.Read(ctx, func(tx *store.Tx) (err error) {
			list, err = read(tx, before)
			return err
		})
		if err != nil {
			return err
		}
		for i := range list {
			id, out := line(&list[i])
			before = id
			if out == nil {
				continue
			}
			if err := emit(out); err != nil {
				return err
			}
		}
		if len(list) < size {
			return nil
		}
	}
}

func (d *dossier) mutes(ctx context.Context, emit privacy.Emit) error {
	const size = 100
	return paged(ctx, d.DB, emit, size, func(tx *store.Tx, before string) ([]casefile.Mute, error) {
		return tx.Mutes().List(ctx, before, size)
	}, func(m *casefile.Mute) (string, any) {
		if m.Subject != d.ask.ID {
			return m.ID, nil
		}
		return m.ID, *m
	})
}

// processes are the legal processes that name the account, without what they say of others.
func (d *dossier) processes(ctx context.Context, emit privacy.Emit) error {
	return paged(ctx, d.DB, emit, page, func(tx *store.Tx, before string) ([]process.Request, error) {
		return tx.Processes().List(ctx, process.Filter{Before: before, Limit: page})
	}, func(p *process.Request) (string, any) {
		if !slices.Contains(p.Scope.Accounts, d.ask.ID) {
			return p.ID, nil
		}
		return p.ID, map[string]any{
			"id": p.ID, "kind": p.Kind, "agency": p.Agency, "number": p.Number, "received_at": p.ReceivedAt, "status": p.Status,
			"scope": p.Scope.Data, "no_notice": p.NoNotice, "notice_until": p.NoticeUntil,
		}
	})
}

func (d *dossier) sightings(ctx context.Context, limit int) (out []any, err error) {
	err = d.DB.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.SeenOf(ctx, d.ask.ID, limit)
		out = nil
		for i := range list {
			s := &list[i]
			out = append(out, map[string]any{
				"kind": s.Hash.Kind, "hash": s.Hash.Value, "unscanned": s.Unscanned, "media": s.Media, "media_kind": s.MediaKind, "item": s.Item,
				"event": s.Event, "first": s.First, "last": s.Last, "count": s.Count,
			})
		}
		return err
	})
	return out, err
}
