package evidence_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

const pngHead = "\x89PNG\r\n\x1a\n"

func sqlite() storetest.Engine { return storetest.Engine{New: storetest.SQLite} }

func TestAdd(t *testing.T) {
	match := &evidence.Match{List: "Example list", Algorithm: "pdq", Distance: 12, Classification: "A1"}
	for name, c := range map[string]struct {
		in      evidence.Addition
		body    string
		item    string // name and media type
		differs bool
		fails   error
	}{
		"a picture":               {evidence.Addition{Name: "a.png", Claimed: "image/png"}, pngHead + "x", "a.png image/png", false, nil},
		"what is claimed":         {evidence.Addition{Name: "a.png", Claimed: "image/png"}, "<html><p>x", "a.png text/html; charset=utf-8", true, nil},
		"markup said to be text":  {evidence.Addition{Name: "a.txt", Claimed: "text/html"}, "plain words", "a.txt text/plain; charset=utf-8", true, nil},
		"nothing claimed":         {evidence.Addition{Name: "a"}, "\x00\x01\x02", "a application/octet-stream", false, nil},
		"a path":                  {evidence.Addition{Name: `C:\dir/../secret/b.bin`}, "\x00\x01", "b.bin application/octet-stream", false, nil},
		"with its origin":         {evidence.Addition{Name: "a.png", Origin: evidence.Origin{Media: "m1", URL: "https://x.example/1", Match: match}}, pngHead, "a.png image/png", false, nil},
		"exactly as long":         {evidence.Addition{Name: "a", Max: 4}, "\x00123", "a application/octet-stream", false, nil},
		"too long":                {evidence.Addition{Name: "a", Max: 4}, "\x001234", "", false, evidence.ErrTooLarge},
		"long and too long":       {evidence.Addition{Name: "a", Max: 100_000}, strings.Repeat("x", 100_001), "", false, evidence.ErrTooLarge},
		"empty":                   {evidence.Addition{Name: "a"}, "", "", false, evidence.ErrInvalid},
		"an address of no page":   {evidence.Addition{Name: "a", Origin: evidence.Origin{URL: "file:///etc/passwd"}}, "x", "", false, evidence.ErrInvalid},
		"a match of no list":      {evidence.Addition{Name: "a", Origin: evidence.Origin{Match: &evidence.Match{Algorithm: "pdq"}}}, "x", "", false, evidence.ErrInvalid},
		"a match below equal":     {evidence.Addition{Name: "a", Origin: evidence.Origin{Match: &evidence.Match{List: "l", Algorithm: "pdq", Distance: -1}}}, "x", "", false, evidence.ErrInvalid},
		"a match by no algorithm": {evidence.Addition{Name: "a", Origin: evidence.Origin{Match: &evidence.Match{List: "l"}}}, "x", "", false, evidence.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t, sqlite())
			c.in.Case, c.in.Who, c.in.Body = "c1", "ada", strings.NewReader(c.body)
			got, err := b.vault.Add(t.Context(), c.in)
			if !errors.Is(err, c.fails) {
				t.Fatalf("got %v, want %v", err, c.fails)
			}
			if err != nil {
				if n := b.count(); n != 0 {
					t.Errorf("%d blobs are left of a file that was refused", n)
				}
				return
			}
			if s := got.Item.Name + " " + got.Item.MediaType; s != c.item || got.Differs != c.differs || got.Item.Kind != evidence.KindMedia {
				t.Errorf("%s, differs %t; want %s, %t", s, got.Differs, c.item, c.differs)
			}
			if text, err := b.open(b.vault, got.Item.ID); err != nil || text != c.body {
				t.Errorf("opened: %q, %v", text, err)
			}
			chain, err := b.vault.Custody(t.Context(), got.Item.ID)
			if err != nil || chain[0].Act != evidence.Sealed || chain[0].Who != "ada" || strings.Contains(chain[0].Why, "claims") != c.differs {
				t.Errorf("custody %+v, %v", chain, err)
			}
		})
	}
}

func TestAddCutOff(t *testing.T) {
	b := setup(t, sqlite())
	lost := errors.New("the line broke")
	for _, at := range []int{3, 100_000} {
		body := io.MultiReader(strings.NewReader(strings.Repeat("x", at)), iotest.ErrReader(lost))
		if _, err := b.vault.Add(t.Context(), evidence.Addition{Case: "c1", Who: "ada", Name: "a", Body: body}); !errors.Is(err, lost) {
			t.Errorf("after %d bytes: %v", at, err)
		}
	}
	if n := b.count(); n != 0 {
		t.Errorf("%d blobs are left", n)
	}
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"photo.jpg": "photo.jpg", "../../etc/passwd": "passwd", `a\b\c.png`: "c.png", "": "file", "..": "file", "/": "file", "a\x00b\n.txt": "ab.txt",
		"gpj.\u202eexe.jpg": "gpj.exe.jpg", "صورة.png": "صورة.png", strings.Repeat("é", 200) + ".jpeg": strings.Repeat("é", 125) + ".jpeg", "bad\xffutf8": "bad\uFFFDutf8",
	} {
		if got := evidence.CleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	f.Add("a/b\\c.png")
	f.Add("\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		got := evidence.CleanName(s)
		if got == "" || len(got) > 255 || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\x00\n") || got == "." || got == ".." {
			t.Errorf("%q: %q", s, got)
		}
	})
}

