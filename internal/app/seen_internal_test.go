package app

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/config"
	"haris/internal/store"
)

// seenCore is a core that has seen 25 pictures and 5 other media, the first ten pictures long ago.
func seenCore(t *testing.T, keep time.Duration) *Core {
	t.Helper()
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	c := config.Default()
	c.DataDir, c.Retention.Seen = t.TempDir(), keep
	core, err := OpenCore(t.Context(), c, Options{Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler), Own: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := core.Close(); err != nil {
			t.Error(err)
		}
	})
	var list []bank.Sighting
	for i := range 30 {
		h, last := bank.Hash{Kind: bank.PDQ, Value: fmt.Sprintf("%064x", i+1)}, now
		if i%6 == 5 {
			h = bank.Hash{Kind: bank.MD5, Value: fmt.Sprintf("%032x", i+1)}
		}
		if i < 12 {
			last = now.Add(-100 * 24 * time.Hour)
		}
		list = append(list, bank.Sighting{Hash: h, Quality: 90, Account: "ali", Event: 1, Last: last})
	}
	if err := core.DB.Write(t.Context(), func(tx *store.Tx) error { return tx.Seen().Note(t.Context(), list) }); err != nil {
		t.Fatal(err)
	}
	return core
}

// Pictures come in pages, each once, and what is no picture is passed over.
func TestSeenPictures(t *testing.T) {
	core := seenCore(t, 0)
	seen, after := map[string]bool{}, uint64(0)
	for pages := 0; ; pages++ {
		list, last, err := core.seenPictures(t.Context(), after, 7)
		if err != nil || pages > 10 || last < after {
			t.Fatal(pages, last, err)
		}
		for _, s := range list {
			if s.Hash.Kind != bank.PDQ || seen[s.Hash.Value] {
				t.Errorf("%+v comes, or comes again", s)
			}
			seen[s.Hash.Value] = true
		}
		if after = last; len(list) < 7 {
			break
		}
	}
	if len(seen) != 25 || after != 30 {
		t.Errorf("%d pictures, up to %d", len(seen), after)
	}
}

// What was seen last before retention.seen goes with the daily look at what need not be kept; without the key nothing goes.
func TestRetentionOfWhatWasSeen(t *testing.T) {
	for keep, want := range map[time.Duration]int{0: 30, 90 * 24 * time.Hour: 18, 101 * 24 * time.Hour: 30} {
		core := seenCore(t, keep)
		if err := core.retain(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := core.DB.Read(t.Context(), func(tx *store.Tx) error {
			n, err := tx.Seen().Totals(t.Context())
			if n.Hashes != want {
				t.Errorf("kept for %v: %d hashes are left, want %d", keep, n.Hashes, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
