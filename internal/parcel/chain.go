package parcel

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"haris/internal/audit"
)

// Link is one line of a chain of custody, as far as its continuity goes. A line of the file has more.
type Link struct {
	Item string    `json:"item"`
	N    int       `json:"n"`
	At   time.Time `json:"at"`
	Act  string    `json:"act"`
	Who  string    `json:"who"`
}

// Proofs writes the two files of an excerpt of the audit log: the records with their proofs, and the signed checkpoint.
func Proofs(w *Writer, list []audit.Proved, checkpoint []byte) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, p := range list {
		if err := e.Encode(p); err != nil {
			return err
		}
	}
	if err := w.Add(File{Path: AuditName, Kind: "audit", Source: "audit log"}, b.Bytes()); err != nil {
		return err
	}
	return w.Add(File{Path: CheckpointName, Kind: "audit", Source: "audit log"}, checkpoint)
}

// chains looks into the files that must agree within themselves.
func (v *verifier) chains() {
	items := v.custody()
	for _, f := range v.m.Files {
		if item, ok := strings.CutPrefix(f.Source, "evidence/"); ok && !slices.Contains(items, item) {
			v.fault(CustodyName, "item %s of %s has no chain of custody", item, f.Path)
		}
	}
	v.audit()
}

// custody checks each chain: numbered from 1 without gaps, beginning when it was sealed, and never back in time.
func (v *verifier) custody() (items []string) {
	body, ok := v.small[CustodyName]
	if !ok {
		return nil
	}
	last := map[string]Link{}
	for n, line := range lines(body) {
		var l Link
		if err := json.Unmarshal(line, &l); err != nil || l.Item == "" || l.Who == "" {
			v.fault(CustodyName, "line %d is no line of custody", n+1)
			continue
		}
		before, known := last[l.Item]
		switch {
		case l.N != before.N+1:
			v.fault(CustodyName, "line %d: item %s goes from number %d to %d", n+1, l.Item, before.N, l.N)
		case !known && l.Act != "sealed":
			v.fault(CustodyName, "line %d: the chain of item %s does not begin with its sealing", n+1, l.Item)
		case l.At.Before(before.At):
			v.fault(CustodyName, "line %d: item %s goes back in time", n+1, l.Item)
		}
		if !known {
			items = append(items, l.Item)
		}
		last[l.Item] = l
	}
	v.out.Items = len(items)
	return items
}

// audit checks every entry against the checkpoint, and the checkpoint against the key.
func (v *verifier) audit() {
	body, ok := v.small[AuditName]
	if !ok {
		return
	}
	if v.verifier == nil {
		return // said already
	}
	head, err := audit.OpenCheckpoint(v.small[CheckpointName], v.verifier)
	if err != nil {
		v.fault(CheckpointName, "is no checkpoint under the key")
		return
	}
	for n, line := range lines(body) {
		var p audit.Proved
		if err := json.Unmarshal(line, &p); err != nil {
			v.fault(AuditName, "line %d is no audit entry", n+1)
			continue
		}
		e, err := audit.ParseRecord([]byte(p.Record))
		if err != nil || e.Index != p.Index {
			v.fault(AuditName, "line %d: the record is not entry %d", n+1, p.Index)
			continue
		}
		if tlog.CheckRecord(p.Proof, head.Size, head.Hash, p.Index, tlog.RecordHash([]byte(p.Record))) != nil {
			v.fault(AuditName, "line %d: the checkpoint does not hold entry %d", n+1, p.Index)
		}
		v.out.Entries++
	}
}

func lines(b []byte) [][]byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	if len(b) == 0 {
		return nil
	}
	return bytes.Split(b, []byte("\n"))
}
