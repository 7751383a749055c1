package app

import (
	"context"
	"fmt"
	"runtime"
	"syscall"
	"time"

	"haris/internal/audit"
	"haris/internal/console"
	"haris/internal/evidence"
	"haris/internal/job"
	"haris/internal/remark"
	"haris/internal/store"
)

// Doctor looks at the parts of an installation, running or not.
type Doctor struct {
	Core *Core
	App  *App // nil when nothing runs in this process

	outside map[string]*kept[console.Check] // what is known already of those that ask somebody else
}

var _ console.Health = Doctor{}

// check is one look; it fills in what it found.
type check struct {
	name string
	look func(context.Context, *console.Check) error
}

// Checks runs every check. One that could not run says why and is Unknown, never Well.
func (d Doctor) Checks(ctx context.Context) []console.Check {
	return d.run(ctx, func(string) bool { return true })
}

// run runs the checks of some names.
func (d Doctor) run(ctx context.Context, want func(name string) bool) (out []console.Check) {
	for _, c := range d.checks() {
		if !want(c.name) {
			continue
		}
		out = append(out, d.one(ctx, c))
	}
	return out
}

// one runs a check, or gives what is known of it already.
func (d Doctor) one(ctx context.Context, c check) console.Check {
	k := console.Check{Name: c.name, State: console.Well}
	err := error(nil)
	if known := d.outside[c.name]; known != nil {
		k, _, err = known.get(ctx)
	} else {
		err = c.look(ctx, &k)
	}
	if err != nil {
		k.Name, k.State, k.Detail = c.name, console.Unknown, remark.Verbatim(err.Error())
	}
	return k
}

// outsideAge is how old a check that asks somebody else may be on a page.
const outsideAge = time.Minute

// newOutside keeps the checks that ask somebody else, so that no page waits for them.
func (c *Core) newOutside() map[string]*kept[console.Check] {
	out := map[string]*kept[console.Check]{}
	d := Doctor{Core: c}
	for _, k := range d.checks() {
		if k.name == "ncmec" || k.name == "translations" {
			out[k.name] = newKept(outsideAge, c.Options.Now, func(ctx context.Context) (console.Check, error) { return d.one(ctx, k), nil })
		}
	}
	return out
}

func (d Doctor) checks() []check {
	list := []check{
		{"database", d.database},
		{"database_size", d.databaseSize},
		{"disk_free", d.disk},
		{"clock", d.clock},
		{"keys", d.keys},
		{"access_review", d.accessReview},
		{"rules", d.rules},
		{"last_event", d.lastEvent},
		{"events_logged", d.logged},
		{"dead_letters", d.deadLetters},
		{"unscanned", d.unscanned},
		{"media_unscanned", d.mediaUnscanned},
		{"media_bring", d.mediaBring},
		{"exchanges", d.exchangesStale},
		{"queue_depth", d.openCases},
		{"late_cases", d.late},
		{"jobs_waiting", d.waiting},
		{"dead_jobs", d.deadJobs},
		{"holds_ending", d.holdsEnding},
		{"evidence_waiting", d.toDestroy},
		{"translations", d.translations},
		{"platform", d.platform},
		{"ncmec", d.ncmec},
		{"reports_unfinished", d.unfinished},
		{"reports_overdue", d.overdue},
	}
	if d.App != nil {
		list = append(list, check{"bank_index", d.bankIndex}, check{"backlog", d.backlog}, check{"memory", d.memory})
	}
	return list
}

func (d Doctor) read(ctx context.Context, f func(*store.Tx) error) error {
	return d.Core.DB.Read(ctx, f)
}

func (d Doctor) database(ctx context.Context, k *console.Check) error {
	k.Detail = remark.Verbatim(string(d.Core.DB.Engine()))
	return d.read(ctx, func(tx *store.Tx) error {
		var one int
		return tx.QueryRow(ctx, `SELECT 1`).Scan(&one)
	})
}

