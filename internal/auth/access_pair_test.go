package auth_test

import (
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"haris/internal/access"
	"haris/internal/auth"
	"haris/internal/store/storetest"
)

// TestNothingMovesUnderAClosingReview lets one process close a review while another changes somebody's roles: what the closed review says was
// true when it was closed, whoever came first.
func TestNothingMovesUnderAClosingReview(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		if e.Pair == nil {
			t.Skip("one process alone writes to this engine, one transaction after the other")
		}
		one, two := e.Pair(t)
		r := newReviewed(t, one)
		other, err := auth.New(auth.Deps{DB: two.Auth(), Now: func() time.Time { return r.now }, Rand: rand.Reader, Seal: make([]byte, auth.SealKeyBytes)})
		r.must(err)
		ada, bea, cy := r.add("ada", auth.Admin), r.add("bea", auth.Admin), r.add("cy", auth.Lead)
		for i := range 12 {
			roles := [][]auth.Role{{auth.Reviewer}, {auth.Lead}}[i%2]
			x, err := r.BeginReview(r.ctx, ada, "again")
			r.must(err)
			for n, who := range []string{bea, ada, ada} {
				r.must(r.rule(who, x.ID, n+1, access.Kept, ""))
			}
			var closed, changed error
			var both sync.WaitGroup
			both.Go(func() { closed = r.CloseReview(r.ctx, bea, x.ID, "") })
			both.Go(func() { changed = other.SetRoles(r.ctx, ada, cy, roles) })
			both.Wait()
			r.must(changed)
			if errors.Is(closed, access.ErrOpen) {
				r.must(r.rule(ada, x.ID, 3, access.Changed, "was changed"))
				r.must(r.CloseReview(r.ctx, bea, x.ID, ""))
				continue
			}
			r.must(closed)
			if end, moved := r.entries("access.closed")[0], r.entries("person.roles_changed")[0]; moved.Index < end.Index {
				t.Errorf("round %d: the roles were changed (entry %d) before the review was closed (entry %d), which says that they were kept", i, moved.Index, end.Index)
			}
		}
	})
}
