package report

import (
	"context"
	"fmt"
	"io"
	"slices"

	"haris/internal/evidence"
)

// maxMetadataBytes bounds the pictures that are read for what they say of themselves.
const maxMetadataBytes = 32 << 20

// readFor reads what the pictures that an edit chooses say of themselves, once it is clear that the edit can be saved.
func (s *Service) readFor(ctx context.Context, a Act, e Edit) (map[string]evidence.Metadata, error) {
	r, err := s.Get(ctx, a.Report)
	if err != nil {
		return nil, err
	}
	if err := seen(&r, a); err != nil {
		return nil, err
	}
	if err := Allowed(&r, WasSaved, a.Who); err != nil {
		return nil, err
	}
	if _, err := r.Draft.Edited(e); err != nil {
		return nil, err
	}
	return s.tell(ctx, a.Who, &r.Draft, &e)
}

// tell reads what the chosen pictures of an edit say of themselves, by item. Each reading stands in custody under the name of the
// person who chose the picture. What was read once is not read again; what could not be read says so and is tried with the next edit.
func (s *Service) tell(ctx context.Context, who string, d *Draft, e *Edit) (map[string]evidence.Metadata, error) {
	out := map[string]evidence.Metadata{}
	for i := range d.Files {
		f := &d.Files[i]
		_, chosen := e.Files[f.Item]
		read := f.Metadata != nil && f.Metadata.Unread == ""
		if !chosen || read || f.Kind != evidence.KindMedia || !evidence.TellsOfItself(f.MediaType) {
			continue
		}
		m, err := s.metadataOf(ctx, who, f)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("report: read metadata: %w", ctx.Err())
		}
		if err != nil {
			m = evidence.Metadata{Unread: "the sealed file could not be opened"}
		}
		out[f.Item] = m
	}
	return out, nil
}

func (s *Service) metadataOf(ctx context.Context, who string, f *File) (m evidence.Metadata, err error) {
	if f.Size > maxMetadataBytes {
		return evidence.Metadata{Unread: fmt.Sprintf("the file is larger than the %d MiB that are looked through", maxMetadataBytes>>20)}, nil
	}
	_, body, err := s.Vault.Open(ctx, who, "what the file says of itself is read for a report", f.Item)
	if err != nil {
		return m, err
	}
	b, err := io.ReadAll(body)
	if e := body.Close(); err == nil {
		err = e
	}
	if err != nil {
		return m, err
	}
	return evidence.ReadMetadata(b), nil
}

// told puts in what was read.
func (d *Draft) told(read map[string]evidence.Metadata) {
	d.Files = slices.Clone(d.Files)
	for i := range d.Files {
		if m, ok := read[d.Files[i].Item]; ok {
			d.Files[i].Metadata = &m
		}
	}
}
