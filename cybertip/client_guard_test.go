package cybertip_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
)

func TestEnvironmentGuard(t *testing.T) {
	for _, c := range []struct {
		name string
		opt  cybertip.Options
		ok   bool
	}{
		{"none", cybertip.Options{}, false},
		{"production", cybertip.Options{Environment: cybertip.Production}, true},
		{"test", cybertip.Options{Environment: cybertip.Test}, true},
		{"production with a URL", cybertip.Options{Environment: cybertip.Production, BaseURL: "http://127.0.0.1"}, false},
		{"test with a URL", cybertip.Options{Environment: cybertip.Test, BaseURL: "https://report.cybertip.org/ispws"}, false},
		{"local without a URL", cybertip.Options{Environment: cybertip.Local}, false},
		{"local", cybertip.Options{Environment: cybertip.Local, BaseURL: "http://127.0.0.1:1/ispws"}, true},
		{"local by name", cybertip.Options{Environment: cybertip.Local, BaseURL: "http://localhost:1/ispws"}, true},
		{"local IPv6", cybertip.Options{Environment: cybertip.Local, BaseURL: "http://[::1]:1"}, true},
		{"local elsewhere", cybertip.Options{Environment: cybertip.Local, BaseURL: "http://192.0.2.1"}, false},
		{"local elsewhere by name", cybertip.Options{Environment: cybertip.Local, BaseURL: "http://localhost.example.com"}, false},
		{"local elsewhere, allowed", cybertip.Options{Environment: cybertip.Local, BaseURL: "https://cybertip-test:8443", AllowNonLoopback: true}, true},
		{"production as local", cybertip.Options{Environment: cybertip.Local, BaseURL: "https://report.cybertip.org/ispws", AllowNonLoopback: true}, false},
		{"production as local, disguised", cybertip.Options{Environment: cybertip.Local, BaseURL: "https://REPORT.cybertip.org.:443/ispws", AllowNonLoopback: true}, false},
		{"other scheme", cybertip.Options{Environment: cybertip.Local, BaseURL: "file:///tmp"}, false},
		{"unknown", cybertip.Options{Environment: "staging"}, false},
		{"unknown profile", cybertip.Options{Environment: cybertip.Test, Profile: "2001-01"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.opt.Username, c.opt.Password = "u", "p"
			if _, err := cybertip.NewClient(c.opt); (err == nil) != c.ok {
				t.Fatalf("got %v", err)
			}
			c.opt.Password = ""
			if _, err := cybertip.NewClient(c.opt); err == nil {
				t.Fatal("no password, no error")
			}
		})
	}
}

// roundTripper lets tests see what a client would send to NCMEC without sending it.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestProductionRefusesPlaceholders(t *testing.T) {
	real := func() *cybertip.Report {
		r := report()
		r.Reporter = cybertip.Reporter{
			ReportingPerson: cybertip.Person{FirstName: "Ada", LastName: "Testa", Emails: []cybertip.Email{{Address: "desk@platform.social"}}},
			ContactPerson:   &cybertip.ContactPerson{Phones: []cybertip.Phone{{Number: "7035551234"}}},
			CompanyTemplate: "Serve process by email.", LegalURL: "https://platform.social/legal",
		}
		return r
	}
	for _, c := range []struct {
		name   string
		change func(*cybertip.Report)
		ok     bool
	}{
		{"real", func(*cybertip.Report) {}, true},
		{"user text may say test", func(r *cybertip.Report) { r.AdditionalInfo = "test, lorem ipsum, a@example.com" }, true},
		{"reserved domain", func(r *cybertip.Report) { r.Reporter.ReportingPerson.Emails[0].Address = "desk@mail.example.com" }, false},
		{"no email", func(r *cybertip.Report) { r.Reporter.ReportingPerson.Emails = nil }, false},
		{"name", func(r *cybertip.Report) { r.Reporter.ReportingPerson.FirstName = "Test" }, false},
		{"fictional phone", func(r *cybertip.Report) { r.Reporter.ContactPerson.Phones[0].Number = "(703) 555-0102" }, false},
		{"template", func(r *cybertip.Report) { r.Reporter.CompanyTemplate = "CHANGEME" }, false},
		{"terms", func(r *cybertip.Report) { r.Reporter.TermsOfService = "Lorem ipsum dolor" }, false},
		{"legal URL", func(r *cybertip.Report) { r.Reporter.LegalURL = "https://www.example.com/legal" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var sent []string
			client, err := cybertip.NewClient(cybertip.Options{
				Environment: cybertip.Production, Username: "u", Password: "p",
				HTTPClient: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
					sent = append(sent, r.URL.String())
					body := "<reportResponse><responseCode>0</responseCode><reportId>1</reportId></reportResponse>"
					return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
				})},
			})
			if err != nil {
				t.Fatal(err)
			}
			r := real()
			c.change(r)
			_, err = client.Submit(context.Background(), r)
			if c.ok && (err != nil || !slices.Equal(sent, []string{"https://report.cybertip.org/ispws/submit"})) {
				t.Fatalf("%v, sent %v", err, sent)
			}
			if !c.ok && (!errors.Is(err, cybertip.ErrPlaceholder) || len(sent) != 0) {
				t.Fatalf("%v, sent %v", err, sent)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	followed := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer other.Close()
	client := scripted(t, http.StatusTemporaryRedirect, map[string]string{"Location": other.URL}, "")
	if _, err := client.Submit(context.Background(), report()); err == nil || followed {
		t.Fatalf("err %v, followed %v", err, followed)
	}
}

func TestBackoff(t *testing.T) {
	low, high := func() float64 { return 0 }, func() float64 { return 0.999999 }
	b := cybertip.Backoff{Base: time.Second, Max: 10 * time.Second}
	for i, want := range []time.Duration{1, 2, 4, 8, 10, 10} {
		want *= time.Second
		if lo, hi := b.Delay(i+1, low), b.Delay(i+1, high); lo != want/2 || hi < want*99/100 || hi > want {
			t.Errorf("after %d failures: %v to %v, want %v to %v", i+1, lo, hi, want/2, want)
		}
	}
	if d := (cybertip.Backoff{}).Delay(1000, high); d <= 0 || d > 5*time.Minute {
		t.Errorf("default after 1000 failures: %v", d)
	}
}

func TestCodesHaveTexts(t *testing.T) {
	for _, c := range []cybertip.Code{0, 1000, 1100, 1110, 1111, 1210, 1300, 2000, 3000, 3100, 3300, 4000, 4100, 4110, 4200, 5001, 5002, 5101, 5102, -1} {
		if strings.HasPrefix(c.String(), "unknown") {
			t.Errorf("code %d has no text", int(c))
		}
	}
	if got := cybertip.Code(77).String(); got != "unknown code 77" {
		t.Error(got)
	}
}
