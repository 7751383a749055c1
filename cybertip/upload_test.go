package cybertip_test

import (
	"flag"
	"io"
	"runtime"
	"testing"
	"time"

	"haris/cybertip"
)

var uploadMiB = flag.Int64("upload-mib", 256, "size of the file that TestUploadMemoryIsFlat streams, in MiB")

// TestUploadMemoryIsFlat streams a file both ways and holds the whole process, server included, to what does not depend on its size: what is
// allocated in all, and the most that was in use at any moment.
func TestUploadMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("streams 256 MiB")
	}
	b := setup(t)
	opened, err := b.client.Submit(t.Context(), report())
	if err != nil {
		t.Fatal(err)
	}
	size := *uploadMiB << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	content := &measured{left: size}
	begun := time.Now()
	up, err := b.client.Upload(t.Context(), cybertip.Upload{ReportID: opened.ReportID, Content: content, Size: size})
	took := time.Since(begun)
	runtime.ReadMemStats(&after)
	if err != nil || up.Size != size {
		t.Fatalf("%+v %v", up, err)
	}
	if rep, ok := b.server.Report(opened.ReportID); !ok || len(rep.Files) != 1 || rep.Files[0].Size != size || rep.Files[0].SHA256 != up.SHA256 {
		t.Errorf("%d files arrived", len(rep.Files))
	}
	allocated, peak := after.TotalAlloc-before.TotalAlloc, max(content.peak, before.HeapInuse)-before.HeapInuse
	t.Logf("%d MiB in %.1f s; allocated %.1f MiB in all, at most %.1f MiB more than before in use", *uploadMiB, took.Seconds(), mib(allocated), mib(peak))
	if allocated > 16<<20 || peak > 16<<20 {
		t.Errorf("allocated %.1f MiB, peak %.1f MiB", mib(allocated), mib(peak))
	}
}

func mib(n uint64) float64 { return float64(n) / (1 << 20) }

// measured is a file of zeros that looks at the heap 64 times while it is read.
type measured struct {
	left, since int64
	peak        uint64
}

func (m *measured) Read(p []byte) (int, error) {
	if m.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), m.left)
	clear(p[:n])
	m.left -= n
	if m.since += n; m.since >= *uploadMiB<<20/64 {
		m.since = 0
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		m.peak = max(m.peak, s.HeapInuse)
	}
	return int(n), nil
}

// BenchmarkUpload is what a file costs on the way, server included: two digests on each side and the copy through the loopback.
func BenchmarkUpload(b *testing.B) {
	s := setup(b)
	opened, err := s.client.Submit(b.Context(), report())
	if err != nil {
		b.Fatal(err)
	}
	const size = 64 << 20
	b.SetBytes(size)
	for b.Loop() {
		if _, err := s.client.Upload(b.Context(), cybertip.Upload{ReportID: opened.ReportID, Content: io.LimitReader(zeros{}, size), Size: size}); err != nil {
			b.Fatal(err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
