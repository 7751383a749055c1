package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"haris/internal/casefile"
	"haris/internal/taxonomy"
)

// Cases returns the cases within the transaction.
func (tx *Tx) Cases() casefile.Store { return caseStore{tx} }

// caseStore keeps each case twice: its events, which are the truth and are only ever added, and the fold of them with the
// columns that lists need. Both change in one statement group of one transaction.
type caseStore struct{ tx *Tx }

var _ casefile.Store = caseStore{}

// openCases is the condition of the unique index that allows one open case about a subject and typology; a query must use the
// same words for the index to serve it.
const openCases = `status IN ('open', 'escalated', 'second_person')`

// Apply opens the case of a matter or grows the open one.
func (s caseStore) Apply(ctx context.Context, now time.Time, m casefile.Matter) (casefile.Change, error) {
	if err := m.Check(); err != nil {
		return casefile.Change{}, err
	}
	id, err := s.oneID(ctx, `SELECT case_id FROM matter_key WHERE key = $1`, m.Key)
	if err != nil || id != "" {
		return casefile.Change{Case: id, Skipped: true}, err
	}
	if id, err = s.openFor(ctx, &m); err != nil {
		return casefile.Change{}, err
	}
	if id != "" {
		return s.grow(ctx, now, id, m)
	}
	if id, err = s.closedFor(ctx, &m); err != nil {
		return casefile.Change{}, err
	}
	body := casefile.OpenedBody{Matter: m}
	if id != "" {
		prev, err := s.Get(ctx, id)
		if err != nil {
			return casefile.Change{}, err
		}
		if !casefile.ShouldOpen(&prev, m) {
			return casefile.Change{Case: id, Skipped: true}, s.mark(ctx, m.Key, id)
		}
		body.Earlier, body.Judged, body.Apart = prev.ID, casefile.JudgedBy(&prev), prev.Apart
	}
	return s.open(ctx, now, body)
}

// inGroup finds cases about a group to which an account belongs.
const inGroup = `SELECT c.id FROM case_subject s JOIN case_file c ON c.id = s.case_id
	WHERE s.account = $1 AND s.role = 'linked' AND s.apart = 0 AND c.typology = $2`

// openFor finds the open case that a matter grows: about its subject, or else about a group to which the subject belongs, or else about an
// account of the matter's own group from which no person took the subject apart.
func (s caseStore) openFor(ctx context.Context, m *casefile.Matter) (string, error) {
	const about = `SELECT id FROM case_file WHERE subject = $1 AND typology = $2 AND ` + openCases
	id, err := s.oneID(ctx, about, m.Subject, m.Typology)
	if err != nil || id != "" {
		return id, err
	}
	if id, err = s.oneID(ctx, inGroup+` AND c.`+openCases+` ORDER BY c.id LIMIT 1`, m.Subject, m.Typology); err != nil || id != "" {
		return id, err
	}
	for _, linked := range m.Linked {
		if id, err = s.oneID(ctx, about, linked, m.Typology); err != nil {
			return "", err
		}
		if id == "" {
			continue
		}
		c, err := s.Get(ctx, id)
		if err != nil || c.Belongs(m) {
			return id, err
		}
	}
	return "", nil
}

// closedFor finds the newest closed case about a matter's subject, or else about a group to which it belongs.
func (s caseStore) closedFor(ctx context.Context, m *casefile.Matter) (string, error) {
	id, err := s.oneID(ctx, `SELECT id FROM case_file WHERE subject = $1 AND typology = $2 ORDER BY id DESC LIMIT 1`, m.Subject, m.Typology)
	if err != nil || id != "" {
		return id, err
	}
	return s.oneID(ctx, inGroup+` ORDER BY c.id DESC LIMIT 1`, m.Subject, m.Typology)
}

