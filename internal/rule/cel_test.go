package rule

import (
	"strings"
	"testing"
)

// compiled returns what is wrong with one condition.
func compiled(t *testing.T, condition string) []Problem {
	t.Helper()
	d := &dictionary{vars: vocabulary([]string{"D1"}), index: map[string]int{}}
	for i := range d.vars {
		d.index[d.vars[i].name] = i
	}
	c, err := newCompiler(d, DefaultCost)
	if err != nil {
		t.Fatal(err)
	}
	r := &reader{file: "p.yaml", lines: []string{condition}, out: &Problems{}}
	if x, ok := c.compile(r, text{s: condition, at: pos{1, 1}}, 0, anyVariable); ok {
		c.mustBe(r, &x, "when", celType(kindBool))
	}
	return r.out.List
}

// TestCELSpeaksOurWords: what the language of conditions has against a text is said in words of ours, with the mend where it is plain.
func TestCELSpeaksOurWords(t *testing.T) {
	for condition, want := range map[string]string{
		`from.adult &&`:                `the condition ends too early: something is missing, such as a value or a closing bracket`,
		`(from.adult`:                  `the condition ends too early`,
		`from.adult)`:                  `) cannot stand here`,
		`from.adult and to.minor`:      `and cannot stand here; write &&`,
		`event.amount = 3`:             `= is no word of a condition; a text stands between quotation marks that are closed; write ==`,
		`event.amount => 3`:            `write >=`,
		`event.place == 'abc`:          `'abc is no word of a condition`,
		`event.amount > 1e999999999`:   `this is no number`,
		`event.in`:                     `.in cannot be read`,
		`event.?place == "x"`:          `.? cannot stand here`,
		`event.to.exists(a.b, true)`:   `the first thing in a loop is the name of its variable`,
		`import`:                       `import is a word that conditions keep for themselves`,
		`age_days()`:                   `unknown name "age_days"`,
		`one_of(event.reason)`:         `one_of needs a value and at least one choice`,
		`event.amount > "3"`:           `> cannot be applied to (number, text): these kinds of value do not go together`,
		`event.to["x"] == "y"`:         `[] cannot be applied to (list(text), text)`,
		`event.amount in [1, "2"]`:     `a number is expected here, and this is a text`,
		`event.amount.exists(a, a)`:    `a loop runs over a list, and this is a number`,
		`labels.exists(a, a.b == "x")`: `this is a text, and that has no fields`,
		`event.amount + 1`:             `when must be true or false, not a number`,
		`labels`:                       `when must be true or false, not a list`,
		`event.time - event.time`:      `when must be true or false, not a length of time`,
		strings.Repeat("(", 50) + "true" + strings.Repeat(")", 50): `this is nested too deeply`,
		`event.place == "` + strings.Repeat("x", 5000) + `"`:       `a condition holds at most 4096 characters`,
		strings.Repeat("from.adult && ", 290) + "from.adult":       `a condition has at most 400 parts`,
	} {
		list := compiled(t, condition)
		if len(list) == 0 {
			t.Errorf("nothing is wrong with %.60s", condition)
			continue
		}
		said := list[0].Message.String()
		if !list[0].Hint.Empty() {
			said += "; " + list[0].Hint.String()
		}
		if !strings.Contains(said, want) {
			t.Errorf("%.60s: %q, want %q", condition, said, want)
		}
	}
}
