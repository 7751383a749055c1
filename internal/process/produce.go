package process

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"haris/internal/audit"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/parcel"
)

// maker writes one production.
type maker struct {
	s      *Service
	r      *Request
	who    string
	open   opener
	w      *parcel.Writer
	got    []*gathered
	counts []Count
	// uploads are the media that events within the scope name.
	uploads map[string]bool
	items   []evidence.Item
	gone    []evidence.Item // what the scope covers of evidence whose key was destroyed: named, without contents
}

// about is what the manifest and scope.json say of the process, and of what was taken and left out.
type about struct {
	Provider   string  `json:"provider"`
	Kind       Kind    `json:"kind"`
	Agency     string  `json:"agency"`
	Number     string  `json:"number"`
	Officer    string  `json:"officer"`
	Law        string  `json:"jurisdiction"`
	Scope      Scope   `json:"scope"`
	Digest     string  `json:"scope_sha256"`
	ReviewedBy string  `json:"reviewed_by"`
	ApprovedBy string  `json:"approved_by"`
	AsOf       string  `json:"as_of"`
	Through    uint64  `json:"through"` // the newest place in the log of events that was looked at
	Counts     []Count `json:"counts"`
	Note       string  `json:"note"`
}

// aboutNote says how the scope was kept.
const aboutNote = "Only what the scope covers was taken. Counts of what was left out tell how many events there are, and nothing of them. " +
	"Fields of other accounts, or of kinds of data that were not asked for, are named under \"withheld\" in each record and left out."

// write writes the whole production and returns what the process keeps of it.
func (m *maker) write(ctx context.Context, out io.Writer) (Package, error) {
	m.w = parcel.NewWriter(out, m.r.ApprovedAt)
	m.uploads = map[string]bool{}
	for _, a := range m.r.Scope.Accounts {
		g, err := gather(ctx, m.s.Source, &m.r.Scope, a, m.r.Through)
		if err != nil {
			return Package{}, err
		}
		m.got = append(m.got, g)
		for _, d := range slices.Sorted(maps.Keys(g.counts)) {
			m.counts = append(m.counts, *g.counts[d])
		}
	}
	for i, g := range m.got {
		if err := m.account(ctx, i, g); err != nil {
			return Package{}, err
		}
	}
	if err := m.contents(ctx); err != nil {
		return Package{}, err
	}
	if err := m.filed(ctx); err != nil {
		return Package{}, err
	}
	if err := m.proofs(ctx); err != nil {
		return Package{}, err
	}
	words := m.about()
	var scope bytes.Buffer
	if err := encode(&scope, words); err != nil {
		return Package{}, err
	}
	if err := m.w.Add(parcel.File{Path: "scope.json", Kind: "scope"}, scope.Bytes()); err != nil {
		return Package{}, err
	}
	if err := m.index(words); err != nil {
		return Package{}, err
	}
	man, err := m.w.Close(parcel.Head{Kind: "production", ID: m.r.ID, About: bytes.TrimSpace(scope.Bytes())}, m.s.Key)
	return Package{Files: len(man.Files), Counts: m.counts}, err
}

func (m *maker) about() about {
	r := m.r
	return about{
		Provider: m.s.Provider, Kind: r.Kind, Agency: r.Agency, Number: r.Number, Officer: r.Officer, Law: r.Jurisdiction, Scope: r.Scope,
		Digest: r.Scope.Digest(), ReviewedBy: r.ReviewedBy, ApprovedBy: r.ApprovedBy, AsOf: stamp(r.ApprovedAt), Through: r.Through, Counts: m.counts, Note: aboutNote,
	}
}

// account writes the files of one account: records, and the same for people to read.
func (m *maker) account(ctx context.Context, i int, g *gathered) error {
	dir := fmt.Sprintf("accounts/%03d/", i+1)
	who := parcel.File{Path: dir + "account.txt", Kind: "account"}
	if err := m.w.Add(who, []byte(g.account+"\n")); err != nil {
		return err
	}
	v := view{&m.r.Scope, g.account}
	for _, d := range AllData() {
		places := g.places[d]
		if len(places) == 0 {
			continue
		}
		source := fmt.Sprintf("log %d to %d, %d events", places[0], places[len(places)-1], len(places))
		if err := m.records(ctx, parcel.File{Path: dir + string(d) + ".ndjson", Kind: string(d), Source: source}, v, places); err != nil {
			return err
		}
		read := parcel.File{Path: dir + string(d) + ".csv", Kind: string(d), Source: source}
		write := m.table
		if d == Messages {
			read.Path, write = dir+"messages.txt", func(ctx context.Context, f parcel.File, v view, _ []uint64) error { return m.transcripts(ctx, f, v, g) }
		}
		if err := write(ctx, read, v, places); err != nil {
			return err
		}
	}
	return nil
}

