package normal_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"
	"pgregory.net/rapid"

	"haris/internal/normal"
)

func TestForms(t *testing.T) {
	for _, tt := range []struct{ name, raw, surface, folded string }{
		{"empty", "", "", ""},
		{"plain", "Keep this between us", "Keep this between us", "keep this between us"},
		{"full width", "Ｋｅｅｐ　ｔｈｉｓ", "Keep this", "keep this"},
		{"mathematical", "𝐊𝐞𝐞𝐩 𝟙𝟚𝟛", "Keep 123", "keep 123"},
		{"joiners inside", "k\u200be\u200de\u2060p\ufeff", "keep", "keep"},
		{"bidirectional controls", "\u202ekeep\u202c \u2066this\u2069", "keep this", "keep this"},
		{"tags", "keep\U000e0041\U000e0042", "keep", "keep"},
		{"soft hyphen and controls", "ke\u00adep\x00\x1b", "keep", "keep"},
		{"accents piled up", "k\u0336e\u0301\u0302\u0303ep", "kéep", "keep"},
		{"accent apart from its letter", "e\u200b\u0301te\u0301", "été", "ete"},
		{"cases", "STRASSE straße ΣΊΣΥΦΟΣ Σίσυφος İı", "STRASSE straße ΣΊΣΥΦΟΣ Σίσυφος İı", "strasse strasse σισυφοσ σισυφοσ ii"},
		{"ligature", "oﬃce", "office", "office"},
		{"repeats", "noooooo!!!! 555000", "noooooo!!!! 555000", "noo!! 555000"},
		{"spaces", "a\u00a0 \t\u2003b\u2800c", "a    b c", "a b c"},
		{"Arabic harakat, tatweel", "سِرّ بَيْنَنـــا", "سر بيننا", "سر بيننا"},
		{"Arabic hamza forms", "أإآٱ ؤ ئ ى ة", "أإآٱ ؤ ئ ى ة", "اا و ي ي ه"}, // four alefs in a row are two
		{"Persian and Urdu letters", "کی گل ہے ھ ں", "کی گل ہے ھ ں", "كي كل هي ه ن"},
		{"Arabic presentation forms", "ﻻ ﷲ", "لا الله", "لا الله"},
		{"Arabic digits", "٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹", "0123456789 0123456789", "0123456789 0123456789"},
		{"Devanagari keeps its vowels", "यह हमारे बीच १२३", "यह हमारे बीच 123", "यह हमारे बीच 123"},
		{"Devanagari without the dot below", "ज़रा", "ज\u093cरा", "जरा"},
		{"Thai keeps its vowels", "ที่นี่ ๑๒", "ที่นี่ 12", "ที่นี่ 12"},
		{"Hebrew without points", "שָׁלוֹם", "שלום", "שלום"},
		{"keycaps", "1️⃣2️⃣🔟", "1210", "1210"},
		{"circled", "①②❸➃➎⓪⓿⓴⑳⓶", "123450020202", "123450020202"},
		{"in brackets stay in brackets", "⑴⒉", "(1)2.", "(1)2."},
		{"superscripts", "x²³", "x23", "x23"},
		{"Hangul jamo", "\u1100\u1161\u11a8", "각", "각"},
		{"half-width kana", "ｶﾞ", "ガ", "ガ"},
		{"Russian", "Ёлка и йод", "Ёлка и йод", "елка и йод"},
		{"no UTF-8", "a\xffb", "a\ufffdb", "a\ufffdb"},
		{"emoji stay", "👨‍👩‍👧 ok", "👨👩👧 ok", "👨👩👧 ok"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := normal.Of(tt.raw)
			if s := got.Surface.String(); s != tt.surface {
				t.Errorf("surface %q, want %q", s, tt.surface)
			}
			if s := got.Folded.String(); s != tt.folded {
				t.Errorf("folded %q, want %q", s, tt.folded)
			}
		})
	}
}

