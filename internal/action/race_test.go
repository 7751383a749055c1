package action_test

import (
	"strings"
	"sync"
	"testing"

	"haris/internal/action"
	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// Two processes on one database seal the first evidence of a case and ask for the same action at once: one key, one action.
func TestTwoProcesses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		if e.Pair == nil {
			t.Skip("one process at a time writes to this engine")
		}
		one, two := e.Pair(t)
		working, err := evidence.GenerateWorkingKey()
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{T: t, db: one, platform: newPlatform(t)}
		var mu sync.Mutex
		asked := 0
		var g sync.WaitGroup
		for i := range 8 {
			db := []*store.DB{one, two}[i%2]
			g.Go(func() {
				v := evidence.NewVault(evidence.Config{Blobs: &evidencetest.Memory{}, Keeper: store.EvidenceKeeper(db), Working: working, Now: b.clock})
				_, err := v.Seal(t.Context(), evidence.New{
					Case: "c1", Kind: evidence.KindEvent, Name: "e.json", MediaType: "application/json", Who: "haris", Why: "case opened", Body: strings.NewReader("x"),
				})
				if err != nil {
					t.Error(err)
					return
				}
				err = db.Write(t.Context(), func(tx *store.Tx) error {
					_, added, err := action.Ask(t.Context(), tx.Actions(), b.clock(), b.request())
					if added {
						mu.Lock()
						asked++
						mu.Unlock()
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		g.Wait()
		if n := len(b.jobs(action.JobDeliver, "")); n != 1 || asked == 0 {
			t.Errorf("%d delivery jobs, asked %d times", n, asked)
		}
		b.read(func(tx action.Tx) error {
			list, err := tx.List(t.Context(), action.Filter{})
			if len(list) != 1 {
				t.Errorf("%d actions", len(list))
			}
			return err
		})
	})
}