// open starts a case.
func (s caseStore) open(ctx context.Context, now time.Time, body casefile.OpenedBody) (casefile.Change, error) {
	e, err := casefile.NewEvent("", now, casefile.Haris, casefile.Opened, body)
	if err != nil {
		return casefile.Change{}, err
	}
	c, err := s.begin(ctx, e, &body.Matter)
	if err != nil {
		return casefile.Change{}, err
	}
	return casefile.Change{Case: c.ID, Opened: true, Raised: true}, s.mark(ctx, body.Matter.Key, c.ID)
}

// begin starts a case with its first event, to which it gives the id of the case.
func (s caseStore) begin(ctx context.Context, e casefile.Event, m *casefile.Matter) (c casefile.Case, err error) {
	if e.Case, err = s.tx.ids.New(e.At); err != nil {
		return c, err
	}
	if c, e, err = fold(casefile.Case{}, e); err != nil {
		return c, err
	}
	v, err := rowOf(&c)
	if err != nil {
		return c, err
	}
	// A second process may be opening the same case: without a row of its own this transaction must not go on.
	n, err := s.tx.Exec(ctx, `INSERT INTO case_file (id, subject, typology, status, queue, urgency, deadline, claimed_by, claim_ends,
		events, opened_at, updated_at, body, shelf, unscanned, indexed, worded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1, 1) ON CONFLICT DO NOTHING`,
		c.ID, c.Subject, c.Typology, v.status, v.queue, v.urgency, v.deadline, v.claimedBy, v.claimEnds, c.Events,
		c.OpenedAt.UnixMilli(), v.updatedAt, v.body, v.shelf, v.unscanned)
	if err != nil {
		return c, fmt.Errorf("store: open a case: %w", err)
	}
	if n != 1 {
		return c, fmt.Errorf("store: open a case: %w", casefile.ErrOtherOpen)
	}
	if err := s.insertEvent(ctx, e); err != nil {
		return c, err
	}
	if err := s.countEvent(ctx, &casefile.Case{}, &c, &e); err != nil {
		return c, err
	}
	if err := errors.Join(s.tag(ctx, nil, &c), s.shelve(ctx, nil, &c), s.tx.headWords(ctx, nil, &c)); err != nil {
		return c, err
	}
	return c, s.addAccounts(ctx, &c, m)
}

// grow adds a matter to the open case.
func (s caseStore) grow(ctx context.Context, now time.Time, id string, m casefile.Matter) (casefile.Change, error) {
	e, err := casefile.NewEvent(id, now, casefile.Haris, casefile.Grown, casefile.GrownBody{Matter: m})
	if err != nil {
		return casefile.Change{}, err
	}
	before, after, err := s.append(ctx, e)
	if err != nil {
		return casefile.Change{}, err
	}
	if err := s.addAccounts(ctx, &after, &m); err != nil {
		return casefile.Change{}, err
	}
	return casefile.Change{Case: id, Raised: after.Priority > before.Priority}, s.mark(ctx, m.Key, id)
}

// Append adds one event.
func (s caseStore) Append(ctx context.Context, e casefile.Event) (casefile.Case, error) {
	if e.Kind == casefile.SplitFrom && e.Case == "" {
		return s.splitFrom(ctx, e)
	}
	_, after, err := s.append(ctx, e)
	return after, err
}

