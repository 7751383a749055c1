package cybertiptest_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"haris/cybertip/cybertiptest"
)

// TestTenThousandReportsTakeLittleMemory files 10,000 reports of 5 KB each, with a file, at a server that keeps digests.
func TestTenThousandReportsTakeLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("files 10,000 reports")
	}
	server := cybertiptest.NewServer(cybertiptest.Options{DigestsOnly: true})
	send := func(path, kind, body string) {
		r := request(t.Context(), t)
		r.Method, r.URL.Path = http.MethodPost, cybertiptest.BasePath+path
		r.Header.Set("Content-Type", kind)
		r.Body = http.NoBody
		if body != "" {
			r.Body = readCloser{strings.NewReader(body)}
		}
		server.ServeHTTP(discard{}, r)
	}
	text := strings.Replace(minimal, "</report>", "<additionalInfo>"+strings.Repeat("keep this between us ", 250)+"</additionalInfo></report>", 1)
	form := "--x\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n%d\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + strings.Repeat("b", 10_000) + "\r\n--x--\r\n"
	before := live()
	const n = 10_000
	for i := range int64(n) {
		id := 7_000_001 + i
		send("/submit", "text/xml", text)
		send("/upload", "multipart/form-data; boundary=x", fmt.Sprintf(form, id))
		send("/finish", "application/x-www-form-urlencoded", fmt.Sprintf("id=%d", id))
	}
	grown := live() - before
	finished := 0
	for _, r := range server.Reports() {
		if r.State == cybertiptest.StateFinished && len(r.Files) == 1 && r.Files[0].Size == 10_000 {
			finished++
		}
	}
	t.Logf("%d finished reports, %.1f MiB", finished, float64(grown)/(1<<20))
	if finished != n || grown > 24<<20 {
		t.Errorf("%d finished reports take %.1f MiB", finished, float64(grown)/(1<<20))
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// live is what is in use after a collection.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
