package cybertiptest_test

import (
	"slices"
	"testing"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

func faults(t *testing.T, p cybertiptest.FaultPlan) func(cybertip.Endpoint, int) (cybertiptest.Fault, bool) {
	t.Helper()
	f, err := p.Faults()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFaultPlanKeepsItsShare(t *testing.T) {
	plan := faults(t, cybertiptest.FaultPlan{Share: 0.1, Seed: 7})
	for _, e := range cybertip.Endpoints() {
		t.Run(string(e), func(t *testing.T) {
			failed, kinds, codes, commits := 0, map[cybertiptest.FaultKind]bool{}, map[cybertip.Code]bool{}, 0
			for n := 1; n <= 10_000; n++ {
				f, ok := plan(e, n)
				if !ok {
					continue
				}
				failed++
				kinds[f.Kind] = true
				if f.Kind == cybertiptest.FaultCode {
					codes[f.Code] = true
				}
				if f.Commit {
					commits++
				}
			}
			if failed < 900 || failed > 1100 {
				t.Errorf("%d of 10000 failed", failed)
			}
			wantKinds, wantCodes := len(cybertiptest.PassingFaults())-1, 3
			if e == cybertip.EndpointUpload {
				wantKinds, wantCodes = wantKinds+1, wantCodes+2
			}
			if len(kinds) != wantKinds || kinds[cybertiptest.FaultWrongMD5] != (e == cybertip.EndpointUpload) || len(codes) != wantCodes {
				t.Errorf("kinds %v, codes %v", kinds, codes)
			}
			if commits < failed*2/5 || commits > failed*3/5 {
				t.Errorf("%d of %d take effect", commits, failed)
			}
		})
	}
}

// TestFaultPlanIsRepeatable asks about the calls of two endpoints in another order: the answers are the same.
func TestFaultPlanIsRepeatable(t *testing.T) {
	one, two := faults(t, cybertiptest.FaultPlan{Share: 0.3, Seed: 1}), faults(t, cybertiptest.FaultPlan{Share: 0.3, Seed: 1})
	other := faults(t, cybertiptest.FaultPlan{Share: 0.3, Seed: 2})
	differs := false
	for n := 1; n < 200; n++ {
		f, ok := one(cybertip.EndpointSubmit, n)
		two(cybertip.EndpointFinish, n)
		g, same := two(cybertip.EndpointSubmit, n)
		if f != g || ok != same {
			t.Fatalf("call %d: %+v and %+v", n, f, g)
		}
		h, _ := other(cybertip.EndpointSubmit, n)
		differs = differs || f != h
	}
	if !differs {
		t.Error("another seed gives the same faults")
	}
}

func TestFaultPlanOfSomeKinds(t *testing.T) {
	plan := faults(t, cybertiptest.FaultPlan{Share: 1, Kinds: []cybertiptest.FaultKind{cybertiptest.FaultSlow, cybertiptest.FaultWrongMD5}, Slow: time.Second})
	for n := range 50 {
		if f, ok := plan(cybertip.EndpointSubmit, n); !ok || f.Kind != cybertiptest.FaultSlow || f.Delay != time.Second {
			t.Fatalf("%+v", f)
		}
	}
	only := faults(t, cybertiptest.FaultPlan{Share: 1, Kinds: []cybertiptest.FaultKind{cybertiptest.FaultWrongMD5}})
	if f, ok := only(cybertip.EndpointFinish, 1); ok {
		t.Errorf("an answer without MD5 has a wrong one: %+v", f)
	}
}

func TestFaultPlanMistakes(t *testing.T) {
	nan := 0.0
	for name, p := range map[string]cybertiptest.FaultPlan{
		"below": {Share: -0.1}, "above": {Share: 1.1}, "not a number": {Share: nan / nan}, "kind": {Share: 0.1, Kinds: []cybertiptest.FaultKind{"flood"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := p.Faults(); err == nil {
				t.Error("no error")
			}
		})
	}
	if f, ok := faults(t, cybertiptest.FaultPlan{})(cybertip.EndpointFinish, 1); ok {
		t.Errorf("a share of nothing: %+v", f)
	}
	if slices.Contains(cybertiptest.PassingFaults(), cybertiptest.FaultEmpty401) || !slices.Contains(cybertiptest.FaultKinds(), cybertiptest.FaultEmpty401) {
		t.Error("an empty 401 does not pass by itself")
	}
}