func TestSniff(t *testing.T) {
	for head, want := range map[string]string{
		pngHead: "image/png", "\xff\xd8\xff\xe0": "image/jpeg", "GIF89a": "image/gif", "RIFF\x00\x00\x00\x00WEBPVP": "image/webp", "%PDF-1.7": "application/pdf",
		"\x00\x00\x00\x18ftypisom": "video/mp4", "\x00\x00\x00\x18ftypqt  ": "video/quicktime", "\x00\x00\x00\x18ftypheic": "image/heic", "\x00\x00\x00\x18ftypavif": "image/avif",
		"\x00\x00\x00\x18ftypM4A ": "audio/mp4", "\x1a\x45\xdf\xa3": "video/webm", "ID3\x04": "audio/mpeg", "\xff\xfb\x90\x00": "audio/mpeg", "words": "text/plain; charset=utf-8",
		"<svg xmlns=": "image/svg+xml", "<?xml version=\"1.0\"?>\n<SVG": "image/svg+xml", "words <svg": "text/plain; charset=utf-8", "<?xml version": "text/xml; charset=utf-8", "": "text/plain; charset=utf-8", "\x00\x01": evidence.Unknown,
	} {
		if got := evidence.Sniff([]byte(head)); got != want {
			t.Errorf("%q: %s, want %s", head, got, want)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte(pngHead))
	f.Add([]byte("\x00\x00\x00\x18ftypisom"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := evidence.Sniff(b); got == "" || evidence.Differs(got, got) {
			t.Errorf("%q: %s", b, got)
		}
	})
}

// seekable gives blobs that can be read from any place.
type seekable struct{ *evidencetest.Memory }

func (s seekable) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := s.Memory.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(r)
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(all), r}, err
}

func TestOpenPart(t *testing.T) {
	b := setup(t, sqlite())
	body := bytes.Repeat([]byte("0123456789"), 30_000)
	i := b.seal("c1", "long.txt", string(body))
	vaults := map[string]*evidence.Vault{
		"read from the beginning": b.vault,
		"read from its place":     evidence.NewVault(evidence.Config{Blobs: seekable{b.blobs}, Keeper: store.EvidenceKeeper(b.db), Working: b.key, Now: b.clock}),
	}
	for name, v := range vaults {
		t.Run(name, func(t *testing.T) {
			before := len(b.acts(i.ID))
			for _, s := range []evidence.Span{{To: 10}, {From: 131_070, To: 131_080}, {From: 299_990, To: 300_000}, {To: 300_000}} {
				got, err := v.OpenPart(t.Context(), "p1", "review", i.ID, s)
				if err != nil || !bytes.Equal(got, body[s.From:s.To]) {
					t.Errorf("%v: %d bytes, %v", s, len(got), err)
				}
			}
			if acts := b.acts(i.ID)[before:]; !slices.Equal(acts, []evidence.Act{evidence.Opened, evidence.Opened, evidence.Opened, evidence.Opened}) {
				t.Errorf("custody: %v", acts)
			}
			for _, s := range []evidence.Span{{From: -1, To: 5}, {From: 5, To: 5}, {From: 6, To: 5}, {To: 300_001}, {From: 0, To: evidence.MaxPart + 1}} {
				if _, err := v.OpenPart(t.Context(), "p1", "review", i.ID, s); !errors.Is(err, evidence.ErrInvalid) {
					t.Errorf("%v: %v", s, err)
				}
			}
		})
	}
	if err := b.vault.Prove(t.Context(), "p1", "check", i.ID); err != nil {
		t.Error(err)
	}
	r, err := b.blobs.Get(t.Context(), i.SealedSHA)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	sealed[len(sealed)/2] ^= 1
	b.blobs.Set(i.SealedSHA, sealed)
	for name, v := range vaults {
		if _, err := v.OpenPart(t.Context(), "p1", "review", i.ID, evidence.Span{From: 140_000, To: 160_000}); !errors.Is(err, evidence.ErrTampered) {
			t.Errorf("%s, changed: %v", name, err)
		}
	}
	if err := b.vault.Prove(t.Context(), "p1", "check", i.ID); !errors.Is(err, evidence.ErrTampered) {
		t.Errorf("proof of a changed item: %v", err)
	}
}
