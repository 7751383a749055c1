package console_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/evidence"
)

func TestAddingAFile(t *testing.T) {
	w := newWorld(t)
	me := w.who[auth.Reviewer]
	list := "/case/" + w.id + "/evidence"
	token := me.token(list)
	png := stripes(t, 32, 24)
	for name, c := range map[string]struct {
		u      upload
		status int
		say    string
	}{
		"plain":             {upload{name: "a.png", typ: "image/png", contents: png}, http.StatusSeeOther, ""},
		"nothing claimed":   {upload{name: "b.png", contents: stripes(t, 33, 24)}, http.StatusSeeOther, ""},
		"from a list":       {upload{name: "c.png", typ: "image/png", contents: stripes(t, 34, 24), fields: [][2]string{{"list", "Example list"}, {"algorithm", "pdq"}, {"distance", "12"}, {"classification", "A1"}}}, http.StatusSeeOther, ""},
		"list is missing":   {upload{name: "d.png", contents: png, fields: [][2]string{{"algorithm", "pdq"}}}, http.StatusUnprocessableEntity, "Please fill this in"},
		"distance in words": {upload{name: "d.png", contents: png, fields: [][2]string{{"list", "l"}, {"algorithm", "pdq"}, {"distance", "near"}}}, http.StatusUnprocessableEntity, "whole number"},
		"no address":        {upload{name: "d.png", contents: png, fields: [][2]string{{"url", "ftp://example.org"}}}, http.StatusUnprocessableEntity, "http or https address"},
		"empty":             {upload{name: "e.png"}, http.StatusUnprocessableEntity, "empty or cannot be read"},
		"no file":           {upload{}, http.StatusUnprocessableEntity, "Please fill this in"},
		"too long":          {upload{name: "f.bin", contents: bytes.Repeat([]byte("x"), maxFile+1)}, http.StatusUnprocessableEntity, "longer than may be added"},
		"a field too long":  {upload{name: "d.png", contents: png, fields: [][2]string{{"media", strings.Repeat("x", 5000)}}}, http.StatusBadRequest, "cannot be taken"},
		"no token":          {upload{name: "d.png", contents: png, token: "none"}, http.StatusForbidden, "too old"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.u.token == "" {
				c.u.token = token
			}
			before := w.sealedIn(w.id)
			got := me.file(list, c.u)
			if got.status != c.status || !strings.Contains(got.body, c.say) {
				t.Fatalf("%d, want %d with %q\n%s", got.status, c.status, c.say, got.body)
			}
			want := len(before)
			if c.status == http.StatusSeeOther {
				want++
			}
			if got := len(w.sealedIn(w.id)); got != want {
				t.Errorf("%d items after it, want %d", got, want)
			}
			if url := c.u.fields; name == "no address" && !strings.Contains(got.body, url[0][1]) {
				t.Error("what was written is lost")
			}
		})
	}
	got := me.file(list, upload{token: token, name: `..\..\<b>x</b>.png`, typ: "image/png", contents: []byte("%PDF-1.7 pattern")})
	if body := me.get(got.header.Get("Location")).body; !strings.Contains(body, "not what it claims to be") || !strings.Contains(body, "application/pdf") || strings.Contains(body, "<b>x") {
		t.Error("a claim that differs is not said, or the name is not cleaned")
	}
	if got := w.who[auth.Auditor].file(list, upload{token: w.who[auth.Auditor].token(list), name: "a.png", contents: png}); got.status != http.StatusForbidden {
		t.Errorf("an auditor adds a file: %d", got.status)
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	if err := errors.Join(m.WriteField("token", token), m.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.srv.URL+list, &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := me.read(me.http.Do(r)); got.status != http.StatusForbidden {
		t.Errorf("from another site with the right token: %d", got.status)
	}
	if got := me.file("/case/none/evidence", upload{token: token, name: "a.png", contents: png}); got.status != http.StatusNotFound {
		t.Errorf("a case that is none: %d", got.status)
	}
}

func (b *bundle) sealedIn(id string) []evidence.Item {
	b.t.Helper()
	items, err := b.vault.Manifest(b.t.Context(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return items
}

// TestAddingInABrowser sends a file with the bar, and is told of one that is too long before it is sent.
func TestAddingInABrowser(t *testing.T) {
	b, id := furnished(t)
	dir := t.TempDir()
	fit, long := filepath.Join(dir, "pattern.png"), filepath.Join(dir, "long.bin")
	if err := os.WriteFile(fit, stripes(t, 64, 48), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(long, bytes.Repeat([]byte("x"), maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	k := startChrome(t)
	k.look(1280, "light")
	k.as(b.as(auth.Reviewer))
	k.do(chromedp.Navigate(b.srv.URL+"/case/"+id+"/evidence"), chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{long}),
		chromedp.Focus(chromedp.CSS("form[data-upload] button")), chromedp.KeyEvent("\r"))
	k.until("!document.querySelector('[data-too-large]').hidden")
	k.do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{fit}), chromedp.Focus(chromedp.CSS("form[data-upload] button")))
	if _, err := chromedp.RunResponse(k.ctx, chromedp.KeyEvent("\r")); err != nil {
		t.Fatal(err)
	}
	if items := b.sealedIn(id); len(items) != 1 || items[0].Name != "pattern.png" || items[0].MediaType != "image/png" {
		t.Errorf("sealed: %+v", items)
	}
	if !eval[bool](k, "document.querySelector('.alert.good') !== null") {
		t.Error("the page does not say that it is sealed")
	}
	for _, s := range k.said {
		t.Errorf("the browser complains: %s", s)
	}
}
