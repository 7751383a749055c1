package casefile

import (
	"context"
	"slices"
)

// Scope is which cases somebody may see: compartments come down to words, of queues and of labels. The zero value sees every case.
type Scope struct {
	// NotQueues and NotLabels are the words of closed compartments that are not theirs: a case with one of them is hidden.
	NotQueues, NotLabels []string
	// Confined hides everything that is neither in one of Queues nor has one of Labels.
	Confined       bool
	Queues, Labels []string
}

// All reports whether nothing is hidden.
func (s *Scope) All() bool { return !s.Confined && len(s.NotQueues)+len(s.NotLabels) == 0 }

// Sees reports whether a case may be seen.
func (s *Scope) Sees(c *Case) bool {
	has := func(queues, labels []string) bool {
		return slices.Contains(queues, c.Queue) || slices.ContainsFunc(c.Labels, func(l string) bool { return slices.Contains(labels, l) })
	}
	return !has(s.NotQueues, s.NotLabels) && (!s.Confined || has(s.Queues, s.Labels))
}

type scopeKey struct{}

// Under returns a context under which the store shows only the cases of a scope, and what belongs to them. The program itself works
// under none: it sees every case.
func Under(ctx context.Context, s Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// ScopeIn returns the scope of a context; one that sees every case when there is none.
func ScopeIn(ctx context.Context) Scope {
	s, _ := ctx.Value(scopeKey{}).(Scope)
	return s
}