func TestTraces(t *testing.T) {
	got := normal.Of("k\u200be\u202eep ٣ e\u0336 nooooo 👨‍👩 ❤️").Traces
	want := normal.Traces{Hidden: 1, Bidi: 1, Marks: 1, Digits: 1, Repeated: 3}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestSkeleton(t *testing.T) {
	for _, tt := range []struct {
		name, raw, want string
		mixed           bool
	}{
		{"Latin", "keep this", "keep this", false},
		{"Cyrillic", "это наше", "это наше", false},
		{"Cyrillic that looks Latin", "сорок", "сорок", false},
		{"Latin with a Cyrillic e", "kеep this", "keep this", true},
		{"Greek and Latin", "κeep", "keep", true},
		{"Cyrillic and Greek", "кεερ", "keep", true},
		{"two words of two scripts", "keep это", "keep это", false},
		{"Arabic and Latin are never taken for one another", "okسر", "okسر", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := normal.Of(tt.raw)
			got, mixed := text.Skeleton()
			if got.String() != tt.want || mixed != tt.mixed {
				t.Errorf("%q %v", got.String(), mixed)
			}
		})
	}
}

func TestJoined(t *testing.T) {
	for _, tt := range []struct {
		raw, want string
		spaced    bool
	}{
		{"k e e p this", "keep this", true},
		{"k.e.e.p", "keep", true},
		{"keep a b", "keep a b", false},
		{"so k-e-e-p it, and h u s h", "so keep it, and hush", true},
		{"س ر ن ا", "سرنا", true},
		{"I am 5", "i am 5", false},
		{"", "", false},
		{"a b c", "abc", true},
		{"a  b  c", "abc", true}, // two spaces are one in the folded form
	} {
		text := normal.Of(tt.raw)
		if got, spaced := text.Joined(); got.String() != tt.want || spaced != tt.spaced {
			t.Errorf("%q: %q %v", tt.raw, got.String(), spaced)
		}
	}
}

func TestWords(t *testing.T) {
	for _, tt := range []struct{ name, raw, want string }{
		{"spaces", "Keep this, between-us 2day", "keep|this|between|us|2day"},
		{"Arabic", "هذا سر بيننا", "هذا|سر|بيننا"},
		{"Chinese", "保守秘密", "保守|守秘|秘密"},
		{"one character", "好 ok", "好|ok"},
		{"Thai with its marks", "ที่นี่", "ที่นี่"},
		{"Hindi", "यह हमारे", "यह|हमारे"},
		{"mixed", "abc秘密def", "abc|秘密|def"},
		{"nothing", "?! ...", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := normal.Of(tt.raw).Folded
			var got []string
			for _, w := range v.Words() {
				got = append(got, v[w.From:w.To].String())
			}
			if s := strings.Join(got, "|"); s != tt.want {
				t.Errorf("%q", s)
			}
		})
	}
}

func TestArabizi(t *testing.T) {
	for _, tt := range []struct{ word, want string }{{"mar7aba", "marhaba"}, {"3arabi", "aarabi"}, {"hello", ""}, {"2024", ""}, {"a1", ""}, {"7b", ""}} {
		if got, ok := normal.Arabizi(tt.word); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%q: %q %v", tt.word, got, ok)
		}
	}
}

// TestDigits asks the names of the characters: every decimal digit must become the number in its name.
func TestDigits(t *testing.T) {
	names := []string{"ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"}
	seen := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.Is(unicode.Nd, r) {
			continue
		}
		seen++
		got := normal.Of(string(r)).Surface.String()
		words := strings.Fields(runenames.Name(r))
		if len(got) != 1 || words[len(words)-1] != names[got[0]-'0'] {
			t.Errorf("%U %s became %q", r, runenames.Name(r), got)
		}
	}
	if seen < 650 {
		t.Errorf("only %d digits were tried", seen)
	}
}

