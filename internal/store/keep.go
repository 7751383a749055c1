package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"haris/internal/action"
	"haris/internal/evidence"
)

const holdColumns = `h.case_id, h.kind, h.source, h.until_at, h.reason, h.set_by, h.set_at, h.no_notice, h.notice_until`

// Holds implements evidence.Keys.
func (v evidenceKeys) Holds(ctx context.Context, caseID string) ([]evidence.Hold, error) {
	rows, err := v.tx.Query(ctx, `SELECT `+holdColumns+` FROM evidence_hold h WHERE case_id = $1 ORDER BY kind, source`, caseID)
	if err != nil {
		return nil, fmt.Errorf("store: list holds: %w", err)
	}
	return collect(rows, scanHold)
}

func scanHold(r scanner) (h evidence.Hold, err error) {
	var until, notice sql.NullInt64
	var set, silent int64
	err = r.Scan(&h.Case, &h.Kind, &h.Source, &until, &h.Reason, &h.SetBy, &set, &silent, &notice)
	h.Until, h.SetAt, h.NoNotice, h.NoticeUntil = fromNullMilli(until), fromMilli(set), silent == 1, fromNullMilli(notice)
	return h, err
}

// PutHold implements evidence.Keys.
func (v evidenceKeys) PutHold(ctx context.Context, h evidence.Hold) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO evidence_hold (case_id, kind, source, until_at, reason, set_by, set_at, no_notice, notice_until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (case_id, kind, source) DO UPDATE SET until_at = excluded.until_at, reason = excluded.reason,
		set_by = excluded.set_by, set_at = excluded.set_at, no_notice = excluded.no_notice, notice_until = excluded.notice_until`,
		h.Case, string(h.Kind), h.Source, nullMilli(h.Until), h.Reason, h.SetBy, h.SetAt.UnixMilli(), bit(h.NoNotice), nullMilli(h.NoticeUntil))
	if err != nil {
		return fmt.Errorf("store: put hold: %w", err)
	}
	return nil
}

// keeping reads over all cases what is kept of them.
type keeping struct{ tx *Tx }

var _ evidence.Keeping = keeping{}

// Kept implements evidence.Keeping. What belongs to a case that was merged into another is kept as long as the other's.
func (v keeping) Kept(ctx context.Context, caseID string) ([]evidence.Kept, error) {
	rows, err := v.tx.Query(ctx, `SELECT e.case_id, COALESCE(g.status, c.status, ''), COALESCE(g.updated_at, c.updated_at, 0), COALESCE(k.created_at, 0), k.destroyed_at,
		(SELECT COUNT(*) FROM report r WHERE r.case_id = e.case_id AND r.status = 'filed'),
		(SELECT COUNT(*) FROM report r WHERE r.case_id = e.case_id AND r.status IN ('drafted', 'submitting', 'held', 'failed')),
		(SELECT COUNT(*) FROM evidence_item i WHERE i.case_id = e.case_id),
		(SELECT CAST(COALESCE(SUM(i.size), 0) AS BIGINT) FROM evidence_item i WHERE i.case_id = e.case_id),
		(SELECT COUNT(*) FROM evidence_certificate t WHERE t.case_id = e.case_id)
		FROM (SELECT case_id FROM evidence_key UNION SELECT case_id FROM evidence_hold) e
		LEFT JOIN evidence_key k ON k.case_id = e.case_id LEFT JOIN case_file c ON c.id = e.case_id
		LEFT JOIN case_file g ON g.id = c.merged_into
		WHERE $1 = '' OR e.case_id = $1 ORDER BY e.case_id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("store: what is kept: %w", err)
	}
	list, err := collect(rows, scanKept)
	if err != nil {
		return nil, err
	}
	hides := map[string]bool{}
	for i := range list {
		if hides[list[i].Case], err = v.tx.Hides(ctx, OfCase, list[i].Case); err != nil {
			return nil, err
		}
	}
	list = slices.DeleteFunc(list, func(k evidence.Kept) bool { return hides[k.Case] })
	holds, err := v.holds(ctx, caseID)
	for i := range list {
		list[i].Holds = holds[list[i].Case]
	}
	return list, err
}

func scanKept(r scanner) (k evidence.Kept, err error) {
	var changed, created, filed, pending, certified int64
	var destroyed sql.NullInt64
	err = r.Scan(&k.Case, &k.Status, &changed, &created, &destroyed, &filed, &pending, &k.Items, &k.Bytes, &certified)
	k.Closed = k.Status == "confirmed" || k.Status == "cleared"
	k.Filed, k.Pending, k.Certified, k.DestroyedAt = filed > 0, pending > 0, certified > 0, fromNullMilli(destroyed)
	if changed > 0 {
		k.ChangedAt = fromMilli(changed)
	}
	if created > 0 {
		k.CreatedAt = fromMilli(created)
	}
	return k, err
}

