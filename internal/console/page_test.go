package console_test

import (
	"net/http"
	"testing"

	"haris/internal/auth"
	"haris/internal/taxonomy"
)

func TestQueueSmoke(t *testing.T) {
	b := setup(t)
	b.open("a", "acc-1", taxonomy.P1)
	w := b.as(auth.Reviewer)
	if p := w.get("/queue"); p.status != http.StatusOK {
		t.Fatalf("%d %s", p.status, p.body)
	}
}
