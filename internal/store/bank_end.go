package store

import (
	"context"
	"encoding/json"
	"fmt"

	"haris/internal/bank"
)

// BankEndings returns how people end entries one by one, within the transaction.
func (tx *Tx) BankEndings() bank.Endings { return bankEndings{tx} }

type bankEndings struct{ tx *Tx }

var _ bank.Endings = bankEndings{}

// End implements bank.Endings.
func (v bankEndings) End(ctx context.Context, bankID string, id uint64, why bank.Ending) error {
	return v.turn(ctx, bankID, id, bank.Live, bank.Removed, &why)
}

// Revive implements bank.Endings.
func (v bankEndings) Revive(ctx context.Context, bankID string, id uint64) error {
	return v.turn(ctx, bankID, id, bank.Removed, bank.Live, nil)
}

// turn brings an entry from one state into another, with a place of its own in the sequence.
func (v bankEndings) turn(ctx context.Context, bankID string, id uint64, from, to bank.State, why *bank.Ending) error {
	b := banks(v)
	seq, err := b.take(ctx, 1)
	if err != nil {
		return err
	}
	list, err := b.Get(ctx, []uint64{id})
	if err != nil {
		return err
	}
	if len(list) == 0 || list[0].Bank != bankID || list[0].State != from {
		return fmt.Errorf("%w: entry %d of bank %q is not %s", bank.ErrNoEntry, id, bankID, from)
	}
	p := list[0].Provenance
	p.Ended = why
	body, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("store: entry %d: %w", id, err)
	}
	_, err = v.tx.Exec(ctx, `UPDATE bank_entry SET state = $1, seq = $2, body = $3 WHERE id = $4`, string(to), int64(seq), string(body), int64(id)) //nolint:gosec // places stay below 2^63
	if err != nil {
		return fmt.Errorf("store: entry %d: %w", id, err)
	}
	return nil
}