// append folds an event into its case and stores both. The row of the case is written first: on PostgreSQL that is where two
// transactions about one case meet and one of them is told to run again.
func (s caseStore) append(ctx context.Context, e casefile.Event) (before, after casefile.Case, err error) {
	if before, err = s.Get(ctx, e.Case); err != nil {
		return before, after, err
	}
	if after, e, err = fold(before, e); err != nil {
		return before, after, err
	}
	if after.Status.IsOpen() && !before.Status.IsOpen() {
		if err := s.onlyOpen(ctx, &after); err != nil {
			return before, after, err
		}
	}
	v, err := rowOf(&after)
	if err != nil {
		return before, after, err
	}
	n, err := s.tx.Exec(ctx, `UPDATE case_file SET status = $1, queue = $2, urgency = $3, deadline = $4, claimed_by = $5, claim_ends = $6,
		events = $7, updated_at = $8, body = $9, rests_until = $10, assigned_to = $11, merged_into = $12, shelf = $13, unscanned = $14 WHERE id = $15 AND events = $16`,
		v.status, v.queue, v.urgency, v.deadline, v.claimedBy, v.claimEnds, after.Events, v.updatedAt, v.body, v.restsUntil, v.assignedTo,
		v.mergedInto, v.shelf, v.unscanned, after.ID, before.Events)
	if err != nil {
		return before, after, fmt.Errorf("store: change case %s: %w", e.Case, err)
	}
	if n != 1 {
		return before, after, fmt.Errorf("store: change case %s: %w", e.Case, casefile.ErrStale)
	}
	if err := errors.Join(s.tag(ctx, &before, &after), s.shelve(ctx, &before, &after), s.tx.headWords(ctx, &before, &after)); err != nil {
		return before, after, err
	}
	if err := s.insertEvent(ctx, e); err != nil {
		return before, after, err
	}
	if err := s.countEvent(ctx, &before, &after, &e); err != nil {
		return before, after, err
	}
	if err := s.markApart(ctx, &before, &after); err != nil || e.Kind != casefile.Absorbed {
		return before, after, err
	}
	return before, after, s.takeIn(ctx, &after, e)
}

// onlyOpen refuses to reopen a case beside another open one.
func (s caseStore) onlyOpen(ctx context.Context, c *casefile.Case) error {
	id, err := s.oneID(ctx, `SELECT id FROM case_file WHERE subject = $1 AND typology = $2 AND `+openCases, c.Subject, c.Typology)
	if err == nil && id != "" {
		return fmt.Errorf("%w: case %s", casefile.ErrOtherOpen, id)
	}
	return err
}

// fold gives the event its place and its stored precision, and folds it.
func fold(c casefile.Case, e casefile.Event) (casefile.Case, casefile.Event, error) {
	if e.N == 0 {
		e.N = c.Events + 1
	}
	e.At = milli(e.At)
	after, err := casefile.Fold(c, e)
	return after, e, err
}

// insertEvent adds a line to a history. It is the only statement that writes the table.
func (s caseStore) insertEvent(ctx context.Context, e casefile.Event) error {
	_, err := s.tx.Exec(ctx, `INSERT INTO case_event (case_id, n, at, who, kind, body) VALUES ($1, $2, $3, $4, $5, $6)`,
		e.Case, e.N, e.At.UnixMilli(), e.Who, e.Kind, string(e.Body))
	if err != nil {
		return fmt.Errorf("store: event %d of case %s: %w", e.N, e.Case, err)
	}
	return s.tx.eventWords(ctx, &e)
}

// mark records that a matter was applied.
func (s caseStore) mark(ctx context.Context, key, id string) error {
	if _, err := s.tx.Exec(ctx, `INSERT INTO matter_key (key, case_id) VALUES ($1, $2)`, key, id); err != nil {
		return fmt.Errorf("store: matter %q: %w", key, err)
	}
	return nil
}