// records writes one record a line.
func (m *maker) records(ctx context.Context, f parcel.File, v view, places []uint64) error {
	out, err := m.w.Create(f.Path, f.Kind, f.Source)
	if err != nil {
		return err
	}
	return events(ctx, m.s.Source, places, func(e *event.Event) error {
		r, err := v.record(e)
		if err != nil {
			return err
		}
		if m.r.Scope.Covers(Media, v.account, e.Time) {
			for _, x := range e.Data.Media {
				for _, key := range []string{x.ID, x.SHA256, x.MD5} {
					if key != "" {
						m.uploads[key] = true
					}
				}
			}
		}
		return encode(out, r)
	})
}

// table writes the records as CSV.
func (m *maker) table(ctx context.Context, f parcel.File, v view, places []uint64) error {
	out, err := m.w.Create(f.Path, f.Kind, f.Source)
	if err != nil {
		return err
	}
	t, err := newTable(out, Data(f.Kind))
	if err != nil {
		return err
	}
	err = events(ctx, m.s.Source, places, func(e *event.Event) error {
		r, err := v.record(e)
		if err != nil {
			return err
		}
		return t.add(&r)
	})
	return errors.Join(err, t.end())
}

// transcripts writes the messages of each conversation as people read them.
func (m *maker) transcripts(ctx context.Context, f parcel.File, v view, g *gathered) error {
	out, err := m.w.Create(f.Path, f.Kind, f.Source)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(g.talks)) {
		var list []event.Event
		places := slices.Sorted(slices.Values(g.talks[name]))
		err := events(ctx, m.s.Source, places, func(e *event.Event) error {
			list = append(list, v.plain(*e))
			return nil
		})
		if err != nil {
			return err
		}
		if _, err := out.Write(append(evidence.NewTranscript(name, list).Text(), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// filed writes which reports were filed about the accounts, when that was asked for: their numbers, not what they say.
func (m *maker) filed(ctx context.Context) error {
	if !slices.Contains(m.r.Scope.Data, Reports) {
		return nil
	}
	var out bytes.Buffer
	for _, a := range m.r.Scope.Accounts {
		list, err := m.s.Source.Filed(ctx, a)
		if err != nil {
			return fmt.Errorf("process: reports about an account: %w", err)
		}
		c := Count{Account: a, Data: Reports}
		for _, f := range list {
			if !f.FiledAt.Before(m.r.ApprovedAt) {
				continue // not there when it was approved, and so not counted either
			}
			if !m.r.Scope.Covers(Reports, a, f.FiledAt) {
				c.Outside++
				continue
			}
			c.Taken++
			if err := encode(&out, f); err != nil {
				return err
			}
		}
		m.counts = append(m.counts, c)
	}
	return m.w.Add(parcel.File{Path: "reports.ndjson", Kind: string(Reports)}, out.Bytes())
}

// proofs writes the custody of what was produced and the audit entries about the process, as of the approval.
func (m *maker) proofs(ctx context.Context) error {
	var chain bytes.Buffer
	var list []audit.Proved
	var head audit.Head
	err := m.s.Keeper.Read(ctx, func(tx Tx) error {
		chain.Reset()
		objects := []string{object(m.r.ID)}
		for _, i := range m.items {
			objects = append(objects, "evidence/"+i.ID)
			lines, err := tx.Evidence.Custody(ctx, i.ID)
			if err != nil {
				return err
			}
			for _, c := range lines {
				if !c.At.Before(m.r.ApprovedAt) {
					continue
				}
				if err := encode(&chain, c); err != nil {
					return err
				}
			}
		}
		var err error
		list, head, err = audit.Excerpt(ctx, tx.Book, m.r.AuditSize, objects)
		return err
	})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p audit.Proved) bool {
		e, err := audit.ParseRecord([]byte(p.Record))
		return err == nil && e.Act == "legal.viewed" // who read it is not part of this
	})
	checkpoint, err := audit.Checkpoint(head, m.s.Key.Signer)
	if err != nil {
		return err
	}
	if err := m.w.Add(parcel.File{Path: parcel.CustodyName, Kind: "custody"}, chain.Bytes()); err != nil {
		return err
	}
	return parcel.Proofs(m.w, list, checkpoint)
}

// JobPreserve is the kind of the job that seals a copy of what a request to preserve covers. Its payload is JobPayload.
const JobPreserve = "process.preserve"

// JobPayload is the payload of JobPreserve.
type JobPayload struct {
	Process string `json:"process"`
}

// decodePayload reads which process a job is for.
func decodePayload(b []byte) (string, error) {
	var p JobPayload
	if err := json.Unmarshal(b, &p); err != nil {
		return "", err
	}
	if p.Process == "" {
		return "", errors.New("process: the job names no process")
	}
	return p.Process, nil
}
