package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestPagesDoNotWaitForOthers: the CyberTipline is asked once whether it is there, however often somebody looks at the pages that say so.
func TestPagesDoNotWaitForOthers(t *testing.T) {
	var asked atomic.Int64
	ncmec := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/status") {
			asked.Add(1)
		}
		http.Error(w, "closed for the day", http.StatusServiceUnavailable)
	}))
	defer ncmec.Close()
	c := settings(t)
	c.NCMEC.Environment, c.NCMEC.URL, c.NCMEC.Username, c.NCMEC.Password = "local", ncmec.URL+"/ispws", "haris", "secret"
	c.NCMEC.Reporter.Email = "safety@example.org"
	v := signIn(t, start(t, c))
	for range 5 {
		if got := v.get("/health"); !strings.Contains(got, "local: ") {
			t.Error("the page does not say that the CyberTipline does not answer")
		}
		v.get("/dashboard")
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the CyberTipline was asked %d times, want once", n)
	}
}
