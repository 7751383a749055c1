package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/job"
)

// JobSeal is the kind of the job that seals what a case rests on. Its payload is SealOrder.
const JobSeal = "evidence.seal"

// SealOrder asks to seal the evidence of a case.
type SealOrder struct {
	Case string `json:"case"`
	// Then is handed to the Sealer's Then once the evidence is sealed: what was decided and had to wait for it, such as the
	// actions to ask for.
	Then json.RawMessage `json:"then,omitempty"`
}

// NewSealJob makes the job for an order. key is derived from what caused it.
func NewSealJob(key string, at time.Time, o SealOrder) (job.New, error) {
	b, err := json.Marshal(o)
	if err != nil {
		return job.New{}, fmt.Errorf("evidence: seal job: %w", err)
	}
	return job.New{Kind: JobSeal, Key: JobSeal + "/" + key, Payload: b, RunAt: at}, nil
}

// Sealer works off JobSeal jobs. This is how an automatic effect waits for its evidence: the decision writes the job and the
// effect in Then, and Then asks for the action when the evidence is there.
type Sealer struct {
	Vault *Vault
	// Gather returns what to seal for a case: at least one item, with readers that are read once.
	Gather func(ctx context.Context, caseID string) ([]New, error)
	// Then runs after everything is sealed; it may run again after a crash. It may be nil when no order has a Then.
	Then func(ctx context.Context, o SealOrder) error
}

// errNothing says that a case has nothing to seal, which is not the same as being sealed.
var errNothing = errors.New("evidence: nothing was gathered for the case")

// Handle is the job.Handler of JobSeal. A case whose retention has ended is not sealed again: the job is then dead.
func (s *Sealer) Handle(ctx context.Context, j job.Job) (job.Outcome, error) {
	var o SealOrder
	if err := json.Unmarshal(j.Payload, &o); err != nil || o.Case == "" {
		return job.Outcome{State: job.Dead, Error: "evidence: the job names no case"}, nil
	}
	switch err := s.seal(ctx, o); {
	case err == nil:
		return job.Outcome{State: job.Done}, nil
	case errors.Is(err, ErrDestroyed) || errors.Is(err, ErrInvalid):
		return job.Outcome{State: job.Dead, Error: err.Error()}, nil
	default:
		return job.Outcome{}, err
	}
}

func (s *Sealer) seal(ctx context.Context, o SealOrder) error {
	list, err := s.Gather(ctx, o.Case)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("%w: %s", errNothing, o.Case)
	}
	for _, n := range list {
		n.Case = o.Case
		if _, err := s.Vault.Seal(ctx, n); err != nil {
			return err
		}
	}
	switch {
	case len(o.Then) == 0:
		return nil
	case s.Then == nil:
		return fmt.Errorf("%w: the order says what comes next and nothing is there to do it", ErrInvalid)
	}
	return s.Then(ctx, o)
}

// Files turns a transcript into what is sealed for it: the exact record and its rendering for people.
func (t Transcript) Files(name, who, why string) ([]New, error) {
	exact, err := t.JSON()
	if err != nil {
		return nil, err
	}
	n := New{Kind: KindTranscript, Origin: Origin{Sequences: t.Sequences()}, Who: who, Why: why}
	record, text := n, n
	record.Name, record.MediaType, record.Body = name+".json", "application/json", bytes.NewReader(exact)
	text.Name, text.MediaType, text.Body = name+".txt", "text/plain; charset=utf-8", bytes.NewReader(t.Text())
	return []New{record, text}, nil
}
