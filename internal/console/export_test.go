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
