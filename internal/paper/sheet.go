package paper

import (
	"fmt"
	"strings"
)

// style is how text looks.
type style struct {
	size float64
	bold bool
	grey bool
}

// pitch is from one line to the next; letters of every script fit into it.
func (s style) pitch() float64 { return s.size * 1.45 }

// The styles of what is not a heading.
var (
	body      = style{size: 9.5}
	small     = style{size: 8.5}
	rowName   = style{size: 8.5}
	nameStyle = style{size: 8.5, bold: true}
	faint     = style{size: 8, grey: true}
	headings  = [6]style{{size: 17, bold: true}, {size: 12.5, bold: true}, {size: 10.5, bold: true}, {size: 9.5, bold: true}, {size: 9, bold: true}, {size: 8.5, bold: true}}
)

// The margins of a sheet, in points.
const (
	marginSide   = 54
	marginTop    = 68
	marginBottom = 58
)

// sheet is the page being filled.
type sheet struct {
	wide, high               float64
	y                        float64 // where the next line begins, from the bottom
	content                  strings.Builder
	page                     int // id of the page being filled, 0 before the first
	pages                    []int
	parent, resources, total int
	again                    func() // draws what stands at the top of every page of a table
}

// width is the width of the text.
func (s *sheet) width() float64 { return s.wide - 2*marginSide }

func (w *Writer) beginSheets() {
	s := &w.sheet
	s.wide, s.high = 595.28, 841.89
	if w.setup.Size == Letter {
		s.wide, s.high = 612, 792
	}
	s.parent, s.resources, s.total = w.o.alloc(), w.o.alloc(), w.o.alloc()
	w.turn()
}

// turn ends the page and begins the next.
func (w *Writer) turn() {
	w.endPage()
	s := &w.sheet
	s.page = w.o.alloc()
	s.pages = append(s.pages, s.page)
	w.tags.marks = append(w.tags.marks, nil)
	s.y = s.high - marginTop
	w.furniture()
	if s.again != nil && w.err == nil {
		again := s.again
		s.again = nil // it must not turn the page again
		again()
		s.again = again
	}
}

// endPage writes the page.
func (w *Writer) endPage() {
	s := &w.sheet
	if s.page == 0 {
		return
	}
	content := w.o.alloc()
	w.o.stream(content, "", []byte(s.content.String()))
	s.content.Reset()
	w.o.put(s.page, fmt.Sprintf("<< /Type /Page /Parent %s /MediaBox [0 0 %s %s] /Resources %s /Contents %s /StructParents %d /Tabs /S >>",
		ref(s.parent), number(s.wide), number(s.high), ref(s.resources), ref(content), len(s.pages)-1))
}

// furniture draws the running head and foot, which are no part of the text.
func (w *Writer) furniture() {
	s := &w.sheet
	b := &s.content
	b.WriteString("/Artifact << /Type /Pagination >> BDC\n0.35 g\n")
	top, bottom := s.high-44.0, 36.0
	w.fit(b, w.setup.Head, marginSide, top, s.width()*0.55, false)
	w.fit(b, w.setup.State, s.wide-marginSide, top, s.width()*0.42, true)
	w.fit(b, w.setup.Foot, marginSide, bottom, s.width()*0.8, false)
	w.fit(b, fmt.Sprintf("Page %d of", len(s.pages)), s.wide-marginSide-22, bottom, s.width()*0.18, true)
	fmt.Fprintf(b, "q 1 0 0 1 %s %s cm /N Do Q\n", number(s.wide-marginSide-19), number(bottom))
	fmt.Fprintf(b, "0.7 G 0.5 w %d %s m %s %s l S\n0 g\nEMC\n", marginSide, number(top-7), number(s.wide-marginSide), number(top-7))
}

// fit draws the first line of a text; end says that x is where it ends.
func (w *Writer) fit(b *strings.Builder, text string, x, y, width float64, end bool) {
	list := w.lines(text, false, width/faint.size)
	if len(list) == 0 || w.err != nil {
		return
	}
	if end {
		x -= list[0].width * faint.size
	}
	w.draw(b, list[0], faint.size, x, y)
}

