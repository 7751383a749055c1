package exposure_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"haris/internal/audit"
	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/exposure"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// bench is a service over a fresh database and a vault whose blobs can be read anywhere.
type bench struct {
	*testing.T
	*exposure.Service
	db    *store.DB
	blobs *evidencetest.Memory
	vault *evidence.Vault
	now   time.Time
}

func setup(t *testing.T, e storetest.Engine) *bench {
	t.Helper()
	b := &bench{T: t, db: e.New(t), blobs: &evidencetest.Memory{}, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	key, err := evidence.GenerateWorkingKey()
	if err != nil {
		t.Fatal(err)
	}
	b.vault = evidence.NewVault(evidence.Config{Blobs: anywhere{b.blobs}, Keeper: store.EvidenceKeeper(b.db), Working: key, Now: b.clock})
	b.Service = &exposure.Service{Keeper: store.ExposureKeeper(b.db), Vault: b.vault, Now: b.clock}
	return b
}

func (b *bench) clock() time.Time { return b.now }

// anywhere gives blobs that can be read from any place, as files can.
type anywhere struct{ *evidencetest.Memory }

func (a anywhere) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := a.Memory.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return file{bytes.NewReader(all)}, r.Close()
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }

func (b *bench) add(caseID, name string, body []byte) evidence.Item {
	b.Helper()
	a, err := b.vault.Add(b.Context(), evidence.Addition{Case: caseID, Who: "cleo", Name: name, Body: bytes.NewReader(body)})
	if err != nil {
		b.Fatal(err)
	}
	return a.Item
}

// transcript seals a text as haris does.
func (b *bench) transcript(body string) evidence.Item {
	b.Helper()
	i, err := b.vault.Seal(b.Context(), evidence.New{
		Case: "c1", Kind: evidence.KindTranscript, Name: "t.txt", MediaType: "text/plain; charset=utf-8", Who: "haris", Why: "case opened", Body: strings.NewReader(body),
	})
	if err != nil {
		b.Fatal(err)
	}
	return i
}

func (b *bench) begin(who string, i evidence.Item, how exposure.How) exposure.Look {
	b.Helper()
	e, err := b.Begin(b.Context(), exposure.Order{Who: who, Item: i.ID, How: how, Why: "a test looks"})
	if err != nil {
		b.Fatal(err)
	}
	return exposure.Look{Who: who, Item: i.ID, Showing: e.Showing}
}

// send has contents sent and returns the span.
func (b *bench) send(l exposure.Look, header string) (p exposure.Piece) {
	b.Helper()
	err := b.Send(b.Context(), l, header, func(got exposure.Piece) error {
		p = got
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func (b *bench) viewed(i evidence.Item) string {
	b.Helper()
	v, err := b.Views(b.Context(), i.ID)
	if err != nil {
		b.Fatal(err)
	}
	switch {
	case v.Entire == nil:
		return ""
	case v.Metadata != nil:
		return v.Entire.Who + " and metadata"
	}
	return v.Entire.Who
}

func (b *bench) audited(act string) (n int) {
	b.Helper()
	err := b.db.Read(b.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(b.Context(), audit.Filter{Act: act}, 0, 100)
		n = len(list)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// stripes is an ordinary picture: a pattern of two colours.
func stripes(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{230, 120, 20, 255}
			if (x/3+y/5)%2 == 0 {
				c = color.RGBA{20, 90, 160, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// film is an MP4 file of boxes without pictures or sound in them: a track of pictures, one of sound, one of subtitles, and data.
func film(size int) []byte {
	out := []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2")
	out = append(out, boxed("moov", track("vide"), track("soun"), track("text"))...)
	data := make([]byte, size-len(out)-8)
	for i := range data {
		data[i] = byte(i * 7)
	}
	return append(out, boxed("mdat", data)...)
}

// boxed is a box with what is in it.
func boxed(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8)), append([]byte(kind), body...)...)
}

func track(handler string) []byte {
	return boxed("trak", boxed("tkhd", make([]byte, 84)), boxed("mdia", boxed("mdhd", make([]byte, 24)), boxed("hdlr", make([]byte, 8), []byte(handler), make([]byte, 13))))
}

func sqliteEngine() storetest.Engine { return storetest.Engine{New: storetest.SQLite} }

// crc puts the checksum of a PNG's first chunk right again.
func crc(p []byte) { binary.BigEndian.PutUint32(p[29:], crc32.ChecksumIEEE(p[12:29])) }
