package api

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"haris/internal/bank"
	"haris/internal/media"
)

// The paths of Hasher-Matcher-Actioner, answering as it does, so that a platform can put haris in its place. It has no word for
// unscanned: what could not be compared is never an empty answer here, but a problem.

// HMAMatch is one entry that is near.
type HMAMatch struct {
	ContentID uint64 `json:"bank_content_id" doc:"The number of the entry."`
	Distance  string `json:"distance"`
}

// The names that HMA has for what is hashed of a photo and of a video.
const (
	hmaPDQ      = "pdq"
	hmaVideoMD5 = "video_md5"
)

// contentTypes are HMA's words for what a file is.
func contentTypes() []string { return []string{"photo", "video"} }

// hmaFile reads the file of a request: by the url of the query, or the part of the body whose name is the type of the content.
func (a *api) hmaFile(w http.ResponseWriter, r *request) (f media.File, err error) {
	if t := r.query.Get("content_type"); t != "" && !slices.Contains(contentTypes(), t) {
		p := badRequest("bad_content_type", "there is no such content type", "one of those allowed")
		p.Allowed = contentTypes()
		return f, p
	}
	in := incoming{ref: MediaRef{URL: r.query.Get("url")}}
	if r.Method == http.MethodPost {
		a.allow(w, r)
		if in.body, err = a.part(w, r); err != nil {
			return f, err
		}
		if !slices.Contains(contentTypes(), r.field) {
			return f, badRequest("bad_content_type", "the part with the file is not named after its content type", "a part named photo or video")
		}
	}
	return a.file(r, in)
}

// signals are the hashes of a file under HMA's names. A PDQ hash with too little to see is empty, as it is there.
func signals(f *media.File) map[string]string {
	out := map[string]string{}
	for _, h := range f.Media.Hashes {
		name := string(h.Kind)
		if h.Kind == bank.MD5 && f.Kind == media.Video {
			name = hmaVideoMD5
		}
		out[name] = h.Value
	}
	if own := bank.OwnBank(); f.Quality < own.Quality && out[hmaPDQ] != "" {
		out[hmaPDQ] = ""
	}
	return out
}

// hmaTypes are the names that the query asks for, or those that HMA hashes a file to when it asks for none.
func hmaTypes(r *request, f *media.File) []string {
	if s := r.query.Get("types"); s != "" {
		return strings.Split(s, ",")
	}
	if f.Kind == media.Video {
		return []string{hmaVideoMD5}
	}
	return []string{hmaPDQ}
}

// unscanned is the answer about what could not be compared.
func unscanned(d *bank.Decision) *Problem {
	for _, why := range d.Reasons {
		switch {
		case why.Again():
			return &Problem{
				Status: http.StatusServiceUnavailable, Code: string(why), Detail: "the banks cannot be asked at the moment; it is neither clean nor a match",
				Expected: "the same request again after the time in Retry-After", header: retryAfter(closingAfter),
			}
		case why == bank.NoBank:
			return &Problem{
				Status: http.StatusServiceUnavailable, Code: string(why), Detail: "no bank with known material is in force; nothing is clean",
				Expected: "a bank in force: haris bank mode NAME enforce", header: retryAfter(closingAfter),
			}
		}
	}
	return badRequest("unscanned", "it could not be compared: "+strings.Join(sorted(d.Reasons), ", ")+"; it is neither clean nor a match", "a whole picture or video with enough to see")
}

// hmaHash answers GET and POST /h/hash.
func (a *api) hmaHash(w http.ResponseWriter, r *request) error {
	f, err := a.hmaFile(w, r)
	if err != nil {
		return err
	}
	all, out := signals(&f), map[string]string{}
	for _, name := range hmaTypes(r, &f) {
		value, ok := all[name]
		if !ok {
			return unscanned(&bank.Decision{Reasons: append(slices.Clone(f.Left), bank.NoHash)})
		}
		out[name] = value
	}
	return reply(w, http.StatusOK, out)
}

// hmaSignal reads the hash of the query.
func hmaSignal(r *request) (h bank.Hash, err error) {
	k, err := bank.KindOf(r.query.Get("signal_type"))
	if err != nil {
		return h, badRequest("bad_signal_type", "there is no such signal type, or none was named", "pdq, video_md5, or another kind that the document names")
	}
	if h, err = bank.Parse(k, r.query.Get("signal")); err != nil {
		return h, badRequest("bad_signal", "the signal cannot be read", hashForm(k))
	}
	return h, nil
}

// ofBanks reports whether the query asks about a bank.
func ofBanks(r *request) func(id string) bool {
	s := r.query.Get("banks")
	list := strings.Split(strings.ToLower(s), ",")
	return func(id string) bool { return s == "" || slices.Contains(list, id) }
}

// near lists the entries of results that count, by bank.
func near(list []bank.Result, wanted func(id string) bool, kind func(bank.Kind) bool) map[string][]HMAMatch {
	out := map[string][]HMAMatch{}
	for i := range list {
		b := &list[i]
		if b.Outcome() != string(bank.Match) || !wanted(b.Bank) {
			continue
		}
		for n := range b.All {
			if h := &b.All[n]; kind(h.Entry.Kind) {
				out[b.Bank] = append(out[b.Bank], HMAMatch{h.Entry.ID, strconv.Itoa(h.Distance)})
			}
		}
	}
	return out
}

