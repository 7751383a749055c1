package console

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"haris/internal/auth"
)

func TestReading(t *testing.T) {
	words, err := readCatalogues(catalogueFiles)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 21, 5, 0, 0, time.UTC)
	for _, c := range []struct {
		lang                  string
		person                auth.Person
		moment, number, quote string
	}{
		{"en", auth.Person{}, "1 March 2026, 21:05 UTC", "1,234", "11 of 11, 1.8 (17 %)"},
		{"en", auth.Person{Zone: "Asia/Riyadh"}, "2 March 2026, 00:05 \u2066+03\u2069", "1,234", "11 of 11, 1.8 (17 %)"},
		{"en", auth.Person{Zone: "Nowhere/Atall"}, "1 March 2026, 21:05 UTC", "1,234", "11 of 11, 1.8 (17 %)"},
		{"ar", auth.Person{}, "١ مارس ٢٠٢٦، ٢١:٠٥ بالتوقيت العالمي", "١٬٢٣٤", "١١ of ١١, ١٫٨ (١٧ %)"},
		{"ar", auth.Person{Zone: "Asia/Riyadh"}, "٢ مارس ٢٠٢٦، ٠٠:٠٥ \u2066+٠٣\u2069", "١٬٢٣٤", "١١ of ١١, ١٫٨ (١٧ %)"},
		{"ar", auth.Person{Digits: auth.LatinDigits}, "1 مارس 2026، 21:05 بالتوقيت العالمي", "1,234", "11 of 11, 1.8 (17 %)"},
	} {
		w := words[c.lang].reading(&c.person)
		if got := [3]string{w.Moment(at), w.Number(1234), w.told("11 of 11, 1.8 (17 %)")}; got != [3]string{c.moment, c.number, c.quote} {
			t.Errorf("%s %+v: %q", c.lang, c.person, got)
		}
	}
	if got := words["ar"].told("بـ2193 مرة؛ و1 قبله: 5؛ لا"); got != "بـ٢١٩٣ مرة؛ و١ قبله: ٥؛ لا" {
		t.Errorf("numbers behind an Arabic letter: %q", got)
	}
	if got := words["ar"].told("u-88372f3b81 3 v2 1.2.3.4 D13: 2."); got != "u-88372f3b81 ٣ v2 1.2.3.4 D13: ٢." {
		t.Errorf("names and addresses keep their digits: %q", got)
	}
}

// A file in the directory of catalogues is a language.
func TestALanguageIsAFile(t *testing.T) {
	english, err := catalogueFiles.ReadFile("catalogue/en.json")
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, dir, zero string) *fstest.MapFile {
		s := strings.Replace(string(english), `"language.name": "English"`, `"language.name": "`+name+`"`, 1)
		s = strings.Replace(s, `"language.dir": "ltr"`, `"language.dir": "`+dir+`"`, 1)
		return &fstest.MapFile{Data: []byte(strings.Replace(s, `"language.zero": "0"`, `"language.zero": "`+zero+`"`, 1))}
	}
	files := fstest.MapFS{"catalogue/en.json": {Data: english}, "catalogue/fa.json": file("فارسی", "rtl", "۰"), "catalogue/pt.json": file("Português", "ltr", "0")}
	words, err := readCatalogues(files)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(words)); !slices.Equal(got, []string{"en", "fa", "pt"}) {
		t.Errorf("languages %v", got)
	}
	v := view{catalogue: words["fa"]}
	if v.dir != "rtl" || v.digits(17, 1) != "۱۷" || len(v.others()) != 2 || v.others()[1].name != "Português" || v.ownDigits() != "۰۱۲۳۴۵۶۷۸۹" {
		t.Errorf("%s %s %v %s", v.dir, v.digits(17, 1), v.others(), v.ownDigits())
	}
	for name, bad := range map[string]fstest.MapFS{
		"a name that is no tag": {"catalogue/en.json": {Data: english}, "catalogue/not a tag.json": {Data: english}},
		"no direction":          {"catalogue/en.json": {Data: english}, "catalogue/fr.json": file("Français", "across", "0")},
		"no digit":              {"catalogue/en.json": {Data: english}, "catalogue/fr.json": file("Français", "ltr", "x")},
	} {
		if _, err := readCatalogues(bad); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
