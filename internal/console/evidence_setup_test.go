package console_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"haris/internal/audit"
	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/exposure"
	"haris/internal/store"
)

// maxFile is the longest file that the test's pages say may be added.
const maxFile = 64 << 10

// bounded is the vault as the program gives it to the pages: with a bound.
type bounded struct{ *evidence.Vault }

func (v bounded) Add(ctx context.Context, a evidence.Addition) (evidence.Added, error) {
	a.Max = maxFile
	return v.Vault.Add(ctx, a)
}

// ofCases takes files only for cases that exist, as the program does.
type ofCases struct {
	bounded
	db *store.DB
}

func (v ofCases) Add(ctx context.Context, a evidence.Addition) (evidence.Added, error) {
	err := v.db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Cases().Get(ctx, a.Case)
		return err
	})
	if err != nil {
		return evidence.Added{}, err
	}
	return v.bounded.Add(ctx, a)
}

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
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(all), r}, nil
}

// seal makes the vault and what shows from it.
func (b *bundle) seal() {
	b.t.Helper()
	key, err := evidence.GenerateWorkingKey()
	if err != nil {
		b.t.Fatal(err)
	}
	b.key = b.newKey()
	b.vault = evidence.NewVault(evidence.Config{
		Blobs: anywhere{&evidencetest.Memory{Now: b.now}}, Keeper: store.EvidenceKeeper(b.db), Working: key, Now: b.now, Key: &b.key,
	})
	b.showing = &exposure.Service{Keeper: store.ExposureKeeper(b.db), Vault: b.vault, Now: b.now}
}

// addTo puts a file into the evidence of a case.
func (b *bundle) addTo(id, name string, body []byte) evidence.Item {
	b.t.Helper()
	a, err := b.vault.Add(b.t.Context(), evidence.Addition{Case: id, Who: "test", Name: name, Body: bytes.NewReader(body)})
	if err != nil {
		b.t.Fatal(err)
	}
	return a.Item
}

// viewed says who has viewed all of an item, and whether what it says of itself as well.
func (b *bundle) viewed(item string) string {
	b.t.Helper()
	v, err := b.showing.Views(b.t.Context(), item)
	switch {
	case err != nil:
		b.t.Fatal(err)
	case v.Entire == nil:
		return ""
	case v.Metadata != nil:
		return v.Entire.Who + " and metadata"
	}
	return v.Entire.Who
}

// acts lists what the audit log says was done with an object, oldest first.
func (b *bundle) acts(object string) (out []string) {
	b.t.Helper()
	err := b.db.Read(b.t.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(b.t.Context(), audit.Filter{Object: object}, 0, 100)
		for _, e := range list {
			out = append(out, e.Act)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Reverse(out)
	return out
}

// show asks to be shown an item and returns the address of what is on the screen.
func (w *browser) show(item string, how exposure.How) (at string, showing url.Values) {
	w.b.t.Helper()
	got := w.post("/evidence/"+item, "/evidence/"+item+"/show", url.Values{"how": {string(how)}})
	if got.status != http.StatusSeeOther {
		w.b.t.Fatalf("show %s: %d\n%s", how, got.status, got.body)
	}
	u, err := url.Parse(got.header.Get("Location"))
	if err != nil || u.Query().Get("showing") == "" {
		w.b.t.Fatalf("show leads to %q, %v", got.header.Get("Location"), err)
	}
	return u.Path + "?" + u.RawQuery, u.Query()
}

// part asks for a part of something.
func (w *browser) part(path, header string) page {
	w.b.t.Helper()
	r, err := http.NewRequestWithContext(w.b.t.Context(), http.MethodGet, w.b.srv.URL+path, nil)
	if err != nil {
		w.b.t.Fatal(err)
	}
	r.Header.Set("Range", header)
	return w.read(w.http.Do(r))
}

// upload is a form with a file. Fields stand before it, in order.
type upload struct {
	token    string
	fields   [][2]string
	name     string
	typ      string
	contents []byte
}

// file sends a form with a file.
func (w *browser) file(path string, u upload) page {
	w.b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for _, f := range append([][2]string{{"token", u.token}}, u.fields...) {
		if err := m.WriteField(f[0], f[1]); err != nil {
			w.b.t.Fatal(err)
		}
	}
	h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + u.name + `"`}, "Content-Type": {u.typ}}
	p, err := m.CreatePart(h)
	if err == nil {
		_, err = p.Write(u.contents)
	}
	if err != nil || m.Close() != nil {
		w.b.t.Fatal(err)
	}
	r, err := w.http.Post(w.b.srv.URL+path, m.FormDataContentType(), &body)
	return w.read(r, err)
}

var sourceOf = regexp.MustCompile(`class="shown"[^>]* src="([^"]*)"`)

// source is the address of what a page of an item has the browser fetch.
func source(p page) string {
	m := sourceOf.FindStringSubmatch(p.body)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

// stripes is an ordinary picture: a pattern of two colours.
func stripes(t testing.TB, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, pattern(w, h)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func pattern(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{230, 120, 20, 255}
			if (x/24+y/18)%2 == 0 {
				c = color.RGBA{20, 90, 160, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// tagged is a pattern whose EXIF says who made the camera.
func tagged(t testing.TB) []byte {
	t.Helper()
	var j bytes.Buffer
	if err := jpeg.Encode(&j, pattern(480, 320), nil); err != nil {
		t.Fatal(err)
	}
	tiff := "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x0f\x00\x02\x00\x00\x00\x08\x00\x00\x00\x1a\x00\x00\x00\x00Example\x00"
	app := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(app)+2))...)
	return append(append(out, app...), j.Bytes()[2:]...)
}

// tone is a recording of an even tone of about n seconds: 8,000 samples of one byte in each.
func tone(n int) []byte {
	size := uint32(n * 8000)
	le := binary.LittleEndian
	out := le.AppendUint32([]byte("RIFF"), 36+size)
	out = append(out, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	out = le.AppendUint32(le.AppendUint32(out, 8000), 8000)
	out = append(out, "\x01\x00\x08\x00data"...)
	out = le.AppendUint32(out, size)
	for i := range size {
		out = append(out, 128+byte(i%32))
	}
	return out
}