func (d Doctor) databaseSize(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitBytes
	query := `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if d.Core.DB.Engine() == store.Postgres {
		query = `SELECT pg_database_size(current_database())`
	}
	return d.read(ctx, func(tx *store.Tx) error { return tx.QueryRow(ctx, query).Scan(&k.Count) })
}

// Free disk space below which a person should look, and below which ingest will soon stop.
const (
	littleDisk = 10 << 30
	noDisk     = 1 << 30
)

func (d Doctor) disk(_ context.Context, k *console.Check) error {
	k.Unit = console.UnitBytes
	var fs syscall.Statfs_t
	if err := syscall.Statfs(string(d.Core.Dir), &fs); err != nil {
		return fmt.Errorf("free space of %s: %w", d.Core.Dir, err)
	}
	k.Count = int64(fs.Bavail) * fs.Bsize
	switch {
	case k.Count < noDisk:
		k.State = console.Unwell
	case k.Count < littleDisk:
		k.State = console.Warned
	}
	return nil
}

// clock compares the machine's clock with the newest entry of the audit log: time that runs backwards spoils deadlines and proofs.
func (d Doctor) clock(ctx context.Context, k *console.Check) error {
	now := d.Core.Options.Now()
	k.Unit, k.Moment = console.UnitMoment, now
	return d.read(ctx, func(tx *store.Tx) error {
		newest, err := tx.Audit().List(ctx, audit.Filter{}, 0, 1)
		if err != nil || len(newest) == 0 {
			return err
		}
		if back := newest[0].At.Sub(now); back > time.Minute {
			k.State, k.Detail = console.Unwell, remark.Of("{span} behind the newest audit entry", "span", back.Round(time.Second))
		}
		return nil
	})
}

func (d Doctor) keys(_ context.Context, k *console.Check) error {
	_, err := evidence.LoadWorkingKey(evidence.KeyFile(string(d.Core.Dir)))
	if err != nil {
		return err
	}
	if d.Core.Config.Evidence.EscrowRecipient == "" {
		k.State, k.Detail = console.Warned, remark.Of("no escrow key: when this machine is lost, so is all evidence (evidence.escrow_recipient)")
	}
	return nil
}

func (d Doctor) rules(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	if d.App == nil {
		f, err := d.Core.InForce(ctx)
		if err != nil {
			k.State, k.Detail = console.Unwell, remark.Verbatim(err.Error())
			return nil
		}
		k.Count, k.Detail = int64(len(f.Rules.Rules())), d.source(&f)
		if f.Behind != nil {
			k.State, k.Detail = console.Unwell, remark.Of("what was published last cannot be run, {source}: {why}", "source", d.source(&f), "why", f.Behind)
		}
		return nil
	}
	now := d.App.rules.now.Load()
	k.Count, k.Detail = int64(len(now.Rules.Rules())), d.source(now)
	if last := d.App.rules.last.Load(); last != nil && last.err != nil {
		k.State, k.Detail = console.Unwell, remark.Of("what changed last was not loaded, {source}: {why}", "source", d.source(now), "why", last.err)
	}
	return nil
}

// source says what is in force.
func (d Doctor) source(f *InForce) remark.Remark {
	switch {
	case f.Version > 0:
		return remark.Of("version {n} of the rule book is in force", "n", f.Version)
	case d.Core.Config.Rules.Dir != "":
		return remark.Of("the files of rules.dir are in force")
	}
	return remark.Of("the rules inside the program are in force")
}

// quiet is how long no event may come before a person should look.
const quiet = time.Hour

func (d Doctor) lastEvent(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitMoment
	return d.read(ctx, func(tx *store.Tx) error {
		var at int64
		err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(logged_at), 0) FROM log_block WHERE first_seq = (SELECT MAX(first_seq) FROM log_block)`).Scan(&at)
		if err != nil {
			return err
		}
		if at == 0 {
			k.Unit, k.State, k.Detail = console.UnitNone, console.Warned, remark.Of("no event has come yet")
			return nil
		}
		k.Moment = time.UnixMilli(at).UTC()
		if d.Core.Options.Now().Sub(k.Moment) > quiet {
			k.State = console.Warned
		}
		return nil
	})
}

func (d Doctor) logged(_ context.Context, k *console.Check) error {
	k.Unit, k.Count = console.UnitCount, int64(d.Core.Log.Next()-1)
	return nil
}

func (d Doctor) deadLetters(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	return d.read(ctx, func(tx *store.Tx) error {
		n, err := tx.Letters().Count(ctx)
		k.Count = int64(n)
		warnAbove(k, 0)
		return err
	})
}

func warnAbove(k *console.Check, limit int64) {
	if k.Count > limit {
		k.State = console.Warned
	}
}

// unscanned counts the signals of open cases that say that a detector could not answer.
func (d Doctor) unscanned(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	err := d.count(ctx, k, `SELECT CAST(COALESCE(SUM(unscanned), 0) AS BIGINT) FROM case_file WHERE unscanned > 0 AND status IN ('open', 'escalated', 'second_person')`)
	warnAbove(k, 0)
	return err
}

func (d Doctor) openCases(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	return d.count(ctx, k, `SELECT COUNT(*) FROM case_file WHERE status IN ('open', 'escalated', 'second_person')`)
}

func (d Doctor) late(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	err := d.count(ctx, k, `SELECT COUNT(*) FROM case_file WHERE status IN ('open', 'escalated', 'second_person') AND deadline > 0 AND deadline < $1`,
		d.Core.Options.Now().UnixMilli())
	warnAbove(k, 0)
	return err
}

func (d Doctor) waiting(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	err := d.count(ctx, k, `SELECT COUNT(*) FROM job WHERE state IN ('queued', 'leased')`)
	warnAbove(k, 1000)
	return err
}

func (d Doctor) deadJobs(ctx context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	err := d.count(ctx, k, `SELECT COUNT(*) FROM job WHERE state = $1`, job.Dead)
	if k.Count > 0 {
		k.State = console.Unwell
	}
	return err
}

func (d Doctor) count(ctx context.Context, k *console.Check, query string, args ...any) error {
	return d.read(ctx, func(tx *store.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&k.Count) })
}

func (d Doctor) platform(_ context.Context, k *console.Check) error {
	if d.Core.Config.Actions.URL == "" {
		k.State, k.Detail = console.Warned, remark.Of("no endpoint: actions wait until actions.url and actions.secrets are set")
	}
	return nil
}

func (d Doctor) backlog(_ context.Context, k *console.Check) error {
	k.Unit = console.UnitCount
	n, limit := d.App.pipeline.Waiting()
	k.Count = int64(n)
	warnAbove(k, int64(limit/2))
	return nil
}

func (d Doctor) memory(_ context.Context, k *console.Check) error {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	k.Unit, k.Count = console.UnitBytes, int64(m.Sys)
	return nil
}
