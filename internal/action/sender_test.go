package action_test

import (
	"strings"
	"testing"

	"haris/internal/action"
	"haris/webhook"
)

func TestEndpoint(t *testing.T) {
	secrets := []webhook.Secret{newSecret(t)}
	for _, c := range []struct {
		url, want string // want is a part of the error, empty for an endpoint that is taken
	}{
		{"https://platform.example/hooks/haris", ""},
		{"https://10.0.0.7:8443/x?y=1", ""},
		{"http://127.0.0.1:9/x", ""},
		{"http://[::1]:9/x", ""},
		{"http://localhost/x", ""},
		{"http://platform.example/x", "expected https"},
		{"http://10.0.0.7/x", "expected https"},
		{"http://169.254.169.254/latest", "expected https"},
		{"http://127.0.0.1.example.com/x", "expected https"},
		{"http://localhost.example/x", "expected https"},
		{"ftp://platform.example/x", "scheme"},
		{"file:///etc/passwd", "no host"},
		{"/relative", "no host"},
		{"", "no host"},
		{"https://:443/x", "no host"},
		{"https://user:secret@platform.example/x", "not allowed"},
		{"https://platform.example/x#y", "#"},
		{"https://%zz/", "not a URL"},
	} {
		_, err := action.NewSender(action.Endpoint{URL: c.url, Secrets: secrets})
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.url, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want %q", c.url, err, c.want)
		case err != nil && strings.Contains(err.Error(), "secret@"):
			t.Errorf("the error tells the password: %v", err)
		}
	}
	if _, err := action.NewSender(action.Endpoint{URL: "https://platform.example/x"}); err == nil {
		t.Error("an endpoint without a secret was taken")
	}
}
