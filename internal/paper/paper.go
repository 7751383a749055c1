// Package paper makes PDF files of text in any script: headings, paragraphs, rows of a name and a value, tables and verbatim text,
// with tags, text that can be searched and copied, and a running head. Nothing is dropped in silence: a character that no font
// has, or that cannot be seen, stands there by its number and is counted at the end. Equal input gives equal bytes; pages are
// written as they fill. It knows nothing of reports: internal/report says what stands on the paper.
package paper

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-text/typesetting/shaping"
)

// Size is the size of the sheets.
type Size string

// The sizes.
const (
	A4     Size = "a4"
	Letter Size = "letter"
)

// ErrSize says that there is no such sheet.
var ErrSize = errors.New("paper: expected a4 or letter")

// Setup is what every page has in common.
type Setup struct {
	Title string    // of the file; it names nobody
	Head  string    // at the top of every page
	State string    // at the top of every page, at its end: whether it is a draft
	Foot  string    // at the bottom of every page
	Size  Size      // empty means A4
	At    time.Time // the time that the file carries; nothing is taken from the clock
	Fonts *Library
}

// Writer writes one file. The first error stays and Close returns it. It is not safe for concurrent use.
type Writer struct {
	setup    Setup
	o        *objects
	tags     tree
	sheet    sheet
	faces    []*face
	known    map[pick]*face // nil for a character that no font has
	split    shaping.Segmenter
	shaper   shaping.HarfbuzzShaper
	wrap     shaping.LineWrapper
	numbered map[rune]int // characters that are shown by their numbers
	bytes    int          // bytes that are no text
	err      error
}

// Row is a name and its value.
type Row struct {
	Name  string
	Value string
	Faint bool // it says something about the row before it
	Group bool // its name stands above the rows that follow
}

// New begins a file.
func New(out io.Writer, s Setup) (*Writer, error) {
	if s.Size == "" {
		s.Size = A4
	}
	if s.Size != A4 && s.Size != Letter {
		return nil, fmt.Errorf("%w: not %q", ErrSize, s.Size)
	}
	if s.Fonts == nil {
		return nil, errors.New("paper: there are no fonts")
	}
	w := &Writer{setup: s, o: newObjects(out), known: map[pick]*face{}, numbered: map[rune]int{}}
	w.shaper.SetFontCacheSize(32)
	w.tags.begin(w.o)
	w.beginSheets()
	return w, w.err
}

// Heading writes a heading; level 1 is the title of the document and 6 the smallest.
func (w *Writer) Heading(level int, text string) {
	level = min(max(level, 1), 6)
	s := headings[level-1]
	w.room(s.size*3 + 3*body.pitch())
	w.space(s.size * 0.7)
	w.block(s, text, fmt.Sprintf("H%d", level), 0)
	w.space(2)
}

// Paragraph writes running text; its line breaks stay.
func (w *Writer) Paragraph(text string) {
	w.block(body, text, "P", 0)
	w.space(4)
}

// Verbatim writes text that is somebody else's, to the letter, set apart.
func (w *Writer) Verbatim(text string) {
	w.block(body, text, "BlockQuote", 14)
	w.space(4)
}

// Rows writes names and values in two columns. depth sets them in.
func (w *Writer) Rows(depth int, rows []Row) {
	if len(rows) == 0 {
		return
	}
	w.tags.open("Table")
	in := float64(min(depth, 6)) * 8
	name := 0.33 * w.sheet.width()
	for _, r := range rows {
		left, right := rowName, body
		indent := in
		switch {
		case r.Faint:
			left, right, indent = faint, faint, in+10
		case r.Group:
			left = headings[4]
			w.room(4 * body.pitch())
			w.space(2)
		}
		w.tags.open("TR")
		w.band([]cell{
			w.cell(cellOf{style: left, text: r.Name, tag: "TH", x: indent, width: name - indent - 8}),
			w.cell(cellOf{style: right, text: r.Value, tag: "TD", x: name, width: w.sheet.width() - name}),
		})
		w.tags.close()
		w.space(1.5)
	}
	w.tags.close()
	w.space(4)
}

// Table is a table that is written row by row. Widths are the shares of the columns.
type Table struct {
	w      *Writer
	head   []string
	widths []float64
}

// Table begins a table; its head stands again on every page. End ends it.
func (w *Writer) Table(head []string, widths []float64) *Table {
	t := &Table{w: w, head: head, widths: widths}
	sum := 0.0
	for _, x := range widths {
		sum += x
	}
	if len(head) != len(widths) || sum <= 0 {
		w.fail(fmt.Errorf("paper: a table of %d names and %d widths", len(head), len(widths)))
		return t
	}
	for i := range t.widths {
		t.widths[i] /= sum
	}
	w.tags.open("Table")
	w.room(4 * body.pitch())
	w.space(4)
	t.row(nameStyle, "TH", t.head)
	w.rule()
	w.sheet.again = func() { // no part of the text: it stands there already
		t.cells(nameStyle, "", t.head)
		w.rule()
	}
	return t
}

// Row writes one row; cells beyond the columns are an error.
func (t *Table) Row(cells ...string) {
	t.row(small, "TD", cells)
	t.w.space(2)
}

func (t *Table) row(s style, tag string, texts []string) {
	if t.w.err != nil {
		return
	}
	if len(texts) != len(t.widths) {
		t.w.fail(fmt.Errorf("paper: %d cells in a table of %d columns", len(texts), len(t.widths)))
		return
	}
	t.w.tags.open("TR")
	t.cells(s, tag, texts)
	t.w.tags.close()
}

// cells draws one row; without a tag it is no part of the text.
func (t *Table) cells(s style, tag string, texts []string) {
	x, all := 0.0, t.w.sheet.width()
	var cells []cell
	for i, text := range texts {
		width := all * t.widths[i]
		cells = append(cells, t.w.cell(cellOf{style: s, text: text, tag: tag, x: x, width: width - 6}))
		x += width
	}
	t.w.band(cells)
}

// End ends the table.
func (t *Table) End() {
	if t.w.err != nil {
		return
	}
	t.w.sheet.again = nil
	t.w.tags.close()
	t.w.space(6)
}

// Close writes what was shown by its number, the fonts and the end of the file. The underlying writer is not closed.
func (w *Writer) Close() error {
	w.listNumbered()
	if w.err != nil {
		return w.err
	}
	w.endSheets()
	w.embed()
	root := w.tags.end(w.sheet.pages)
	w.o.put(w.sheet.resources, "<< /Font << "+w.fontList()+">> /XObject << /N "+ref(w.sheet.total)+" >> >>")
	catalog := w.o.alloc()
	w.o.put(catalog, "<< /Type /Catalog /Pages "+ref(w.sheet.parent)+" /StructTreeRoot "+ref(root)+
		" /MarkInfo << /Marked true >> /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>")
	info := w.o.alloc()
	w.o.put(info, "<< /Title "+textString(w.setup.Title)+" /Producer (haris) /CreationDate ("+w.setup.At.UTC().Format("D:20060102150405Z")+") >>")
	w.fail(w.o.finish(catalog, info))
	return w.err
}

// fail keeps the first error.
func (w *Writer) fail(err error) {
	if w.err == nil && err != nil {
		w.err = err
	}
}
