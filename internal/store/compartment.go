package store

import (
	"context"
	"fmt"
	"strings"

	"haris/internal/auth"
)

// Compartments is the view of the compartments.
func (tx *Tx) Compartments() auth.Compartments { return compartments{tx} }

type compartments struct{ tx *Tx }

// Add implements auth.Compartments.
func (v compartments) Add(ctx context.Context, c auth.Compartment) error {
	n, err := v.tx.Exec(ctx, `INSERT INTO compartment (id, name, queues, labels, closed, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO NOTHING`,
		c.ID, c.Name, strings.Join(c.Queues, "\n"), strings.Join(c.Labels, "\n"), bit(c.Closed), c.MadeAt.UnixMilli(), c.MadeBy)
	if err != nil {
		return fmt.Errorf("store: add compartment: %w", err)
	}
	if n == 0 {
		return auth.ErrTaken
	}
	return nil
}

// Change implements auth.Compartments.
func (v compartments) Change(ctx context.Context, c auth.Compartment) error {
	taken, err := exists(ctx, v.tx, `SELECT 1 FROM compartment WHERE name = $1 AND id <> $2`, c.Name, c.ID)
	if err != nil {
		return err
	}
	if taken {
		return auth.ErrTaken
	}
	n, err := v.tx.Exec(ctx, `UPDATE compartment SET name = $2, queues = $3, labels = $4, closed = $5 WHERE id = $1`,
		c.ID, c.Name, strings.Join(c.Queues, "\n"), strings.Join(c.Labels, "\n"), bit(c.Closed))
	return changed(n, err, "change compartment")
}

// Remove implements auth.Compartments.
func (v compartments) Remove(ctx context.Context, id string) error {
	if _, err := v.tx.Exec(ctx, `DELETE FROM person_compartment WHERE compartment = $1`, id); err != nil {
		return fmt.Errorf("store: remove compartment: %w", err)
	}
	n, err := v.tx.Exec(ctx, `DELETE FROM compartment WHERE id = $1`, id)
	return changed(n, err, "remove compartment")
}

// List implements auth.Compartments.
func (v compartments) List(ctx context.Context) ([]auth.Compartment, error) {
	rows, err := v.tx.Query(ctx, `SELECT id, name, queues, labels, closed, made_at, made_by FROM compartment ORDER BY name, id`)
	if err != nil {
		return nil, fmt.Errorf("store: list compartments: %w", err)
	}
	return collect(rows, func(r scanner) (c auth.Compartment, err error) {
		var queues, labels string
		var closed, made int64
		if err := r.Scan(&c.ID, &c.Name, &queues, &labels, &closed, &made, &c.MadeBy); err != nil {
			return c, fmt.Errorf("store: list compartments: %w", err)
		}
		c.Queues, c.Labels, c.Closed, c.MadeAt = lines(queues), lines(labels), closed == 1, fromMilli(made)
		return c, nil
	})
}

// Give implements auth.Compartments.
func (v compartments) Give(ctx context.Context, person string, ids []string) error {
	if _, err := v.tx.Exec(ctx, `DELETE FROM person_compartment WHERE person = $1`, person); err != nil {
		return fmt.Errorf("store: give compartments: %w", err)
	}
	for _, id := range ids {
		n, err := v.tx.Exec(ctx, `INSERT INTO person_compartment (person, compartment) SELECT CAST($1 AS TEXT), id FROM compartment WHERE id = $2`, person, id)
		if err := changed(n, err, "give compartment"); err != nil {
			return err
		}
	}
	return nil
}

// Held implements auth.Compartments.
func (v compartments) Held(ctx context.Context) (map[string][]string, error) {
	rows, err := v.tx.Query(ctx, `SELECT person, compartment FROM person_compartment ORDER BY person, compartment`)
	if err != nil {
		return nil, fmt.Errorf("store: whose compartments: %w", err)
	}
	list, err := collect(rows, func(r scanner) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) })
	out := map[string][]string{}
	for _, p := range list {
		out[p[0]] = append(out[p[0]], p[1])
	}
	return out, err
}

// lines reads back what stands one a line.
func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
