package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// decoys are sentences with many digits of which none is a phone number.
func decoys(r *rand.Rand, n int) (out []string) {
	d := func(n int) string { // so many digits
		var b strings.Builder
		for range n {
			b.WriteByte(byte('0' + r.IntN(10)))
		}
		return b.String()
	}
	kinds := []func() string{
		func() string {
			return fmt.Sprintf("we were there from %02d/%02d/%d to %02d/%02d/%d", 1+r.IntN(28), 1+r.IntN(12), 1990+r.IntN(40), 1+r.IntN(28), 1+r.IntN(12), 1990+r.IntN(40))
		},
		func() string {
			return fmt.Sprintf("my birthday is %d-%02d-%02d and hers is %d.%d.%d", 1990+r.IntN(30), 1+r.IntN(12), 1+r.IntN(28), 1+r.IntN(28), 1+r.IntN(12), 1990+r.IntN(30))
		},
		func() string {
			return fmt.Sprintf("it was $%d,%s or %d euros, I paid %d.%s", 1+r.IntN(900), d(3), r.IntN(5000), r.IntN(900), d(2))
		},
		func() string { return fmt.Sprintf("order %s has shipped, tracking %s", d(8+r.IntN(4)), d(12)) },
		func() string { return fmt.Sprintf("my card %s %s %s %s was refused", d(4), d(4), d(4), d(4)) },
		func() string {
			return fmt.Sprintf("ping %d.%d.%d.%d from 10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256))
		},
		func() string {
			return fmt.Sprintf("train at %d:%02d, then %d:%02d, back at %d:%02d", r.IntN(24), r.IntN(60), r.IntN(24), r.IntN(60), r.IntN(24), r.IntN(60))
		},
		func() string {
			return fmt.Sprintf("we won %d-%d, %d-%d and %d-%d", r.IntN(99), r.IntN(99), r.IntN(99), r.IntN(99), r.IntN(99), r.IntN(99))
		},
		func() string { return fmt.Sprintf("the place is at %d.%s, %d.%s", r.IntN(90), d(5), r.IntN(180), d(5)) },
		func() string {
			return fmt.Sprintf("what is %d minus %d plus %d times %d", r.IntN(9999), r.IntN(9999), r.IntN(999), r.IntN(99))
		},
		func() string {
			return fmt.Sprintf("I live at %d %dth street, room %d", r.IntN(9999), 4+r.IntN(15), r.IntN(999))
		},
		func() string {
			return fmt.Sprintf("player %s has %d points, level %d", d(7), r.IntN(100000), r.IntN(90))
		},
		func() string { return fmt.Sprintf("code %s, account %s, pin %s", d(6), d(10), d(4)) },
		func() string {
			return fmt.Sprintf("there were %d of us in %d cars for %d hours and %d minutes", r.IntN(40), r.IntN(9), r.IntN(24), r.IntN(60))
		},
		func() string {
			return fmt.Sprintf("serial AX%s-%sQ, version %d.%d.%d", d(5), d(5), r.IntN(9), r.IntN(30), r.IntN(99))
		},
		func() string {
			return fmt.Sprintf("one for you, two for me, %d for the others and %d to go", r.IntN(100), r.IntN(100))
		},
	}
	for range n {
		out = append(out, kinds[r.IntN(len(kinds))]())
	}
	return out
}
