package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/store"
)

// Audit checks that the engine keeps the audit log as audit.Log promises, and that tampering in SQL is found.
func Audit(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"entries are numbered from 0":                        auditIndex,
		"a rolled-back entry leaves no gap":                  auditRollback,
		"an entry without who or act is refused":             auditRefuses,
		"lists are newest first, paged and narrowed":         auditPaged,
		"lists by time bear clocks that go back":             auditClock,
		"who and what is in the log is known":                auditWords,
		"an export is whole":                                 auditExport,
		"lists by time find blocks that a wrong clock wrote": auditBlocks,
		"an intact log verifies, an empty one too":           auditIntact,
		"a log of several pages verifies":                    auditPages,
		"a checkpoint is continued":                          auditContinues,
		"an append on a damaged head fails":                  auditDamagedHead,
		"characters that SQL cannot hold are no harm":        auditOddText,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
	t.Run("tampering is found", func(t *testing.T) { auditTampering(t, e) })
	if e.Pair != nil {
		t.Run("two processes append one log", func(t *testing.T) { auditTwoProcesses(t, e) })
	}
}

func entry(i int) audit.Entry {
	return audit.Entry{
		At: start().Add(time.Duration(i) * time.Second), Who: []string{"ada", "bea"}[i%2], Act: []string{"case.viewed", "case.noted", "case.claimed"}[i%3],
		Object: fmt.Sprintf("case/%d", i%4), Detail: map[string]string{"n": fmt.Sprint(i)},
	}
}

