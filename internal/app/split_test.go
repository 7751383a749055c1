package app_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// TestSplitSealsEvidence says that the evidence of a case that was split from another is sealed under it as well, and that nothing waits in vain
// when there is none.
func TestSplitSealsEvidence(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := options()
	o.Now = func() time.Time { return at }
	core, err := app.OpenCore(t.Context(), settings(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := core.Close(); err != nil {
			t.Error(err)
		}
	})
	spoke := func(subject string) detect.Signal {
		return detect.Signal{Detector: "D1", Subject: subject, Family: taxonomy.FamilyContact, Strength: 3, At: at, Events: []uint64{1}}
	}
	var id string
	err = core.DB.Write(t.Context(), func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), at, casefile.Matter{
			Key: "k", Subject: "u1", Linked: []string{"u2", "u3"}, Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: at,
			Signals: []detect.Signal{spoke("u1"), spoke("u2")},
		})
		id = c.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found, err1 := core.Review().Split(t.Context(), review.Act{Who: "ada", Case: id, Seen: 1}, []string{"u2"}, "another man")
	_, err2 := core.Review().Split(t.Context(), review.Act{Who: "ada", Case: id, Seen: 2}, []string{"u3"}, "another man")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	var sealing []string
	err = core.DB.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Jobs().List(t.Context(), evidence.JobSeal, job.Queued, 10)
		for _, j := range list {
			sealing = append(sealing, string(j.Payload))
		}
		return err
	})
	if err != nil || len(sealing) != 1 || !slices.ContainsFunc(sealing, func(s string) bool { return strings.Contains(s, found.ID) }) {
		t.Errorf("%v, %v", sealing, err)
	}
}
