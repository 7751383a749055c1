package seed

import (
	"slices"
	"strings"
	"testing"

	"haris/internal/stage"
)

// TestSentences keeps the seed plain: enough of every stage, as many ordinary ones, nothing twice, and no name, address or number in it.
func TestSentences(t *testing.T) {
	list, err := Examples()
	if err != nil {
		t.Fatal(err)
	}
	count, seen := map[string]int{}, map[string]bool{}
	for _, e := range list {
		count[e.Lang+strings.Join(e.Stages, "")]++
		if seen[e.Lang+e.Text] || strings.TrimSpace(e.Text) != e.Text || e.Text == "" {
			t.Errorf("%s: %q stands twice, or is not a sentence", e.Lang, e.Text)
		}
		seen[e.Lang+e.Text] = true
		if strings.ContainsAny(e.Text, "@/0123456789[]") {
			t.Errorf("%s: %q holds more than words", e.Lang, e.Text)
		}
		for _, name := range []string{"whatsapp", "snap", "telegram", "discord", "instagram", "tiktok", "kik", "roblox"} {
			if slices.Contains(strings.Fields(e.Text), name) {
				t.Errorf("%s: %q names a service", e.Lang, e.Text)
			}
		}
	}
	for _, lang := range Languages() {
		positive := 0
		for _, s := range []string{"S3", "S4", "S5", "S6", "S8"} {
			if n := count[lang+s]; n < 40 || n > 60 {
				t.Errorf("%s has %d sentences of %s, want 40 to 60", lang, n, s)
			}
			positive += count[lang+s]
		}
		if n := count[lang]; n < positive {
			t.Errorf("%s has %d ordinary sentences and %d others", lang, n, positive)
		}
	}
}

// TestModel asks about sentences that the seed does not hold.
func TestModel(t *testing.T) {
	m, err := Model()
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Card; !c.Weak || c.Limit != Limit || m.Digest() == "" {
		t.Errorf("%+v", c)
	}
	var x stage.Extractor
	for _, tt := range []struct{ lang, text, want string }{
		{"en", "please keep this just between you and me", "S4"},
		{"en", "is anybody with you at home", "S3"},
		{"en", "add me on the other app ok", "S5"},
		{"en", "i can get you a gift card", "S6"},
		{"en", "let me pick you up after school", "S8"},
		{"en", "what page is the homework on", ""},
		{"en", "the team bus leaves from the school at nine", ""},
		{"fr", "garde ça pour toi, ne le dis pas à tes parents", "S4"},
		{"fr", "on finit la partie demain", ""},
		{"es", "borra la conversación antes de que la vea tu padre", "S4"},
		{"es", "mañana hay entrenamiento", ""},
		{"ar", "لا تخبر أهلك بهذا الكلام", "S4"},
		{"ar", "عندنا تمرين غدا", ""},
		{"", "keep this between us okay", "S4"},
	} {
		out, err := m.Score(&x, tt.text, tt.lang, nil)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		got := ""
		for k, v := range out {
			if v > Limit || v < -Limit {
				t.Errorf("%q: %v is beyond the limit", tt.text, out)
			}
			if v >= 1 {
				got += m.Heads()[k]
			}
		}
		if got != tt.want {
			t.Errorf("%s, %q: %q, want %q (%v)", tt.lang, tt.text, got, tt.want, out)
		}
	}
	if _, err := m.Score(&x, "guten Tag", "de", nil); err == nil {
		t.Error("a language that the seed does not have was scored")
	}
}

func TestModelIsTheSameEveryTime(t *testing.T) {
	a, err := Model()
	if err != nil {
		t.Fatal(err)
	}
	b, err := train()
	if err != nil || a.Digest() != b.Digest() {
		t.Errorf("%s and %s, %v", a.Digest(), b.Digest(), err)
	}
}

func TestParse(t *testing.T) {
	if _, err := parse("en", "[S7]\nanything"); err == nil || !strings.Contains(err.Error(), "en.txt, line 1") {
		t.Error(err)
	}
}
