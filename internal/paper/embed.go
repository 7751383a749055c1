package paper

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-text/typesetting/font"
)

// embed writes the fonts, each with nothing but the glyphs that stand on the pages.
func (w *Writer) embed() {
	for _, f := range w.faces {
		if w.err != nil {
			return
		}
		w.fail(w.embedOne(f))
	}
}

func (w *Writer) embedOne(f *face) error {
	gids := slices.Sorted(maps.Keys(f.used))
	data, err := f.subset(gids)
	if err != nil {
		return fmt.Errorf("paper: font %s: %w", f.typeface.name, err)
	}
	name := subsetName(f.typeface.name, gids)
	file, about, cid, uni := w.o.alloc(), w.o.alloc(), w.o.alloc(), w.o.alloc()
	w.o.stream(file, fmt.Sprintf("/Length1 %d", len(data)), data)
	w.o.stream(uni, "", []byte(f.toUnicode(gids)))
	scale := 1000 / float32(f.font.Upem())
	e, _ := f.face.FontHExtents()
	w.o.put(about, fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [-1000 %.0f 2000 %.0f] /ItalicAngle 0 /Ascent %.0f /Descent %.0f /CapHeight 714 /StemV 80 /FontFile2 %s >>",
		name, e.Descender*scale, e.Ascender*scale, e.Ascender*scale, e.Descender*scale, ref(file)))
	var widths strings.Builder
	for _, g := range gids {
		fmt.Fprintf(&widths, "%d [%d] ", g, f.natural(g))
	}
	w.o.put(cid, fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %s /DW 0 /W [%s] /CIDToGIDMap /Identity >>",
		name, ref(about), widths.String()))
	w.o.put(f.id, fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%s] /ToUnicode %s >>", name, ref(cid), ref(uni)))
	return nil
}

// subsetName names a font that is not whole, as PDF asks for: six letters that depend on what is in it.
func subsetName(name string, gids []font.GID) string {
	sum := sha256.Sum256(fmt.Append(nil, gids))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	clean := strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, name)
	return string(tag) + "+" + clean
}

// toUnicode says which text each glyph stands for.
func (f *face) toUnicode(gids []font.GID) string {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n")
	var list []string
	for _, g := range gids {
		if t := f.used[g]; t != "" {
			list = append(list, fmt.Sprintf("<%04x> <%s>", g, hexText(t)))
		}
	}
	for part := range slices.Chunk(list, 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n%s\nendbfchar\n", len(part), strings.Join(part, "\n"))
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.String()
}
