package auth

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"haris/internal/access"
	"haris/internal/audit"
)

// maxWhy bounds what people write about a review or a line, in bytes.
const maxWhy = 4000

// reviewWords returns a text as people meant it, or an *InputError of a field.
func reviewWords(field, s string, needed bool) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case needed && s == "":
		return "", &InputError{field, "required", "expected words"}
	case len(s) > maxWhy:
		return "", &InputError{field, "long", fmt.Sprintf("expected at most %d bytes", maxWhy)}
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return "", &InputError{field, "text", "expected text"}
	}
	return s, nil
}

// bearer is a person or a key with what they may do now.
type bearer struct {
	access.Newcomer
	person *Person
	key    *Key
}

// bearers lists everybody and every key, those who are gone too: people by login, then keys, the newest first.
func bearers(ctx context.Context, tx Tx) (out []bearer, err error) {
	people, err := tx.People().List(ctx)
	if err != nil {
		return nil, err
	}
	w, err := walls(ctx, tx)
	if err != nil {
		return nil, err
	}
	for i := range people {
		p := &people[i]
		h := access.Held{Confined: p.Confined, Gone: p.Disabled()}
		for _, r := range p.Roles {
			h.Roles = append(h.Roles, string(r))
		}
		for _, c := range w.All {
			for _, id := range w.Held[p.ID] {
				if id == c.ID {
					h.Compartments = append(h.Compartments, access.Compartment{ID: c.ID, Name: c.Name})
				}
			}
		}
		out = append(out, bearer{access.Newcomer{Ref: access.Ref{Kind: access.Person, ID: p.ID}, Name: p.Name, Since: p.CreatedAt, Held: h}, p, nil})
	}
	keys, err := tx.Keys().List(ctx)
	for i := range keys {
		k := &keys[i]
		h := access.Held{Gone: !k.RevokedAt.IsZero()}
		for _, s := range k.Scopes {
			h.Scopes = append(h.Scopes, string(s))
		}
		out = append(out, bearer{access.Newcomer{Ref: access.Ref{Kind: access.Key, ID: k.ID}, Name: k.Source, Since: k.CreatedAt, Held: h}, nil, k})
	}
	return out, err
}

// facts returns what stands beside the access of a bearer, but for what freeze fills in.
func (h *bearer) facts(ctx context.Context, tx Tx) (f access.Facts, err error) {
	if h.key != nil {
		f.Last = h.key.UsedAt
		return f, nil
	}
	st, err := standing(ctx, tx, h.ID)
	if err != nil {
		return f, err
	}
	f.Factor, f.Passkeys = st.Factor, st.Passkeys
	last, err := tx.Audit().List(ctx, audit.Filter{Act: "person.signed_in", Object: "person/" + h.ID}, 0, 1)
	if len(last) > 0 {
		f.Last = last[0].At
	}
	return f, err
}

// BeginReview writes down who and what has access now. It returns the review. access.ErrRunning, *InputError.
func (s *Service) BeginReview(ctx context.Context, who, why string) (r access.Review, err error) {
	if why, err = reviewWords("why", why, true); err != nil {
		return r, err
	}
	id, err := newID(s.now(), s.rand)
	if err != nil {
		return r, err
	}
	beside, err := s.besides(ctx)
	if err != nil {
		return r, err
	}
	err = s.db.Write(ctx, func(tx Tx) error {
		r = access.Review{Head: access.Head{ID: id, BegunAt: s.now(), BegunBy: who, Why: why}}
		list, err := bearers(ctx, tx)
		if err != nil {
			return err
		}
		for i := range list {
			freeze(&r, &list[i], beside[list[i].Ref])
		}
		if err := tx.AccessReviews().Begin(ctx, &r); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, "access.began", "access/"+id, map[string]string{"why": why, "lines": strconv.Itoa(len(r.Lines))}))
	})
	return r, err
}

// besides reads the facts of everybody who has access. It stands before the transaction that writes, because the audit log is read for each person
// and nobody should wait for that; whoever comes in between has no more than the day on which they came.
func (s *Service) besides(ctx context.Context) (out map[access.Ref]access.Facts, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		list, err := bearers(ctx, tx)
		out = make(map[access.Ref]access.Facts, len(list))
		for i := 0; i < len(list) && err == nil; i++ {
			if !list[i].Held.Gone {
				out[list[i].Ref], err = list[i].facts(ctx, tx)
			}
		}
		return err
	})
	return out, err
}

// freeze adds a line, or counts who is left out.
func freeze(r *access.Review, h *bearer, f access.Facts) {
	switch {
	case h.Held.Gone && h.Kind == access.Person:
		r.Disabled++
	case h.Held.Gone:
		r.Revoked++
	default:
		if f.Since = h.Since; h.person != nil {
			f.Login = h.person.Login
		}
		r.Lines = append(r.Lines, access.Line{N: len(r.Lines) + 1, Ref: h.Ref, Name: h.Name, Then: h.Held, Facts: f})
	}
}

// look reads a review beside what is true now.
func look(ctx context.Context, tx Tx, id string) (l access.Look, err error) {
	if l.Review, err = tx.AccessReviews().Get(ctx, id); err != nil {
		return l, err
	}
	list, err := bearers(ctx, tx)
	l.Now = make(map[access.Ref]access.Held, len(list))
	for i := range list {
		h := &list[i]
		l.Now[h.Ref] = h.Held
		if h.person != nil && h.person.Can(PeopleManage) {
			l.Deciders = append(l.Deciders, h.ID)
		}
		if !l.Closed() && !h.Held.Gone && !l.Has(h.Ref) {
			l.Came = append(l.Came, h.Newcomer)
		}
	}
	return l, err
}