// TestNumbers does the same for numbers in circles.
func TestNumbers(t *testing.T) {
	names := strings.Fields("ZERO ONE TWO THREE FOUR FIVE SIX SEVEN EIGHT NINE TEN ELEVEN TWELVE THIRTEEN FOURTEEN FIFTEEN SIXTEEN SEVENTEEN EIGHTEEN NINETEEN TWENTY")
	seen := 0
	for r := rune(0x2460); r <= 0x1f51f; r++ {
		name := runenames.Name(r)
		if r > 0x24ff && r < 0x2776 || r > 0x2793 && r < 0x1f10b || r > 0x1f10c && r < 0x1f51f || !strings.Contains(name, "CIRCLED") && r != 0x1f51f ||
			strings.Contains(name, "LETTER") {
			continue
		}
		seen++
		words := strings.Fields(name)
		want := ""
		for n, w := range names {
			if words[len(words)-1] == w {
				want = strconv.Itoa(n)
			}
		}
		if strings.HasSuffix(name, "KEYCAP TEN") {
			want = "10"
		}
		if got := normal.Of(string(r)).Surface.String(); got != want {
			t.Errorf("%U %s became %q, want %q", r, name, got, want)
		}
	}
	if seen < 75 {
		t.Errorf("only %d numbers were tried", seen)
	}
}

// TestLooksLike keeps the table from turning letters into something else than small Latin letters, or one twice.
func TestLooksLike(t *testing.T) {
	n := 0
	for r := rune(0x80); r < 0x20000; r++ {
		l := normal.LooksLike(r)
		if l == r {
			continue
		}
		n++
		if l < 'a' || l > 'z' {
			t.Errorf("%c became %c", r, l)
		}
		if folded := normal.Of(string(r)).Folded.String(); folded != string(r) {
			t.Errorf("%c (%U) is not a folded letter (%q), so nobody finds it", r, r, folded)
		}
	}
	if n < 120 {
		t.Errorf("only %d letters", n)
	}
}

// pieces are what texts of the properties are made of: words of many scripts, digits, emoji, punctuation.
var pieces = []string{
	"keep", "This", "between", "us", "été", "Straße", "это", "Наше", "Σίγμα", "سرّ", "بيننا", "گفت", "ہمارا", "שלום", "हमारे", "ज़रा", "ที่นี่", "秘密", "ひみつ", "비밀",
	"0", "12", "555", "٣٤", "۵", "७", "１", "🙂", "👍🏽", "1️⃣", "❷", " ", " ", "\n", ".", "-", "!!!", "@", "x", "ﬁ", "İ",
}

func text(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 20).Draw(t, "text"), "")
}

func forms(s string) [4]string {
	t := normal.Of(s)
	k, _ := t.Skeleton()
	j, _ := t.Joined()
	return [4]string{t.Surface.String(), t.Folded.String(), k.String(), j.String()}
}

// TestInvariance: what can be done to a text without a reader noticing, or noticing much, does not change its forms.
func TestInvariance(t *testing.T) {
	same := func(name string, from int, change func(t *rapid.T, s string) string) {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := text(t)
				c := change(t, s)
				a, b := forms(s), forms(c)
				for i := from; i < len(a); i++ {
					if a[i] != b[i] {
						t.Fatalf("%q: %q\n%q: %q", s, a[i], c, b[i])
					}
				}
			})
		})
	}
	for _, f := range []struct {
		name string
		form norm.Form
	}{{"NFC", norm.NFC}, {"NFD", norm.NFD}, {"NFKC", norm.NFKC}, {"NFKD", norm.NFKD}} {
		same(f.name, 0, func(_ *rapid.T, s string) string { return f.form.String(s) })
	}
	same("hidden characters", 0, func(t *rapid.T, s string) string {
		return sprinkle(t, s, "\u200b", "\u200c", "\u200d", "\u200e", "\u202e", "\u2066", "\u2069", "\u00ad", "\ufeff", "\ufe0f", "\U000e0061", "\u061c", "\u034f")
	})
	same("digits of another script", 0, func(t *rapid.T, s string) string {
		zero := rapid.SampledFrom([]rune{'٠', '۰', '०', '๐', '０', '𝟎', '𞥐'}).Draw(t, "zero")
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return zero + r - '0'
			}
			return r
		}, s)
	})
	same("capitals", 1, func(_ *rapid.T, s string) string { return strings.ToUpper(s) })
	same("small letters", 1, func(_ *rapid.T, s string) string { return strings.ToLower(s) })
	same("marks nobody reads", 1, func(t *rapid.T, s string) string { return sprinkle(t, s, "\u0336", "\u0489", "\u064e") })
	same("more of the same", 1, func(t *rapid.T, s string) string {
		return strings.ReplaceAll(s, "!", strings.Repeat("!", rapid.IntRange(3, 9).Draw(t, "times")))
	})
}

