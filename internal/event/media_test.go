package event_test

import (
	"testing"

	"haris/internal/event"
)

// media decodes an upload of one media.
func media(t *testing.T, fields string) (event.Media, *event.Problem) {
	t.Helper()
	e, p := event.Decode(`{"specversion":"1.0","id":"1","source":"/s","type":"media.uploaded","time":"2026-03-02T10:00:00Z","data":{"account":"a","media":[{"id":"m","kind":"image"`+fields+`}]}}`, 1, event.Limits{})
	if p != nil {
		return event.Media{}, p
	}
	return e.Data.Media[0], nil
}

// A quality of 0 is not the same as none: the one says that there is nothing to see, the other says nothing.
func TestMediaHashes(t *testing.T) {
	m, p := media(t, `,"pdq":"00","pdq_quality":0,"hashes":{"photodna":"AA==","netclean":"x"}`)
	if p != nil || !m.Rated || m.PDQQuality != 0 || m.Hashes["photodna"] != "AA==" || len(m.Hashes) != 2 {
		t.Errorf("%+v (%v)", m, p)
	}
	if m, p := media(t, `,"pdq":"00","pdq_quality":null,"hashes":null`); p != nil || m.Rated || m.Hashes != nil {
		t.Errorf("%+v (%v)", m, p)
	}
	for fields, at := range map[string]string{
		`,"pdq_quality":101`: "/data/media/0/pdq_quality", `,"hashes":{"tmk":1}`: "/data/media/0/hashes/tmk", `,"hashes":[]`: "/data/media/0/hashes",
	} {
		if _, p := media(t, fields); p == nil || p.Pointer != at {
			t.Errorf("%s: %v", fields, p)
		}
	}
}

func TestOwnSourceIsKept(t *testing.T) {
	raw := `{"specversion":"1.0","id":"1","source":"urn:haris:bank","type":"media.matched","time":"2026-03-02T10:00:00Z","data":{"account":"a"}}`
	if _, p := event.Decode(raw, 1, event.Limits{}); p == nil || p.Pointer != "/source" {
		t.Errorf("%v", p)
	}
	if _, p := event.Decode(raw, 1, event.Limits{Own: true}); p != nil {
		t.Errorf("in the log: %v", p)
	}
}
