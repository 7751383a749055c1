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
	c, err := readCatalogue(catalogueFiles, lang)
	if err != nil {
		panic(err)
	}
	v := &view{catalogue: c}
	return v.act(act)
}