func anyKind(bank.Kind) bool { return true }

// hmaLookup answers GET and POST /m/lookup.
func (a *api) hmaLookup(w http.ResponseWriter, r *request) error {
	if r.Method != http.MethodPost && r.query.Get("url") == "" {
		h, err := hmaSignal(r)
		if err != nil {
			return err
		}
		d := a.Desk.Match(r.Context(), []bank.Media{{Quality: bank.Unrated, Hashes: []bank.Hash{h}}})[0]
		a.metrics.answer(string(d.Answer))
		if d.Answer == bank.Unscanned {
			return unscanned(&d)
		}
		return reply(w, http.StatusOK, near(d.Results, ofBanks(r), anyKind))
	}
	f, err := a.hmaFile(w, r)
	if err != nil {
		return err
	}
	d := a.Desk.Match(r.Context(), []bank.Media{f.Media})[0].With(f.Left...)
	a.metrics.answer(string(d.Answer))
	if d.Answer == bank.Unscanned {
		return unscanned(&d)
	}
	out := map[string]map[string][]HMAMatch{}
	for name, k := range hmaKinds(r, &f) {
		found := near(d.Results, ofBanks(r), func(other bank.Kind) bool { return other == k })
		if len(found) > 0 || slices.Contains(hmaTypes(r, &f), name) {
			out[name] = found
		}
	}
	return reply(w, http.StatusOK, out)
}

// hmaKinds are the kinds of a file's hashes under HMA's names: those that the query asks for, or all.
func hmaKinds(r *request, f *media.File) map[string]bank.Kind {
	out := map[string]bank.Kind{}
	for name := range signals(f) {
		if k, err := bank.KindOf(name); err == nil && (r.query.Get("types") == "" || slices.Contains(hmaTypes(r, f), name)) {
			out[name] = k
		}
	}
	return out
}

// HMAMatches are the numbers of entries, or entries with their distances.
type HMAMatches struct {
	Matches []any `json:"matches" nullable:"false"`
}

// hmaRaw answers GET /m/raw_lookup: banks in shadow are heard, too.
func (a *api) hmaRaw(w http.ResponseWriter, r *request) error {
	h, err := hmaSignal(r)
	if err != nil {
		return err
	}
	distances := slices.Contains([]string{"true", "1", "yes"}, strings.ToLower(r.query.Get("include_distance")))
	d := a.Desk.Match(r.Context(), []bank.Media{{Quality: bank.Unrated, Hashes: []bank.Hash{h}}})[0]
	if slices.ContainsFunc(d.Reasons, bank.Reason.Again) {
		return unscanned(&d)
	}
	out, wanted := HMAMatches{Matches: []any{}}, ofBanks(r)
	for i := range d.Results {
		b := &d.Results[i]
		if b.Polarity == bank.Negative || !wanted(b.Bank) {
			continue
		}
		for n := range b.All {
			if hit := &b.All[n]; distances {
				out.Matches = append(out.Matches, HMAMatch{hit.Entry.ID, strconv.Itoa(hit.Distance)})
			} else {
				out.Matches = append(out.Matches, hit.Entry.ID)
			}
		}
	}
	return reply(w, http.StatusOK, out)
}

// hmaRadius is the distance up to which PDQ hashes match there.
const hmaRadius = 31

// hmaShare is the part of the frames of the first video that must be near for two to match there.
const hmaShare = 0.8

// hmaCompare answers POST /m/compare.
func (a *api) hmaCompare(w http.ResponseWriter, r *request) error {
	q := map[string][]string{}
	if err := a.readJSON(w, r, &q); err != nil {
		return err
	}
	out := map[string][2]any{}
	for name, pair := range q {
		k, err := bank.KindOf(name)
		if err != nil {
			return badRequest("bad_signal_type", "there is no such signal type", "pdq, video_md5, or another kind that the document names")
		}
		if len(pair) != 2 {
			return badRequest("bad_count", "two hashes can be compared", "exactly two hashes for each signal type")
		}
		c, p := compared(k, pair[0], pair[1])
		if p != nil {
			return p
		}
		out[name] = hmaCompared(&c)
	}
	return reply(w, http.StatusOK, out)
}

// hmaCompared says whether two hashes match by HMA's rule, and how near they are where their kind has a distance.
func hmaCompared(c *bank.Comparison) [2]any {
	switch {
	case c.Near != nil:
		return [2]any{c.Near.Distance <= hmaRadius, map[string]int{"distance": c.Near.Distance}}
	case c.Shares != nil:
		return [2]any{c.Shares[0] >= hmaShare, map[string]float64{"share": c.Shares[0]}}
	}
	return [2]any{c.Equal, map[string]int{}}
}

// hmaStatus answers GET /status: whether lookups are answered.
func (a *api) hmaStatus(w http.ResponseWriter, r *request) error {
	if !a.Desk.Index().Ready {
		return say(w, http.StatusServiceUnavailable, "INDEX-NOT-LOADED")
	}
	return a.hmaLive(w, r)
}

// hmaLive answers GET /status/live: whether the process lives.
func (a *api) hmaLive(w http.ResponseWriter, _ *request) error {
	return say(w, http.StatusOK, "I-AM-ALIVE")
}

func say(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	if _, err := w.Write([]byte(text)); err != nil {
		return errors.Join(errGone, err)
	}
	return nil
}
