package paper

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-text/typesetting/font/opentype"
)

// FuzzText sets any text: nothing panics, and every character of what is readable stands in exactly one line, in order.
func FuzzText(f *testing.F) {
	for _, s := range []string{"plain", "keep this\tbetween us\r\nyes", "ليبقى هذا بيننا OK", "यह हमारे बीच रहे", "😀👨\u200d👩", "\u202eabc", "\xff\xfe", strings.Repeat("a", 9000), "e\u0301\u0301\u0301"} {
		f.Add(s, true, 12.0)
	}
	lib, err := NewLibrary()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, bold bool, width float64) {
		w, err := New(io.Discard, Setup{Fonts: lib})
		if err != nil {
			t.Fatal(err)
		}
		if !(width > 2 && width < 200) {
			width = 20
		}
		for _, p := range pieces(text) {
			if len(p) > maxPiece {
				t.Fatalf("a piece of %d bytes", len(p))
			}
			readable := w.readable(p, bold)
			if len(readable) < utf8.RuneCountInString(p) {
				t.Fatalf("%d characters of %d", len(readable), utf8.RuneCountInString(p))
			}
			if len(readable) == 0 {
				continue
			}
			next := 0
			for _, l := range w.set(readable, bold, width) {
				for _, r := range l.runs {
					if r.Runes.Offset != next {
						t.Fatalf("characters %d to %d are in no line of %q", next, r.Runes.Offset, p)
					}
					next += r.Runes.Count
				}
			}
			if next != len(readable) {
				t.Fatalf("%d characters of %d are in lines of %q", next, len(readable), p)
			}
		}
		w.Paragraph(text)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestSubset reads back a font that was cut down: the glyphs that are kept are whole, the others are empty.
func TestSubset(t *testing.T) {
	lib, err := NewLibrary()
	if err != nil {
		t.Fatal(err)
	}
	face, err := lib.ours("NotoSans-Regular")
	if err != nil {
		t.Fatal(err)
	}
	kept, _ := face.font.NominalGlyph('é') // it is made of two others
	gone, _ := face.font.NominalGlyph('Ж')
	data, err := face.subset([]opentype.GID{kept})
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 40_000 {
		t.Errorf("%d bytes for one letter", len(data))
	}
	if sum := checksum(data); sum != 0xb1b0afba {
		t.Errorf("checksum %08x", sum)
	}
	tables, err := opentype.NewLoader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	small := &typeface{tables: tables}
	o := outlines{glyf: small.table("glyf"), loca: small.table("loca"), long: true, count: 3000}
	whole, err := o.glyph(kept)
	if err != nil || len(parts(whole)) != 2 {
		t.Fatalf("%v %v", parts(whole), err)
	}
	for _, g := range parts(whole) {
		if b, err := o.glyph(g); err != nil || len(b) == 0 {
			t.Errorf("part %d: %d bytes %v", g, len(b), err)
		}
	}
	if b, err := o.glyph(gone); err != nil || len(b) != 0 {
		t.Errorf("a letter that nobody wrote: %d bytes %v", len(b), err)
	}
	if _, err := face.subset([]opentype.GID{60000}); err == nil {
		t.Error("a glyph that is not there")
	}
}

// FuzzFont reads any bytes as a font: nothing panics.
func FuzzFont(f *testing.F) {
	f.Add([]byte("no font"))
	f.Fuzz(func(t *testing.T, data []byte) {
		face, err := parse("any", data)
		if err == nil {
			_, _ = face.subset([]opentype.GID{1, 2})
		}
	})
}
