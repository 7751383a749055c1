package cybertiptest

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"haris/cybertip"
)

// FaultKinds returns every kind of fault.
func FaultKinds() []FaultKind {
	return append(PassingFaults(), FaultEmpty401, FaultHang)
}

// PassingFaults returns the kinds of faults that a client must get over by itself. The other two are not like that: a client that is told that
// its credentials are wrong waits for a person, and a call that hangs takes as long as the client lets it.
func PassingFaults() []FaultKind {
	return []FaultKind{FaultDrop, FaultHTML, FaultCode, FaultGarbage, FaultWrongMD5, FaultLatin1Header, FaultSlow}
}

// FaultPlan makes a share of all calls fail, in mixed ways, half of them after they took effect. Which calls, and how, follows from the seed
// alone: the n-th call to an endpoint fails in every run or in none, however the calls to different endpoints mingle.
type FaultPlan struct {
	Share float64 // of all calls, from 0 to 1
	Seed  uint64
	Kinds []FaultKind   // nil means PassingFaults
	Slow  time.Duration // delay of FaultSlow; 0 means 50 ms
}

// Faults returns the plan in the form that [Options] take, or what is wrong with it.
func (p FaultPlan) Faults() (func(cybertip.Endpoint, int) (Fault, bool), error) {
	if !(p.Share >= 0 && p.Share <= 1) {
		return nil, fmt.Errorf("cybertiptest: a share of faults lies between 0 and 1, not at %v", p.Share)
	}
	for _, k := range p.Kinds {
		if !slices.Contains(FaultKinds(), k) {
			return nil, fmt.Errorf("cybertiptest: unknown kind of fault %q; known are %q", k, FaultKinds())
		}
	}
	if p.Kinds = slices.Clone(p.Kinds); p.Kinds == nil {
		p.Kinds = PassingFaults()
	}
	if p.Slow <= 0 {
		p.Slow = 50 * time.Millisecond
	}
	return p.fault, nil
}

// fault decides about the n-th call to an endpoint.
func (p FaultPlan) fault(endpoint cybertip.Endpoint, n int) (Fault, bool) {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", n, endpoint)
	r := rand.New(rand.NewPCG(p.Seed, h.Sum64()))
	if r.Float64() >= p.Share {
		return Fault{}, false
	}
	kinds := p.Kinds
	if endpoint != cybertip.EndpointUpload { // no other answer has an MD5
		kinds = slices.DeleteFunc(slices.Clone(kinds), func(k FaultKind) bool { return k == FaultWrongMD5 })
	}
	if len(kinds) == 0 {
		return Fault{}, false
	}
	statuses := []int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable}
	codes := []cybertip.Code{cybertip.CodeServerError, cybertip.CodeSaveFailed, cybertip.CodeUpdateFailed}
	if endpoint == cybertip.EndpointUpload {
		codes = append(codes, cybertip.CodeUploadFailed, cybertip.CodeFileUploadFailed)
	}
	return Fault{
		Endpoint: endpoint, Kind: kinds[r.IntN(len(kinds))], Commit: r.IntN(2) == 0, Status: statuses[r.IntN(len(statuses))],
		Code: codes[r.IntN(len(codes))], Delay: p.Slow,
	}, true
}
