package store_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"haris/internal/state"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

func TestLetters(t *testing.T) { storetest.Each(t, storetest.Letters) }

func TestEventFields(t *testing.T) { storetest.Each(t, storetest.EventFields) }

func TestState(t *testing.T) { storetest.Each(t, storetest.State) }

// TestLettersRunAlongIndexes checks that a list of dead letters reads no more than it shows, however many were replayed.
func TestLettersRunAlongIndexes(t *testing.T) {
	db := storetest.SQLite(t)
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		for _, cursor := range []string{"", "01"} {
			for _, step := range plan(t, tx, store.LetterListQuery(cursor)) {
				if step != "SCAN dead_letter USING INDEX dead_letter_open" && step != "SEARCH dead_letter USING INDEX dead_letter_open (id<?)" {
					t.Errorf("cursor %q: %s", cursor, step)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkCheckpoint prints what a checkpoint of 2,000 rows of a size costs when every row is replaced, on each engine there is.
func BenchmarkCheckpoint(b *testing.B) {
	for _, size := range []int{1 << 10, 20 << 10, 200 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			db := storetest.SQLite(b)
			body := make([]byte, size)
			r := rand.NewChaCha8([32]byte{1})
			if _, err := r.Read(body); err != nil {
				b.Fatal(err)
			}
			const rows = 2000
			for b.Loop() {
				err := db.Write(b.Context(), func(tx *store.Tx) error {
					v := tx.State()
					for i := range rows {
						binary.LittleEndian.PutUint64(body, r.Uint64())
						if err := v.Put(b.Context(), state.Row{Part: "pair", Key: binary.BigEndian.AppendUint16(nil, uint16(i)), Body: body}); err != nil {
							return err
						}
					}
					return v.SetMark(b.Context(), 1)
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*rows), "µs/row")
			b.ReportMetric(float64(b.N*rows*size)/1e6/b.Elapsed().Seconds(), "MB/s")
		})
	}
}
