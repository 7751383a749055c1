package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrNoHead says that a log has no stored head: nothing was ever appended, or the head was removed.
var ErrNoHead = errors.New("audit: the log has no head")

// Source is what Verify reads: the raw rows of a log. All calls of one verification must see the same moment.
type Source interface {
	// Head returns the stored head and the encoded edge. ErrNoHead, ErrHead.
	Head(ctx context.Context) (Head, []byte, error)
	// Rows returns up to limit rows with an index of at least from, by rising index.
	Rows(ctx context.Context, from int64, limit int) ([]Row, error)
	// Hashes returns up to limit stored hashes with a number of at least from, by rising number.
	Hashes(ctx context.Context, from int64, limit int) ([]StoredHash, error)
}

// Row is an entry as it lies in the store: the hashed record and the columns beside it, which must agree with it.
type Row struct {
	Index            int64
	At               time.Time
	Who, Act, Object string
	Record           []byte
}

// StoredHash is one hash of the tree by its number (tlog.StoredHashIndex). A damaged one may have another length.
type StoredHash struct {
	Number int64
	Hash   []byte
}

// FaultKind says what was done to a log.
type FaultKind string

// The faults.
const (
	EntryChanged   FaultKind = "changed"
	EntryRemoved   FaultKind = "removed"
	EntryMoved     FaultKind = "moved"
	EntryAdded     FaultKind = "added"
	HashChanged    FaultKind = "hash"       // a hash of the tree, while the entries are as they were
	HeadChanged    FaultKind = "head"       // the head, while entries and hashes agree with each other
	CheckpointLost FaultKind = "checkpoint" // entries and hashes agree, but a checkpoint seen earlier is no prefix of them
)

// Fault is the first thing that is wrong: From and To are the first and last entry that it may concern.
type Fault struct {
	Kind     FaultKind
	From, To int64
	Words    string // one sentence
}

// Result is what a verification found. The log is as it was written when Fault is nil.
type Result struct {
	Head  Head // recomputed from the entries
	Fault *Fault
}

// page is how many rows are held at once.
const page = 1000

// Verify recomputes every hash of a log from its entries and compares them with those stored, with the head, and with
// checkpoints seen earlier. It reports the first fault; it holds one page of the log at a time. The error is only for what could not be read:
// then nothing is known.
func Verify(ctx context.Context, src Source, seen ...Head) (Result, error) {
	v := verifier{
		src: src, seen: seen, rows: pager[Row]{get: src.Rows, at: func(r Row) int64 { return r.Index }},
		hashes: pager[StoredHash]{get: src.Hashes, at: func(h StoredHash) int64 { return h.Number }},
	}
	if err := v.readHead(ctx); err != nil {
		return Result{}, err
	}
	if err := v.entries(ctx); err != nil {
		return Result{}, err
	}
	head, err := v.tree.Head()
	if err != nil {
		return Result{}, err
	}
	if err := v.end(ctx, head); err != nil {
		return Result{}, err
	}
	return Result{Head: head, Fault: v.fault}, nil
}

// verifier is one verification.
type verifier struct {
	src     Source
	seen    []Head
	rows    pager[Row]
	hashes  pager[StoredHash]
	head    Head
	edge    []byte
	noHead  bool
	badHead bool // the stored head cannot be read as one
	tree    Tree // recomputed
	fault   *Fault
	// doubt is set while it is open whether a record or its stored hash was changed; the head decides at the end.
	doubt bool
	lost  *Fault // a checkpoint that is no prefix
}

func (v *verifier) readHead(ctx context.Context) error {
	var err error
	v.head, v.edge, err = v.src.Head(ctx)
	v.noHead, v.badHead = errors.Is(err, ErrNoHead), errors.Is(err, ErrHead)
	if err != nil && !v.noHead && !v.badHead {
		return fmt.Errorf("audit: read the head: %w", err)
	}
	return v.checkpoints(Head{0, tlog.Hash{}})
}

