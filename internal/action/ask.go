package action

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"haris/internal/audit"
	"haris/internal/job"
)

// The kinds of jobs. Their payload is JobPayload.
const (
	JobDeliver = "action.deliver"
	JobExpire  = "action.expire"
	JobReverse = "action.reverse"
)

// JobKinds lists the kinds of jobs that a Deliverer works off.
func JobKinds() []string { return []string{JobDeliver, JobExpire, JobReverse} }

// JobPayload is the payload of every job of this package.
type JobPayload struct {
	Action string `json:"action"`
}

const (
	// MaxFriction is the longest time that friction is asked for; a person reviews and asks again.
	MaxFriction = 30 * 24 * time.Hour
	// reversalTries is how often a reversal is tried: giving up leaves friction on a person, so it is more than for a delivery.
	reversalTries = 40
	maxAccount    = 256 // bytes of an account or item id, as in the wire format of events
	maxReason     = 2000
)

// Request asks for an action.
type Request struct {
	Key       string // identity of the effect; asking twice with one key is one action
	Case      string
	Subject   string
	Item      string
	Kind      Kind
	By        By
	Reason    string    // required; for the platform's record, not for the account
	ExpiresAt time.Time // required for friction that software asks for
}

// Ask writes down an action together with its jobs and its audit entry, in the caller's transaction. Asking again with the same
// key returns the action that there is; added is false then.
// ErrInvalid, ErrNeedsPerson, ErrNoEvidence, ErrNoNotice while a hold forbids to tell the account, ErrKeyTaken when the key stands
// for something else.
func Ask(ctx context.Context, tx Tx, now time.Time, r Request) (a Action, added bool, err error) {
	now = now.UTC().Truncate(time.Millisecond)
	if a, err = r.action(now); err != nil {
		return Action{}, false, err
	}
	old, err := tx.Get(ctx, a.ID)
	if err == nil {
		return old, false, same(old, a)
	}
	if !errors.Is(err, ErrNotFound) {
		return Action{}, false, err
	}
	if err := a.check(ctx, tx, now); err != nil {
		return Action{}, false, err
	}
	first := Event{Action: a.ID, N: 1, At: now, Who: a.By.who(), Kind: WasAsked}
	if a, err = a.Apply(first); err != nil {
		return Action{}, false, err
	}
	if added, err = tx.Add(ctx, a, first); err != nil {
		return Action{}, false, err
	}
	if !added {
		old, err := tx.Get(ctx, a.ID)
		return old, false, errors.Join(err, same(old, a))
	}
	if err := enqueue(ctx, tx, a, JobDeliver, now, 0); err != nil {
		return Action{}, false, err
	}
	if !a.ExpiresAt.IsZero() {
		if err := enqueue(ctx, tx, a, JobExpire, a.ExpiresAt, reversalTries); err != nil {
			return Action{}, false, err
		}
	}
	return a, true, note(ctx, tx, a, now, a.By.who(), "asked", map[string]string{"rule": a.By.Rule, "subject": a.Subject})
}

// Try returns the action that Ask would write down now, and writes nothing. Errors as Ask, but for ErrKeyTaken.
func Try(ctx context.Context, tx Tx, now time.Time, r Request) (Action, error) {
	now = now.UTC().Truncate(time.Millisecond)
	a, err := r.action(now)
	if err == nil {
		err = a.check(ctx, tx, now)
	}
	if err != nil {
		return Action{}, err
	}
	return a, nil
}

// check checks what depends on the present moment and on the case.
func (a Action) check(ctx context.Context, tx Tx, now time.Time) error {
	if err := a.checkTime(now); err != nil {
		return err
	}
	switch ok, err := tx.Evidence.Sealed(ctx, a.Case); {
	case err != nil:
		return fmt.Errorf("action: is evidence sealed: %w", err)
	case !ok:
		return fmt.Errorf("%w: case %s", ErrNoEvidence, a.Case)
	}
	return mayTell(ctx, tx, now, a)
}

