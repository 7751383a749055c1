package action

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"haris/webhook"
)

// A name that was allowed because it means this machine must not lead to another one, whatever it is resolved to.
func TestHTTPStaysOnThisMachine(t *testing.T) {
	secret, err := webhook.NewSecret(bytes.NewReader(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSender(Endpoint{URL: "http://localhost:9/x", Secrets: []webhook.Secret{secret}})
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://192.0.2.1:9/x" // as if localhost had been resolved to it
	_, err = s.send(t.Context(), time.Unix(0, 0), message{id: "m1"})
	if err == nil || !strings.Contains(err.Error(), "this machine alone") {
		t.Errorf("got %v, want the connection refused before it is made", err)
	}
}
