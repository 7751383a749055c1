package bank

import (
	"context"
	"encoding/json"
	"fmt"

	"haris/internal/audit"
	"haris/internal/job"
)

// Sweep is one sweep as people see it.
type Sweep struct {
	State job.State
	SweepOrder
	Error string // of the last attempt
}

// Sweeps says how far what was seen is compared with the banks.
type Sweeps struct {
	Swept, Until uint64 // places in the sequence of changes: compared up to, and the last one
	Seen         uint64 // hashes that were seen
	Paused       bool
	Unscanned    map[Reason]int
	List         []Sweep // newest first
}

// sweepsShown bounds the list.
const sweepsShown = 5

// Sweeps says how far everything is.
func (d *Desk) Sweeps(ctx context.Context) (out Sweeps, err error) {
	err = d.Read(ctx, func(tx DeskTx) error {
		out, err = sweeps(ctx, tx)
		return err
	})
	return out, err
}

func sweeps(ctx context.Context, tx DeskTx) (out Sweeps, err error) {
	mark := tx.SweepMark()
	if out.Swept, err = mark.Swept(ctx); err != nil {
		return out, err
	}
	if out.Until, err = tx.Banks().Seq(ctx); err != nil {
		return out, err
	}
	if out.Paused, err = mark.Paused(ctx); err != nil {
		return out, err
	}
	if out.Seen, err = tx.Seen().Last(ctx); err != nil {
		return out, err
	}
	if out.Unscanned, err = tx.Seen().Unscanned(ctx); err != nil {
		return out, err
	}
	jobs, err := tx.Jobs().List(ctx, JobSweep, "", sweepsShown)
	if err != nil {
		return out, err
	}
	for _, j := range jobs {
		s := Sweep{State: j.State, Error: j.LastError}
		if err := json.Unmarshal(j.Payload, &s.SweepOrder); err != nil {
			return out, fmt.Errorf("bank: sweep %s: %w", j.ID, err)
		}
		out.List = append(out.List, s)
	}
	return out, nil
}

// Pause makes the sweep wait, or go on.
func (d *Desk) Pause(ctx context.Context, who string, paused bool) error {
	act := "bank.sweep.resumed"
	if paused {
		act = "bank.sweep.paused"
	}
	return d.Write(ctx, func(tx DeskTx) error {
		if err := tx.SweepMark().SetPaused(ctx, paused); err != nil {
			return err
		}
		_, err := tx.Audit().Append(ctx, audit.Entry{At: d.at(), Who: who, Act: act, Object: "bank"})
		return err
	})
}
