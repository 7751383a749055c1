package exchangetest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"haris/internal/bank"
	"haris/internal/exchange"
)

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// flat is one hash of an item, as the protocols have them that know no items with several.
type flat struct {
	Item
	hash bank.Hash
}

// flatten lists the hashes of the kinds; the caller holds the lock.
func (s *Server) flatten(list []Item, kinds ...bank.Kind) (out []flat) {
	for _, i := range list {
		for _, h := range i.Hashes {
			for _, k := range kinds {
				if h.Kind == k {
					out = append(out, flat{i, h})
				}
			}
		}
	}
	return out
}

// part cuts a page out of a list.
func part(list []flat, from, size int) []flat {
	return list[min(from, len(list)):min(from+size, len(list))]
}

func (s *Server) stopNCII() {
	s.mux.HandleFunc("GET "+StopNCIIPath+"/FetchHashes", func(w http.ResponseWriter, r *http.Request) {
		if s.ncii(w, r, FetchKey) && only(w, r, "startTimestamp", "pageSize", "nextPageToken") {
			s.fetchHashes(w, r)
		}
	})
	s.mux.HandleFunc("POST "+StopNCIIPath+"/SubmitFeedback", func(w http.ResponseWriter, r *http.Request) {
		if s.ncii(w, r, FeedbackKey) {
			s.submitFeedback(w, r)
		}
	})
}

func (s *Server) ncii(w http.ResponseWriter, r *http.Request, key string) bool {
	if r.Header.Get("x-functions-key") != key || r.Header.Get("Ocp-Apim-Subscription-Key") != Subscription {
		refuse(w, http.StatusUnauthorized, "key")
		return false
	}
	return true
}

func (s *Server) fetchHashes(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since, err := strconv.ParseInt(q.Get("startTimestamp"), 10, 64)
	size, err2 := strconv.Atoi(q.Get("pageSize"))
	if err != nil || err2 != nil || size < 1 || size > 1000 {
		refuse(w, http.StatusBadRequest, "startTimestamp or pageSize")
		return
	}
	if s.o.Page > 0 {
		size = s.o.Page
	}
	from, until := 0, s.o.Now().UnixMilli()
	if q.Has("nextPageToken") {
		var issued int64
		if n, err := fmt.Sscanf(q.Get("nextPageToken"), "%d-%d", &from, &issued); n != 2 || err != nil || s.o.Now().UnixMilli()-issued > s.o.PageLives.Milliseconds() {
			refuse(w, http.StatusBadRequest, "nextPageToken has expired")
			return
		}
		until = issued // one set is what there was when it was begun
	}
	s.mu.Lock()
	list := s.flatten(s.shuffled(func(i *Item) bool { return i.Changed.UnixMilli() >= since && i.Changed.UnixMilli() <= until }), bank.PDQ, bank.MD5)
	s.mu.Unlock()
	records := []map[string]any{}
	for _, f := range part(list, from, size) {
		records = append(records, nciiRecord(&f)...)
	}
	out := map[string]any{"count": len(records), "hashRecords": records, "hasMoreRecords": from+size < len(list), "nextPageToken": nil, "nextSetTimestamp": until}
	if from+size < len(list) {
		out["nextPageToken"] = fmt.Sprintf("%d-%d", from+size, until)
	}
	answer(w, out)
}

func nciiRecord(f *flat) []map[string]any {
	status := map[exchange.Stance]string{exchange.Seed: "Received"}[f.Stance]
	if status == "" {
		status = "Active"
	}
	if f.Gone {
		status = "Withdrawn"
	}
	out := []map[string]any{{
		"lastModtimestamp": f.Changed.UnixMilli(), "signalType": map[bank.Kind]string{bank.PDQ: "ImagePDQ", bank.MD5: "VideoMD5"}[f.hash.Kind],
		"hashValue": f.hash.Value, "hashStatus": status, "caseNumbers": map[string]string{},
		"CSPFeedbacks": []map[string]any{{"source": "another", "feedbackValue": "PendingReview", "tags": []string{}}},
	}}
	if f.Odd {
		out = append(out, map[string]any{"signalType": "ImagePDQ", "hashValue": "f8", "hashStatus": "Active"}, map[string]any{"signalType": 7})
	}
	return out
}

