package rule

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const goodPack = `name: p
version: 1
description: d
counters:
  - name: paid
    on: payment.sent
    when: to.minor
    count: events
    over: 30d
    group: [from.account, to.account]
rules:
  - id: one
    title: t
    mode: enforce
    on: [payment.sent]
    when: |
      from.adult &&
      counter.paid >= 3
    why: "paid {counter.paid} times"
    effects:
      labels: [gifts]
      priority: P3
      typology: grooming
      family: contact
      strength: 1.0
      open_case: true
    tests:
      - name: fires
        given:
          accounts: {a: {age_band: 25+}}
          counters: {paid: 3}
          events: [{type: payment.sent, from: a, to: b}]
        fires: true
      - name: not
        given:
          events: [{type: payment.sent, from: a, to: b}]
        fires: false
`

func TestProblems(t *testing.T) {
	load(t, goodPack)
	for _, c := range []struct {
		name, old, new string
		line, col      int
		says           []string
	}{
		{"not YAML", "version: 1", "version: [1", 3, 1, []string{"not YAML"}},
		{"a key of the pack", "description: d", "descripton: d", 3, 1, []string{`a pack has no key "descripton"`, `did you mean "description"?`, "allowed: name, version"}},
		{"a key of a rule", "    title: t", "    titel: t", 13, 5, []string{`"titel"`, `"title"?`}},
		{"a key that stands twice", "    title: t", "    title: t\n    title: u", 14, 5, []string{"title"}},
		{"a missing key", "    title: t\n", "", 12, 5, []string{`a rule needs "title"`}},
		{"a version", "version: 1", "version: one", 2, 10, []string{"a whole number"}},
		{"an id", "id: one", "id: One!", 12, 9, []string{"a-z"}},
		{"a mode", "mode: enforce", "mode: enforced", 14, 11, []string{`unknown mode "enforced"`, `"enforce"?`, "off, shadow, enforce"}},
		{"an event type", "on: [payment.sent]", "on: [payments.sent]", 15, 10, []string{"unknown event type", `"payment.sent"?`}},
		{"a name", "from.adult", "form.adult", 17, 7, []string{`unknown name "form"`, `"from"?`}},
		{"a field of an account", "from.adult", "from.adlut", 17, 7, []string{`from has no field "adlut"`, `"adult"?`}},
		{"a field of the event", "from.adult", "event.amunt > 3", 17, 7, []string{`"amunt"`, `"amount"?`}},
		{"a field that these events have not", "from.adult", `event.reason == "spam"`, 17, 7, []string{"event.reason is not part of payment.sent", "account.reported"}},
		{"a counter on the second line", "counter.paid >= 3", "counter.paidd >= 3", 18, 7, []string{`"paidd"`, `"paid"?`}},
		{"a root alone", "from.adult", "from", 17, 7, []string{"from alone is not a value"}},
		{"a function", "from.adult", "hours(event.time) > 3", 17, 12, []string{`unknown function "hours"`, `"hour"?`}},
		{"a regular expression", "from.adult", `event.currency.matches("a*")`, 17, 29, []string{`unknown function "matches"`}},
		{"a loop that makes lists", "from.adult", `event.to.map(a, a).size() > 1`, 17, 0, []string{`unknown function "map"`}},
		{"presence", "from.adult", "has(event.amount)", 17, 10, []string{"has() is not offered"}},
		{"a detector", "from.adult", `signal["D99"] > 3`, 17, 14, []string{`unknown detector "D99"`, `"D9"`}},
		{"a detector that is computed", "from.adult", `signal[from.account] > 3`, 17, 7, []string{"takes a name in quotes"}},
		{"a family", "from.adult", `family["contacts"] > 3`, 17, 14, []string{`unknown family "contacts"`, `"contact"?`}},
		{"a label", "from.adult", `"gift" in labels`, 17, 7, []string{`unknown label "gift"`, `"gifts"?`}},
		{"a word that a field never has", "from.adult", `event.instrument == "giftcard"`, 17, 27, []string{`never "giftcard"`, `"gift_card"?`}},
		{"an age that is not one", "from.adult", `from.age_band == "unknown"`, 17, 24, []string{"an unknown value is not a value"}},
		{"kinds that do not go together", "from.adult", `event.amount > "3"`, 17, 20, []string{"> cannot be applied to (number, text)"}},
		{"no condition", "counter.paid >= 3", "counter.paid + 3", 18, 20, []string{"true or false is expected here, and this is a number"}},
		{"a number for a condition", "from.adult &&\n      counter.paid >= 3", "event.amount + 1", 17, 20, []string{"when must be true or false, not a number"}},
		{"a syntax error on the second line", "counter.paid >= 3", "counter.paid >= >= 3", 18, 23, []string{">= cannot stand here"}},
		{"a loop in a loop", "from.adult", `labels.exists(a, labels.exists(b, a == b))`, 17, 37, []string{"a loop inside a loop"}},
		{"a loop variable that hides a root", "from.adult", `labels.exists(event, event == "gifts")`, 17, 20, []string{"that is a name of its own"}},
		{"a field of an object", "from.adult", `event.keys.exists(k, k.kid == "x")`, 17, 28, []string{`"kid"`, `"kind"?`}},
		{"a map", "from.adult", `{"a": 1}["a"] == 1`, 17, 7, []string{"maps and objects"}},
		{"a counter that reads a signal", "when: to.minor", `when: signal["D1"] > 3`, 7, 11, []string{"cannot be read here"}},
		{"a counter's window", "over: 30d", "over: 30x", 9, 11, []string{"such as 24h or 7d"}},
		{"a counter of nothing", "    count: events\n", "", 5, 5, []string{"exactly one of count and distinct"}},
		{"a group that these events have not", "group: [from.account, to.account]", "group: [event.listing]", 10, 13, []string{"event.listing is not part of payment.sent", "listing.published"}},
		{"a counter that is never known", "on: [payment.sent]", "on: [session.started]", 18, 7, []string{"never known on session.started"}},
		{"an open brace", "paid {counter.paid} times", "paid {counter.paid times", 19, 16, []string{"a { without }"}},
		{"a placeholder", "{counter.paid}", "{counter.payed}", 19, 17, []string{`"payed"`, `"paid"?`}},
		{"content in an explanation", "{counter.paid}", "{event.note}", 19, 17, []string{"cannot be quoted"}},
		{"a list in an explanation", "{counter.paid}", "{labels}", 19, 17, []string{"cannot be written in a sentence"}},
		{"an effect", "      labels: [gifts]", "      lables: [gifts]", 21, 7, []string{`"lables"`, `"labels"?`}},
		{"a strength over the bound", "strength: 1.0", "strength: 2.0", 21, 7, []string{"strength 2 is more than one rule may carry", "hard: true"}},
		{"hard without a reason", "strength: 1.0", "strength: 2.0\n      hard: true", 21, 7, []string{"needs a reason"}},
		{"P0 without a hard fact", "priority: P3", "priority: P0", 21, 7, []string{"needs a hard fact"}},
		{"a priority without typology", "      typology: grooming\n", "", 21, 7, []string{"names its typology"}},
		{"a case without priority", "      priority: P3\n", "", 21, 7, []string{"sets a priority"}},
		{"a strength without family", "      family: contact\n", "", 21, 7, []string{"family and strength"}},
		{"a friction that is none", "open_case: true", "friction: {action: ban, minutes: 5}", 26, 26, []string{`unknown friction "ban"`, "hide_from_suggestions"}},
		{"a friction without end", "open_case: true", "friction: {action: hold_post, minutes: 99999}", 26, 46, []string{"1 to 10080"}},
		{"friction on nobody", "on: [payment.sent]", "on: [listing.published]\n    about: to", 12, 9, []string{"second account"}},
		{"only tests that fire", "fires: false", "fires: true", 12, 9, []string{"one that does not (0)"}},
		{"a test's counter", "counters: {paid: 3}", "counters: {paidd: 3}", 31, 22, []string{`unknown counter "paidd"`, `"paid"?`}},
		{"a test's event", "events: [{type: payment.sent, from: a, to: b}]\n        fires: true", "events: [{type: payment.sent, from: a}]\n        fires: true", 32, 0, []string{"missing"}},
		{"a test's field", "to: b}]\n        fires: true", "to: b, surface: dm}]\n        fires: true", 32, 0, []string{"payment.sent has no field", "instrument"}},
		{"a quota", "    effects:", "    quota: {max: 5, per: 24h, then: block}\n    effects:", 20, 37, []string{`unknown then "block"`, "review"}},
		{"an alias", "description: d", "description: *d", 3, 14, nil},
		{"a document too many", "name: p", "name: q\n---\nname: p", 1, 1, []string{"2 documents"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := strings.Replace(goodPack, c.old, c.new, 1)
			if src == goodPack {
				t.Fatal("the edit does nothing")
			}
			list := problems(t, src, Options{})
			i := slices.IndexFunc(list, func(p Problem) bool {
				return p.Line == c.line && (c.col == 0 || p.Column == c.col) && containsAll(p.Error(), c.says)
			})
			if i < 0 {
				t.Errorf("no problem at %d:%d that says %q, only:\n%v", c.line, c.col, c.says, (&Problems{list}).Error())
			}
		})
	}
}