// action checks what does not depend on the present moment.
func (r Request) action(now time.Time) (Action, error) {
	i := slices.IndexFunc(kindRules(), func(k kindRule) bool { return k.kind == r.Kind })
	if i < 0 {
		return Action{}, invalid("kind", fmt.Sprintf("one of %v, not %q", Kinds(), r.Kind))
	}
	rule := kindRules()[i]
	if err := r.By.check(); err != nil {
		return Action{}, err
	}
	if rule.personOnly && r.By.Person == "" {
		return Action{}, fmt.Errorf("%w: %s was asked for by rule %s; software may ask for %v", ErrNeedsPerson, r.Kind, r.By.Rule, Friction())
	}
	switch {
	case r.Key == "":
		return Action{}, invalid("key", "what identifies the effect")
	case r.Case == "":
		return Action{}, invalid("case", "a case id")
	case r.Subject == "" || len(r.Subject) > maxAccount:
		return Action{}, invalid("subject", fmt.Sprintf("an account id of 1 to %d bytes", maxAccount))
	case rule.needsItem && r.Item == "":
		return Action{}, invalid("item", fmt.Sprintf("the id of the post or content, which %s is about", r.Kind))
	case r.Kind == AnswerReporter && !isOutcome(r.Item):
		return Action{}, invalid("item", fmt.Sprintf("one of %v, what the account is told", Outcomes()))
	case len(r.Item) > maxAccount:
		return Action{}, invalid("item", fmt.Sprintf("at most %d bytes", maxAccount))
	case strings.TrimSpace(r.Reason) == "" || len(r.Reason) > maxReason:
		return Action{}, invalid("reason", fmt.Sprintf("1 to %d bytes", maxReason))
	}
	return Action{
		ID: idOf(r.Key), Key: r.Key, Case: r.Case, Subject: r.Subject, Item: r.Item, Kind: r.Kind, By: r.By, Reason: r.Reason,
		AskedAt: now, ExpiresAt: r.ExpiresAt.UTC().Truncate(time.Millisecond),
	}, nil
}

// check requires one asker, and that a person is one: haris and API keys have names of their own in the audit log.
func (b By) check() error {
	switch {
	case (b.Rule == "") == (b.Person == ""):
		return invalid("by", "either the rule or the person that asks")
	case b.Person == Software || strings.HasPrefix(b.Person, "key:"):
		return fmt.Errorf("%w: %q is not a person", ErrNeedsPerson, b.Person)
	}
	return nil
}

func (a Action) checkTime(now time.Time) error {
	switch {
	case a.ExpiresAt.IsZero() && a.By.Person == "":
		return invalid("expires at", "a time: what software asks for must end by itself")
	case a.ExpiresAt.IsZero():
		return nil
	case !a.ExpiresAt.After(now):
		return invalid("expires at", "a time in the future")
	case a.By.Person == "" && a.ExpiresAt.Sub(now) > MaxFriction:
		return invalid("expires at", fmt.Sprintf("at most %d days ahead for what software asks for", MaxFriction/(24*time.Hour)))
	}
	return nil
}

func invalid(field, want string) error {
	return &FieldError{field, want}
}

// same requires that two requests with one key ask for the same thing.
func same(old, a Action) error {
	if old.Key != a.Key || old.Case != a.Case || old.Kind != a.Kind || old.Subject != a.Subject || old.Item != a.Item {
		return fmt.Errorf("%w: %s is %s of %s", ErrKeyTaken, a.Key, old.Kind, old.ID)
	}
	return nil
}

// idOf derives an id from a key: 128 bits of its SHA-256.
func idOf(key string) string {
	sum := sha256.Sum256([]byte("haris action\x00" + key))
	return "act_" + hex.EncodeToString(sum[:16])
}

func enqueue(ctx context.Context, tx Tx, a Action, kind string, at time.Time, tries int) error {
	p, err := json.Marshal(JobPayload{Action: a.ID})
	if err != nil {
		return fmt.Errorf("action: enqueue: %w", err)
	}
	if _, _, err := tx.Jobs.Enqueue(ctx, job.New{Kind: kind, Key: kind + "/" + a.ID, Payload: p, RunAt: at, Max: tries}); err != nil {
		return fmt.Errorf("action: enqueue %s: %w", kind, err)
	}
	return nil
}

// note writes the audit entry of a step.
func note(ctx context.Context, tx Tx, a Action, at time.Time, who, act string, detail map[string]string) error {
	d := map[string]string{"case": a.Case, "kind": string(a.Kind)}
	for k, v := range detail {
		if v != "" {
			d[k] = v
		}
	}
	_, err := tx.Audit.Append(ctx, audit.Entry{At: at, Who: who, Act: "action." + act, Object: "action/" + a.ID, Detail: d})
	if err != nil {
		return fmt.Errorf("action: audit: %w", err)
	}
	return nil
}
