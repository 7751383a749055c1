package template_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"haris/internal/template"
)

// formOf joins texts; all must join.
func formOf(t *testing.T, texts ...string) template.Form {
	t.Helper()
	f := template.FormOf(template.Tokens(texts[0]))
	for _, s := range texts[1:] {
		next, ok := f.Join(template.Tokens(s))
		if !ok {
			t.Fatalf("%q does not join", s)
		}
		f = next
	}
	return f
}

func TestForm(t *testing.T) {
	for _, tt := range []struct {
		name  string
		texts []string
		want  string
	}{
		{"one text shows nothing", []string{"tables for sale this week, write to 0795551234"}, ""},
		{"a number", []string{"tables for sale this week, write to 0795551234", "tables for sale this week, write to 079 555 99 88"}, "tables for sale this week , write to ⟨phone⟩"},
		{"a name", []string{"hello I am Mona and tables for sale this week", "hello I am Rita and tables for sale this week"}, "hello i am ⟨any⟩ and tables for sale this week"},
		{
			"a name of two words",
			[]string{"hello I am Mona and tables for sale this week", "hello I am Rita Maria and tables for sale this week", "hello I am Lena and tables for sale this week"},
			"hello i am ⟨any⟩ and tables for sale this week",
		},
		{"a word left out", []string{"I am really tables for sale this week only", "I am tables for sale this week only"}, "i am ⟨any⟩ tables for sale this week only"},
		{"Arabic with digits of another script", []string{"وصلت المدينة هذا الأسبوع اتصل على ٠٧٩٥٥٥١٢٣٤", "وصلت المدينة هذا الأسبوع اتصل على 0795559988"}, "وصلت المدينه هذا الاسبوع اتصل علي ⟨phone⟩"},
		{"Chinese", []string{"本周新到城里请打电话0795551234", "本周新到城里请打电话0795559988"}, "本 周 新 到 城 里 请 打 电 话 ⟨phone⟩"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, _ := formOf(t, tt.texts...).Show()
			if text != tt.want {
				t.Errorf("%q, want %q", text, tt.want)
			}
		})
	}
}

func TestFormKeepsApart(t *testing.T) {
	f := template.FormOf(template.Tokens("sale in town this week, write to 0795551234"))
	for _, other := range []string{"the bus leaves at five from the old square", "new week", "", "write to the town hall about the noise this week in our street please"} {
		if _, ok := f.Join(template.Tokens(other)); ok {
			t.Errorf("%q joins", other)
		}
	}
	// What has become slots does not wear the form out: six in ten words of the first text stay.
	for _, s := range []string{"sale in paris this week, write to 1", "sale in paris this month, write to 1", "old in paris this month, call to 1"} {
		if next, ok := f.Join(template.Tokens(s)); ok {
			f = next
		}
	}
	if text, _ := f.Show(); text != "sale in ⟨any⟩ this ⟨any⟩ , write to ⟨any⟩" {
		t.Errorf("%q", text)
	}
}

func TestFormSlots(t *testing.T) {
	_, slots := formOf(t, "I am Mona and tables for sale, write to 0795551234", "I am Rita and tables for sale, write to 0795551234", "I am Lena and tables for sale, write to 0795559988").Show()
	if len(slots) != 2 || slots[0] != (template.Open{Kind: template.Any, Ways: 3}) || slots[1] != (template.Open{Kind: template.Phone, Ways: 2}) {
		t.Errorf("%+v", slots)
	}
}

// TestFormKeepsNoWordOfOneText: what only one text says is not in what is stored.
func TestFormKeepsNoWordOfOneText(t *testing.T) {
	one := template.FormOf(template.Tokens("my friend Mona lives at the harbour street, write to her today"))
	two, ok := one.Join(template.Tokens("my friend Rita lives at the harbour street, write to her today"))
	if !ok || bytes.Contains(one.Append(nil), []byte("harbour")) || bytes.Contains(two.Append(nil), []byte("mona")) || bytes.Contains(two.Append(nil), []byte("rita")) {
		t.Error("a word of one text was kept")
	}
	if !bytes.Contains(two.Append(nil), []byte("harbour")) {
		t.Error("a word of two texts was not kept: the test shows nothing")
	}
}

func TestMasked(t *testing.T) {
	const text = "call zero seven nine today in Cairo or 5"
	got := template.Masked(text, []template.Span{{From: 5, To: 20, Kind: template.Phone}, {From: 30, To: 35, Kind: template.Place}})
	if w := written(got); w != "call <phone> today in <place> or <number>" {
		t.Errorf("%q", w)
	}
}

// TestFormBounds joins long and strange texts, and stores each form.
func TestFormBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	base := make([]string, 200)
	for i := range base {
		base[i] = letters(r.IntN(1<<20)) + strings.Repeat("é", r.IntN(30))
	}
	f := template.FormOf(template.Tokens(strings.Join(base, " ")))
	joined := 0
	for range 200 {
		text := append([]string(nil), base...)
		for range r.IntN(12) {
			text[r.IntN(60)] = letters(r.IntN(1<<20)) + " " + letters(r.IntN(1<<20))
		}
		if next, ok := f.Join(template.Tokens(strings.Join(text, " "))); ok {
			f, joined = next, joined+1
		}
		b := f.Append(nil)
		again, rest, err := template.DecodeForm(b)
		if err != nil || len(rest) > 0 || len(b) > template.MaxFormBytes || !bytes.Equal(again.Append(nil), b) {
			t.Fatal(len(b), len(rest), err)
		}
	}
	if joined < 20 {
		t.Errorf("%d texts joined: the test shows little", joined)
	}
}

func FuzzDecodeForm(f *testing.F) {
	form := template.FormOf(template.Tokens("tables for sale this week, write to 0795551234"))
	f.Add(form.Append(nil))
	form, _ = form.Join(template.Tokens("tables for sale this week, write to me"))
	f.Add(form.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		form, rest, err := template.DecodeForm(b)
		if err != nil {
			return
		}
		if !bytes.Equal(form.Append(nil), b[:len(b)-len(rest)]) {
			t.Fatalf("%x", b)
		}
		form.Show()
		form.Join(template.Tokens("tables for sale this week, write to 0795551234"))
	})
}
