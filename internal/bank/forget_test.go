package bank_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/store"
)

// What was seen long ago goes in any number, with one entry in the audit log; where nothing went nothing is written.
func TestForget(t *testing.T) {
	f := setup(t)
	const many = 7000 // more than one transaction takes
	list := make([]bank.Sighting, many)
	for i := range list {
		list[i] = bank.Sighting{Hash: bank.Hash{Kind: bank.MD5, Value: fmt.Sprintf("%032x", i)}, Quality: bank.Unrated, Account: "ali", Event: 1, Last: noon.Add(-48 * time.Hour)}
	}
	if err := f.db.Write(t.Context(), func(tx *store.Tx) error { return tx.Seen().Note(t.Context(), list) }); err != nil {
		t.Fatal(err)
	}
	d := f.desk()
	for _, want := range []bank.Forgotten{{Sightings: many, Hashes: many}, {}} {
		if got, err := d.Forget(t.Context(), "software", noon.Add(-24*time.Hour)); got != want || err != nil {
			t.Errorf("%+v, want %+v (%v)", got, want, err)
		}
	}
	want := []string{"software bank.seen.forgotten bank map[before:" + noon.Add(-24*time.Hour).UTC().Format(time.RFC3339) + " hashes:7000 sightings:7000]"}
	if got := f.acts(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
