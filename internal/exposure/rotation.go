package exposure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/taxonomy"
)

// Rotation says that a person rests from some kinds of matter for a while: "the next case" is none of these, unless it is of P0. It hides nothing.
// What a lead set and what people took themselves stand beside each other, also several one after another.
type Rotation struct {
	Who   string
	Own   bool // the person took it themselves
	Kinds []taxonomy.Typology
	From  time.Time
	Until time.Time // when it is over
	Why   string    // empty only for one's own
	By    string
	At    time.Time
}

// Rota keeps rotations within the caller's transaction. Lists are ordered by person, then by when they begin.
type Rota interface {
	// SetRotation replaces the rotation of the same kind, a lead's or one's own, that begins at the same moment.
	SetRotation(ctx context.Context, r Rotation) error
	// EndRotation takes one away. ErrNoRest.
	EndRotation(ctx context.Context, who string, own bool, from time.Time) error
	// Rotations returns those of a person, or of everybody when who is empty, that are not over at a moment, those too that have not begun.
	Rotations(ctx context.Context, who string, at time.Time) ([]Rotation, error)
}

// ErrKinds says that a rotation names no kind of matter, or one that is none.
var ErrKinds = errors.New("exposure: a rotation is from one kind of matter or several")

// runs reports whether the rotation is in force at a moment.
func (r *Rotation) runs(at time.Time) bool { return !at.Before(r.From) && at.Before(r.Until) }

// Spared returns the kinds of matter from which rotations rest at a moment, sorted, each once.
func Spared(list []Rotation, at time.Time) (out []taxonomy.Typology) {
	for i := range list {
		if list[i].runs(at) {
			out = append(out, list[i].Kinds...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Sparing returns the rotation by which a kind of matter is rested from at a moment, the one that is over last; nil for none.
func Sparing(list []Rotation, kind taxonomy.Typology, at time.Time) (out *Rotation) {
	for i := range list {
		r := &list[i]
		if r.runs(at) && slices.Contains(r.Kinds, kind) && (out == nil || r.Until.After(out.Until)) {
			out = r
		}
	}
	return out
}

// Rotate sets the same rotation for several people at once: a lead for others, or everybody for themselves. Who and Own are read from people and
// By. It begins a day ago at the earliest, because a day of the calendar has begun elsewhere before. ErrInvalid, ErrKinds, ErrUntil.
func (s *Service) Rotate(ctx context.Context, people []string, r Rotation) error {
	r.Why, r.At = strings.TrimSpace(r.Why), s.at()
	r.From, r.Until = r.From.UTC().Truncate(time.Millisecond), r.Until.UTC().Truncate(time.Millisecond)
	r.Kinds = slices.Compact(slices.Sorted(slices.Values(r.Kinds)))
	if len(r.Kinds) == 0 || slices.ContainsFunc(r.Kinds, func(k taxonomy.Typology) bool { return !slices.Contains(taxonomy.Typologies(), k) }) {
		return ErrKinds
	}
	late := r.At.Add(MaxRest).AddDate(0, 0, 1)
	if r.From.Before(r.At.AddDate(0, 0, -1)) || !r.Until.After(r.From) || !r.Until.After(r.At) || r.Until.After(late) {
		return ErrUntil
	}
	if len(people) == 0 {
		return fmt.Errorf("%w: who rests is needed", ErrInvalid)
	}
	return s.Keeper.Write(ctx, func(tx Tx) error {
		for _, who := range people {
			r := r
			r.Who, r.Own = who, who == r.By
			if err := rotate(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// rotate sets one person's rotation within a transaction. What somebody chose for themselves stands in the audit log without what it is.
func rotate(ctx context.Context, tx Tx, r Rotation) error {
	if strings.TrimSpace(r.Who) == "" || strings.TrimSpace(r.By) == "" || !r.Own && r.Why == "" {
		return fmt.Errorf("%w: who rests, who says so and, for somebody else, why are needed", ErrInvalid)
	}
	if err := tx.SetRotation(ctx, r); err != nil {
		return err
	}
	detail := map[string]string{"own": "yes"}
	if !r.Own {
		words := make([]string, len(r.Kinds))
		for i, k := range r.Kinds {
			words[i] = string(k)
		}
		detail = map[string]string{"kinds": strings.Join(words, " "), "from": r.From.Format(time.RFC3339), "until": r.Until.Format(time.RFC3339), "why": r.Why}
	}
	return guarded(ctx, tx, r.At, r.By, "exposure.rotation", r.Who, detail)
}

// EndRotation ends a rotation: everybody their own, a lead what a lead set for somebody else. ErrNoRest.
func (s *Service) EndRotation(ctx context.Context, who, by string, from time.Time) error {
	if strings.TrimSpace(who) == "" || strings.TrimSpace(by) == "" {
		return fmt.Errorf("%w: who rests and who says so are needed", ErrInvalid)
	}
	return s.Keeper.Write(ctx, func(tx Tx) error {
		if err := tx.EndRotation(ctx, who, who == by, from); err != nil {
			return err
		}
		return guarded(ctx, tx, s.at(), by, "exposure.rotation_ended", who, nil)
	})
}

// Rotations lists the rotations of a person, or of everybody when who is empty, that are not over.
func (s *Service) Rotations(ctx context.Context, who string) (out []Rotation, err error) {
	err = s.Keeper.Read(ctx, func(tx Tx) error {
		out, err = tx.Rotations(ctx, who, s.at())
		return err
	})
	return out, err
}
