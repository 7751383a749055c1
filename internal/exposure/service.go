package exposure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/bank"
	"haris/internal/evidence"
	"haris/internal/report"
)

// Vault is what showing needs of the evidence; *evidence.Vault is one. Every opening stands in custody. Safe for concurrent use.
type Vault interface {
	// Open returns the contents of an item for a person to read.
	Open(ctx context.Context, who, why, item string) (evidence.Item, io.ReadCloser, error)
	// OpenPart returns a part of an item.
	OpenPart(ctx context.Context, who, why, item string, s evidence.Span) ([]byte, error)
	// Scan lets software look at any place of an item.
	Scan(ctx context.Context, who, why, item string, f func(r io.ReaderAt) error) error
	// Prove reads an item to its end and fails unless it is what was sealed.
	Prove(ctx context.Context, who, why, item string) error
}

var _ Vault = (*evidence.Vault)(nil)

// Limits is how much a person may be shown clear in a day; 0 means no limit.
type Limits struct {
	Items int
	Time  time.Duration
}

// Service shows evidence to people and keeps the log of it. Keeper, Vault and Now are required. Safe for concurrent use.
type Service struct {
	Keeper Keeper
	Vault  Vault
	Now    func() time.Time
	Limits Limits // of the configuration; what people set counts where it is lower
	Breaks Breaks
	// Zone is where a person's day begins and ends; nil, or a nil answer, means UTC.
	Zone func(who string) *time.Location
	// Banks says what the banks say of media; nil compares with none.
	Banks func(ctx context.Context, list []bank.Media) []bank.Decision

	under flights
	made  fingerprints
}

var _ report.Exposures = (*Service)(nil)

// lifetime is how long a showing can be used; after it the person asks again.
const lifetime = 12 * time.Hour

// Order asks to be shown an item.
type Order struct {
	Who, Item string
	How       How
	// Why is for what reason contents are shown that are known: that a person of the company has viewed already, or that a bank has. It
	// stands in the log.
	Why string
}

// Begin begins a showing: nothing is sent yet. ErrForm, ErrLimit, ErrPause, ErrRest, ErrKnown, evidence.ErrNotFound.
func (s *Service) Begin(ctx context.Context, o Order) (begun Entry, err error) {
	if strings.TrimSpace(o.Who) == "" || !slices.Contains(Hows(), o.How) {
		return Entry{}, fmt.Errorf("%w: who and one of %v are needed", ErrInvalid, Hows())
	}
	if err := o.again(); err != nil {
		return Entry{}, err
	}
	known, err := s.known(ctx, o)
	if err != nil {
		return Entry{}, err
	}
	now := s.at()
	err = s.Keeper.Write(ctx, func(tx Tx) error {
		i, err := tx.Evidence.Item(ctx, o.Item)
		if err != nil {
			return err
		}
		if begun, err = s.allowed(ctx, tx, o, i, now); err != nil {
			return err
		}
		if known {
			return ErrKnown
		}
		if err := s.note(ctx, tx, &begun); err != nil {
			return err
		}
		begun, err = tx.Add(ctx, begun)
		return err
	})
	if errors.Is(err, ErrLimit) || errors.Is(err, ErrRest) || errors.Is(err, ErrPause) {
		// The refusal is an act of its own, and the transaction that found it was undone.
		err = errors.Join(err, s.Keeper.Write(ctx, func(tx Tx) error {
			_, aerr := tx.Audit.Append(ctx, audit.Entry{At: now, Who: o.Who, Act: "exposure.refused", Object: "evidence/" + o.Item})
			return aerr
		}))
	}
	return begun, err
}

