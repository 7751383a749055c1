package lead

import (
	"fmt"
	"math"
	"testing"

	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// TestCohen: of 50, 20 both confirmed, 15 both cleared, 5 and 10 apart: p₀ = .7, pₑ = .5·.6 + .5·.4 = .5, κ = .4, half the interval 1.96·√(.21/12.5) = .2540
// (the example of Cohen's kappa that every textbook has).
func TestCohen(t *testing.T) {
	a := Cohen([2][2]int{{15, 10}, {5, 20}})
	if !a.OK || math.Abs(a.Kappa-.4) > 1e-12 || math.Abs(a.Low-.14596) > 1e-4 || math.Abs(a.High-.65404) > 1e-4 || a.Same.Part != 35 || a.Same.Of != 50 {
		t.Errorf("%+v", a)
	}
	for name, n := range map[string][2][2]int{"none": {}, "always confirmed": {{0, 0}, {0, 9}}} {
		if a := Cohen(n); a.OK {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if a := Cohen([2][2]int{{0, 5}, {5, 0}}); a.Kappa != -1 || a.Low != -1 {
		t.Errorf("never the same: %+v", a)
	}
}

func TestAgreements(t *testing.T) {
	look := func(first, second string, f, g casefile.Finding) Look {
		l := Look{First: first, Finding: f, Second: Second{Who: second, Finding: g}}
		if f == casefile.FindingConfirmed {
			l.Typology = taxonomy.TypologyGrooming
		}
		return l
	}
	yes, no := casefile.FindingConfirmed, casefile.FindingCleared
	all, kinds, pairs := Agreements([]Look{look("ada", "bob", yes, yes), look("bob", "ada", no, no), look("ada", "eve", yes, no), look("ada", "eve", no, "")})
	if all.Same.Of != 3 || all.Same.Part != 2 || len(kinds) != 1 || kinds[0].Same.Of != 2 || len(pairs) != 2 || pairs[0].B != "bob" || pairs[0].Same.Of != 2 || pairs[1].Same.Part != 0 {
		t.Errorf("%+v\n%+v\n%+v", all, kinds, pairs)
	}
	l := look("ada", "bob", yes, yes)
	if l.Second.Typology = taxonomy.TypologyTrafficking; l.Agrees() {
		t.Error("confirmed as something else is no agreement")
	}
}

// TestDrawn: of 20,000 findings about a twentieth is drawn (1,000, three standard deviations are 92), the same each time, and another secret draws others.
func TestDrawn(t *testing.T) {
	n, both := 0, 0
	for i := range 20_000 {
		id := fmt.Sprint("case", i)
		a, b := Drawn([]byte("one"), .05, "ada", casefile.FindingCleared, id, 3), Drawn([]byte("two"), .05, "ada", casefile.FindingCleared, id, 3)
		if a {
			n++
		}
		if a && b {
			both++
		}
		if Drawn([]byte("one"), 0, "ada", casefile.FindingCleared, id, 3) || !Drawn([]byte("one"), 1, "ada", casefile.FindingCleared, id, 3) {
			t.Fatal("none and all")
		}
	}
	if n < 908 || n > 1092 || both > 150 {
		t.Errorf("%d drawn, %d by both secrets", n, both)
	}
}
