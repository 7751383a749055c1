package cybertiptest

import (
	"math/rand/v2"
	"net/http"
	"time"

	"haris/cybertip"
)

// Mixed returns an Options.Faults by which a share of the requests (0 to 1) fail, each in a way drawn from all that a service on a bad
// day shows and that a client must get over by itself: dropped connections before and after the request took effect, pages of proxies,
// half documents, the retryable codes, wrong digests, late answers. The same seed and order of requests give the same faults.
func Mixed(share float64, seed uint64) func(cybertip.Endpoint, int) (Fault, bool) {
	rng := rand.New(rand.NewPCG(seed, 0x6d69786564))
	return func(endpoint cybertip.Endpoint, _ int) (Fault, bool) {
		if rng.Float64() >= share {
			return Fault{}, false
		}
		kinds := mixed(endpoint)
		f := kinds[rng.IntN(len(kinds))]
		f.Endpoint = endpoint
		return f, true
	}
}

// mixed lists the ways in which a request to an endpoint may fail in passing.
func mixed(endpoint cybertip.Endpoint) []Fault {
	out := []Fault{
		{Kind: FaultDrop},
		{Kind: FaultDrop, Commit: true},
		{Kind: FaultHTML, Status: http.StatusInternalServerError},
		{Kind: FaultHTML, Status: http.StatusBadGateway, Commit: true},
		{Kind: FaultHTML, Status: http.StatusServiceUnavailable},
		{Kind: FaultGarbage, Commit: true},
		{Kind: FaultCode, Code: cybertip.CodeServerError},
		{Kind: FaultCode, Code: cybertip.CodeSaveFailed},
		{Kind: FaultLatin1Header},
		{Kind: FaultSlow, Delay: 50 * time.Millisecond},
	}
	if endpoint == cybertip.EndpointUpload {
		out = append(out, Fault{Kind: FaultCode, Code: cybertip.CodeUploadFailed}, Fault{Kind: FaultCode, Code: cybertip.CodeFileUploadFailed}, Fault{Kind: FaultWrongMD5, Commit: true})
	}
	return out
}
