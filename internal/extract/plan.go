package extract

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// The bounds of a phone number without the plus (ITU-T E.164); seven is the shortest that this package looks for.
const (
	leastDigits = 7
	mostDigits  = 15
)

// leastElsewhere is how many digits a number of another region than the sender's must have, when it has no country code: the short
// numbers of many countries are parts of the long ones of others.
const leastElsewhere = 9

// dialled reports whether the digits are all that is dialled at home or abroad. Plans take a number without its leading zero, too, and
// nobody writes it so; what is written so is a moment or an identifier.
func dialled(n *phonenumbers.PhoneNumber, digits, e164 string) bool {
	if strings.HasSuffix(digits, e164[1:]) { // with the country code, after the zeros or whatever is dialled for a plus
		return true
	}
	at := 0
	for _, c := range phonenumbers.Format(n, phonenumbers.NATIONAL) {
		if c < '0' || c > '9' {
			continue
		}
		if at == len(digits) || byte(c) != digits[at] { //nolint:gosec // a digit
			return false
		}
		at++
	}
	return at == len(digits)
}

// number returns the number of digits dialled from one of the regions in E.164, and whether the numbering plan of its country knows such
// numbers. plus says that a country code comes first; two zeros, or what a region dials in their place, say the same.
func number(digits string, plus bool, regions []string) (e164 string, ok bool) {
	if plus {
		return known("+"+digits, "ZZ")
	}
	for i, r := range regions {
		if i > 0 && len(digits) < leastElsewhere {
			break
		}
		if e164, ok = known(digits, r); ok {
			return e164, true
		}
	}
	if strings.HasPrefix(digits, "00") {
		return known("+"+digits[2:], "ZZ")
	}
	return "", false
}

func known(digits, region string) (string, bool) {
	n, err := phonenumbers.Parse(digits, region)
	if err != nil || n.GetExtension() != "" || !phonenumbers.IsValidNumber(n) {
		return "", false
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.TOLL_FREE, phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.UAN, phonenumbers.VOICEMAIL:
		return "", false // nobody's own
	}
	e164 := phonenumbers.Format(n, phonenumbers.E164)
	return e164, digits[0] == '+' || dialled(n, digits, e164)
}
