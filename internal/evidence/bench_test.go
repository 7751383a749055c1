package evidence_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	"haris/internal/evidence"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// BenchmarkSealAndOpen seals contents of two sizes to files and reads them back: bytes a second, both ways, durable.
func BenchmarkSealAndOpen(b *testing.B) {
	for name, size := range map[string]int{"transcript 20 kB": 20_000, "video 32 MB": 32 << 20} {
		b.Run(name, func(b *testing.B) {
			key, err := evidence.GenerateWorkingKey()
			if err != nil {
				b.Fatal(err)
			}
			files, err := evidence.NewFiles(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			v := evidence.NewVault(evidence.Config{Blobs: files, Keeper: store.EvidenceKeeper(storetest.SQLite(b)), Working: key, Now: time.Now})
			b.SetBytes(int64(size))
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n++
				r := request("c1", "x", "")
				r.Name = fmt.Sprintf("item-%d", n)
				r.Body = &zeros{n: size}
				i, err := v.Seal(b.Context(), r)
				if err != nil {
					b.Fatal(err)
				}
				_, body, err := v.Open(b.Context(), "p1", "bench", i.ID)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, body); err != nil {
					b.Fatal(err)
				}
				if err := body.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