// fill appends n entries in one transaction.
func (b *bench) fill(n int) {
	b.Helper()
	b.write(func(tx *store.Tx) error {
		for i := range n {
			if _, err := tx.Audit().Append(b.ctx, entry(i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bench) verify(seen ...audit.Head) (r audit.Result) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		r, err = audit.Verify(b.ctx, tx.AuditSource(), seen...)
		return err
	})
	return r
}

func auditIndex(b *bench) {
	for i := range int64(5) {
		b.write(func(tx *store.Tx) error {
			for k := range int64(2) {
				n, err := tx.Audit().Append(b.ctx, entry(int(i)))
				if err != nil {
					return err
				}
				if n != 2*i+k {
					b.Errorf("index %d, want %d", n, 2*i+k)
				}
			}
			return nil
		})
	}
}

func auditRollback(b *bench) {
	b.fill(3)
	stop := errors.New("stop")
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		if _, err := tx.Audit().Append(b.ctx, entry(3)); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		b.Fatal(err)
	}
	b.fill(2)
	if r := b.verify(); r.Fault != nil || r.Head.Size != 5 {
		b.Errorf("%+v", r)
	}
}

func auditRefuses(b *bench) {
	for _, bad := range []audit.Entry{{Act: "x"}, {Who: "ada"}} {
		err := b.db.Write(b.ctx, func(tx *store.Tx) error {
			_, err := tx.Audit().Append(b.ctx, bad)
			return err
		})
		if !errors.Is(err, audit.ErrEntry) {
			b.Errorf("%+v: %v", bad, err)
		}
	}
}

func auditIntact(b *bench) {
	if r := b.verify(); r.Fault != nil || r.Head.Size != 0 {
		b.Errorf("empty: %+v", r)
	}
	b.fill(21)
	if r := b.verify(); r.Fault != nil || r.Head.Size != 21 {
		b.Errorf("full: %+v", r)
	}
}

func auditPages(b *bench) {
	b.fill(2100)
	if r := b.verify(); r.Fault != nil || r.Head.Size != 2100 {
		b.Errorf("%+v", r)
	}
}

func auditContinues(b *bench) {
	b.fill(11)
	seen := b.verify().Head
	b.fill(6)
	now := b.verify().Head
	b.read(func(tx *store.Tx) error {
		if err := audit.Continues(seen, now, tx.AuditHashes(b.ctx)); err != nil {
			b.Error(err)
		}
		seen.Hash[0] ^= 1
		if err := audit.Continues(seen, now, tx.AuditHashes(b.ctx)); !errors.Is(err, audit.ErrForked) {
			b.Errorf("another log: %v", err)
		}
		return nil
	})
}

func auditDamagedHead(b *bench) {
	b.fill(5)
	b.write(func(tx *store.Tx) error {
		_, err := tx.Exec(b.ctx, `UPDATE audit_head SET size = 4`)
		return err
	})
	err := b.db.Write(b.ctx, func(tx *store.Tx) error {
		_, err := tx.Audit().Append(b.ctx, entry(5))
		return err
	})
	if !errors.Is(err, audit.ErrHead) {
		b.Errorf("error %v", err)
	}
}

func auditOddText(b *bench) {
	b.write(func(tx *store.Tx) error {
		_, err := tx.Audit().Append(b.ctx, audit.Entry{
			At: start(), Who: "ada\x00", Act: "case.viewed", Object: "case/\xff\u0085", Detail: map[string]string{"\x00": "\xfe"},
		})
		return err
	})
	if r := b.verify(); r.Fault != nil {
		b.Errorf("%+v", r.Fault)
	}
}

// auditTampering changes the rows as somebody would who holds the database.
func auditTampering(t *testing.T, e Engine) {
	const n = 10
	for _, tt := range []struct {
		name     string
		sql      []string
		kind     audit.FaultKind
		from, to int64
	}{
		{"a changed record", []string{`UPDATE audit_entry SET who = 'eve', record = replace(record, '"ada"', '"eve"') WHERE idx = 4`}, audit.EntryChanged, 4, 4},
		{"a changed column", []string{`UPDATE audit_entry SET object = 'case/x' WHERE idx = 3`}, audit.EntryChanged, 3, 3},
		{"an entry removed in the middle", []string{`DELETE FROM audit_entry WHERE idx = 5`}, audit.EntryRemoved, 5, 5},
		{"an entry removed and the others moved up", []string{
			`DELETE FROM audit_entry WHERE idx = 5`, `UPDATE audit_entry SET idx = idx + 1000 WHERE idx > 5`,
			`UPDATE audit_entry SET idx = idx - 1001 WHERE idx > 1000`,
		}, audit.EntryMoved, 5, 5},
		{"the tail removed", []string{`DELETE FROM audit_entry WHERE idx >= 7`}, audit.EntryRemoved, 7, 9},
		{"two entries swapped", []string{
			`UPDATE audit_entry SET idx = 1000 WHERE idx = 2`, `UPDATE audit_entry SET idx = 2 WHERE idx = 6`,
			`UPDATE audit_entry SET idx = 6 WHERE idx = 1000`,
		}, audit.EntryMoved, 2, 2},
		{"an entry inserted", []string{
			`UPDATE audit_entry SET idx = idx + 1000 WHERE idx >= 4`, `UPDATE audit_entry SET idx = idx - 999 WHERE idx >= 1000`,
			`INSERT INTO audit_entry SELECT 4, at, who, act, object, replace(record, '"index":3', '"index":4') FROM audit_entry WHERE idx = 3`,
		}, audit.EntryAdded, 4, 4},
		{"an entry added behind the end", []string{
			`INSERT INTO audit_entry SELECT 10, at, who, act, object, replace(record, '"index":9', '"index":10') FROM audit_entry WHERE idx = 9`,
		}, audit.EntryAdded, 10, 10},
		{"a stored hash exchanged", []string{`UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE idx = 0) WHERE idx = 1`}, audit.HashChanged, 1, 1},
		{"a stored hash removed", []string{`DELETE FROM audit_hash WHERE idx = 0`}, audit.HashChanged, 0, 0},
		{"the size of the head changed", []string{`UPDATE audit_head SET size = 11`}, audit.EntryRemoved, 10, 10},
		{"the head removed", []string{`DELETE FROM audit_head`}, audit.HeadChanged, 0, 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, e)
			b.fill(n)
			b.write(func(tx *store.Tx) error {
				for _, q := range tt.sql {
					changed, err := tx.Exec(b.ctx, q)
					if err != nil {
						return err
					}
					if changed == 0 {
						t.Errorf("changed nothing: %s", q)
					}
				}
				return nil
			})
			r := b.verify()
			if r.Fault == nil {
				t.Fatal("not found")
			}
			if f := r.Fault; f.Kind != tt.kind || f.From != tt.from || f.To != tt.to {
				t.Errorf("%+v, want %s from %d to %d", *f, tt.kind, tt.from, tt.to)
			}
		})
	}
	t.Run("everything removed, against a checkpoint", func(t *testing.T) {
		b := newBench(t, e)
		b.fill(n)
		seen := b.verify().Head
		b.write(func(tx *store.Tx) error {
			for _, table := range []string{"audit_entry", "audit_hash", "audit_head"} {
				if _, err := tx.Exec(b.ctx, `DELETE FROM `+table); err != nil {
					return err
				}
			}
			return nil
		})
		if r := b.verify(); r.Fault != nil {
			t.Errorf("an empty log by itself: %+v", r.Fault)
		}
		if r := b.verify(seen); r.Fault == nil || r.Fault.Kind != audit.EntryRemoved {
			t.Errorf("%+v", r.Fault)
		}
	})
}

func auditTwoProcesses(t *testing.T, e Engine) {
	x, y := e.Pair(t)
	const each = 40
	ctx := context.Background()
	var wg sync.WaitGroup
	for _, db := range []*store.DB{x, y} {
		wg.Go(func() {
			for i := range each {
				err := db.Write(ctx, func(tx *store.Tx) error {
					_, err := tx.Audit().Append(ctx, entry(i))
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b := &bench{T: t, ctx: ctx, db: x}
	if r := b.verify(); r.Fault != nil || r.Head.Size != 2*each {
		t.Errorf("%+v", r)
	}
}
