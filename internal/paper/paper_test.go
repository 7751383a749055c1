package paper_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/paper"
)

// fonts is the library without any font of an operator.
func fonts(t testing.TB, extra ...string) *paper.Library {
	t.Helper()
	l, err := paper.NewLibrary(extra...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// make writes one file.
func file(t testing.TB, f func(w *paper.Writer)) []byte {
	t.Helper()
	return fileWith(t, paper.Setup{
		Title: "Report 1", Head: "Report 01jdemo", State: "Draft – not filed", Foot: "SHA-256 " + strings.Repeat("ab", 32),
		At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), Fonts: fonts(t),
	}, f)
}

func fileWith(t testing.TB, s paper.Setup, f func(w *paper.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := paper.New(&b, s)
	if err != nil {
		t.Fatal(err)
	}
	f(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read is the text of a file as another program finds it.
func read(t testing.TB, data []byte, flags ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("HARIS_PAPER"); keep != "" { // to look at it
		if err := os.WriteFile(filepath.Join(keep, strings.ReplaceAll(t.Name(), "/", "_")+".pdf"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("pdftotext", append(flags, name, "-")...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian: poppler-utils): %v %s", err, said.String())
	}
	if said.Len() > 0 {
		t.Fatalf("pdftotext complains: %s", said.String())
	}
	return string(out)
}

// sentences are plain ones in several scripts.
func sentences() map[string]string {
	return map[string]string{
		"latin":      "Keep this between us, café naïve – “yes”.",
		"cyrillic":   "Пусть это останется между нами.",
		"greek":      "Ας μείνει μεταξύ μας.",
		"arabic":     "ليبقى هذا بيننا",
		"persian":    "این بین خودمان می‌ماند",
		"hebrew":     "שיישאר בינינו",
		"devanagari": "यह हमारे बीच रहे",
		"thai":       "เก็บเรื่องนี้ไว้ระหว่างเรา",
		"tamil":      "இது நமக்குள் இருக்கட்டும்",
		"bengali":    "এটা আমাদের মধ্যে থাকুক",
		"georgian":   "ეს ჩვენ შორის დარჩეს",
		"mixed":      "He wrote ليبقى هذا بيننا and left at 17:40.",
	}
}

func TestTextOfEveryScriptIsFoundAgain(t *testing.T) {
	for name, s := range sentences() {
		t.Run(name, func(t *testing.T) {
			got := read(t, file(t, func(w *paper.Writer) { w.Paragraph(s) }))
			clean := strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u2066", "", "\u2067", "", "\u2069", "", "\u200f", "", "\u200e", "").Replace(got)
			// Where a mark stands beside its letter, a reader of positions may see a gap that is none.
			whole := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if !strings.Contains(whole(clean), whole(s)) {
				t.Errorf("%q is not in\n%s", s, clean)
			}
		})
	}
}

// TestNothingIsDropped looks at what cannot be shown: it stands there by its number and is counted at the end.
func TestNothingIsDropped(t *testing.T) {
	got := read(t, file(t, func(w *paper.Writer) {
		for _, s := range []string{"with 😀", "and 😀 and 中文", "and \u202ereversed\u202c", "and \xff", "and 👨\u200d👩", "and a\x00b\x7f"} {
			w.Paragraph(s)
		}
	}), "-layout")
	for _, want := range []string{
		"[U+1F600 GRINNING FACE]", "[U+4E2D, U+6587]", "[U+202E RIGHT-TO-LEFT OVERRIDE]reversed", "[byte FF]",
		"[U+1F468 MAN, U+200D ZERO WIDTH JOINER,", "a[U+0000]b[U+007F]", "GRINNING FACE, 2 times", "Characters shown by their numbers",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if plain := read(t, file(t, func(w *paper.Writer) { w.Paragraph("plain") })); strings.Contains(plain, "by their numbers") {
		t.Error("a list of nothing")
	}
}

// TestPages looks at a long table: every row is there once, the head on every page, and the pages are counted.
func TestPages(t *testing.T) {
	data := file(t, func(w *paper.Writer) {
		w.Heading(1, "CyberTipline report")
		w.Heading(2, "Incident summary")
		w.Rows(0, []paper.Row{
			{Name: "Incident type", Value: "Online Enticement of Children for Sexual Acts"},
			{Name: "Screen name", Value: "ليان ٢٣ (layan)"},
			{Name: "Verified", Value: "yes", Faint: true},
		})
		w.Verbatim("2026-11-24 17:40:02Z  sender-1: keep this between us\n2026-11-24 17:41:10Z  account-2: حسنا، لن أخبر أحدا. OK?")
		tab := w.Table([]string{"Time", "From", "Text"}, []float64{2, 2, 6})
		for i := range 90 {
			tab.Row("2026-11-24 17:40:02Z", fmt.Sprint("account-", i), "यह हमारे बीच रहे – keep this between us. ليبقى هذا بيننا، من فضلك. And this sentence goes on to the second line.")
		}
		tab.End()
		w.Paragraph("The end.")
	})
	got := read(t, data, "-layout")
	pages := strings.Count(got, "\f")
	if pages < 3 || strings.Count(got, fmt.Sprintf(" of %d", pages)) != pages || strings.Count(got, "From ") != pages || strings.Count(got, "Draft – not filed") != pages {
		t.Errorf("%d pages:\n%s", pages, got)
	}
	for i := range 90 {
		if strings.Count(got, fmt.Sprintf("account-%d ", i)) != 1 {
			t.Errorf("row %d stands there %d times", i, strings.Count(got, fmt.Sprintf("account-%d ", i)))
		}
	}
}

func TestEqualInputGivesEqualBytes(t *testing.T) {
	write := func(w *paper.Writer) {
		for _, s := range slices.Sorted(maps.Values(sentences())) {
			w.Rows(1, []paper.Row{{Name: "Says", Value: s}})
		}
	}
	if !bytes.Equal(file(t, write), file(t, write)) {
		t.Error("two files of the same differ")
	}
}

func TestRefuses(t *testing.T) {
	if _, err := paper.New(&bytes.Buffer{}, paper.Setup{Size: "a5", Fonts: fonts(t)}); !errors.Is(err, paper.ErrSize) {
		t.Error(err)
	}
	if _, err := paper.New(&bytes.Buffer{}, paper.Setup{}); err == nil {
		t.Error("no fonts")
	}
	for name, data := range map[string][]byte{"empty": nil, "words": []byte("no font"), "zeros": make([]byte, 4096)} {
		path := filepath.Join(t.TempDir(), "a.ttf")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := paper.NewLibrary(path); err == nil {
			t.Errorf("%s: taken as a font", name)
		}
	}
	if _, err := paper.NewLibrary(filepath.Join(t.TempDir(), "none.ttf")); err == nil {
		t.Error("a font that is not there")
	}
}

// TestErrorsStay: what could not be written is never a whole file.
func TestErrorsStay(t *testing.T) {
	w, err := paper.New(&full{room: 5000}, paper.Setup{Fonts: fonts(t)})
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		w.Paragraph("one more line")
	}
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
	w, err = paper.New(&bytes.Buffer{}, paper.Setup{Fonts: fonts(t)})
	if err != nil {
		t.Fatal(err)
	}
	w.Table([]string{"a", "b"}, []float64{1, 1}).Row("one")
	if err := w.Close(); err == nil {
		t.Error("a row of one cell in a table of two")
	}
}

var errFull = errors.New("full")

// full is a disk with little room.
type full struct{ room int }

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// TestLetter looks at the other size of sheets.
func TestLetter(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.pdf")
	data := fileWith(t, paper.Setup{Size: paper.Letter, Fonts: fonts(t)}, func(w *paper.Writer) { w.Paragraph("x") })
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdfinfo", name).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "612 x 792") || !strings.Contains(string(out), "Tagged:          yes") {
		t.Errorf("%v\n%s", err, out)
	}
}

// BenchmarkTranscript sets a conversation of about 290 pages.
func BenchmarkTranscript(b *testing.B) {
	lib := fonts(b)
	b.ReportAllocs()
	for b.Loop() {
		var n counter
		w, err := paper.New(&n, paper.Setup{Title: "Transcript", Head: "Report", Fonts: lib})
		if err != nil {
			b.Fatal(err)
		}
		t := w.Table([]string{"Time", "From", "Text"}, []float64{2, 2, 6})
		for i := range 14000 {
			t.Row("2026-11-24 17:40:02Z", fmt.Sprint("account-", i%7), "keep this between us, ليبقى هذا بيننا، and say it to nobody – number "+fmt.Sprint(i))
		}
		t.End()
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(n), "bytes/file")
	}
}

// counter counts bytes.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
