package console

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"haris/internal/auth"
)

//go:embed catalogue/*.json
var catalogueFiles embed.FS

// Languages lists the languages of the pages, English first: each file of the directory catalogue is one, named by its tag of BCP 47. A file that
// is put there is a language; tests say what it lacks. "language.name" is what it calls itself, "language.dir" is ltr or rtl, and
// "language.zero" its digit zero, from which the others follow.
func Languages() []string { return languagesOf(catalogueFiles) }

func languagesOf(files fs.FS) []string {
	names, err := fs.Glob(files, "catalogue/*.json")
	if err != nil {
		return nil // only a pattern that is none can fail
	}
	out := []string{"en"}
	for _, n := range names {
		if lang := strings.TrimSuffix(path.Base(n), ".json"); lang != "en" {
			out = append(out, lang)
		}
	}
	return out
}

// tongue is a language that the pages can be in.
type tongue struct{ lang, name string }

// phrase is the text of one key: one form, or one for each plural category of the language.
type phrase struct {
	text  string
	forms map[string]string
}

// UnmarshalJSON reads a string or an object of plural forms.
func (p *phrase) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '{' {
		return json.Unmarshal(b, &p.forms)
	}
	return json.Unmarshal(b, &p.text)
}

// catalogue is the words of one language.
type catalogue struct {
	lang    string
	tag     language.Tag
	dir     string
	phrases map[string]phrase
	print   *message.Printer
	latin   *message.Printer  // the same with 0123456789
	zero    rune              // the digit zero of the language
	digit0  rune              // the digit zero as the person reads
	zone    *time.Location    // in which moments are told
	tongues []tongue          // every language of the pages
	reasons []reason          // what haris itself writes as a reason, by its English
	remarks map[string]string // keys of what haris says about rules, by its English
}

// readCatalogue reads the words of one language.
func readCatalogue(files fs.FS, lang string) (*catalogue, error) {
	b, err := fs.ReadFile(files, "catalogue/"+lang+".json")
	if err != nil {
		return nil, fmt.Errorf("console: read catalogue: %w", err)
	}
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, fmt.Errorf("console: catalogue %s.json: its name is no tag of a language: %w", lang, err)
	}
	latin, err := language.Parse(lang + "-u-nu-latn")
	if err != nil {
		return nil, fmt.Errorf("console: catalogue %s: %w", lang, err)
	}
	c := &catalogue{lang: lang, tag: tag, zone: time.UTC}
	if err := json.Unmarshal(b, &c.phrases); err != nil {
		return nil, fmt.Errorf("console: catalogue %s: %w", lang, err)
	}
	c.dir = c.phrases["language.dir"].text
	c.zero, _ = utf8.DecodeRuneInString(c.phrases["language.zero"].text)
	if c.dir != "ltr" && c.dir != "rtl" || !unicode.IsDigit(c.zero) || c.phrases["language.name"].text == "" {
		return nil, fmt.Errorf("console: catalogue %s: language.name, language.dir (ltr or rtl) and language.zero (its digit zero) are expected", lang)
	}
	c.digit0 = c.zero
	c.print, c.latin = message.NewPrinter(tag), message.NewPrinter(latin)
	return c, nil
}

func readCatalogues(files fs.FS) (map[string]*catalogue, error) {
	out := map[string]*catalogue{}
	var tongues []tongue
	for _, lang := range languagesOf(files) {
		c, err := readCatalogue(files, lang)
		if err != nil {
			return nil, err
		}
		out[lang] = c
		tongues = append(tongues, tongue{lang, c.T("language.name")})
	}
	known, remarks := readReasons(out["en"]), readRemarks(out["en"])
	for _, c := range out {
		c.reasons, c.remarks, c.tongues = known, remarks, tongues
	}
	return out, nil
}

// reading is the catalogue as a person wants it read: their time zone and digits. A zone that this program does not know is UTC.
func (c *catalogue) reading(p *auth.Person) *catalogue {
	out := *c
	if zone, err := time.LoadLocation(p.Zone); err == nil {
		out.zone = zone
	}
	if p.Digits == auth.LatinDigits {
		out.digit0, out.print = '0', c.latin
	}
	return &out
}

// T returns the text of a key with "{name}" replaced; args are names and values in turn. A key that is missing is shown
// between brackets, which a test looks for on every page.
func (c *catalogue) T(key string, args ...string) string {
	p, ok := c.phrases[key]
	if !ok || p.text == "" {
		return "⟦" + key + "⟧"
	}
	return fill(p.text, args)
}

// Has reports whether the catalogue has the key; pages ask it before they translate a word that comes from elsewhere.
func (c *catalogue) Has(key string) bool {
	_, ok := c.phrases[key]
	return ok
}

// N returns the text of a key in the plural form that n asks for, with "{n}" replaced by n as the language writes it.
func (c *catalogue) N(key string, n int, args ...string) string {
	form := categories[plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)]
	text, ok := c.phrases[key].forms[form]
	if !ok {
		return "⟦" + key + "." + form + "⟧"
	}
	return fill(text, append([]string{"n", c.Number(n)}, args...))
}

// categories names the plural categories of CLDR.
var categories = [...]string{
	plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many",
}

// Number writes a whole number as the language does.
func (c *catalogue) Number(n int) string { return c.print.Sprint(number.Decimal(n)) }

// Decimal writes a number with at most places decimals.
func (c *catalogue) Decimal(x float64, places int) string {
	return c.print.Sprint(number.Decimal(x, number.MaxFractionDigits(places)))
}

// Percent writes a share of 1 as a percentage.
func (c *catalogue) Percent(x float64) string {
	return c.print.Sprint(number.Percent(x, number.MaxFractionDigits(1)))
}

func fill(text string, args []string) string {
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, len(args))
	for i, a := range args {
		if i%2 == 0 {
			a = "{" + a + "}"
		}
		pairs[i] = a
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// pick returns the language to show to somebody who has not signed in: what they chose, or what their browser asks for.
func pick(chosen, accept string) string {
	for _, l := range Languages() {
		if chosen == l {
			return l
		}
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(tags) == 0 {
		return "en"
	}
	var known []language.Tag
	for _, l := range Languages() {
		known = append(known, language.MustParse(l))
	}
	_, i, _ := language.NewMatcher(known).Match(tags...)
	return Languages()[i]
}
