package process

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"haris/internal/evidence"
	"haris/internal/parcel"
)

// contents writes the sealed pictures and videos that events within the scope name, and only those.
func (m *maker) contents(ctx context.Context) error {
	if !slices.Contains(m.r.Scope.Data, Media) {
		return nil
	}
	err := m.s.Keeper.Read(ctx, func(tx Tx) error {
		m.items, m.gone = nil, nil
		list, err := cases(ctx, tx, m.r)
		if err != nil {
			return err
		}
		for _, c := range list {
			items, err := tx.Evidence.Items(ctx, c)
			if err != nil {
				return err
			}
			items = slices.DeleteFunc(items, func(i evidence.Item) bool { return !m.wanted(&i) })
			if len(items) == 0 {
				continue
			}
			k, err := tx.Evidence.Key(ctx, c)
			if err != nil {
				return err
			}
			if k.Destroyed() {
				m.gone = append(m.gone, items...)
			} else {
				m.items = append(m.items, items...)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, list := range [][]evidence.Item{m.items, m.gone} {
		slices.SortFunc(list, func(a, b evidence.Item) int { return strings.Compare(a.ID, b.ID) })
	}
	var list bytes.Buffer
	for _, i := range m.items {
		path := "media/" + i.ID + parcel.Extension(i.Name)
		if err := encode(&list, line(&i, path)); err != nil {
			return err
		}
		if err := m.content(ctx, path, i.ID); err != nil {
			return err
		}
	}
	for _, i := range m.gone {
		if err := encode(&list, line(&i, "")); err != nil {
			return err
		}
	}
	return m.w.Add(parcel.File{Path: "media.ndjson", Kind: string(Media)}, list.Bytes())
}

// produced is one line of media.ndjson.
type produced struct {
	Path      string   `json:"path,omitempty"` // empty when it is destroyed
	Destroyed bool     `json:"destroyed,omitempty"`
	Item      string   `json:"item"`
	Name      string   `json:"name"` // as it was sealed
	MediaType string   `json:"media_type"`
	SHA256    string   `json:"sha256"`
	MD5       string   `json:"md5"`
	Bytes     int64    `json:"bytes"`
	Media     string   `json:"media,omitempty"` // the platform's id
	Places    []uint64 `json:"log,omitempty"`
}

func line(i *evidence.Item, path string) produced {
	return produced{path, path == "", i.ID, i.Name, i.MediaType, i.SHA256, i.MD5, i.Size, i.Origin.Media, i.Origin.Sequences}
}

// wanted reports whether an item is the contents of something that an event within the scope names.
func (m *maker) wanted(i *evidence.Item) bool {
	if i.Kind != evidence.KindMedia || !i.CreatedAt.Before(m.r.ApprovedAt) {
		return false
	}
	return i.Origin.Media != "" && m.uploads[i.Origin.Media] || m.uploads[i.SHA256] || m.uploads[i.MD5]
}

func (m *maker) content(ctx context.Context, path, item string) (err error) {
	out, err := m.w.Create(path, string(Media), "evidence/"+item)
	if err != nil {
		return err
	}
	_, body, err := m.open(ctx, m.who, "produced for legal process "+m.r.ID, item)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	_, err = io.Copy(out, body)
	return err
}
