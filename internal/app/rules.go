package app

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"haris/internal/console"
	"haris/internal/decide"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/rulebook"
)

// ruleBook holds the rules and weights in force and takes in changed ones.
type ruleBook struct {
	now  atomic.Pointer[InForce]
	last atomic.Pointer[reloaded]
	turn sync.Mutex // one reload at a time
}

// reloaded is how the last look at the files or the rule book ended.
type reloaded struct {
	at  time.Time
	err error // nil when what was found is in force
}

func (b *ruleBook) set() *rule.Set { return b.now.Load().Rules }

func (b *ruleBook) policy() decide.Policy { return b.now.Load().Policy }

// Reload looks again for rules and weights: at the newest published version of the rule book, or at the files. When anything is wrong with
// them those in force stay, and the error says what.
func (a *App) Reload(ctx context.Context) error {
	a.rules.turn.Lock()
	defer a.rules.turn.Unlock()
	old := a.rules.now.Load()
	f, err := a.newer(ctx, old)
	last := &reloaded{a.core.Options.Now(), err}
	if err == nil {
		last.err = f.Behind
	}
	a.rules.last.Store(last)
	if err != nil {
		return err
	}
	a.rules.now.Store(&f)
	if old == nil || old.Policy.Digest != f.Policy.Digest {
		a.core.Options.Logger.Info("weights loaded", "digest", fmt.Sprintf("%.12s", f.Policy.Digest), "version", f.Version)
	}
	if old == nil || old.Rules != f.Rules {
		a.core.Options.Logger.Info("rules loaded", "packs", len(f.Rules.Packs()), "rules", len(f.Rules.Rules()), "digest", f.Rules.Digest()[:12], "version", f.Version)
	}
	return f.Behind
}

// newer returns what should be in force. Rules that say what those of old say are those of old, with what they have counted. A version that does
// not load leaves old.
func (a *App) newer(ctx context.Context, old *InForce) (f InForce, err error) {
	if old == nil {
		return a.core.InForce(ctx)
	}
	var v rulebook.Version
	if v, err = a.core.Book(nil).InForce(ctx); err != nil {
		return f, err
	}
	switch {
	case v.N > 0 && v.N == old.Version:
		return InForce{Rules: old.Rules, Policy: old.Policy, Version: v.N}, nil
	case v.N > 0:
		f, err = a.core.Version(ctx, v.N)
	default:
		f, err = a.core.InForce(ctx)
	}
	if err == nil && f.Rules.Digest() == old.Rules.Digest() {
		f.Rules = old.Rules
	}
	return f, err
}

// rulesNow is what judges now, for the pages.
func (a *App) rulesNow() console.RulesNow {
	f := a.rules.now.Load()
	out := console.RulesNow{Rules: f.Rules, Policy: f.Policy, Version: f.Version}
	if last := a.rules.last.Load(); last != nil && last.err != nil {
		out.Fault = last.err
	}
	a.pipeline.Know(func(k *pipeline.Knowledge) {
		t := k.Tally()
		out.Hits, out.Signals = maps.Clone(t.Hits), maps.Clone(t.Signals)
	})
	return out
}

// watchRules looks for changed rules every so often until ctx ends.
func (a *App) watchRules(ctx context.Context) {
	r := &a.core.Config.Rules
	if r.Dir == "" && r.Weights == "" && !r.Book() || r.Reload <= 0 {
		return
	}
	a.watch(ctx, r.Reload, a.Reload, "rules not loaded; those in force stay")
}

// published brings a version into force at once that was published here; what is wrong with it is said by the check of health.
func (a *App) published(ctx context.Context) {
	if err := a.Reload(ctx); err != nil {
		a.core.Options.Logger.Error("the published rules are not in force", "error", err)
	}
}

// followEvery is how often it is looked whether a version in shadow is to be compared again.
const followEvery = time.Minute

// followRules asks for the comparisons of versions in shadow until ctx ends.
func (a *App) followRules(ctx context.Context) {
	a.watch(ctx, followEvery, a.core.Book(nil).FollowUp, "a version in shadow was not compared; trying again")
}