func containsAll(s string, parts []string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}

func TestAllProblemsAtOnce(t *testing.T) {
	src := strings.NewReplacer("mode: enforce", "mode: loud", "from.adult", "from.adlut", "priority: P3", "priority: P9", "30d", "30y").Replace(goodPack)
	var lines []int
	for _, p := range problems(t, src, Options{}) {
		lines = append(lines, p.Line)
	}
	for _, want := range []int{9, 14, 17, 22} {
		if !slices.Contains(lines, want) {
			t.Errorf("nothing about line %d, only about %v", want, lines)
		}
	}
	if !slices.IsSorted(lines) {
		t.Errorf("not in order: %v", lines)
	}
}

func TestProblemText(t *testing.T) {
	list := problems(t, strings.Replace(goodPack, "from.adult", "from.adlut", 1), Options{})
	want := `p.yaml:17:7: one: from has no field "adlut"; did you mean "adult"?; allowed: account, age_band, minor, adult, role, region, lang, verified, known, age_days
  |       from.adlut &&
  |       ^`
	if got := list[0].Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestFoldedText places an error in a condition that is written over several lines with >.
func TestFoldedText(t *testing.T) {
	src := strings.Replace(goodPack, "when: |\n      from.adult &&\n      counter.paid >= 3", "when: >-\n      from.adult &&\n      counter.payed >= 3", 1)
	list := problems(t, src, Options{})
	if list[0].Line != 18 || list[0].Column != 7 {
		t.Errorf("got %v", list[0])
	}
}

func TestNamesOverAllPacks(t *testing.T) {
	second := strings.NewReplacer("name: p\n", "name: q\n").Replace(goodPack)
	_, err := Load(fstest.MapFS{"a.yaml": {Data: []byte(goodPack)}, "b.yml": {Data: []byte(second)}}, Options{})
	var p *Problems
	if !errors.As(err, &p) || len(p.List) != 2 || !containsAll(p.Error(), []string{
		`b.yml:5:11: the counter "paid" exists already; first at a.yaml:5`, `b.yml:12:9: the rule "one" exists already; first at a.yaml:12`,
	}) {
		t.Errorf("got %v", err)
	}
}

func TestOptions(t *testing.T) {
	src := one(`signal["D1"] > 1`)
	load(t, src)
	if list := problems(t, src, Options{Detectors: []string{"X1"}}); !strings.Contains(list[0].Message.String(), `unknown detector "D1"`) {
		t.Errorf("got %v", list)
	}
	if _, err := Load(fstest.MapFS{"p.yaml": {Data: []byte(one(`"vip" in labels`))}}, Options{Labels: []string{"vip"}}); err != nil {
		t.Error(err)
	}
	list := problems(t, one(`labels.exists(l, l == "x")`), Options{Cost: 50})
	if !strings.Contains(list[0].Message.String(), "this may cost") || !strings.Contains(list[0].Hint.String(), "at most 50") {
		t.Errorf("got %v", list)
	}
	t.Run("a rule's own signal may be named", func(t *testing.T) {
		load(t, strings.Replace(goodPack, "from.adult", `signal["one"] < 1`, 1))
	})
}

// TestHostileRules loads what would be ruinous to run. Each must be refused, by name or by its estimated cost, and quickly.
func TestHostileRules(t *testing.T) {
	deep := strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200)
	for name, when := range map[string]string{
		"nested loops":               `event.to.all(a, event.to.all(b, event.to.all(c, a != b && b != c)))`,
		"lists of lists":             `event.to.map(a, [a, a]).size() > 1`,
		"text that doubles":          `event.to.map(a, a + a).map(b, b + b).map(c, c + c).exists(d, d == "x")`,
		"text by text":               `event.to.exists(a, event.note.contains(a) && event.note.contains(a + a) && event.note.contains(a + a + a))`,
		"brackets":                   deep,
		"a very long condition":      strings.Repeat("from.minor && ", 400) + "true",
		"a regular expression":       `event.note.matches("(a+)+$")`,
		"a list of a thousand":       `event.amount in [` + strings.Repeat("1.0, ", 300) + `2.0]`,
		"types that hide a loop":     `dyn(event.to).exists(x, dyn(event.to).exists(y, x == y))`,
		"words searched in a loop":   `event.to.exists(a, contains_word(event.note, a) || contains_word(event.note, a + "s"))`,
		"an unclosed text":           `event.note == "`,
		"a number too large for CEL": `event.amount > 99999999999999999999`,
	} {
		t.Run(name, func(t *testing.T) {
			if list := problems(t, one(when), Options{}); len(list) == 0 {
				t.Error("loaded")
			}
		})
	}
}

