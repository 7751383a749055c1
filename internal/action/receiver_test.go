package action_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"haris/internal/action"
	"haris/webhook"
)

func newSecret(t testing.TB) webhook.Secret {
	t.Helper()
	s, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// platform is a receiver with a clock that a test sets.
type platform struct {
	*action.Receiver
	secret webhook.Secret
	now    time.Time
	got    []action.Received
	fail   error
}

func newPlatform(t testing.TB) *platform {
	p := &platform{secret: newSecret(t), now: time.Unix(1_800_000_000, 0)}
	p.Receiver = action.NewReceiver(action.ReceiverConfig{
		Secrets: []webhook.Secret{p.secret}, Now: func() time.Time { return p.now },
		Got: func(r action.Received) error { p.got = append(p.got, r); return p.fail },
	})
	return p
}

const sample = `{"type":"action.asked","timestamp":"2026-03-01T16:00:00Z","data":{"action":"act_1","sequence":1,"kind":"hold_post",
"account":"u 1","item":"post-9","case":"c1","reverse":false,"by":"rule","rule":"r1","reason":"why","expires_at":"2026-03-08T16:00:00Z"}}`

func (p *platform) post(t testing.TB, id string, at time.Time, body string, s webhook.Secret) *httptest.ResponseRecorder {
	t.Helper()
	q := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
	if err := webhook.Sign(q.Header, webhook.Message{ID: id, At: at, Body: []byte(body)}, s); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, q)
	return w
}

func TestReceiver(t *testing.T) {
	p := newPlatform(t)
	forger := newSecret(t)
	at := p.now
	for _, c := range []struct {
		name   string
		id     string
		at     time.Time
		body   string
		secret webhook.Secret
		want   int
		repeat bool
	}{
		{"genuine", "m1", at, sample, p.secret, 200, false},
		{"replayed", "m1", at, sample, p.secret, 409, false},
		{"sent again by haris", "m1", at.Add(time.Second), sample, p.secret, 200, true},
		{"replayed after that", "m1", at.Add(time.Second), sample, p.secret, 409, false},
		{"the first one replayed", "m1", at, sample, p.secret, 409, false},
		{"its id with another body", "m1", at.Add(2 * time.Second), `{}`, p.secret, 409, false},
		{"another message", "m2", at, sample, p.secret, 200, false},
		{"forged", "m3", at, sample, forger, 401, false},
		{"stale", "m4", at.Add(-webhook.Tolerance - time.Second), sample, p.secret, 401, false},
		{"from the future", "m5", at.Add(webhook.Tolerance + time.Second), sample, p.secret, 401, false},
		{"not JSON", "m6", at, "hello", p.secret, 400, false},
		{"too long", "m7", at, strings.Repeat(" ", 1<<20+1), p.secret, 413, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := len(p.got)
			w := p.post(t, c.id, c.at, c.body, c.secret)
			if w.Code != c.want {
				t.Fatalf("answered %d %s, want %d", w.Code, w.Body, c.want)
			}
			if len(p.got) != before+1 {
				t.Fatalf("told of %d messages", len(p.got)-before)
			}
			got := p.got[before]
			if (got.Refused == "") != (c.want == 200) || got.Repeat != c.repeat || (got.Payload.Data.Action != "") != (c.want == 200) {
				t.Errorf("told %+v", got)
			}
			receipt, err := webhook.Verify(w.Header(), w.Body.Bytes(), p.now, p.secret)
			if (err == nil) != (c.want == 200) || err == nil && receipt.ID != c.id+"-receipt" {
				t.Errorf("receipt %+v, %v", receipt, err)
			}
		})
	}
	t.Run("not POST", func(t *testing.T) {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/hook", nil))
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("answered %d", w.Code)
		}
	})
}

// A message that could not be kept was not acted on, so its next attempt is not a repeat.
func TestReceiverThatCannotKeep(t *testing.T) {
	p := newPlatform(t)
	p.fail = errors.New("disk full")
	if w := p.post(t, "m1", p.now, sample, p.secret); w.Code != http.StatusInternalServerError {
		t.Fatalf("answered %d", w.Code)
	}
	p.fail = nil
	w := p.post(t, "m1", p.now.Add(time.Second), sample, p.secret)
	if w.Code != http.StatusOK || p.got[len(p.got)-1].Repeat {
		t.Errorf("answered %d, told %+v", w.Code, p.got[len(p.got)-1])
	}
}

func TestPrinter(t *testing.T) {
	p := newPlatform(t)
	p.post(t, "m1", p.now, sample, p.secret)
	p.post(t, "m1", p.now.Add(time.Second), sample, p.secret)
	p.post(t, "m2", p.now, sample, newSecret(t))
	var words, lines bytes.Buffer
	for _, r := range p.got {
		if err := errors.Join(action.Printer{W: &words}.Print(r), action.Printer{W: &lines, JSON: true}.Print(r)); err != nil {
			t.Fatal(err)
		}
	}
	want := `2027-01-15T08:00:00Z verified m1 asked hold_post of account "u 1" item "post-9" by rule "r1" until 2026-03-08T16:00:00Z because "why"
2027-01-15T08:00:00Z verified m1 asked hold_post of account "u 1" item "post-9" by rule "r1" until 2026-03-08T16:00:00Z because "why" (sent again, acted on before)
2027-01-15T08:00:00Z refused "": webhook: no signature fits
`
	if got := words.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d := json.NewDecoder(&lines)
	for i := range p.got {
		var r action.Received
		if err := d.Decode(&r); err != nil {
			t.Fatal(err)
		}
		if r.ID != p.got[i].ID || r.Refused != p.got[i].Refused || r.Payload.Data.Item != p.got[i].Payload.Data.Item {
			t.Errorf("line %d: %+v", i+1, r)
		}
	}
}

func FuzzReceiver(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"data":{"expires_at":"x"}}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p := newPlatform(t)
		w := p.post(t, "m1", p.now, string(body), p.secret)
		if len(p.got) != 1 || (w.Code == 200) != (p.got[0].Refused == "") {
			t.Fatalf("answered %d, told %+v", w.Code, p.got)
		}
		var b bytes.Buffer
		if err := (action.Printer{W: &b}).Print(p.got[0]); err != nil || strings.Count(b.String(), "\n") != 1 {
			t.Fatalf("printed %q, %v", b.String(), err)
		}
	})
}
