package console

// RouteLine is one line of the table as tests see it.
type RouteLine struct {
	Method, Pattern string
	Anyone, Signed  bool
	Early           bool
	Need            string
	Fresh           string
}

// RouteTable returns the table of routes.
func RouteTable() (out []RouteLine) {
	for _, r := range routes() {
		out = append(out, RouteLine{r.method, r.pattern, r.access == anyone, r.access == signedIn, r.early, string(r.need), r.fresh})
	}
	return out
}

// ActName is what an act of the audit log is called in a language.
func ActName(lang, act string) string {
	v := &view{catalogue: catalogueOf(lang)}
	return v.act(act)
}

// HasWord reports whether a language has a word.
func HasWord(lang, key string) bool { return catalogueOf(lang).Has(key) }

func catalogueOf(lang string) *catalogue {
	c, err := readCatalogue(catalogueFiles, lang)
	if err != nil {
		panic(err)
	}
	return c
}
