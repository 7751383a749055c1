package paper

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// em is the size at which text is shaped: its units are fine enough for print, and a whole paragraph stays within their range.
const em = 100

// line is one line of text that is ready to be drawn.
type line struct {
	text  []rune // of the whole piece
	runs  []shaping.Output
	width float64 // in ems
	right bool    // it begins at the right
}

// chooser tells the segmenter which face has a character.
type chooser struct {
	w    *Writer
	bold bool
}

// ResolveFace returns the face of a character. Characters that no font has never come here, but those that join do.
func (c chooser) ResolveFace(r rune) *font.Face {
	f := c.w.faceOf(r, c.bold)
	if f == nil {
		f = c.w.faceOf('?', c.bold)
	}
	return f.face
}

// lines sets text into lines of a width, which is in ems.
func (w *Writer) lines(text string, bold bool, width float64) (out []line) {
	for _, p := range pieces(text) {
		runes := w.readable(p, bold)
		if len(runes) == 0 || w.err != nil {
			out = append(out, line{})
			continue
		}
		out = append(out, w.set(runes, bold, width)...)
	}
	return out
}

// set breaks one piece into lines.
func (w *Writer) set(text []rune, bold bool, width float64) (out []line) {
	right, dir := fromRight(text), di.DirectionLTR
	if right {
		dir = di.DirectionRTL
	}
	in := shaping.Input{Text: text, RunEnd: len(text), Direction: dir, Size: fixed.I(em), Language: language.NewLanguage("en")}
	var runs []shaping.Output
	for _, part := range w.split.Split(in, chooser{w, bold}) {
		runs = append(runs, w.shaper.ShapeNoExtents(part))
	}
	wrapped, _ := w.wrap.WrapParagraphF(shaping.WrapConfig{Direction: dir, DisableTrailingWhitespaceTrim: true}, fixed.Int26_6(width*em*64), text, shaping.NewSliceIterator(runs))
	for _, l := range wrapped {
		one := line{text: text, runs: slices.Clone(l), right: right}
		for _, r := range one.runs {
			one.width += ems(r.Advance)
		}
		out = append(out, one)
	}
	return out
}

// ems turns a measure of the shaper into ems.
func ems(v fixed.Int26_6) float64 { return float64(v) / 64 / em }

// number writes a number as short as it can be.
func number(v float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// draw writes the operators of one line that begins at a place.
func (w *Writer) draw(b *strings.Builder, l line, size, x, y float64) {
	runs := slices.Clone(l.runs)
	slices.SortStableFunc(runs, func(a, c shaping.Output) int { return int(a.VisualIndex - c.VisualIndex) })
	for _, r := range runs {
		i := slices.IndexFunc(w.faces, func(f *face) bool { return f.face == r.Face })
		if i < 0 || len(r.Glyphs) == 0 {
			continue
		}
		fmt.Fprintf(b, "BT /%s %s Tf 1 0 0 1 %s %s Tm ", w.faces[i].name, number(size), number(x), number(y))
		s := strip{f: w.faces[i], b: b, size: size}
		s.glyphs(r, l.text)
		b.WriteString("ET\n")
		x += ems(r.Advance) * size
	}
}

// strip draws the glyphs of one run.
type strip struct {
	f    *face
	b    *strings.Builder
	size float64
	pen  float64 // where the next glyph would be drawn, in thousandths of an em
	at   float64 // where it should be
	rise float64
	open bool
}

// glyphs draws cluster by cluster. Where the text of a cluster cannot be told from its glyphs alone, it stands beside them.
func (s *strip) glyphs(r shaping.Output, text []rune) {
	for i := 0; i < len(r.Glyphs); {
		g := r.Glyphs[i]
		n := 1
		for i+n < len(r.Glyphs) && r.Glyphs[i+n].TextIndex() == g.TextIndex() {
			n++
		}
		to := min(g.TextIndex()+g.RunesCount(), len(text))
		s.cluster(r.Glyphs[i:i+n], string(text[g.TextIndex():to]))
		i += n
	}
	s.end()
	if s.rise != 0 { // it would stay for what comes after
		s.b.WriteString("0 Ts ")
	}
}

func (s *strip) cluster(list []shaping.Glyph, text string) {
	spoken := len(list) > 1
	if len(list) == 1 {
		old, ok := s.f.used[list[0].GlyphID]
		if !ok || old == "" {
			s.f.used[list[0].GlyphID] = text
		}
		spoken = ok && old != text
	}
	if spoken {
		s.end()
		s.b.WriteString("/Span << /ActualText " + textString(text) + " >> BDC ")
	}
	for _, g := range list {
		if _, ok := s.f.used[g.GlyphID]; !ok {
			s.f.used[g.GlyphID] = ""
		}
		s.glyph(g)
	}
	if spoken {
		s.end()
		s.b.WriteString("EMC ")
	}
}

func (s *strip) glyph(g shaping.Glyph) {
	if rise := ems(g.YOffset) * s.size; rise != s.rise {
		s.end()
		s.b.WriteString(number(rise) + " Ts ")
		s.rise = rise
	}
	if !s.open {
		s.b.WriteString("[")
		s.open = true
	}
	if d := s.pen - (s.at + ems(g.XOffset)*1000); d > 0.5 || d < -0.5 {
		s.b.WriteString(number(d))
		s.pen -= d
	}
	fmt.Fprintf(s.b, "<%04x>", g.GlyphID)
	s.pen += float64(s.f.natural(g.GlyphID))
	s.at += ems(g.Advance) * 1000
}

// end shows what was gathered.
func (s *strip) end() {
	if s.open {
		s.b.WriteString("] TJ ")
	}
	s.open = false
}

// natural is the width of a glyph without its neighbours, in thousandths of an em.
func (f *face) natural(g font.GID) int {
	return int(f.face.HorizontalAdvance(g)*1000/float32(f.font.Upem()) + 0.5)
}

// hexText writes text for a table of glyphs.
func hexText(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return hex.EncodeToString(b)
}