// sprinkle puts characters between those of s. A text that begins with a mark would lend it to what stands before.
func sprinkle(t *rapid.T, s string, what ...string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
		if rapid.IntRange(0, 2).Draw(t, "here") == 0 {
			b.WriteString(rapid.SampledFrom(what).Draw(t, "what"))
		}
	}
	return b.String()
}

type fataler interface {
	Fatalf(format string, args ...any)
}

func checkSpans(t fataler, raw string, v normal.View) {
	last := uint32(0)
	for i, c := range v {
		if c.From >= c.To || int(c.To) > len(raw) || c.From < last {
			t.Fatalf("%q: character %d (%q) came from %d to %d, the one before began at %d", raw, i, c.R, c.From, c.To, last)
		}
		last = c.From
		if !utf8.RuneStart(raw[c.From]) && utf8.ValidString(raw) || int(c.To) < len(raw) && !utf8.RuneStart(raw[c.To]) && utf8.ValidString(raw) {
			t.Fatalf("%q: character %d came from the middle of a character", raw, i)
		}
	}
}

// TestSpans: every character of a form can be found in the raw text, and ASCII is found where it stands.
func TestSpans(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := text(t)
		got := normal.Of(s)
		skeleton, _ := got.Skeleton()
		joined, _ := got.Joined()
		for _, v := range []normal.View{got.Surface, got.Folded, skeleton, joined} {
			checkSpans(t, s, v)
		}
		for _, c := range got.Surface {
			if c.To-c.From == 1 && s[c.From] > ' ' && c.R != rune(s[c.From]) {
				t.Fatalf("%q: %q came from %q", s, c.R, s[c.From])
			}
		}
	})
}

func TestRaw(t *testing.T) {
	s := "a e\u0301t\u200be b"
	v := normal.Of(s).Folded // "a ete b"
	if from, to := v.Raw(2, 5); s[from:to] != "e\u0301t\u200be" {
		t.Errorf("%q", s[from:to])
	}
	for _, tt := range [][3]int{{3, 3, 5}, {7, 7, len(s)}} {
		if from, to := v.Raw(tt[0], tt[1]); from != tt[2] || to != tt[2] {
			t.Errorf("%v: %d %d", tt, from, to)
		}
	}
	if from, to := (normal.View{}).Raw(0, 0); from != 0 || to != 0 {
		t.Error(from, to)
	}
}

func FuzzOf(f *testing.F) {
	for _, s := range append(pieces, "a\xff\xc0b", strings.Repeat("e\u0301\u0336", 40), "⑳⓴🔟", "\u0301", "क\u0301\u093c") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4096 {
			return
		}
		got := normal.Of(s)
		skeleton, _ := got.Skeleton()
		joined, _ := got.Joined()
		for _, v := range []normal.View{got.Surface, got.Folded, skeleton, joined} {
			checkSpans(t, s, v)
			for _, c := range v {
				if normal.Hidden(c.R) || normal.Bidi(c.R) || c.R != ' ' && unicode.IsSpace(c.R) || c.R >= 0x80 && unicode.Is(unicode.Nd, c.R) {
					t.Fatalf("%q: %U is left", s, c.R)
				}
			}
			for _, w := range v.Words() {
				if w.From >= w.To || w.To > len(v) {
					t.Fatalf("%q: word %v", s, w)
				}
			}
		}
	})
}

func BenchmarkOf(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"ASCII", "What time do you want to book the table for? I can do 7 pm tomorrow"},
		{"Arabic", "هل تريد أن نحجز الطاولة غدًا في الساعة ٧ مساءً؟ أنا لست متأكدًا بعد"},
		{"Chinese", "你想预订几点的桌子？明天晚上七点我可以，不过还不确定"},
		{"hidden", "W\u200bh\u200ba\u200bt\u200b t\u200bi\u200bm\u200be ｄｏ ｙｏｕ want to book the tаble for?"},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bb.text)))
			for b.Loop() {
				normal.Of(bb.text)
			}
		})
	}
}