// entries walks over all entries. After a fault it goes on hashing, because the head tells whether the entries are intact.
func (v *verifier) entries(ctx context.Context) error {
	for {
		row, ok, err := v.rows.next(ctx)
		if err != nil {
			return fmt.Errorf("audit: read entry %d: %w", v.tree.Size, err)
		}
		if !ok {
			return nil
		}
		i := v.tree.Size
		if v.fault == nil {
			if v.fault = v.place(i, row); v.fault == nil {
				v.fault = content(i, row)
			}
		}
		var hashes []tlog.Hash
		v.tree, hashes = v.tree.Append(row.Record)
		if v.fault == nil {
			if err := v.stored(ctx, i, row, hashes); err != nil {
				return err
			}
		}
		head, err := v.tree.Head()
		if err != nil {
			return err
		}
		if err := v.checkpoints(head); err != nil {
			return err
		}
	}
}

// place checks that the row stands where its record says, and that none is missing before it.
func (v *verifier) place(i int64, row Row) *Fault {
	if row.Index > i {
		return gone(i, row.Index-1)
	}
	if !v.noHead && !v.badHead && i >= v.head.Size {
		return &Fault{EntryAdded, i, i, fmt.Sprintf("Entry %d stands behind the end: the head counts %d entries.", i, v.head.Size)}
	}
	return nil
}

// content checks a record against its place and its columns.
func content(i int64, row Row) *Fault {
	e, err := ParseRecord(row.Record)
	if err != nil {
		return &Fault{EntryChanged, i, i, fmt.Sprintf("Entry %d was changed: it cannot be read as haris writes entries.", i)}
	}
	if e.Index != i {
		return &Fault{EntryMoved, i, i, fmt.Sprintf("In place %d stands the entry that was written as number %d: entries were removed, added or re-ordered.", i, e.Index)}
	}
	for _, c := range [...]struct {
		name  string
		equal bool
	}{
		{"at", e.At.Equal(row.At)}, {"who", e.Who == row.Who}, {"act", e.Act == row.Act}, {"object", e.Object == row.Object},
	} {
		if !c.equal {
			return &Fault{EntryChanged, i, i, fmt.Sprintf("Entry %d was changed: its column %q does not say what its record says.", i, c.name)}
		}
	}
	return nil
}

// stored compares the hashes that entry i completes with those in the store.
func (v *verifier) stored(ctx context.Context, i int64, row Row, hashes []tlog.Hash) error {
	number := tlog.StoredHashIndex(0, i)
	for level, want := range hashes {
		got, ok, err := v.hashes.next(ctx)
		if err != nil {
			return fmt.Errorf("audit: read the hashes of entry %d: %w", i, err)
		}
		if ok && got.Number == number && string(got.Hash) == string(want[:]) {
			number++
			continue
		}
		v.fault, v.doubt = mismatch(i, level, number, ok && got.Number == number), true
		if level == 0 && ok && got.Number == number {
			return v.inserted(ctx, i, got.Hash)
		}
		return nil
	}
	return nil
}

// mismatch words a hash that differs. A hash of a higher level covers several entries, and the hashes below it agreed: one of
// those entries was changed together with its own hash.
func mismatch(i int64, level int, number int64, there bool) *Fault {
	from := i + 1 - 1<<level
	switch {
	case !there:
		return &Fault{HashChanged, from, i, fmt.Sprintf("Hash %d of the tree, over the entries %d to %d, is missing or misnumbered.", number, from, i)}
	case level == 0:
		return &Fault{EntryChanged, i, i, fmt.Sprintf("Entry %d was changed: it does not match its hash.", i)}
	}
	return &Fault{EntryChanged, from, i, fmt.Sprintf("One of the entries %d to %d was changed together with its hash.", from, i)}
}