func TestLoadFailures(t *testing.T) {
	if _, err := Load(fstest.MapFS{"x.txt": {}}, Options{}); !errors.Is(err, ErrNoPacks) {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := Load(broken{fstest.MapFS{"p.yaml": {Data: []byte(goodPack)}}}, Options{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a file that cannot be read: %v", err)
	}
	if list := problems(t, strings.Repeat("#", maxFile+1), Options{}); !strings.Contains(list[0].Hint.String(), "split the pack") {
		t.Errorf("a huge file: %v", list[0].Message.String())
	}
	if list := problems(t, strings.Repeat("[", 100_000), Options{}); !strings.Contains(list[0].Message.String(), "nested too deeply") {
		t.Errorf("brackets: %v", list[0].Message.String())
	}
}

// broken lists its files and cannot read them.
type broken struct{ fstest.MapFS }

func (broken) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func (b broken) ReadFile(name string) ([]byte, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(goodPack))
	f.Add([]byte(countersPack))
	f.Add([]byte(effectsPack))
	f.Add([]byte("name: p\nversion: 1\nrules: [{id: a, when: 'x', effects: {}, tests: [{given: {events: [{type: message.sent}]}}]}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Load(fstest.MapFS{"p.yaml": {Data: src}}, Options{})
		var p *Problems
		switch {
		case err == nil:
			Test(s)
		case !errors.As(err, &p):
			t.Fatalf("not a list of problems: %v", err)
		case len(p.List) == 0:
			t.Fatal("refused without a problem")
		default:
			for _, x := range p.List {
				if x.Message.Empty() || x.File != "p.yaml" {
					t.Fatalf("an empty problem: %+v", x)
				}
			}
		}
	})
}
