package app

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"haris/internal/decide"
	"haris/internal/rule"
)

// ruleBook holds the rules and weights in force and takes in changed ones.
type ruleBook struct {
	now     atomic.Pointer[rule.Set]
	weights atomic.Pointer[decide.Policy]
	last    atomic.Pointer[reloaded]
}

// reloaded is how the last look at the files ended.
type reloaded struct {
	at  time.Time
	err error // nil when the files are those in force
}

func (b *ruleBook) set() *rule.Set { return b.now.Load() }

func (b *ruleBook) policy() decide.Policy { return *b.weights.Load() }

// Reload reads the rules and weights again. When anything is wrong with them those in force stay, and the error says what.
func (a *App) Reload(context.Context) error {
	set, err := LoadRules(a.core.Config)
	weights, wrong := LoadPolicy(a.core.Config)
	err = errors.Join(err, wrong)
	now := a.core.Options.Now()
	if err != nil {
		a.rules.last.Store(&reloaded{now, err})
		return err
	}
	a.rules.last.Store(&reloaded{at: now})
	if old := a.rules.weights.Swap(&weights); old != nil && old.Digest != weights.Digest {
		a.core.Options.Logger.Info("weights loaded", "digest", fmt.Sprintf("%.12s", weights.Digest))
	}
	if old := a.rules.set(); old != nil && old.Digest() == set.Digest() {
		return nil
	}
	a.rules.now.Store(set)
	a.core.Options.Logger.Info("rules loaded", "packs", len(set.Packs()), "rules", len(set.Rules()), "digest", set.Digest()[:12])
	return nil
}

// watchRules looks at the directory of rules every so often until ctx ends.
func (a *App) watchRules(ctx context.Context) {
	if a.core.Config.Rules.Dir == "" && a.core.Config.Rules.Weights == "" || a.core.Config.Rules.Reload <= 0 {
		return
	}
	a.watch(ctx, a.core.Config.Rules.Reload, a.Reload, "rules not loaded; those in force stay")
}