// AccessReview returns a review beside what is true now. access.ErrNotFound.
func (s *Service) AccessReview(ctx context.Context, id string) (l access.Look, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		l, err = look(ctx, tx, id)
		return err
	})
	return l, err
}

// ReadReview is AccessReview for who takes it away, on paper or as a file; act, "access.read" or "access.exported", is written down.
func (s *Service) ReadReview(ctx context.Context, who, act, id string) (l access.Look, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if l, err = look(ctx, tx, id); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, act, "access/"+id, nil))
	})
	return l, err
}

// AccessReviews lists all reviews, the newest first, and says when the next is due.
func (s *Service) AccessReviews(ctx context.Context) (list []access.Summary, due access.Due, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		list, err = tx.AccessReviews().List(ctx)
		if err != nil {
			return err
		}
		people, err := tx.People().List(ctx)
		var first time.Time
		for i := range people {
			if first.IsZero() || people[i].CreatedAt.Before(first) {
				first = people[i].CreatedAt
			}
		}
		due = access.NewDue(s.reviewEvery, first, list)
		return err
	})
	return list, due, err
}

// ListReviews is AccessReviews for the command line: that it was read is written down.
func (s *Service) ListReviews(ctx context.Context, who string) (list []access.Summary, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if list, err = tx.AccessReviews().List(ctx); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, "access.listed", "access", nil))
	})
	return list, err
}

// Ruling is what a person says of a line. Seen is the Mark of the access that their page showed.
type Ruling struct {
	Line    int
	Verdict access.Verdict
	Reason  string
	Seen    string
}

// DecideAccess decides a line, in the place of an earlier decision. What is taken is taken in the same transaction: a person is shut out and
// their sessions end, a key is revoked. access.ErrNotFound, ErrClosed, ErrStale and what Line.Check returns; ErrLastOne, *InputError.
func (s *Service) DecideAccess(ctx context.Context, who, id string, x Ruling) (err error) {
	if x.Reason, err = reviewWords("reason", x.Reason, false); err != nil {
		return err
	}
	var ref access.Ref
	err = s.db.Write(ctx, func(tx Tx) error {
		l, err := look(ctx, tx, id)
		if err != nil {
			return err
		}
		ref, err = s.decideIn(ctx, tx, &l, access.Decision{Line: x.Line, Verdict: x.Verdict, By: who, At: s.now(), Reason: x.Reason}, x.Seen)
		return err
	})
	if err == nil && x.Verdict == access.Taken && ref.Kind == access.Key {
		s.cache.drop(ref.ID)
	}
	return err
}

// decideIn decides a line within a transaction and returns whose it is.
func (s *Service) decideIn(ctx context.Context, tx Tx, l *access.Look, d access.Decision, seen string) (ref access.Ref, err error) {
	if l.Closed() {
		return ref, access.ErrClosed
	}
	line, err := l.Line(d.Line)
	if err != nil {
		return ref, err
	}
	ref, d.Now = line.Ref, l.Of(line.Ref)
	if err := line.Check(&d, &d.Now); err != nil {
		return ref, err
	}
	if seen != d.Now.Mark() {
		return ref, access.ErrStale
	}
	if d.Verdict == access.Taken && !d.Now.Gone {
		if err := s.takeAway(ctx, tx, d.By, ref); err != nil {
			return ref, err
		}
		d.Now.Gone = true
	}
	if err := tx.AccessReviews().Decide(ctx, l.ID, &d); err != nil {
		return ref, err
	}
	detail := map[string]string{"line": strconv.Itoa(d.Line), "about": string(ref.Kind) + "/" + ref.ID, "decision": string(d.Verdict), "access": d.Now.Text()}
	if d.Reason != "" {
		detail["reason"] = d.Reason
	}
	return ref, note(ctx, tx, s.entry(d.By, "access.decided", "access/"+l.ID, detail))
}

func (s *Service) takeAway(ctx context.Context, tx Tx, who string, ref access.Ref) error {
	if ref.Kind == access.Person {
		return s.disable(ctx, tx, who, ref.ID)
	}
	return s.revoke(ctx, tx, who, ref.ID)
}

// CloseReview ends a review whose every line is decided and still as it was decided. access.ErrNotFound, ErrClosed, ErrOpen, *InputError.
func (s *Service) CloseReview(ctx context.Context, who, id, words string) (err error) {
	if words, err = reviewWords("note", words, false); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx Tx) error {
		l, err := look(ctx, tx, id)
		if err != nil {
			return err
		}
		if l.Closed() {
			return access.ErrClosed
		}
		if n := l.Left(); n > 0 {
			return fmt.Errorf("%w (%d)", access.ErrOpen, n)
		}
		l.ClosedAt, l.ClosedBy, l.Note = s.now(), who, words
		if err := tx.AccessReviews().Close(ctx, &l.Review); err != nil {
			return err
		}
		n := l.Count()
		detail := map[string]string{
			"kept": strconv.Itoa(n.Kept), "changed": strconv.Itoa(n.Changed), "taken": strconv.Itoa(n.Taken), "came_since": strconv.Itoa(len(l.Came)),
		}
		return note(ctx, tx, s.entry(who, "access.closed", "access/"+id, detail))
	})
}
