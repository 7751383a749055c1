package action_test

import (
	"errors"
	"slices"
	"strings"
	"time"

	"haris/internal/action"
	"haris/internal/job"
	"haris/internal/store"
)

func askedOnce(b *bench) {
	one := b.ask()
	b.pass(time.Minute)
	two, added, err := b.tryAsk(func() action.Request { r := b.request(); r.ExpiresAt = one.ExpiresAt; return r }())
	if err != nil || added {
		b.Errorf("again: added %v, %v", added, err)
	}
	b.same("the action", one, two)
	b.same("the stored action", one, b.is(one.ID, action.Asked))
	b.same("audit", []string{"action.asked"}, b.acts(one.ID))
	for kind, at := range map[string]time.Time{action.JobDeliver: one.AskedAt, action.JobExpire: one.ExpiresAt} {
		if list := b.jobs(kind, ""); len(list) != 1 || !list[0].RunAt.Equal(at) {
			b.Errorf("jobs %s: %+v", kind, list)
		}
	}
	r := b.request()
	r.Subject = "u2"
	if _, _, err := b.tryAsk(r); !errors.Is(err, action.ErrKeyTaken) {
		b.Errorf("the key for another account: %v", err)
	}
}

func unsealed(b *bench) {
	r := b.request()
	r.Case = "c2"
	if _, _, err := b.tryAsk(r); !errors.Is(err, action.ErrNoEvidence) {
		b.Errorf("got %v, want ErrNoEvidence", err)
	}
	if n := len(b.jobs("", "")); n != 0 {
		b.Errorf("%d jobs were queued", n)
	}
	b.sealFor("c2")
	if _, added, err := b.tryAsk(r); err != nil || !added {
		b.Errorf("after sealing: %v", err)
	}
}

