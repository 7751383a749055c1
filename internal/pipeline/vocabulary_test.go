package pipeline_test

import (
	"fmt"
	"testing"

	"haris/internal/pipeline"
)

// A rule can ask for the standing strength of every detector.
func TestRulesKnowEveryDetector(t *testing.T) {
	for _, d := range pipeline.Detectors() {
		loadPack(t, fmt.Sprintf(`
name: p
version: 1
rules:
  - id: r
    title: A rule
    mode: shadow
    on: account.created
    when: signal.%s >= 1.0
    why: It stands.
    effects: {labels: [a]}
    tests:
      - {name: it stands, given: {signals: {%[1]s: 2}, accounts: {a: {age_band: 25+}}, events: [{type: account.created, account: a}]}, fires: true}
      - {name: it does not, given: {signals: {%[1]s: 0}, accounts: {a: {age_band: 25+}}, events: [{type: account.created, account: a}]}, fires: false}
`, d.Info().Name))
	}
}
