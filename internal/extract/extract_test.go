package extract_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"haris/internal/extract"
	"haris/internal/normal"
)

var x = extract.New()

// find looks through messages of one sender and returns what was found, with the message that it was found in.
func find(regions string, messages ...string) (out []extract.Find, in []string) {
	var tail extract.Tail
	for _, s := range messages {
		t := normal.Of(s)
		var f []extract.Find
		f, tail = x.Find(extract.Input{Text: &t, Regions: strings.Fields(regions), Before: tail})
		for range f {
			in = append(in, s)
		}
		out = append(out, f...)
	}
	return out, in
}

// values are the finds as kind:value, or the name of a kind alone.
func values(list []extract.Find) string {
	var out []string
	for _, f := range list {
		out = append(out, f.Kind.String()+":"+f.Value)
	}
	return strings.Join(out, " | ")
}

func TestPhones(t *testing.T) {
	for _, tt := range []struct{ name, regions, text, want, ways string }{
		{"with a country code", "", "call +20 100 123 4567 ok", "+201001234567", ""},
		{"two zeros", "", "00201001234567", "+201001234567", ""},
		{"at home", "EG", "my number is 01001234567", "+201001234567", ""},
		{"another region", "US EG", "01001234567", "+201001234567", ""},
		{"brackets", "US", "(415) 555-2671", "+14155552671", ""},
		{"Arabic digits", "EG", "رقمي ٠١٠٠١٢٣٤٥٦٧", "+201001234567", "other digits"},
		{"Persian digits, no space", "IR", "شماره۰۹۱۲۱۲۳۴۵۶۷است", "+989121234567", "other digits"},
		{"keycaps", "EG", "0️⃣1️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", "+201001234567", "other digits"},
		{"English words", "EG", "zero one zero zero one two three four five six seven", "+201001234567", "words"},
		{"words written together", "EG", "zeroonezerozeroonetwothreefourfivesixseven", "+201001234567", "words"},
		{"Arabic words", "EG", "صفر واحد صفر صفر واحد اثنين ثلاثة أربعة خمسة ستة سبعة", "+201001234567", "words"},
		{"Persian words", "IR", "صفر نه یک دو یک دو سه چهار پنج شش هفت", "+989121234567", "words"},
		{"Urdu words", "PK", "صفر تین صفر ایک دو تین چار پانچ چھ سات آٹھ", "+923012345678", "words"},
		{"French words", "FR", "zéro six un deux trois quatre cinq six sept huit", "+33612345678", "words"},
		{"Spanish words", "ES", "seis uno dos tres cuatro cinco seis siete ocho nueve", "", ""}, // one digit too many
		{"Spanish nine words", "ES", "seis uno dos tres cuatro cinco seis siete ocho", "+34612345678", "words"},
		{"Chinese words", "CN", "一三八零零一三八零零零", "+8613800138000", "words"},
		{"between Chinese letters", "CN", "我的电话13800138000谢谢", "+8613800138000", ""},
		{"double", "EG", "zero one double zero one two three four five six seven", "+201001234567", "words multiples"},
		{"look-alikes", "EG", "O1OO1234S67", "+201001234567", "look-alikes"},
		{"too many look-alikes", "EG", "OIOOIZEASGT", "", ""},
		{"single digits", "EG", "0 1 0 0 1 2 3 4 5 6 7", "+201001234567", "separators"},
		{"odd signs", "EG", "010*0123*4567", "+201001234567", "separators"},
		{"pictures", "EG", "010🙂0123🔥4567", "+201001234567", "separators pictures"},
		{"words in between", "EG", "010 then 0123 and then 4567", "+201001234567", "fillers"},
		{"too many words in between", "EG", "010 is what comes first and then you add 01234567", "", ""},
		{"invisible characters", "EG", "010\u200b0123\u20604567", "+201001234567", "invisible"},
		{"two numbers", "EG", "01001234567, 01112345678", "+201001234567 +201112345678", ""},
		{"something else beside it", "EG", "at 10:30 call 01001234567 about the 25 pounds", "+201001234567", ""},
		{"uneven groups with points", "DE", "0151.2-30.182 11", "+4915123018211", ""},

		{"no region", "", "01001234567", "", ""},
		{"time", "US", "4:15 55 at 5:26 71", "", ""},
		{"dates", "US", "from 01/05/2019 to 12.11.2020 or 2021-10-05", "", ""},
		{"card", "US GB EG", "4155 5526 7141 5555", "", ""},
		{"card in one", "US", "4111111111111111", "", ""},
		{"order", "US", "order 4155552671 has shipped", "", ""},
		{"order, but a plus", "US", "reference +14155552671", "+14155552671", ""},
		{"identifier", "US", "AX4155552671Q", "", ""},
		{"hash", "US", "#4155552671", "", ""},
		{"price", "US", "$4155552671", "", ""},
		{"machine", "US", "415.55.52.67", "", ""},
		{"coordinates", "EG", "30.04442, 31.23571", "", ""},
		{"sum", "US", "415 minus 555 plus 2671", "", ""},
		{"words that sound like digits", "EG", "I won one for you to eat at one or two too", "", ""},
		{"toll-free", "US", "800 555 0199", "", ""},
		{"months", "US", "march 1, 2019 to march 3, 2019", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, _ := find(tt.regions, tt.text)
			var got []string
			var ways extract.Operator
			for _, f := range list {
				if f.Kind == extract.Phone {
					got = append(got, f.Value)
					ways |= f.Operators
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Fatalf("found %q", s)
			}
			if s := strings.Join(ways.Names(), " "); s != tt.ways {
				t.Errorf("ways %q, want %q", s, tt.ways)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		name     string
		messages []string
		want     string
	}{
		{"two", []string{"my number is 0100123", "4567"}, "phone:+201001234567"},
		{"three", []string{"010", "0123", "4567 ok?"}, "phone:+201001234567"},
		{"two digits first", []string{"01", "001234567"}, "phone:+201001234567"},
		{"words", []string{"zero one zero zero", "one two three four five six seven"}, "phone:+201001234567"},
		{"a pause between", []string{"0100123", "wait", "4567"}, "phone:+201001234567"},
		{"something else between", []string{"0100123", "did you see the match last night", "4567"}, ""},
		{"something else after the first half", []string{"0100123 is what I got for the old bike", "4567"}, ""},
		{"something else before the second half", []string{"0100123", "we should be there at 4567"}, ""},
		{"nothing is found twice", []string{"01001234567", "1"}, "phone:+201001234567"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, in := find("EG", tt.messages...)
			if s := values(got); s != tt.want {
				t.Fatalf("found %q", s)
			}
			for i, f := range got {
				if f.From < 0 || f.To > len(in[i]) || f.From >= f.To {
					t.Errorf("%+v of %q", f, in[i])
				}
				if len(tt.messages) > 1 && in[i] != tt.messages[0] && !slices.Contains(f.Operators.Names(), "split") {
					t.Error(f.Operators.Names())
				}
			}
		})
	}
}

func TestOthers(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"mail", "write to Some.Body_1@Mail.Example.org please", "email:some.body_1@mail.example.org"},
		{"mail with a plus", "a+b@example.com", "email:a+b@example.com"},
		{"mail in words", "somebody at gmail dot com", "email:somebody@gmail.com"},
		{"mail in words and brackets", "some.body (at) example [dot] org", "email:some.body@example.org"},
		{"mail in Spanish", "alguien arroba gmail punto com", "email:alguien@gmail.com"},
		{"mail in Arabic", "somebody ات gmail دوت com", "email:somebody@gmail.com"},
		{"mail in full width", "ｓｏｍｅｂｏｄｙ＠ｅｘａｍｐｌｅ．ｃｏｍ", "email:somebody@example.com"},
		{"no mail", "meet me at home. me too", ""},
		{"no mail either", "we looked at it", ""},
		{"link", "see https://www.Example.com/a/b?c=1", "link:example.com"},
		{"link without scheme", "it is on example.org/x", "link:example.org"},
		{"link in words", "go to example dot com", "link:example.com"},
		{"no link", "I like it.me too... ok.so what", "link:it.me"}, // a dot with no space after it
		{"numbers are no link", "version 1.2.3 or 3.com", ""},
		{"handle", "add me on snap: blue_bird99", "handle:snapchat:blue_bird99"},
		{"handle with a sign", "my insta is @some.one", "handle:instagram:some.one"},
		{"handle in Arabic", "سنابي سناب: ahmad_20", "handle:snapchat:ahmad_20"},
		{"handle in Persian", "اینستا @some_one", "handle:instagram:some_one"},
		{"handle with a number", "discord me at user#1234", "handle:discord:user#1234"},
		{"no handle", "do you have instagram or telegram", ""},
		{"no handle either", "I was on whatsapp all day yesterday", ""},
		{"a sign without a service", "thanks @somebody", ""},
		{"prices", "it costs $25, 30 euros, 1.250,50 EUR or ٥٠ ريال", "price:25 USD | price:30 EUR | price:1250.5 EUR | price:50 SAR"},
		{"price after", "25€", "price:25 EUR"},
		{"price in thousands", "$3k", "price:3000 USD"},
		{"code first", "USD 1,000", "price:1000 USD"},
		{"no price", "25 people came in 3 cars", ""},
		{"places", "from New York to القاهرة and Lyon", "place:New York, US | place:Cairo, EG | place:Lyon, FR"},
		{"no place", "a nice bath, reading a mobile", ""},
		{"nothing", "", ""},
		{"plain", "keep this between us", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := find("", tt.text)
			if s := values(got); s != tt.want {
				t.Errorf("found %q, want %q", s, tt.want)
			}
		})
	}
}