// allowed returns the entry that begins a showing, if it may begin.
func (s *Service) allowed(ctx context.Context, tx Tx, o Order, i evidence.Item, now time.Time) (Entry, error) {
	e := Entry{
		Who: o.Who, Case: i.Case, Item: i.ID, SHA256: i.SHA256, Form: FormOf(i.MediaType), Size: i.Size, Act: Begun, How: o.How, At: now, Until: now,
	}
	if i.Origin.Match != nil {
		e.Severity = i.Origin.Match.Classification
	}
	switch {
	case !e.Form.offers(o.How):
		return e, fmt.Errorf("%w: %s, %s", ErrForm, e.Form, o.How)
	case o.How != Clear && o.How != Sound:
		return e, nil
	}
	d, err := s.today(ctx, tx, o.Who, now)
	switch {
	case err != nil:
		return e, err
	case d.Rest != nil:
		return e, ErrRest
	case d.Reached:
		return e, fmt.Errorf("%w: %d items, %s", ErrLimit, d.Items, d.Time.Round(time.Minute))
	case !d.Pause.Until.IsZero():
		return e, fmt.Errorf("%w until %s", ErrPause, d.Pause.Until.Format(time.RFC3339))
	}
	if e.Why = o.Why; e.Why != "" || e.Form == Text { // text is no known material: two cases may hold the same conversation
		return e, nil
	}
	seen, err := identical(ctx, tx, i.SHA256)
	if err != nil {
		return e, err
	}
	if len(seen) > 0 {
		return e, ErrKnown
	}
	return e, nil
}

// at is the present moment as precisely as it is stored.
func (s *Service) at() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// note writes the audit entry of an act: what was done with which item, and nothing of what it holds.
func (s *Service) note(ctx context.Context, tx Tx, e *Entry) error {
	_, err := tx.Audit.Append(ctx, audit.Entry{
		At: e.At, Who: e.Who, Act: "exposure." + string(e.Act), Object: "evidence/" + e.Item,
		Detail: map[string]string{"case": e.Case, "how": string(e.How)},
	})
	if err != nil {
		return fmt.Errorf("exposure: audit: %w", err)
	}
	return nil
}

// Look names a showing and who looks.
type Look struct{ Who, Item, Showing string }

// Showing returns the entry that began a showing which is still on this person's screen. ErrShowing, and ErrRest where it is clear
// and the person rests since.
func (s *Service) Showing(ctx context.Context, l Look) (begun Entry, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		begun, _, err = s.running(ctx, tx, l)
		if err != nil || begun.How != Clear && begun.How != Sound {
			return err
		}
		rests, err := tx.Rests(ctx, l.Who, s.at())
		if err == nil && len(rests) > 0 {
			err = ErrRest
		}
		return err
	})
	return begun, err
}

// running is Showing within a transaction, with all entries of the showing.
func (s *Service) running(ctx context.Context, tx Tx, l Look) (begun Entry, all []Entry, err error) {
	if all, err = tx.OfShowing(ctx, l.Showing); err != nil {
		return Entry{}, nil, err
	}
	for _, e := range all {
		switch {
		case e.Act == Begun && e.Who == l.Who && e.Item == l.Item:
			begun = e
		case e.Act == Ended:
			return Entry{}, nil, ErrShowing
		}
	}
	if l.Showing == "" || begun.ID == "" || s.at().Sub(begun.At) > lifetime {
		return Entry{}, nil, ErrShowing
	}
	return begun, all, nil
}

// End takes a showing off the screen. Ending what is over changes nothing.
func (s *Service) End(ctx context.Context, l Look) error {
	err := s.Keeper.Write(ctx, func(tx Tx) error {
		begun, _, err := s.running(ctx, tx, l)
		if err != nil {
			return err
		}
		e := s.follows(begun, Ended)
		if err := s.note(ctx, tx, &e); err != nil {
			return err
		}
		_, err = tx.Add(ctx, e)
		return err
	})
	if errors.Is(err, ErrShowing) {
		return nil
	}
	return err
}

// follows is a further entry of a showing.
func (s *Service) follows(begun Entry, act Act) Entry {
	e := begun
	e.ID, e.Act = "", act
	e.At = s.at()
	e.Until = e.At
	return e
}

