package exchangetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"haris/internal/bank"
)

// list gives the shelf out as one file, for which the client may ask under the condition that it has changed.
func (s *Server) list() {
	s.mux.HandleFunc("GET "+ListPath, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+ListToken {
			refuse(w, http.StatusUnauthorized, "token")
			return
		}
		s.mu.Lock()
		items := s.sorted(func(i *Item) bool { return !i.Gone })
		s.mu.Unlock()
		var b bytes.Buffer
		b.WriteString("kind,value,classification,key\n")
		for _, i := range items {
			for _, h := range i.Hashes {
				if h.Kind != bank.TMK {
					fmt.Fprintf(&b, "%s,%s,%s,%s\n", h.Kind, h.Value, i.Class, i.ID)
				}
			}
			if i.Odd {
				b.WriteString("md5,not a hash,,\n")
			}
		}
		sum := sha256.Sum256(b.Bytes())
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
	})
}
