package normal

import (
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// TestOrdinary compares the short cuts with what they spare.
func TestOrdinary(t *testing.T) {
	n := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if ordinary(r) {
			n++
			_, isDigit := digit(r)
			_, isNumber := number(r)
			if isDigit || isNumber || mark(r) || Hidden(r) || Bidi(r) || space(r) {
				t.Errorf("%U is not ordinary", r)
			}
			if p := norm.NFKC.PropertiesString(string(r)); !norm.NFKC.IsNormalString(string(r)) || !p.BoundaryBefore() {
				t.Errorf("NFKC does not leave %U alone", r)
			}
		}
		if caseless(r) && (!ordinary(r) || changed(r) != r) {
			t.Errorf("%U has a case", r)
		}
	}
	if n < 40000 {
		t.Errorf("%d ordinary characters", n)
	}
}
