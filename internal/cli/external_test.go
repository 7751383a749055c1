package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haris/internal/cli"
)

// TestExternal asks a model as an operator does before the first start: nothing is stored, and what is shown is what was checked.
func TestExternal(t *testing.T) {
	body := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer a-key" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, body)
	}))
	defer s.Close()
	dir := t.TempDir()
	key, data := filepath.Join(dir, "key"), filepath.Join(dir, "data")
	if err := os.WriteFile(key, []byte("a-key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	scores := []string{"HARIS_EXTERNAL_KIND=scores", "HARIS_EXTERNAL_URL=" + s.URL, "HARIS_EXTERNAL_MODEL=example-1"}
	keyed := append([]string{"HARIS_EXTERNAL_KEY_FILE=" + key}, scores...)
	for _, tt := range []struct {
		name, body string
		env, args  []string
		code       int
		says       []string
	}{
		{"an answer", `{"scores":{"S4":1.5}}`, keyed, []string{"external", "test", "keep this between us"}, cli.OK, []string{"example-1, policy ", "S4", "1.5", "missing"}},
		{"as JSON", `{"scores":{"S4":1.5}}`, keyed, []string{"external", "test", "keep this between us", "--lang", "en", "-o", "json"}, cli.OK, []string{`"stage":"S4","nats":1.5`, `"unscanned":"missing"`}},
		{"no answer", `{"ban":1}`, keyed, []string{"external", "test", "hello"}, cli.Failed, []string{"No answer: external model: the answer is no object with scores"}},
		{"without the key", ``, scores, []string{"external", "test", "hello", "-o", "json"}, cli.Failed, []string{`"reason":"unreachable"`, "credentials were refused"}},
		{"nobody is asked", ``, nil, []string{"external", "test", "hello"}, cli.Failed, []string{"external.kind is none"}},
		{"a policy that is none", ``, append([]string{"HARIS_EXTERNAL_POLICY=" + key}, keyed...), []string{"external", "test", "hello"}, cli.Failed, []string{"external policy"}},
		{"the policy", ``, nil, []string{"external", "policy"}, cli.OK, []string{"stages:", "keep this between us"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body = tt.body
			var out bytes.Buffer
			code := cli.Run(t.Context(), cli.Env{
				Args: append(tt.args, "--data-dir", data), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Environ: tt.env, Now: time.Now,
			})
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			for _, want := range tt.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not in:\n%s", want, out.String())
				}
			}
			if strings.Contains(out.String(), "a-key") {
				t.Error("the key is shown")
			}
		})
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("something was stored")
	}
}
