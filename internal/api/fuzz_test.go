package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"haris/internal/bank"
	"haris/internal/event"
)

// FuzzEvents: whatever the body, its form and its encoding, the answer is never a failure of ours, and of what could be cut every
// piece is accounted for once.
func FuzzEvents(f *testing.F) {
	two := ev("e-1") + "\n" + ev("e-2")
	for i, body := range []string{two, "[" + ev("e-1") + "]", ev("e-1"), "", "[", "{}", "\xff", "[[[[[[[", `"`, two + "\n{", "null", "[1,2]"} {
		f.Add([]byte(body), byte(i), byte(0), false)
		f.Add([]byte(squeeze(f, "gzip", body)), byte(i), byte(1), true)
		f.Add([]byte(squeeze(f, "zstd", body)), byte(i), byte(2), false)
	}
	b := setup(f)
	f.Fuzz(func(t *testing.T, body []byte, media, encoding byte, verdict bool) {
		b.log.Reset()
		b.ingest.batches, b.ingest.seen = nil, map[string]bool{}
		q := post(string(body))
		q.media = forms()[int(media)%len(forms())]
		q.encoding = []string{"", "gzip", "zstd"}[encoding%3]
		if verdict {
			q.path += "?verdict=true"
		}
		w := b.send(t.Context(), q) // the fuzzer may make an id, which is repeated, of what stands for content elsewhere
		if w.Code >= 500 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		if w.Code != http.StatusOK {
			read[Problem](t, w, w.Code)
			if len(b.ingest.batches) > 0 {
				t.Error("something was taken from a body that was refused")
			}
			return
		}
		var got Taken
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		sum := got.Accepted + got.Duplicate + len(got.Rejected)
		if want := pieces(q); want >= 0 && sum != want {
			t.Errorf("%d pieces, %d answered", want, sum)
		}
		if handed := len(b.ingest.ids()); handed != got.Accepted+got.Duplicate || len(b.ingest.dead()) > len(got.Rejected) {
			t.Errorf("%d handed on, answered %+v", handed, got)
		}
	})
}

// pieces counts the events of a body that is not compressed; -1 when it is.
func pieces(q call) int {
	if q.encoding != "" {
		return -1
	}
	if q.media == string(formLines) {
		return len(event.SplitLines(strings.Clone(q.body)))
	}
	out, p := event.Split(q.body)
	if p != nil {
		return -1
	}
	return len(out)
}

// Whatever a body names, it is read or refused without a word of it, and every hash that is read is in its canonical text.
func FuzzMediaRef(f *testing.F) {
	for _, body := range goodBodies() {
		f.Add(body)
	}
	f.Add(`{"md5":1}`)
	f.Add(`{"hashes":{"photodna":"x"},"pdq_quality":-1}`)
	f.Fuzz(func(t *testing.T, body string) {
		var m MediaRef
		if err := parseJSON(body, &m); err != nil {
			var p *Problem
			if !errors.As(err, &p) || p.Status != http.StatusBadRequest || p.Expected == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		got, bad := m.media()
		if len(bad) > 0 {
			if p := badHash(bad); p.Expected == "" {
				t.Fatalf("%+v", p)
			}
		}
		for _, h := range got.Hashes {
			if again, err := bank.Parse(h.Kind, h.Value); err != nil || again != h {
				t.Fatalf("%v: %v, %v", h, again, err)
			}
		}
	})
}
