package paper

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

//go:embed font/*.ttf font/OFL.txt
var files embed.FS

// script says which of our own fonts has a script, and the block of signs that the script shares with others.
type script struct {
	table    *unicode.RangeTable
	from, to rune
	name     string
}

// scripts lists them. What is in none of them is looked for in Noto Sans first and in the symbols and the operator's fonts last.
func scripts() []script {
	return []script{
		{unicode.Arabic, 0x0600, 0x06ff, "NotoNaskhArabic"},
		{unicode.Devanagari, 0x0900, 0x097f, "NotoSansDevanagari"},
		{unicode.Hebrew, 0x0590, 0x05ff, "NotoSansHebrew"},
		{unicode.Thai, 0x0e00, 0x0e7f, "NotoSansThai"},
		{unicode.Bengali, 0x0980, 0x09ff, "NotoSansBengali"},
		{unicode.Tamil, 0x0b80, 0x0bff, "NotoSansTamil"},
		{unicode.Gujarati, 0x0a80, 0x0aff, "NotoSansGujarati"},
		{unicode.Gurmukhi, 0x0a00, 0x0a7f, "NotoSansGurmukhi"},
		{unicode.Telugu, 0x0c00, 0x0c7f, "NotoSansTelugu"},
		{unicode.Kannada, 0x0c80, 0x0cff, "NotoSansKannada"},
		{unicode.Malayalam, 0x0d00, 0x0d7f, "NotoSansMalayalam"},
		{unicode.Sinhala, 0x0d80, 0x0dff, "NotoSansSinhala"},
		{unicode.Khmer, 0x1780, 0x17ff, "NotoSansKhmer"},
		{unicode.Lao, 0x0e80, 0x0eff, "NotoSansLao"},
		{unicode.Myanmar, 0x1000, 0x109f, "NotoSansMyanmar"},
		{unicode.Georgian, 0x10a0, 0x10ff, "NotoSansGeorgian"},
		{unicode.Armenian, 0x0530, 0x058f, "NotoSansArmenian"},
		{unicode.Ethiopic, 0x1200, 0x137f, "NotoSansEthiopic"},
		{unicode.Oriya, 0x0b00, 0x0b7f, "NotoSansOriya"},
	}
}

// Library is the fonts that papers are set in: our own, which are read when a text needs them, and the operator's. Safe for
// concurrent use.
type Library struct {
	extra []*typeface
	mu    sync.Mutex
	own   map[string]*typeface // by file name; nil for one that is not there
}

// typeface is one font that was read.
type typeface struct {
	name   string
	font   *font.Font
	tables *opentype.Loader
	mu     sync.Mutex // a Loader reads from one place of its file at a time
}

// NewLibrary takes the operator's own font files beside ours, for scripts that ours lack. They must have TrueType outlines.
func NewLibrary(names ...string) (*Library, error) {
	l := &Library{own: map[string]*typeface{}}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("paper: font: %w", err)
		}
		t, err := parse(strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)), data)
		if err != nil {
			return nil, fmt.Errorf("paper: font %s: %w", name, err)
		}
		l.extra = append(l.extra, t)
	}
	return l, nil
}

// parse reads a font file; of a collection the first font.
func parse(name string, data []byte) (*typeface, error) {
	list, err := opentype.NewLoaders(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no font in it")
	}
	if !list[0].HasTable(opentype.MustNewTag("glyf")) {
		return nil, fmt.Errorf("expected TrueType outlines (a table glyf); fonts with PostScript outlines cannot be embedded")
	}
	f, err := font.NewFont(list[0])
	if err != nil {
		return nil, err
	}
	return &typeface{name: name, font: f, tables: list[0]}, nil
}

// ours reads one of our own fonts, once.
func (l *Library) ours(name string) (*typeface, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t, ok := l.own[name]; ok {
		return t, nil
	}
	data, err := files.ReadFile("font/" + name + ".ttf")
	if err != nil {
		return nil, fmt.Errorf("paper: font: %w", err)
	}
	t, err := parse(name, data)
	if err != nil {
		return nil, fmt.Errorf("paper: font %s: %w", name, err)
	}
	l.own[name] = t
	return t, nil
}

// find returns the font of a character, nil when none has it.
func (l *Library) find(r rune, bold bool) (*typeface, error) {
	weight := "-Regular"
	if bold {
		weight = "-Bold"
	}
	names := []string{"NotoSans" + weight}
	for _, s := range scripts() {
		if !unicode.Is(s.table, r) && (r < s.from || r > s.to) {
			continue
		}
		if s.name == "NotoNaskhArabic" { // the only one besides Noto Sans that we have in bold
			names = append(names, s.name+weight)
		} else {
			names = append(names, s.name+"-Regular")
		}
	}
	for _, n := range append(names, "NotoSansSymbols2-Regular") {
		t, err := l.ours(n)
		if err != nil {
			return nil, err
		}
		if _, ok := t.font.NominalGlyph(r); ok {
			return t, nil
		}
	}
	for _, t := range l.extra {
		if _, ok := t.font.NominalGlyph(r); ok {
			return t, nil
		}
	}
	return nil, nil
}

// table returns one table of the font file, empty when it has none.
func (t *typeface) table(name string) []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	tag := opentype.MustNewTag(name)
	if !t.tables.HasTable(tag) {
		return nil
	}
	b, err := t.tables.RawTable(tag)
	if err != nil {
		return nil
	}
	return b
}

// pick is what a font is chosen by.
type pick struct {
	r    rune
	bold bool
}

// face is a font in one file, and what of it the file uses.
type face struct {
	*typeface
	face *font.Face
	name string              // in the file
	id   int                 // of its object
	used map[font.GID]string // the text of each glyph
}

// faceOf returns the face of a character, nil when no font has it.
func (w *Writer) faceOf(r rune, bold bool) *face {
	k := pick{r, bold}
	if f, ok := w.known[k]; ok {
		return f
	}
	t, err := w.setup.Fonts.find(r, bold)
	if err != nil {
		w.fail(err)
	}
	var found *face
	if t != nil {
		found = w.use(t)
	}
	w.known[k] = found
	return found
}

// use returns the face of a font.
func (w *Writer) use(t *typeface) *face {
	for _, f := range w.faces {
		if f.typeface == t {
			return f
		}
	}
	f := &face{typeface: t, face: font.NewFace(t.font), name: fmt.Sprintf("F%d", len(w.faces)), id: w.o.alloc(), used: map[font.GID]string{}}
	w.faces = append(w.faces, f)
	return f
}

// fontList is the dictionary of the fonts.
func (w *Writer) fontList() string {
	var b strings.Builder
	for _, f := range w.faces {
		fmt.Fprintf(&b, "/%s %s ", f.name, ref(f.id))
	}
	return b.String()
}
