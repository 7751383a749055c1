package api

import (
	"net/http"
	"slices"
	"strings"

	"haris/internal/auth"
)

// route is one endpoint: what must be held to use it, and what answers.
type route struct {
	pattern string // of http.ServeMux, without method
	method  string
	scope   auth.Scope // empty when anyone may
	query   []string   // the query parameters it knows
	do      func(a *api, w http.ResponseWriter, r *request) error
}

// routes is every endpoint.
func routes() []route {
	return []route{
		{"/v1/events", http.MethodPost, auth.EventsWrite, []string{"verdict", "deadline"}, (*api).postEvents},
		{"/v1/letters", http.MethodGet, auth.LettersScope, []string{"from", "limit"}, (*api).getLetters},
		{"/v1/letters/{id}/replay", http.MethodPost, auth.LettersScope, nil, (*api).replayLetter},
		{"/v1/media/hash", http.MethodPost, auth.MediaRead, nil, (*api).hashMedia},
		{"/v1/media/lookup", http.MethodPost, auth.MediaRead, nil, (*api).lookupMedia},
		{"/v1/media/lookup/batch", http.MethodPost, auth.MediaRead, nil, (*api).lookupBatch},
		{"/v1/media/compare", http.MethodPost, auth.MediaRead, nil, (*api).compareMedia},
		{"/v1/banks", http.MethodGet, auth.MediaRead, nil, (*api).listBanks},
		{"/v1/banks/{bank}", http.MethodGet, auth.MediaRead, nil, (*api).getBank},
		{"/v1/banks/{bank}/entries", http.MethodGet, auth.BanksWrite, []string{"from", "limit", "kind", "hash", "key", "state"}, (*api).listEntries},
		{"/v1/banks/{bank}/entries", http.MethodPost, auth.BanksWrite, nil, (*api).addEntries},
		{"/v1/banks/{bank}/entries/{entry}/remove", http.MethodPost, auth.BanksWrite, nil, (*api).removeEntry},
		{"/v1/banks/{bank}/entries/{entry}/confirm", http.MethodPost, auth.BanksWrite, nil, (*api).confirmEntry},
		{"/v1/banks/{bank}/entries/{entry}/deny", http.MethodPost, auth.BanksWrite, nil, (*api).denyEntry},
		{"/h/hash", http.MethodGet, auth.MediaRead, []string{"url", "content_type", "types"}, (*api).hmaHash},
		{"/h/hash", http.MethodPost, auth.MediaRead, []string{"content_type", "types"}, (*api).hmaHash},
		{"/m/lookup", http.MethodGet, auth.MediaRead, []string{"signal_type", "signal", "url", "content_type", "types", "banks", "seed", "bypass_coinflip"}, (*api).hmaLookup},
		{"/m/lookup", http.MethodPost, auth.MediaRead, []string{"content_type", "types", "banks", "seed", "bypass_coinflip"}, (*api).hmaLookup},
		{"/m/raw_lookup", http.MethodGet, auth.MediaRead, []string{"signal_type", "signal", "banks", "include_distance"}, (*api).hmaRaw},
		{"/m/compare", http.MethodPost, auth.MediaRead, nil, (*api).hmaCompare},
		{"/status", http.MethodGet, "", nil, (*api).hmaStatus},
		{"/status/live", http.MethodGet, "", nil, (*api).hmaLive},
		{"/healthz", http.MethodGet, "", nil, (*api).healthy},
		{"/readyz", http.MethodGet, "", nil, (*api).ready},
		{"/openapi.json", http.MethodGet, "", nil, (*api).documentJSON},
		{"/openapi.yaml", http.MethodGet, "", nil, (*api).documentYAML},
	}
}

// Patterns lists where the handler of New is to be mounted on an http.ServeMux.
func Patterns() []string {
	return []string{"/v1/", "/h/", "/m/", "/status", "/status/", "/healthz", "/readyz", "/openapi.json", "/openapi.yaml"}
}

// handler builds the mux from the table. Whatever is not in it is answered as a problem too.
func (a *api) handler() http.Handler {
	mux := http.NewServeMux()
	byPattern := map[string][]route{}
	for _, rt := range routes() {
		byPattern[rt.pattern] = append(byPattern[rt.pattern], rt)
	}
	for pattern, group := range byPattern {
		mux.Handle(pattern, a.serve(pattern, group))
	}
	mux.Handle("/", a.serve("other", nil))
	return mux
}

// pick finds the route for a method; HEAD is answered by GET.
func pick(group []route, method string) (*route, *Problem) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	i := slices.IndexFunc(group, func(rt route) bool { return rt.method == method })
	if i >= 0 {
		return &group[i], nil
	}
	if len(group) == 0 {
		return nil, &Problem{
			Status: http.StatusNotFound, Code: "no_such_path", Detail: "there is nothing at this path",
			Expected: "a path of the document at /openapi.json",
		}
	}
	var allowed []string
	for _, rt := range group {
		allowed = append(allowed, rt.method)
	}
	return nil, &Problem{
		Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Detail: "this path does not take that method",
		Expected: strings.Join(allowed, " or "), Allowed: allowed,
		header: http.Header{"Allow": {strings.Join(allowed, ", ")}},
	}
}