// Declare takes the person's word that they have looked at all of an item that is on their screen. It is taken only when every byte
// was sent to them in a form that shows all, and, for what is sent in parts, when the parts prove to be what was sealed. Saying it
// twice changes nothing. ErrShowing, ErrForm, ErrNotServed.
func (s *Service) Declare(ctx context.Context, l Look) error {
	s.under.wait(ctx, l.Showing)
	begun, err := s.Showing(ctx, l)
	if err != nil {
		return err
	}
	if !begun.Form.Whole(begun.How) {
		return fmt.Errorf("%w: %s shown %s is not all of it", ErrForm, begun.Form, begun.How)
	}
	if err := s.Keeper.Read(ctx, func(tx Tx) error { return s.served(ctx, tx, begun) }); err != nil {
		return err
	}
	if begun.Form == Video || begun.Form == Audio {
		if err := s.Vault.Prove(ctx, l.Who, "what was shown in parts is what was sealed", l.Item); err != nil {
			return err
		}
	}
	return s.Keeper.Write(ctx, func(tx Tx) error {
		begun, all, err := s.running(ctx, tx, l)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(all, func(e Entry) bool { return e.Act == Declared }) {
			return nil
		}
		if err := s.served(ctx, tx, begun); err != nil {
			return err
		}
		e := s.follows(begun, Declared)
		if err := s.note(ctx, tx, &e); err != nil {
			return err
		}
		_, err = tx.Add(ctx, e)
		return err
	})
}

// served fails unless all of the item was sent to the person, and some of it in this very showing.
func (s *Service) served(ctx context.Context, tx Tx, begun Entry) error {
	all, err := tx.OfItem(ctx, begun.Item)
	if err != nil {
		return err
	}
	spans := shown(all, begun.Who)
	now := slices.ContainsFunc(all, func(e Entry) bool { return e.Showing == begun.Showing && e.Act == Contents })
	if !now || !covered(spans, begun.Size) {
		return fmt.Errorf("%w: %d of %d bytes", ErrNotServed, reach(spans, begun.Size), begun.Size)
	}
	return nil
}

// Progress says how many of the bytes of an item were sent to a person in forms that show all.
func (s *Service) Progress(ctx context.Context, who, item string) (n int64, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		all, err := tx.OfItem(ctx, item)
		if err == nil && len(all) > 0 {
			n = reach(shown(all, who), all[0].Size)
		}
		return err
	})
	return n, err
}

// Views implements report.Exposures.
func (s *Service) Views(ctx context.Context, item string) (v report.Views, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		all, err := tx.OfItem(ctx, item)
		v = Fold(all)
		return err
	})
	if err != nil {
		return report.Views{}, fmt.Errorf("exposure: read the log: %w", err)
	}
	return v, nil
}

// Twin is an item with the same contents that a person of the company has viewed entire.
type Twin struct {
	Item, Case string
	Viewing    report.Viewing
}

// Identical lists the items with these contents that were viewed entire, the newest viewing first.
func (s *Service) Identical(ctx context.Context, sha256 string) (out []Twin, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		out, err = identical(ctx, tx, sha256)
		return err
	})
	return out, err
}

func identical(ctx context.Context, tx Tx, sha256 string) (out []Twin, err error) {
	all, err := tx.OfContents(ctx, sha256)
	if err != nil {
		return nil, fmt.Errorf("exposure: read the log: %w", err)
	}
	by := map[string][]Entry{}
	var order []string
	for _, e := range all {
		if _, ok := by[e.Item]; !ok {
			order = append(order, e.Item)
		}
		by[e.Item] = append(by[e.Item], e)
	}
	for _, item := range order {
		if v := Fold(by[item]); v.Entire != nil {
			out = append(out, Twin{item, by[item][0].Case, *v.Entire})
		}
	}
	slices.SortStableFunc(out, func(a, b Twin) int { return b.Viewing.At.Compare(a.Viewing.At) })
	return out, nil
}
