package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
)

// Case is one number as somebody might write it.
type Case struct {
	Messages []string // one, or two of the same sender within two minutes
	Number   string   // E.164
	Regions  []string // the sender's, and sometimes another's before which the sender's stands
	Ways     []string // in which it was made hard to find
}

// Regions from which numbers come.
var regions = []string{"US", "GB", "FR", "ES", "EG", "SA", "IR", "PK", "MA", "MX", "DE", "BR", "IN", "AE", "DZ", "CO"}

// way makes a number harder to find. The digits of a number are parts that are written one after another.
type way struct {
	name  string
	apply func(r *rand.Rand, n *written)
}

// written is a number on its way to being written: each digit as text, and what stands before it.
type written struct {
	digits []string
	before []string
	lang   string
	split  int // the digit with which the second message begins; 0 for none
}

var ways = []way{
	{"words", words},
	{"other digits", otherDigits},
	{"look-alikes", lookAlikes},
	{"separators", separators},
	{"pictures", pictures},
	{"fillers", fillers},
	{"grouping", grouping},
	{"split", split},
	{"invisible", invisible},
}

var digitNames = map[string][]string{
	"en": strings.Fields("zero one two three four five six seven eight nine"),
	"ar": strings.Fields("صفر واحد اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة"),
	"fa": strings.Fields("صفر یک دو سه چهار پنج شش هفت هشت نه"),
	"fr": strings.Fields("zéro un deux trois quatre cinq six sept huit neuf"),
	"es": strings.Fields("cero uno dos tres cuatro cinco seis siete ocho nueve"),
	"ur": strings.Fields("صفر ایک دو تین چار پانچ چھ سات آٹھ نو"),
}

var languages = []string{"en", "ar", "fa", "fr", "es", "ur"}

var carriers = map[string][]string{
	"en": {"%s", "my number is %s", "you can reach me on %s after school", "call me %s ok?", "write it down: %s", "%s is my phone, tell me when you have it"},
	"ar": {"%s", "رقمي %s", "اتصل بي على %s بعد المدرسة", "هذا هو الرقم %s"},
	"fa": {"%s", "شماره من %s", "به این شماره زنگ بزن %s"},
	"fr": {"%s", "mon numéro c'est %s", "appelle moi au %s demain"},
	"es": {"%s", "mi número es %s", "llámame al %s mañana"},
	"ur": {"%s", "میرا نمبر %s", "اس نمبر پر فون کریں %s"},
}

var fillerWords = map[string][]string{
	"en": {"then", "and", "um", "and then", "ok", "like"}, "ar": {"ثم", "وبعدها", "بعد ذلك"}, "fa": {"بعد", "و بعد"}, "fr": {"puis", "et", "et puis"},
	"es": {"y", "luego", "y después"}, "ur": {"پھر", "اور پھر"},
}

// some changes each digit with the chance.
func some(r *rand.Rand, n *written, share float64, f func(d int) string) {
	for i, s := range n.digits {
		if d, err := strconv.Atoi(s); err == nil && len(s) == 1 && r.Float64() < share {
			if t := f(d); t != "" {
				n.digits[i] = t
			}
		}
	}
}

func words(r *rand.Rand, n *written) {
	names := digitNames[n.lang]
	some(r, n, []float64{.3, 1}[r.IntN(2)], func(d int) string { return names[d] })
	for i := range n.digits {
		if i > 0 && n.before[i] == "" && (utf8.RuneCountInString(n.digits[i]) > 1 || utf8.RuneCountInString(n.digits[i-1]) > 1) {
			n.before[i] = " "
		}
	}
}

func otherDigits(r *rand.Rand, n *written) {
	zero := []rune{'٠', '۰', '०', '০', '０', '𝟎', '𝟶'}[r.IntN(7)]
	if r.IntN(4) == 0 {
		some(r, n, 1, func(d int) string { return strconv.Itoa(d) + "\ufe0f\u20e3" })
		return
	}
	some(r, n, 1, func(d int) string { return string(zero + rune(d)) })
}

func lookAlikes(r *rand.Rand, n *written) {
	shapes := map[int][]string{0: {"O", "o", "о"}, 1: {"l", "I"}, 2: {"Z"}, 5: {"S"}, 8: {"B"}}
	some(r, n, .7, func(d int) string {
		if s := shapes[d]; s != nil {
			return s[r.IntN(len(s))]
		}
		return ""
	})
}

