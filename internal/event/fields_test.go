package event

import (
	"fmt"
	"math/bits"
	"strings"
	"testing"
)

// TestNames: every bit has the name under which the field comes in.
func TestNames(t *testing.T) {
	if n := bits.Len64(uint64(HasFilters)); len(names()) != n {
		t.Fatalf("%d names for %d bits", len(names()), n)
	}
	values := map[string]string{
		"to": `["x"]`, "surface": `"dm"`, "relation": `"friend"`, "age_band": `"u13"`, "age_source": `"declared"`, "what": `"password"`,
		"instrument": `"card"`, "precision": `"city"`, "auth": `"token"`, "port": "1", "asn": "1", "amount": "1", "seconds": "1", "video": "true",
		"verified": "true", "recovery_used": "true", "created_at": `"2026-03-01T00:00:00Z"`, "keys": "[]", "media": "[]", "stage_scores": "{}",
		"filters": "{}",
	}
	for i, name := range names() {
		value := values[name]
		if value == "" {
			value = `"x"`
		}
		line := fmt.Sprintf(`{"specversion":"1.0","id":"1","source":"/t","type":"message.sent","time":"2026-03-01T00:00:00Z","data":{%q:%s}}`, name, value)
		e, _ := Decode(line, 1, Limits{}) // what the type needs is missing, and what was sent is noted all the same
		if got := strings.Join(e.Data.set.Names(), " "); e.Data.set != 1<<i || got != name {
			t.Errorf("%s came in as %q (bit %d)", name, got, bits.Len64(uint64(e.Data.set))-1)
		}
	}
}