// addAccounts records in which roles the accounts of a matter occur in the case.
func (s caseStore) addAccounts(ctx context.Context, c *casefile.Case, m *casefile.Matter) error {
	add := func(role string, accounts ...string) error {
		for _, a := range accounts {
			if a == "" {
				continue
			}
			_, err := s.tx.Exec(ctx, `INSERT INTO case_subject (account, case_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, a, c.ID, role)
			if err != nil {
				return fmt.Errorf("store: account of case %s: %w", c.ID, err)
			}
		}
		return nil
	}
	return errors.Join(add("subject", m.Subject), add("linked", c.Joining(m)...), add("victim", m.Victims...))
}

// Get returns one case.
func (s caseStore) Get(ctx context.Context, id string) (casefile.Case, error) {
	var body string
	err := s.tx.QueryRow(ctx, `SELECT body FROM case_file WHERE id = $1`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return casefile.Case{}, fmt.Errorf("%w: %q", casefile.ErrNotFound, id)
	}
	if err != nil {
		return casefile.Case{}, fmt.Errorf("store: read case %s: %w", id, err)
	}
	c, err := caseOf(body)
	if scope := casefile.ScopeIn(ctx); err == nil && !scope.Sees(&c) {
		return casefile.Case{}, fmt.Errorf("%w: %q", casefile.ErrNotFound, id)
	}
	return c, err
}

// History returns the events of a case in order; ErrNotFound.
func (s caseStore) History(ctx context.Context, id string) (_ []casefile.Event, err error) {
	rows, err := s.tx.Query(ctx, `SELECT n, at, who, kind, body FROM case_event WHERE case_id = $1 ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("store: history of case %s: %w", id, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var events []casefile.Event
	for rows.Next() {
		e := casefile.Event{Case: id}
		var at int64
		var body string
		if err := rows.Scan(&e.N, &at, &e.Who, &e.Kind, &body); err != nil {
			return nil, fmt.Errorf("store: history of case %s: %w", id, err)
		}
		e.At = fromMilli(at)
		if body != "" {
			e.Body = json.RawMessage(body)
		}
		events = append(events, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: history of case %s: %w", id, err)
	}
	if len(events) == 0 {
		return nil, fmt.Errorf("%w: %q", casefile.ErrNotFound, id)
	}
	return events, nil
}

// oneID runs a query for at most one id; empty when there is none.
func (s caseStore) oneID(ctx context.Context, query string, args ...any) (string, error) {
	var id string
	err := s.tx.QueryRow(ctx, query, args...).Scan(&id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("store: look up a case: %w", err)
	}
	return id, nil
}

// caseRow is what of a case changes, as columns.
type caseRow struct {
	status, queue, body string
	urgency, deadline   int64
	updatedAt           int64
	claimedBy           sql.NullString
	claimEnds           sql.NullInt64
	restsUntil          int64
	assignedTo          sql.NullString
	mergedInto          sql.NullString
	shelf, unscanned    int64
}

func rowOf(c *casefile.Case) (caseRow, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return caseRow{}, fmt.Errorf("store: encode case %s: %w", c.ID, err)
	}
	shelf, err := shelfOf(c)
	if err != nil {
		return caseRow{}, err
	}
	v := caseRow{
		shelf: shelf.id, status: string(c.Status), queue: c.Queue, body: string(body), urgency: urgency(c.Priority), updatedAt: c.UpdatedAt.UnixMilli(),
	}
	for i := range c.Signals {
		if c.Signals[i].Unscanned != "" {
			v.unscanned++
		}
	}
	if !c.Deadline.IsZero() {
		v.deadline = c.Deadline.UnixMilli()
	}
	if c.Rest != nil {
		v.restsUntil = c.Rest.Until.UnixMilli()
	}
	v.assignedTo = sql.NullString{String: c.Assignee, Valid: c.Assignee != ""}
	if c.Status == casefile.Merged {
		v.status = string(casefile.Cleared)
		v.mergedInto = sql.NullString{String: c.Into, Valid: true}
	}
	if c.Claim != nil {
		v.claimedBy = sql.NullString{String: c.Claim.Who, Valid: true}
		v.claimEnds = sql.NullInt64{Int64: c.Claim.Ends.UnixMilli(), Valid: true}
	}
	return v, nil
}

func caseOf(body string) (casefile.Case, error) {
	var c casefile.Case
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		return casefile.Case{}, fmt.Errorf("store: decode a case: %w", err)
	}
	return c, nil
}

// urgency is 0 for P0 to 3 for P3, so that an ascending index has the most urgent first.
func urgency(p taxonomy.Priority) int64 { return int64(taxonomy.P0) - int64(p) }

func priorityOf(urgency int64) taxonomy.Priority { return taxonomy.P0 - taxonomy.Priority(urgency) }