// holds returns the holds of one case, or of all, by case.
func (v keeping) holds(ctx context.Context, caseID string) (map[string][]evidence.Hold, error) {
	rows, err := v.tx.Query(ctx, `SELECT `+holdColumns+` FROM evidence_hold h WHERE $1 = '' OR case_id = $1 ORDER BY case_id, kind, source`, caseID)
	if err != nil {
		return nil, fmt.Errorf("store: list holds: %w", err)
	}
	list, err := collect(rows, scanHold)
	out := map[string][]evidence.Hold{}
	for _, h := range list {
		out[h.Case] = append(out[h.Case], h)
	}
	return out, err
}

// Filings implements evidence.Keeping.
func (v keeping) Filings(ctx context.Context, caseID string) ([]evidence.Filing, error) {
	rows, err := v.tx.Query(ctx, `SELECT id, number, environment, ended_at FROM report WHERE case_id = $1 AND status = 'filed' ORDER BY ended_at, id`, caseID)
	if err != nil {
		return nil, fmt.Errorf("store: filings of a case: %w", err)
	}
	return collect(rows, func(r scanner) (f evidence.Filing, err error) {
		var at int64
		err = r.Scan(&f.Report, &f.Number, &f.Environment, &at)
		f.FiledAt = fromMilli(at)
		return f, err
	})
}

// Silent implements evidence.Keeping.
func (v keeping) Silent(ctx context.Context, now time.Time, caseID, account string) (evidence.Hold, bool, error) {
	h, err := scanHold(v.tx.QueryRow(ctx, `SELECT `+holdColumns+` FROM evidence_hold h
		WHERE h.no_notice = 1 AND (h.notice_until IS NULL OR h.notice_until > $1) AND (h.case_id = $2
		OR h.case_id IN (SELECT s.case_id FROM case_subject s WHERE s.account = $3 AND s.role IN ('subject', 'linked'))
		OR h.case_id IN (SELECT p.process FROM process_account p WHERE p.account = $3))
		ORDER BY h.notice_until IS NULL DESC, h.notice_until DESC LIMIT 1`, now.UnixMilli(), caseID, account))
	if errors.Is(err, sql.ErrNoRows) {
		return evidence.Hold{}, false, nil
	}
	if err != nil {
		return evidence.Hold{}, false, fmt.Errorf("store: may the account be told: %w", err)
	}
	return h, true, nil
}

// AddCertificate implements evidence.Keeping.
func (v keeping) AddCertificate(ctx context.Context, c evidence.Certificate) error {
	_, err := v.tx.Exec(ctx, `INSERT INTO evidence_certificate (case_id, at, sha256, body) VALUES ($1, $2, $3, $4) ON CONFLICT (case_id) DO NOTHING`,
		c.Case, c.At.UnixMilli(), c.SHA256, c.Body)
	if err != nil {
		return fmt.Errorf("store: add certificate: %w", err)
	}
	return nil
}

// Certificate implements evidence.Keeping.
func (v keeping) Certificate(ctx context.Context, caseID string) (evidence.Certificate, error) {
	c := evidence.Certificate{Case: caseID}
	var at int64
	err := v.tx.QueryRow(ctx, `SELECT at, sha256, body FROM evidence_certificate WHERE case_id = $1`, caseID).Scan(&at, &c.SHA256, &c.Body)
	if err != nil {
		return evidence.Certificate{}, noEvidence(err, "read certificate")
	}
	c.At = fromMilli(at)
	return c, nil
}

// silence answers for actions whether an account may be told.
type silence struct{ tx *Tx }

var _ action.Silence = silence{}

// Silent implements action.Silence. The reason of a hold may name who asked for it, so it is not in the name.
func (v silence) Silent(ctx context.Context, now time.Time, caseID, account string) (string, error) {
	h, ok, err := keeping(v).Silent(ctx, now, caseID, account)
	if err != nil || !ok {
		return "", err
	}
	until := "until a person lifts it"
	if !h.NoticeUntil.IsZero() {
		until = "until " + h.NoticeUntil.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("the legal hold on %s that was set at %s forbids it %s", h.Case, h.SetAt.UTC().Format(time.RFC3339), until), nil
}
