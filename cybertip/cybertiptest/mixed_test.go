package cybertiptest_test

import (
	"testing"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

// TestMixedFailsTheShareItWasAskedFor, and the same requests the same way.
func TestMixedFailsTheShareItWasAskedFor(t *testing.T) {
	one, two := cybertiptest.Mixed(0.1, 7), cybertiptest.Mixed(0.1, 7)
	failed, kinds := 0, map[cybertiptest.FaultKind]bool{}
	for n := range 10_000 {
		f, ok := one(cybertip.EndpointUpload, n)
		if g, same := two(cybertip.EndpointUpload, n); same != ok || g != f {
			t.Fatalf("request %d: %+v and %+v", n, f, g)
		}
		if ok {
			failed++
			kinds[f.Kind] = true
		}
	}
	if failed < 900 || failed > 1100 {
		t.Errorf("%d of 10000 failed", failed)
	}
	if len(kinds) < 7 {
		t.Errorf("only %v", kinds)
	}
	if _, ok := cybertiptest.Mixed(0, 1)(cybertip.EndpointFinish, 1); ok {
		t.Error("a share of nothing")
	}
}