// endSheets writes what only the last page knows: how many there are.
func (w *Writer) endSheets() {
	w.endPage()
	s := &w.sheet
	var b strings.Builder
	b.WriteString("0.35 g\n")
	w.fit(&b, fmt.Sprint(len(s.pages)), 0, 0, 100, false)
	w.o.stream(s.total, "/Type /XObject /Subtype /Form /BBox [0 -4 60 12] /Resources "+ref(s.resources), []byte(b.String()))
	refs := make([]string, len(s.pages))
	for i, id := range s.pages {
		refs[i] = ref(id)
	}
	w.o.put(s.parent, fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(refs), strings.Join(refs, " ")))
}

// room turns the page unless so much of it is left.
func (w *Writer) room(points float64) {
	if w.sheet.y-points < marginBottom && w.err == nil {
		w.turn()
	}
}

// space leaves some of the page empty, except at its top.
func (w *Writer) space(points float64) {
	if w.sheet.y < w.sheet.high-marginTop {
		w.sheet.y -= points
	}
}

// rule draws a thin line across the page.
func (w *Writer) rule() {
	y := w.sheet.y + 1
	fmt.Fprintf(&w.sheet.content, "/Artifact BMC 0.7 G 0.5 w %d %s m %s %s l S EMC\n", marginSide, number(y), number(w.sheet.wide-marginSide), number(y))
	w.sheet.y -= 3
}

// cellOf is what a cell is made of.
type cellOf struct {
	style    style
	text     string
	tag      string
	x, width float64 // from the left margin
}

// cell is text that is ready to be drawn beside other text.
type cell struct {
	cellOf
	lines []line
	e     *element
	bar   bool // a grey bar stands before it
}

func (w *Writer) cell(c cellOf) cell {
	out := cell{cellOf: c}
	if w.err == nil {
		out.lines = w.lines(c.text, c.style.bold, max(c.width, 20)/c.style.size)
		if c.tag != "" {
			out.e = w.tags.child(c.tag)
		}
	}
	return out
}

// block draws text across the page, set in from the left.
func (w *Writer) block(s style, text, tag string, in float64) {
	c := w.cell(cellOf{style: s, text: text, tag: tag, x: in, width: w.sheet.width() - in})
	c.bar = in > 0
	w.band([]cell{c})
}

// maxWhole is how many lines are kept on one page.
const maxWhole = 8

// band draws cells side by side, from page to page until nothing is left of any.
func (w *Writer) band(cells []cell) {
	pitch, left := 0.0, 0
	for _, c := range cells {
		pitch, left = max(pitch, c.style.pitch()), max(left, len(c.lines))
	}
	if w.err != nil {
		return
	}
	if left <= maxWhole {
		w.room(float64(left) * pitch)
	}
	for done := 0; done < left; {
		w.room(pitch)
		fits := min(max(int((w.sheet.y-marginBottom)/pitch), 1), left-done)
		for i := range cells {
			w.part(&cells[i], done, fits, pitch)
		}
		w.sheet.y -= float64(fits) * pitch
		done += fits
	}
	for _, c := range cells {
		if c.e != nil {
			w.tags.write(c.e)
		}
	}
}

// part draws some lines of a cell as one piece of the tree of tags.
func (w *Writer) part(c *cell, from, n int, pitch float64) {
	to := min(from+n, len(c.lines))
	if from >= to {
		return
	}
	b := &w.sheet.content
	if c.bar {
		x, y := number(marginSide+c.x-8), w.sheet.y
		fmt.Fprintf(b, "/Artifact BMC 0.75 G 1.5 w %s %s m %s %s l S EMC\n", x, number(y), x, number(y-float64(to-from)*pitch))
	}
	if c.e == nil {
		b.WriteString("/Artifact BMC\n")
	} else {
		fmt.Fprintf(b, "/%s << /MCID %d >> BDC\n", c.tag, w.tags.mark(c.e, w.sheet.page))
	}
	if c.style.grey {
		b.WriteString("0.35 g\n")
	}
	for i, l := range c.lines[from:to] {
		x := marginSide + c.x
		if l.right {
			x += c.width - l.width*c.style.size
		}
		w.draw(b, l, c.style.size, x, w.sheet.y-float64(i)*pitch-pitch*0.76)
	}
	if c.style.grey {
		b.WriteString("0 g\n")
	}
	b.WriteString("EMC\n")
}
