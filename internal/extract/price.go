package extract

import (
	"strconv"
	"strings"
)

// findPrices finds amounts with a currency before or after them.
func (x *Extractor) findPrices(m *message, out []Find) []Find {
	for i := 0; i < len(m.tokens); i++ {
		t := &m.tokens[i]
		if t.digits == 0 {
			continue
		}
		end := m.amountEnd(i)
		amount, ok := amountOf(m.joinText(i, end))
		if !ok {
			i = end - 1
			continue
		}
		from, to, currency := i, end, m.currencyBefore(i)
		if currency == "" && i > 0 && t.gap == 0 {
			if e := m.tokens[i-1].word; e != nil && e.is&isCurrency != 0 && len(m.tokens[i-1].text) == 3 {
				from, currency = i-1, e.name
			}
		}
		if currency == "" && end < len(m.tokens) {
			if n := &m.tokens[end]; n.word != nil && n.word.is&isCurrency != 0 && n.gap == 0 {
				to, currency = end+1, n.word.name
			} else if sign := x.sign(n); sign != "" && !digitFollows(n) {
				currency = sign
			}
		} else if currency == "" {
			currency = x.signAfter(m, end)
		}
		if currency != "" {
			f := m.find(Price, strconv.FormatFloat(amount, 'f', -1, 64)+" "+currency, from, to)
			f.Amount, f.Currency = amount, currency
			if !taken(out, f) {
				out = append(out, f)
			}
		}
		i = to - 1
	}
	return out
}

// digitFollows reports whether the sign before a token belongs to the token's own number.
func digitFollows(t *token) bool { return t.digits > 0 }

// amountEnd follows the parts of one number: digits in groups, and decimals.
func (m *message) amountEnd(i int) int {
	i++
	for i < len(m.tokens) && m.tokens[i].digits == m.tokens[i].b-m.tokens[i].a && (m.tokens[i].adjoins('.') || m.tokens[i].adjoins(',') || m.tokens[i].adjoins('٬') || m.tokens[i].adjoins('٫')) {
		i++
	}
	return i
}

// amountOf reads a number: the last sign is a decimal point unless exactly three digits follow; a "k" makes thousands.
func amountOf(s string) (float64, bool) {
	s, thousands := strings.CutSuffix(s, "k")
	s = strings.NewReplacer("٫", ".", "٬", "").Replace(s)
	if at := strings.LastIndexAny(s, ".,"); at >= 0 {
		whole, rest := strings.NewReplacer(".", "", ",", "").Replace(s[:at]), s[at+1:]
		if len(rest) == 3 {
			s = whole + rest
		} else {
			s = whole + "." + rest
		}
	}
	if len(s) > 15 {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v < 0 {
		return 0, false
	}
	if thousands {
		v *= 1000
	}
	return v, true
}

// currencyBefore returns the currency whose sign stands right before token i.
func (m *message) currencyBefore(i int) string {
	signs := m.tokens[i].signs
	for n := len(signs) - 1; n >= 0; n-- {
		if signs[n].R == ' ' {
			continue
		}
		return currencySigns[signs[n].R]
	}
	return ""
}

// sign returns the currency whose sign stands first in the gap before a token.
func (x *Extractor) sign(t *token) string {
	for _, c := range t.signs {
		if c.R != ' ' {
			return currencySigns[c.R]
		}
	}
	return ""
}

// signAfter returns the currency whose sign stands behind the last token of the message.
func (x *Extractor) signAfter(m *message, end int) string {
	for _, c := range m.surface[m.tokens[end-1].b:] {
		if c.R != ' ' {
			return currencySigns[c.R]
		}
	}
	return ""
}

// currencySigns by ISO 4217. The signs of several currencies count as those of the one used most.
var currencySigns = map[rune]string{
	'$': "USD", '€': "EUR", '£': "GBP", '¥': "JPY", '₹': "INR", '₽': "RUB", '₺': "TRY", '₪': "ILS", '₩': "KRW", '₦': "NGN", '₱': "PHP", '₫': "VND",
	'₴': "UAH", '৳': "BDT", '฿': "THB",
}
