package exchangetest

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"haris/internal/bank"
	"haris/pdq"
)

// askedAtOnce is how many hashes the stand-in answers at once. What the service itself takes is not known.
const askedAtOnce = 1000

// arachnid answers about PDQ hashes: those of classes A1 and A2 on the shelf are known as csam, the others as harmful; the same hash is an exact match, one
// within 31 bits a near one. The real service compares pictures in more ways.
func (s *Server) arachnid() {
	s.mux.HandleFunc("POST "+ArachnidPath+"/v1/pdq/", func(w http.ResponseWriter, r *http.Request) {
		detail := func(code int, text string) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_ = json.NewEncoder(w).Encode(map[string]string{"detail": text})
		}
		if user, password, ok := r.BasicAuth(); !ok || user != User || password != Password {
			detail(http.StatusUnauthorized, "user or password")
			return
		}
		var x struct {
			Hashes []string `json:"hashes"`
		}
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&x); err != nil || kind != "application/json" || len(x.Hashes) == 0 || len(x.Hashes) > askedAtOnce {
			detail(http.StatusBadRequest, "expected 1 to 1000 hashes as JSON")
			return
		}
		scanned := map[string]any{}
		for _, name := range x.Hashes {
			raw, err := base64.StdEncoding.DecodeString(name)
			h, bad := pdq.Parse(hex.EncodeToString(raw))
			if err != nil || bad != nil {
				detail(http.StatusBadRequest, "expected PDQ hashes of 32 bytes in base64")
				return
			}
			scanned[name] = s.verdict(h)
		}
		answer(w, map[string]any{"scanned_hashes": scanned})
	})
}

// verdict is what the service says of one hash.
func (s *Server) verdict(h pdq.Hash) map[string]any {
	out := map[string]any{"classification": "no-known-match", "match_type": nil, "near_match_details": []any{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.sorted(func(i *Item) bool { return !i.Gone }) {
		for _, k := range i.Hashes {
			if known, err := k.PDQ(); k.Kind != bank.PDQ || err != nil || known.Distance(h) > pdq.MatchDistance {
				continue
			} else if out["match_type"] = "near"; known == h {
				out["match_type"] = "exact"
			}
			if out["classification"] = "harmful-abusive-material"; strings.HasPrefix(i.Class, "A") {
				out["classification"] = "csam"
			}
			return out
		}
	}
	return out
}
