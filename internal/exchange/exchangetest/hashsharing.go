package exchangetest

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"haris/internal/bank"
)

const (
	namespace  = "https://hashsharing.ncmec.org/hashsharing/v2"
	timeFormat = "2006-01-02T15:04:05Z"
	// Reason is the name of the one reason that the stand-in takes for negative feedback.
	Reason     = "Does not match"
	reasonGUID = "01234567-0123-0123-0123-0123456789ab"
)

func (s *Server) hashSharing() {
	handle := func(pattern string, f http.HandlerFunc) {
		method, path, _ := strings.Cut(pattern, " ")
		s.mux.HandleFunc(method+" "+HashSharingPath+path, func(w http.ResponseWriter, r *http.Request) {
			if user, password, ok := r.BasicAuth(); !ok || user != User || password != Password {
				refuse(w, http.StatusUnauthorized, "user or password")
				return
			}
			f(w, r)
		})
	}
	handle("GET /v2/entries", s.entries)
	handle("GET /v2/fingerprint/{id}", s.blob)
	handle("GET /v2/feedback/{type}/reasons", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<availableFeedbackReasons xmlns="%s"><reason guid="%s" name="%s" type="%s"/></availableFeedbackReasons>`, namespace, reasonGUID, Reason, r.PathValue("type"))
	})
	handle("PUT /v2/entries/{member}/{id}/{type}/feedback", s.putFeedback)
}

// entries answers a stretch of time: later than from, up to to.
func (s *Server) entries(w http.ResponseWriter, r *http.Request) {
	if !only(w, r, "from", "to", "start", "size", "max", "issued") {
		return
	}
	q := r.URL.Query()
	from, err1 := time.Parse(timeFormat, q.Get("from"))
	to, err2 := time.Parse(timeFormat, q.Get("to"))
	now := s.o.Now().UTC()
	if err1 != nil || err2 != nil || !from.Before(to) || to.After(now) {
		refuse(w, http.StatusBadRequest, "from %q to %q: two moments in UTC are expected, the later one not ahead of %s", q.Get("from"), q.Get("to"), now.Format(timeFormat))
		return
	}
	start, size := 1, 1000
	if s.o.Page > 0 {
		size = s.o.Page
	}
	if q.Has("start") {
		n, err := strconv.Atoi(q.Get("start"))
		issued, err2 := strconv.ParseInt(q.Get("issued"), 10, 64)
		if err != nil || err2 != nil || n < 1 || now.Sub(time.Unix(issued, 0)) > s.o.PageLives {
			refuse(w, http.StatusGone, "this page is not kept any more")
			return
		}
		start = n
	}
	s.mu.Lock()
	all := s.shuffled(func(i *Item) bool { return i.Changed.After(from) && !i.Changed.After(to) })
	s.mu.Unlock()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<queryResult xmlns="%s">`, namespace)
	part := all[min(start-1, len(all)):min(start-1+size, len(all))]
	for _, video := range []bool{false, true} {
		s.writeMedia(&b, part, video)
	}
	if start-1+size < len(all) {
		next := fmt.Sprintf("/v2/entries?from=%s&to=%s&start=%d&size=%d&max=%d&issued=%d", q.Get("from"), q.Get("to"), start+size, size, len(all), now.Unix())
		fmt.Fprintf(&b, `<paging><next>%s</next></paging>`, strings.ReplaceAll(next, "&", "&amp;"))
	}
	b.WriteString("</queryResult>\n")
	w.Header().Set("Content-Type", "application/xml")
	_, _ = w.Write(b.Bytes())
}

// names are NCMEC's of kinds.
func names() map[bank.Kind]string {
	return map[bank.Kind]string{bank.MD5: "md5", bank.SHA1: "sha1", bank.PhotoDNA: "pdna", bank.PDQ: "pdq", bank.NetClean: "netclean"}
}

func (s *Server) writeMedia(b *bytes.Buffer, list []Item, video bool) {
	what := map[bool]string{false: "image", true: "video"}[video]
	fmt.Fprintf(b, `<%ss count="%d">`, what, len(list))
	for _, i := range list {
		if i.Video != video {
			continue
		}
		name := what
		if i.Gone {
			name = "deleted" + strings.ToUpper(what[:1]) + what[1:]
		}
		fmt.Fprintf(b, `<%s><member id="%s">Member %s</member><timestamp>%s</timestamp><id>%s</id>`, name, i.Owner, i.Owner, i.Changed.Format(timeFormat), i.ID)
		if !i.Gone {
			fmt.Fprintf(b, `<classification>%s</classification><fingerprints>`, i.Class)
			s.writePrints(b, &i)
			b.WriteString(`</fingerprints>`)
		}
		fmt.Fprintf(b, `</%s>`, name)
	}
	fmt.Fprintf(b, `</%ss>`, what)
}

func (s *Server) writePrints(b *bytes.Buffer, i *Item) {
	for _, h := range i.Hashes {
		if h.Kind == bank.TMK {
			fmt.Fprintf(b, `<tmk-pdqf rel="self" href="/v2/fingerprint/%s"/>`, i.ID)
			continue
		}
		if name := names()[h.Kind]; name != "" {
			fmt.Fprintf(b, `<%s>%s</%s>`, name, h.Value, name)
		}
	}
	if i.Odd {
		b.WriteString(`<videntifier rel="self" href="/v2/fingerprint/none"/><md5>not a hash</md5>`)
	}
}

// PutBlob gives an item a large fingerprint.
func (s *Server) PutBlob(id string, b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blobs[id] = b
}

func (s *Server) blob(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	b, ok := s.blobs[r.PathValue("id")]
	s.mu.Unlock()
	if !ok {
		refuse(w, http.StatusNotFound, "no such fingerprint")
		return
	}
	_, _ = w.Write(b)
}

func (s *Server) putFeedback(w http.ResponseWriter, r *http.Request) {
	var x struct {
		XMLName xml.Name  `xml:"https://hashsharing.ncmec.org/hashsharing/v2 feedbackSubmission"`
		Right   *struct{} `xml:"affirmative"`
		Wrong   *struct {
			GUID []string `xml:"reasonIds>guid"`
		} `xml:"negative"`
	}
	err := xml.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&x)
	s.mu.Lock()
	i, there := s.shelf[r.PathValue("id")]
	s.mu.Unlock()
	switch {
	case err != nil || (x.Right == nil) == (x.Wrong == nil) || r.Header.Get("Content-Type") != "application/xml":
		refuse(w, http.StatusBadRequest, "no feedbackSubmission: %v", err)
	case x.Wrong != nil && (len(x.Wrong.GUID) != 1 || x.Wrong.GUID[0] != reasonGUID):
		refuse(w, http.StatusBadRequest, "no such reason")
	case !there || i.Gone || i.Owner != r.PathValue("member"):
		refuse(w, http.StatusNotFound, "no such entry")
	default:
		said := "affirmative"
		if x.Wrong != nil {
			said = "negative"
		}
		s.say(Feedback{"hashsharing", i.Owner + "-" + i.ID, r.PathValue("type"), said})
	}
}

// PhotoDNA is a made-up fingerprint of that kind.
func PhotoDNA(n int) bank.Hash {
	b := bytes.Repeat([]byte{byte(n), byte(n >> 8), byte(n >> 16), 7}, 36)
	return bank.Hash{Kind: bank.PhotoDNA, Value: base64.StdEncoding.EncodeToString(b)}
}