// inserted looks whether the row behind a wrong one is what belongs into its place.
func (v *verifier) inserted(ctx context.Context, i int64, stored []byte) error {
	rows, err := v.src.Rows(ctx, i+1, 1)
	if err != nil {
		return fmt.Errorf("audit: read entry %d: %w", i+1, err)
	}
	if len(rows) == 1 {
		if h := tlog.RecordHash(rows[0].Record); string(h[:]) == string(stored) {
			v.fault = &Fault{EntryAdded, i, i, fmt.Sprintf("Entry %d was added between others: the entry behind it belongs in its place.", i)}
		}
	}
	return nil
}

// checkpoints compares a recomputed head with those seen earlier at the same size.
func (v *verifier) checkpoints(now Head) error {
	for _, s := range v.seen {
		if s.Size != now.Size || v.lost != nil {
			continue
		}
		if now.Size == 0 {
			continue // every log begins empty
		}
		if s.Hash != now.Hash {
			v.lost = &Fault{CheckpointLost, 0, s.Size - 1, fmt.Sprintf("A checkpoint over the first %d entries was seen earlier and does not fit them: "+
				"one of them was changed and all hashes were written anew.", s.Size)}
		}
	}
	return nil
}

// end checks what can be said only after the last entry.
func (v *verifier) end(ctx context.Context, head Head) error {
	size := v.tree.Size
	if v.fault != nil {
		if v.doubt && !v.noHead && !v.badHead && head == v.head {
			v.fault.Kind = HashChanged
			v.fault.Words = fmt.Sprintf("A stored hash over the entries %d to %d was changed; the entries are as the head knows them.", v.fault.From, v.fault.To)
		}
		return nil
	}
	switch {
	case v.noHead && size > 0:
		v.fault = &Fault{HeadChanged, 0, size - 1, fmt.Sprintf("The head of the log is missing, though there are %d entries.", size)}
	case v.badHead:
		v.fault = &Fault{HeadChanged, 0, size, "The head of the log cannot be read as one."}
	case !v.noHead && size < v.head.Size:
		v.fault = gone(size, v.head.Size-1)
	}
	if v.fault != nil {
		return nil
	}
	extra, ok, err := v.hashes.next(ctx)
	if err != nil {
		return fmt.Errorf("audit: read the hashes behind the end: %w", err)
	}
	for _, s := range v.seen {
		if s.Size > size {
			v.fault = gone(size, s.Size-1)
			v.fault.Words += " A checkpoint seen earlier counted them."
			return nil
		}
	}
	switch {
	case v.lost != nil:
		v.fault = v.lost
	case ok:
		v.fault = &Fault{HashChanged, size, size, fmt.Sprintf("Hash %d of the tree stands behind the last entry: entries were removed at the end.", extra.Number)}
	case !v.noHead && head != v.head:
		v.fault = &Fault{HeadChanged, 0, size, "The head of the log does not fit its entries, which agree with their hashes."}
	case !v.noHead && string(v.tree.EncodeEdge()) != string(v.edge):
		v.fault = &Fault{HeadChanged, 0, size, "The edge kept with the head does not fit the entries."}
	}
	return nil
}

func gone(from, to int64) *Fault {
	if from == to {
		return &Fault{EntryRemoved, from, to, fmt.Sprintf("Entry %d was removed.", from)}
	}
	return &Fault{EntryRemoved, from, to, fmt.Sprintf("The entries %d to %d were removed.", from, to)}
}

// pager walks over rows page by page.
type pager[T any] struct {
	get  func(ctx context.Context, from int64, limit int) ([]T, error)
	at   func(T) int64
	buf  []T
	from int64
	last bool
}

// next returns the next row; ok is false behind the last one.
func (p *pager[T]) next(ctx context.Context) (row T, ok bool, err error) {
	if len(p.buf) == 0 && !p.last {
		if p.buf, err = p.get(ctx, p.from, page); err != nil {
			return row, false, err
		}
		p.last = len(p.buf) < page
	}
	if len(p.buf) == 0 {
		return row, false, nil
	}
	row, p.buf = p.buf[0], p.buf[1:]
	p.from = p.at(row) + 1
	return row, true, nil
}