// TestSpan: what is found can be shown as it was written.
func TestSpan(t *testing.T) {
	s := "ok، ٠١٠\u200b٠١٢٣-٤٥٦٧ تمام"
	got, _ := find("EG", s)
	if len(got) != 1 || s[got[0].From:got[0].To] != "٠١٠\u200b٠١٢٣-٤٥٦٧" {
		t.Errorf("%+v", got)
	}
}

func TestMasked(t *testing.T) {
	got, _ := find("", "+201001234567 someone@example.com snap: blue_bird99")
	var masks []string
	for _, f := range got {
		masks = append(masks, f.Masked)
	}
	if s := strings.Join(masks, " | "); s != "…67 | s…@example.com | snapchat: b…" {
		t.Error(s)
	}
}

// TestInvariance: what is found does not depend on characters nobody sees, on the script of digits, or on the form of Unicode.
func TestInvariance(t *testing.T) {
	pieces := []string{"call", "me", "0100", "123", "4567", "01001234567", "+20", "one", "two", "صفر", "ثلاثة", "at", "dot", "gmail", "com", "@", ".", "-", " ", " ", " ", ":", "snap", "$", "25", "é", "cairo", "O", "l", ","}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 25).Draw(t, "text"), "")
		want, _ := find("EG", s)
		zero := rapid.SampledFrom([]rune{'٠', '۰', '०', '０'}).Draw(t, "zero")
		var hidden strings.Builder
		for _, r := range s {
			hidden.WriteRune(r)
			if rapid.Bool().Draw(t, "here") {
				hidden.WriteRune(rapid.SampledFrom([]rune{0x200b, 0x202e, 0x2066, 0xad, 0xe0041}).Draw(t, "what"))
			}
		}
		for _, changed := range []string{
			norm.NFD.String(s), norm.NFKC.String(s), hidden.String(), strings.Map(func(r rune) rune {
				if r >= '0' && r <= '9' {
					return zero + r - '0'
				}
				return r
			}, s),
		} {
			if got, _ := find("EG", changed); values(got) != values(want) {
				t.Fatalf("%q: %s\n%q: %s", s, values(want), changed, values(got))
			}
		}
	})
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{
		"call +20 100 123 4567", "zero one double zero", "a@b.com at gmail dot com", "snap: x_1 $25 cairo", "1.2.3.4 10:30 01/02/2003", "O1OO1234S67 一三八", "tel 0️⃣1️⃣",
		"دبل صفر ٥٠ ريال", "\xff\u202e@.", "double", "$", "http://", "@", "....", "1" + strings.Repeat(" 1", 200), "www.", "snap @", strings.Repeat("one to ", 50),
	} {
		f.Add(s, "0100", "EG")
	}
	f.Fuzz(func(t *testing.T, s, before, region string) {
		if len(s) > 2000 || len(before) > 200 {
			return
		}
		b, n := normal.Of(before), normal.Of(s)
		_, tail := x.Find(extract.Input{Text: &b, Regions: []string{region}})
		list, next := x.Find(extract.Input{Text: &n, Regions: []string{region}, Before: tail})
		for _, tl := range []extract.Tail{tail, next} {
			if len(tl.Digits) >= 15 || tl.Real < 0 || tl.Real > len(tl.Digits) || strings.Trim(tl.Digits, "0123456789") != "" {
				t.Fatalf("%q: tail %+v", s, tl)
			}
		}
		for i, f := range list {
			if f.From < 0 || f.From >= f.To || f.To > len(s) || f.Value == "" || f.Masked == "" || f.Kind.String() == "" || i > 0 && f.From < list[i-1].From {
				t.Fatalf("%q: %+v", s, f)
			}
			if f.Kind == extract.Phone && (f.Value[0] != '+' || len(f.Value) < 6 || len(f.Value) > 16 || strings.Trim(f.Value[1:], "0123456789") != "") {
				t.Fatalf("%q: %+v", s, f)
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	for _, bb := range []struct{ name, text string }{
		{"nothing", "What time do you want to book the table for? I can do it tomorrow"},
		{"digits", "Just to be clear, you want a table for 2 people today at 1 pm, on the 3rd floor of 1517 Main Street"},
		{"Arabic", "هل تريد أن نحجز الطاولة غدًا في الساعة ٧ مساءً؟ أنا لست متأكدًا بعد"},
		{"phone", "my number is 0100 123 4567 ok"},
		{"slow", strings.Repeat("one 555 to 12 for 7 ", 40)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				t := normal.Of(bb.text)
				x.Find(extract.Input{Text: &t, Regions: []string{"EG", "US"}})
			}
		})
	}
}