func separators(r *rand.Rand, n *written) {
	sign := []string{" ", "-", ".", "_", "*", " - ", "~", "/", " . ", "·"}[r.IntN(10)]
	for i := 1; i < len(n.before); i++ {
		n.before[i] = sign
	}
}

func pictures(r *rand.Rand, n *written) {
	list := []string{"🙂", "🔥", "⭐", "👍", "🎈"}
	for i := 1; i < len(n.before); i++ {
		if r.IntN(3) == 0 {
			n.before[i] = list[r.IntN(len(list))]
		}
	}
}

func fillers(r *rand.Rand, n *written) {
	list := fillerWords[n.lang]
	for range 1 + r.IntN(2) {
		n.before[1+r.IntN(len(n.before)-1)] = " " + list[r.IntN(len(list))] + " "
	}
}

func grouping(r *rand.Rand, n *written) {
	for i := 1; i < len(n.before); i++ {
		if n.before[i] == "" && r.IntN(3) == 0 {
			n.before[i] = []string{" ", "-", "."}[r.IntN(3)]
		}
	}
}

func split(r *rand.Rand, n *written) { n.split = 2 + r.IntN(len(n.digits)-3) }

func invisible(r *rand.Rand, n *written) {
	for i := 1; i < len(n.digits); i++ {
		if r.IntN(2) == 0 {
			n.digits[i] = []string{"\u200b", "\u200d", "\u2060", "\u202c"}[r.IntN(4)] + n.digits[i]
		}
	}
}

// generate makes one case with the number of ways.
func generate(r *rand.Rand, count int) Case {
	region := regions[r.IntN(len(regions))]
	num := random(r, region)
	digits := phonenumbers.GetNationalSignificantNumber(num)
	plus := ""
	switch r.IntN(3) {
	case 0:
		digits, plus = strconv.Itoa(int(num.GetCountryCode()))+digits, "+"
	default: // as it is dialled at home, without signs
		digits = strings.Map(func(c rune) rune {
			if c < '0' || c > '9' {
				return -1
			}
			return c
		}, phonenumbers.Format(num, phonenumbers.NATIONAL))
	}
	n := &written{digits: strings.Split(digits, ""), before: make([]string, len(digits)), lang: languages[r.IntN(len(languages))]}
	c := Case{Number: phonenumbers.Format(num, phonenumbers.E164), Regions: []string{region}}
	if r.IntN(2) == 0 {
		c.Regions = append(c.Regions, regions[r.IntN(len(regions))])
	}
	for _, i := range r.Perm(len(ways))[:count] {
		ways[i].apply(r, n)
		c.Ways = append(c.Ways, ways[i].name)
	}
	if count == 0 {
		habit(num, plus, n)
	}
	n.before[0] = plus
	carrier := carriers[n.lang][r.IntN(len(carriers[n.lang]))]
	first, second := n.text()
	if second == "" {
		c.Messages = []string{fmt.Sprintf(carrier, first)}
	} else {
		head, tail, _ := strings.Cut(carrier, "%s")
		c.Messages = []string{head + first, second + tail}
	}
	return c
}

// habit writes a number as people of the region do.
func habit(num *phonenumbers.PhoneNumber, plus string, n *written) {
	form := phonenumbers.NATIONAL
	if plus != "" {
		form = phonenumbers.INTERNATIONAL
	}
	n.digits, n.before = []string{strings.TrimPrefix(phonenumbers.Format(num, form), "+")}, []string{""}
}

func (n *written) text() (first, second string) {
	var b strings.Builder
	for i, d := range n.digits {
		if i > 0 && i == n.split {
			first = b.String()
			b.Reset()
		} else {
			b.WriteString(n.before[i])
		}
		b.WriteString(d)
	}
	if first == "" {
		return b.String(), ""
	}
	return first, b.String()
}

// random draws a mobile number that the region's plan knows.
func random(r *rand.Rand, region string) *phonenumbers.PhoneNumber {
	example := phonenumbers.GetExampleNumberForType(region, phonenumbers.MOBILE)
	text := phonenumbers.Format(example, phonenumbers.E164)
	for {
		b := []byte(text)
		for i := len(b) - 6; i < len(b); i++ {
			b[i] = byte('0' + r.IntN(10))
		}
		if n, err := phonenumbers.Parse(string(b), region); err == nil && phonenumbers.IsValidNumberForRegion(n, region) {
			return n
		}
	}
}