func senseless(b *bench) {
	for _, c := range []struct {
		name string
		f    func(*action.Request)
		want error
	}{
		{"software suspends an account", func(r *action.Request) { r.Kind = action.SuspendAccount }, action.ErrNeedsPerson},
		{"software removes content", func(r *action.Request) { r.Kind, r.Item = action.RemoveContent, "p" }, action.ErrNeedsPerson},
		{"software requests preservation", func(r *action.Request) { r.Kind = action.RequestPreservation }, action.ErrNeedsPerson},
		{"software as a person", func(r *action.Request) { r.By = action.By{Person: action.Software} }, action.ErrNeedsPerson},
		{"a key as a person", func(r *action.Request) { r.By = action.By{Person: "key:1"} }, action.ErrNeedsPerson},
		{"a rule with a person", func(r *action.Request) { r.By.Person = "p1" }, action.ErrInvalid},
		{"nobody", func(r *action.Request) { r.By = action.By{} }, action.ErrInvalid},
		{"an unknown kind", func(r *action.Request) { r.Kind = "ban" }, action.ErrInvalid},
		{"no key", func(r *action.Request) { r.Key = "" }, action.ErrInvalid},
		{"no case", func(r *action.Request) { r.Case = "" }, action.ErrInvalid},
		{"no subject", func(r *action.Request) { r.Subject = "" }, action.ErrInvalid},
		{"a long subject", func(r *action.Request) { r.Subject = strings.Repeat("x", 257) }, action.ErrInvalid},
		{"a held post without its id", func(r *action.Request) { r.Kind = action.HoldPost }, action.ErrInvalid},
		{"no reason", func(r *action.Request) { r.Reason = " " }, action.ErrInvalid},
		{"friction without an end", func(r *action.Request) { r.ExpiresAt = time.Time{} }, action.ErrInvalid},
		{"an end that has passed", func(r *action.Request) { r.ExpiresAt = b.clock() }, action.ErrInvalid},
		{"friction for too long", func(r *action.Request) { r.ExpiresAt = b.clock().Add(action.MaxFriction + time.Second) }, action.ErrInvalid},
		{"friction for as long as may be", func(r *action.Request) { r.ExpiresAt = b.clock().Add(action.MaxFriction) }, nil},
		{"a person suspends without an end", func(r *action.Request) {
			r.Key, r.Kind, r.By, r.ExpiresAt = "k2", action.SuspendAccount, action.By{Person: "p1"}, time.Time{}
		}, nil},
	} {
		r := b.request()
		c.f(&r)
		if _, _, err := b.tryAsk(r); !errors.Is(err, c.want) {
			b.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func rolledBack(b *bench) {
	stop := errors.New("stop")
	err := b.write(func(tx action.Tx) error {
		_, _, err := action.Ask(b.Context(), tx, b.clock(), b.request())
		return errors.Join(err, stop)
	})
	if !errors.Is(err, stop) {
		b.Fatal(err)
	}
	if n := len(b.jobs("", "")); n != 0 {
		b.Errorf("%d jobs are left", n)
	}
	b.read(func(tx action.Tx) error {
		list, err := tx.List(b.Context(), action.Filter{})
		if len(list) != 0 {
			b.Errorf("left %+v", list)
		}
		return err
	})
}

func everyKind(b *bench) {
	for i, kind := range action.Kinds() {
		for name, by := range map[string]action.By{"person": {Person: "ada"}, "rule": {Rule: "r1"}} {
			if by.Rule != "" && !slices.Contains(action.Friction(), kind) {
				continue
			}
			r := b.request()
			r.Kind, r.By, r.Item, r.Key = kind, by, "p1", name+string(rune('a'+i))
			if kind == action.AnswerReporter {
				r.Item = string(action.OutcomeActed)
			}
			if _, added, err := b.tryAsk(r); err != nil || !added {
				b.Errorf("%s by a %s: added %v, %v", kind, name, added, err)
			}
		}
	}
	r := b.request()
	r.Kind, r.By, r.Item = action.AnswerReporter, action.By{Person: "ada"}, "he was banned"
	if _, _, err := b.tryAsk(r); !errors.Is(err, action.ErrInvalid) {
		b.Errorf("whoever warned can be told anything: %v", err)
	}
}

func schemaGuards(b *bench) {
	a := b.ask()
	for name, set := range map[string]string{
		"a measure by software":       `kind = 'suspend_account'`,
		"friction without an end":     `expires_at = NULL`,
		"an unknown status":           `status = 'lost'`,
		"an unknown kind":             `kind = 'ban'`,
		"nobody asked":                `by_rule = ''`,
		"a rule and a person":         `by_person = 'p1'`,
		"an end before the beginning": `expires_at = asked_at`,
	} {
		err := b.db.Write(b.Context(), func(tx *store.Tx) error {
			_, err := tx.Exec(b.Context(), `UPDATE action SET `+set+` WHERE id = $1`, a.ID)
			return err
		})
		if err == nil {
			b.Errorf("%s was stored", name)
		}
	}
}

func senselessJob(b *bench) {
	for _, j := range []job.Job{
		{Kind: action.JobDeliver, Payload: []byte(`{`)},
		{Kind: action.JobDeliver, Payload: []byte(`{}`)},
		{Kind: action.JobDeliver, Payload: []byte(`{"action":"act_absent"}`)},
		{Kind: "action.other", Payload: []byte(`{"action":"act_absent"}`)},
	} {
		o, err := b.d.Handle(b.Context(), j)
		if err != nil || o.State != job.Dead || o.Error == "" {
			b.Errorf("%s %s: %+v, %v", j.Kind, j.Payload, o, err)
		}
	}
	err := b.write(func(tx action.Tx) error {
		_, _, err := tx.Jobs.Enqueue(b.Context(), job.New{Kind: action.JobDeliver, Key: "x", Payload: []byte(`{"action":"act_absent"}`), RunAt: b.clock()})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.work()
	b.read(func(tx action.Tx) error {
		list, err := action.DeadLetters(b.Context(), tx, 10)
		if len(list) != 1 || list[0].Problem == "" {
			b.Errorf("dead letters %+v", list)
		}
		return err
	})
}

func listed(b *bench) {
	var want []string
	for i := range 5 {
		r := b.request()
		r.Key += string(rune('a' + i))
		if i%2 == 1 {
			r.Subject = "u2"
		}
		a, _, err := b.tryAsk(r)
		if err != nil {
			b.Fatal(err)
		}
		want = append(want, a.ID)
		if i%2 == 0 {
			b.pass(time.Second)
		}
	}
	slices.Reverse(want)
	list := func(f action.Filter) (out []string) {
		b.read(func(tx action.Tx) error {
			as, err := tx.List(b.Context(), f)
			for _, a := range as {
				out = append(out, a.ID)
			}
			return err
		})
		return out
	}
	all := list(action.Filter{Case: "c1"})
	sorted := func(ids []string) []string { c := slices.Clone(ids); slices.Sort(c); return c }
	b.same("all", sorted(want), sorted(all))
	b.same("the newest", want[0], all[0])
	b.same("pages", all, append(list(action.Filter{Limit: 2}), append(list(action.Filter{Limit: 2, Before: all[1]}), list(action.Filter{Before: all[3]})...)...))
	b.same("of an account", 2, len(list(action.Filter{Subject: "u2"})))
	b.same("by status", 0, len(list(action.Filter{Statuses: []action.Status{action.Dead, action.Failed}})))
	b.same("by status", 5, len(list(action.Filter{Statuses: []action.Status{action.Dead, action.Asked}})))
	b.same("of no case", 0, len(list(action.Filter{Case: "c9"})))
}
