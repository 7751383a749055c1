package store_test

import (
	"slices"
	"testing"

	"haris/internal/store/storetest"
)

// Every migration can be taken back, and comes again the same.
func TestMigrationsDownAndUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		db, ctx := e.New(t), t.Context()
		before, err := db.Schema(ctx)
		if err != nil || len(before) == 0 {
			t.Fatalf("%d lines of schema, %v", len(before), err)
		}
		if err := db.Down(ctx); err != nil {
			t.Fatal(err)
		}
		if left, err := db.Schema(ctx); err != nil || len(left) != 0 {
			t.Errorf("left behind: %q, %v", left, err)
		}
		if err := db.Up(ctx); err != nil {
			t.Fatal(err)
		}
		after, err := db.Schema(ctx)
		if err != nil || !slices.Equal(before, after) {
			t.Errorf("%d lines before, %d after, %v", len(before), len(after), err)
		}
	})
}
