package template_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"haris/internal/template"
)

// written shows tokens as word or <kind>.
func written(tokens []template.Token) string {
	var out []string
	for _, t := range tokens {
		if t.Kind == template.Word {
			out = append(out, t.Text)
		} else {
			out = append(out, "<"+t.Kind.String()+">")
		}
	}
	return strings.Join(out, " ")
}

func TestTokens(t *testing.T) {
	for _, tt := range []struct{ name, raw, want string }{
		{"empty", "", ""},
		{"words and marks", "Bike for sale, almost new!", "bike for sale , almost new !"},
		{"phone with spaces", "call 079 555 12 34 now", "call <phone> now"},
		{"phone with digits of another script", "اتصل ٠٧٩٥٥٥١٢٣٤", "اتصل <phone>"},
		{"price before and behind", "€ 250 or 300 USD or £20", "<price> or <price> or <price>"},
		{"thousands", "costs 1,250 today", "costs <number> today"},
		{"a list is no thousand", "a, b", "a , b"},
		{"link keeps its colons", "see https://example.org/a?b=c now", "see <link> now"},
		{"mail", "write to a.b@example.org.", "write to <mail> ."},
		{"path", "open /var/log/x.txt (old)", "open <path> ( old )"},
		{"time and unit", "at 10:30 for 2 hours", "at <number> for <number>"},
		{"said again in brackets", "1190 bytes (1.16 KB) sent", "<number> sent"},
		{"addresses", "from fe80:1ff:abcd and 10.0.0.1", "from <mixed> and <number>"},
		{"mixed", "model x200 is here", "model <mixed> is here"},
		{"no spaces between words", "出售自行车", "出 售 自 行 车"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := written(template.Tokens(tt.raw)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// fit makes groups of texts and shows the templates with how many texts each has.
func fit(texts []string) (out []string, list []template.Template, groups []template.Group) {
	at := map[uint64]int{}
	for _, s := range texts {
		g := template.GroupOf(template.Tokens(s))
		if n, ok := at[g.Key()]; ok {
			groups[n].Count++
			continue
		}
		at[g.Key()] = len(groups)
		groups = append(groups, g)
	}
	list = template.Fit(groups)
	for _, m := range list {
		words := slices.Clone(m.Tokens)
		for i, k := range m.Kinds {
			if words[i] == template.Slot {
				words[i] = "<" + k.String() + ">"
			}
		}
		out = append(out, fmt.Sprintf("%d: %s", m.Count, strings.Join(words, " ")))
	}
	slices.Sort(out)
	return out, list, groups
}

func TestFit(t *testing.T) {
	var ads, arabic []string
	for i, who := range []string{"Mona", "Rita", "Lena", "Zoe", "Ana Maria", "Ida"} {
		ads = append(ads, fmt.Sprintf("Tables for sale! I am %s and I sell my old bike for %d USD, call 079 555 12 3%d", who, 100+i, i))
	}
	for i, who := range []string{"منى", "ريتا", "لينا", "زهرة", "آنا", "إيدا"} {
		arabic = append(arabic, fmt.Sprintf("مرحبا أنا %s وأبيع دراجتي القديمة بسعر %d دولار، اتصل على ٠٧٩٥٥٥١٢٣%d", who, 100+i, i))
	}
	for _, tt := range []struct {
		name  string
		texts []string
		want  []string
	}{
		{"none", nil, nil},
		{"names, of one word or two, prices and phones differ", ads, []string{"6: tables for sale ! i am <any> and i sell my old bike for <price> , call <phone>"}},
		{"in Arabic", arabic, []string{"6: مرحبا انا <any> وابيع دراجتي القديمه بسعر <number> دولار ، اتصل علي <phone>"}},
		{"two words in one place stay two", []string{"the door of the hall is open", "the door of the hall is closed"}, []string{"1: the door of the hall is closed", "1: the door of the hall is open"}},
		{
			"too little in common",
			[]string{"i like red", "i like blue", "i like green", "i eat pink", "i like grey", "i buy black"},
			[]string{"1: i buy black", "1: i eat pink", "1: i like blue", "1: i like green", "1: i like grey", "1: i like red"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, _ := fit(tt.texts)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// covers reports whether a template's words stand in the group in their order, with a token or none for each slot.
func covers(m template.Template, g template.Group) bool {
	i := 0
	for _, w := range m.Tokens {
		if w == template.Slot {
			continue
		}
		for i < len(g.Tokens) && g.Tokens[i] != w {
			i++
		}
		if i == len(g.Tokens) {
			return false
		}
		i++
	}
	return true
}

// Every text is in one template, whose words are its own; nothing is counted twice.
func TestFitIsAPartition(t *testing.T) {
	word := rapid.SampledFrom([]string{"we", "sell", "bikes", "chairs", "lamps", "cups", "maps", "in", "town", "today", "12", "£5", "!"})
	rapid.Check(t, func(rt *rapid.T) {
		var texts []string
		for range rapid.IntRange(0, 40).Draw(rt, "texts") {
			texts = append(texts, strings.Join(rapid.SliceOfN(word, 0, 9).Draw(rt, "words"), " "))
		}
		_, list, groups := fit(texts)
		seen, count := map[int]bool{}, 0
		for _, m := range list {
			count += m.Count
			if len(m.Tokens) != len(m.Kinds) || len(m.Tokens) != len(m.Ways) || m.Saved < 0 {
				rt.Fatalf("%+v", m)
			}
			for _, i := range m.Groups {
				if seen[i] || !covers(m, groups[i]) {
					rt.Fatalf("group %q in %q, seen %v", groups[i].Tokens, m.Tokens, seen[i])
				}
				seen[i] = true
			}
		}
		if len(seen) != len(groups) || count != len(texts) {
			rt.Errorf("%d of %d groups, %d of %d texts", len(seen), len(groups), count, len(texts))
		}
	})
}

// Digits of another script, case and what cannot be seen change nothing.
func TestKeyIsOfTheText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"bike", "sale", "0795551234", "12", "مرحبا", "自行车", "now"}), 1, 8).Draw(rt, "words")
		raw := strings.Join(words, " ")
		other := strings.ToUpper(strings.NewReplacer("0", "٠", "1", "۱", "5", "５", "e", "e\u200b").Replace(raw))
		a, b := template.GroupOf(template.Tokens(raw)), template.GroupOf(template.Tokens(other))
		if a.Key() != b.Key() {
			rt.Errorf("%q %q", a.Tokens, b.Tokens)
		}
	})
}

// Tokens stand in the raw text in their order.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"call 079 555", "€ 5 (5 EUR)", "a::b:::1", "<1 sec", "http://", "١٢٣", "1,+", ",,,", "ff:ff:ff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		list := template.Tokens(raw)
		last := 0
		for _, k := range list {
			if k.From < last || k.To < k.From || k.To > len(raw) {
				t.Fatalf("%+v in %q after %d", k, raw, last)
			}
			last = k.From
		}
		g := template.GroupOf(list)
		if len(g.Tokens) > 256 || len(g.Tokens) != len(g.Kinds) {
			t.Errorf("%d tokens", len(g.Tokens))
		}
	})
}

func BenchmarkTokens(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		template.GroupOf(template.Tokens("Tables for sale! I am Mona and I sell my old bike for 120 USD, call 079 555 12 34"))
	}
}