func (s *Server) submitFeedback(w http.ResponseWriter, r *http.Request) {
	var x struct {
		Count int `json:"count"`
		List  []struct {
			HashValue     string   `json:"hashValue"`
			FeedbackValue string   `json:"feedbackValue"`
			Tags          []string `json:"tags"`
		} `json:"hashFeedbacks"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&x); err != nil || x.Count != len(x.List) || x.Count == 0 {
		refuse(w, http.StatusBadRequest, "count or hashFeedbacks: %v", err)
		return
	}
	for _, f := range x.List {
		if f.FeedbackValue != "Blocked" && f.FeedbackValue != "NotBlocked" || f.Tags == nil {
			refuse(w, http.StatusBadRequest, "feedbackValue %q", f.FeedbackValue)
			return
		}
		s.say(Feedback{"stopncii", f.HashValue, "", f.FeedbackValue})
	}
	answer(w, map[string]any{})
}

func (s *Server) threatExchange() {
	s.mux.HandleFunc("GET "+ThreatExchangePath+"/{group}/threat_updates/", func(w http.ResponseWriter, r *http.Request) {
		if graph(w, r) && only(w, r, "access_token", "limit", "fields", "types", "start_time", "after", "issued") {
			s.updates(w, r)
		}
	})
	s.mux.HandleFunc("POST "+ThreatExchangePath+"/{descriptor}", func(w http.ResponseWriter, r *http.Request) {
		if graph(w, r) && only(w, r, "access_token", "reactions") {
			s.say(Feedback{"threatexchange", r.PathValue("descriptor"), "", r.URL.Query().Get("reactions")})
			answer(w, map[string]any{"success": true})
		}
	})
}

func graph(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Query().Get("access_token") != GraphToken {
		refuse(w, http.StatusUnauthorized, "access_token")
		return false
	}
	return true
}

func (s *Server) updates(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	size, err := strconv.Atoi(q.Get("limit"))
	if err != nil || size < 1 || size > 1000 || r.PathValue("group") != Group || !strings.Contains(q.Get("fields"), "should_delete") {
		refuse(w, http.StatusBadRequest, "group, limit or fields")
		return
	}
	if s.o.Page > 0 {
		size = s.o.Page
	}
	since, _ := strconv.ParseInt(q.Get("start_time"), 10, 64)
	from, _ := strconv.Atoi(q.Get("after"))
	issued, _ := strconv.ParseInt(q.Get("issued"), 10, 64)
	if q.Has("after") && s.o.Now().Sub(time.Unix(issued, 0)) > s.o.PageLives {
		refuse(w, http.StatusBadRequest, "the cursor has expired")
		return
	}
	s.mu.Lock()
	list := s.flatten(s.shuffled(func(i *Item) bool { return i.Changed.Unix() >= since }), bank.PDQ, bank.MD5, bank.SHA256)
	s.mu.Unlock()
	data := []map[string]any{}
	for _, f := range part(list, from, size) {
		data = append(data, graphUpdate(&f))
	}
	out := map[string]any{"data": data}
	if from+size < len(list) {
		q.Set("after", strconv.Itoa(from+size))
		q.Set("issued", strconv.FormatInt(s.o.Now().Unix(), 10))
		out["paging"] = map[string]any{"next": base(r) + r.URL.Path + "?" + q.Encode()}
	}
	answer(w, out)
}

// Descriptor is the id of the descriptor of a hash.
func Descriptor(h bank.Hash) string {
	n := 0
	for _, c := range h.Value {
		n = (n*31 + int(c)) % 1_000_000_007
	}
	return strconv.Itoa(n)
}

func graphUpdate(f *flat) map[string]any {
	typ := map[bank.Kind]string{bank.PDQ: "HASH_PDQ", bank.MD5: "HASH_VIDEO_MD5", bank.SHA256: "HASH_SHA256"}[f.hash.Kind]
	out := map[string]any{"id": f.ID, "indicator": f.hash.Value, "type": typ, "last_updated": f.Changed.Unix(), "should_delete": f.Gone && len(f.ID)%2 == 0}
	if f.Gone {
		return out // with and without should_delete: what has no descriptors is gone as well
	}
	status := map[exchange.Stance]string{exchange.Negative: "NON_MALICIOUS", exchange.Seed: "UNKNOWN"}[f.Stance]
	if status == "" {
		status = "MALICIOUS"
	}
	list := []map[string]any{{"id": Descriptor(f.hash), "owner": map[string]any{"id": f.Owner}, "status": status, "tags": []string{}}}
	if f.Odd {
		list = append(list, map[string]any{"id": "1", "status": "MALICIOUS"})
	}
	out["descriptors"] = map[string]any{"data": list}
	return out
}

func (s *Server) terrorism() {
	s.mux.HandleFunc("POST "+TerrorismPath+"/token-auth/tcap/", func(w http.ResponseWriter, r *http.Request) {
		var x struct {
			Username, Password string
			Resend             *bool
		}
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&x); err != nil || x.Username != User || x.Password != Password || x.Resend == nil {
			refuse(w, http.StatusUnauthorized, "user or password")
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.issued++
		token := fmt.Sprintf("token-%d", s.issued)
		s.tokens[token] = s.o.TokenUses
		answer(w, map[string]any{"token": token})
	})
	s.mux.HandleFunc("GET "+TerrorismPath+"/api/hash-list/v2/all", func(w http.ResponseWriter, r *http.Request) {
		if s.token(w, r) && only(w, r, "order", "after", "page", "issued") {
			s.hashList(w, r)
		}
	})
}

// token takes a use of a token.
func (s *Server) token(w http.ResponseWriter, r *http.Request) bool {
	t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok || s.tokens[t] <= 0 {
		refuse(w, http.StatusUnauthorized, "token")
		return false
	}
	s.tokens[t]--
	return true
}

func (s *Server) hashList(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	size, from := 500, 0
	if s.o.Page > 0 {
		size = s.o.Page
	}
	if q.Has("page") {
		issued, _ := strconv.ParseInt(q.Get("issued"), 10, 64)
		n, err := strconv.Atoi(q.Get("page"))
		if err != nil || n < 0 || s.o.Now().Sub(time.Unix(issued, 0)) > s.o.PageLives {
			refuse(w, http.StatusNotFound, "no such page")
			return
		}
		from = n * size
	}
	var since int64
	if after := q.Get("after"); after != "" {
		at, _, _ := strings.Cut(after, ",")
		var err error
		if since, err = strconv.ParseInt(at, 10, 64); err != nil || q.Get("order") != "asc" {
			refuse(w, http.StatusBadRequest, "after or order")
			return
		}
	}
	s.mu.Lock()
	list := s.flatten(s.shuffled(func(i *Item) bool { return i.Changed.UnixMilli() >= since }), bank.PDQ, bank.MD5, bank.SHA256)
	s.mu.Unlock()
	high := since
	for _, f := range list {
		high = max(high, f.Changed.UnixMilli())
	}
	results := []map[string]any{}
	for _, f := range part(list, from, size) {
		one := map[string]any{
			"id": f.ID + "/" + string(f.hash.Kind), "hash_digest": f.hash.Value, "algorithm": strings.ToUpper(string(f.hash.Kind)), "ideology": "", "file_type": "jpg",
			"deleted": f.Gone, "updated_on": f.Changed.Format(time.RFC3339),
		}
		if results = append(results, one); f.Odd {
			results = append(results, map[string]any{"id": f.ID + "/sha512", "algorithm": "SHA512", "hash_digest": strings.Repeat("0", 128)})
		}
	}
	out := map[string]any{"count": len(list), "next": nil, "previous": nil, "results": results, "checkpoint": fmt.Sprintf("%d,%d", high, len(list))}
	if from+size < len(list) {
		next := url.Values{"order": {"asc"}, "page": {strconv.Itoa(from/size + 1)}, "issued": {strconv.FormatInt(s.o.Now().Unix(), 10)}}
		if q.Has("after") {
			next.Set("after", q.Get("after"))
		}
		out["next"] = base(r) + r.URL.Path + "?" + next.Encode()
	}
	answer(w, out)
}
