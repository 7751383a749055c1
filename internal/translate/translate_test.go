package translate_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"haris/internal/translate"
)

// server speaks the interface of LibreTranslate strictly, and goes wrong as it is told.
func server(t *testing.T, wrong func(http.ResponseWriter) bool) *translate.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /lt/translate", func(w http.ResponseWriter, r *http.Request) {
		if wrong != nil && wrong(w) {
			return
		}
		var q struct {
			Q                      []string
			Source, Target, Format string
			Key                    string `json:"api_key"`
		}
		d := json.NewDecoder(r.Body)
		d.DisallowUnknownFields()
		if err := d.Decode(&q); err != nil || q.Source != "auto" || q.Format != "text" || q.Key != "k" || r.Header.Get("Content-Type") != "application/json" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var a struct {
			T []string            `json:"translatedText"`
			D []map[string]string `json:"detectedLanguage"`
		}
		for _, s := range q.Q {
			a.T, a.D = append(a.T, q.Target+":"+s), append(a.D, map[string]string{"language": "es"})
		}
		_ = json.NewEncoder(w).Encode(a)
	})
	mux.HandleFunc("GET /lt/languages", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`[{"code":"es","name":"Spanish","targets":["en","es"]},{"code":"en","name":"English","targets":["es"]}]`))
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	c, err := translate.New(translate.Options{URL: srv.URL + "/lt", Key: "k", Wait: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTranslate(t *testing.T) {
	c := server(t, nil)
	got, err := c.Translate(t.Context(), "en", []string{"hola", "¿jugamos?"})
	if err != nil || len(got) != 2 || got[0] != (translate.Text{Text: "en:hola", From: "es"}) || got[1].Text != "en:¿jugamos?" {
		t.Errorf("%v %v", got, err)
	}
	for lang, want := range map[string]bool{"en": true, "ar": false} {
		if ok, err := c.Into(t.Context(), lang); err != nil || ok != want {
			t.Errorf("into %s: %v %v", lang, ok, err)
		}
	}
}

func TestTranslateBounds(t *testing.T) {
	c := server(t, nil)
	for name, texts := range map[string][]string{"none": nil, "too many": make([]string, translate.MaxTexts+1), "too long": {strings.Repeat("a", translate.MaxBytes+1)}} {
		if _, err := c.Translate(t.Context(), "en", texts); err == nil {
			t.Errorf("%s was sent", name)
		}
	}
	for _, url := range []string{"", "http://example.org", "https://a:b@example.org", "ftp://example.org", "https://example.org/?q=1"} {
		if _, err := translate.New(translate.Options{URL: url}); err == nil {
			t.Errorf("%q was taken", url)
		}
	}
}

func TestAnswersAreChecked(t *testing.T) {
	busy := 2
	c := server(t, func(w http.ResponseWriter) bool {
		if busy--; busy >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	if got, err := c.Translate(t.Context(), "en", []string{"hola"}); err != nil || got[0].Text != "en:hola" {
		t.Errorf("a server that was busy twice: %v %v", got, err)
	}
	for name, body := range map[string]string{
		"too few": `{"translatedText":[]}`, "one text for a list": `{"translatedText":"hello"}`, "no JSON": `<html>`, "languages of others": `{"translatedText":["a"],"detectedLanguage":[{},{}]}`,
	} {
		c := server(t, func(w http.ResponseWriter) bool { _, _ = w.Write([]byte(body)); return true })
		_, err := c.Translate(t.Context(), "en", []string{"hola"})
		if !errors.Is(err, translate.ErrAnswer) || translate.Why(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	c = server(t, func(w http.ResponseWriter) bool {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"error":"Invalid API key"}`))
		return true
	})
	_, err := c.Translate(t.Context(), "en", []string{"hola"})
	if why := translate.Why(err); !strings.Contains(why, "403") || strings.Contains(why, "hola") || strings.Contains(why, "127.0.0.1") {
		t.Errorf("%q", why)
	}
}
