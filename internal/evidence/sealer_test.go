package evidence_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/store/storetest"
)

func TestSealer(t *testing.T) {
	broken := errors.New("the log cannot be read")
	var gathered []evidence.New
	var gatherErr error
	var then []string
	b := setup(t, storetest.Engine{New: storetest.SQLite})
	s := &evidence.Sealer{
		Vault:  b.vault,
		Gather: func(context.Context, string) ([]evidence.New, error) { return gathered, gatherErr },
		Then: func(_ context.Context, o evidence.SealOrder) error {
			list, err := b.vault.Manifest(t.Context(), o.Case)
			if err == nil && len(list) == 0 {
				t.Error("what comes next came before the evidence")
			}
			then = append(then, string(o.Then))
			return err
		},
	}
	run := func(o evidence.SealOrder) (job.Outcome, error) {
		n, err := evidence.NewSealJob("m1", b.now, o)
		if err != nil {
			t.Fatal(err)
		}
		return s.Handle(t.Context(), job.Job{Kind: n.Kind, Payload: n.Payload})
	}
	order := evidence.SealOrder{Case: "c1", Then: json.RawMessage(`{"ask":1}`)}

	gatherErr = broken
	if _, err := run(order); !errors.Is(err, broken) {
		t.Errorf("gather failed: %v", err)
	}
	gatherErr = nil
	if _, err := run(order); err == nil {
		t.Error("nothing was gathered and the job succeeded")
	}
	if len(then) != 0 {
		t.Fatalf("went on without evidence: %v", then)
	}
	for range 2 {
		files, err := evidence.NewTranscript("v1", conversation()).Files("conversation-v1", "haris", "case opened")
		if err != nil {
			t.Fatal(err)
		}
		gathered = files
		if o, err := run(order); err != nil || o.State != job.Done {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	if strings.Join(then, " ") != `{"ask":1} {"ask":1}` {
		t.Errorf("went on with %v", then)
	}
	list, err := b.vault.Manifest(t.Context(), "c1")
	if err != nil || len(list) != 2 || len(list[0].Origin.Sequences) != 4 {
		t.Fatalf("manifest %+v, %v", list, err)
	}
	for _, bad := range []string{`{`, `{}`, `null`} {
		if o, err := s.Handle(t.Context(), job.Job{Payload: []byte(bad)}); err != nil || o.State != job.Dead {
			t.Errorf("payload %s: %+v, %v", bad, o, err)
		}
	}
	if err := b.vault.Destroy(t.Context(), "p1", "retention ended", "c1"); err != nil {
		t.Fatal(err)
	}
	gathered = []evidence.New{request("", "t.txt", "x")}
	if o, err := run(order); err != nil || o.State != job.Dead {
		t.Errorf("after destruction: %+v, %v", o, err)
	}
}
