package evaluate

import (
	"time"

	"haris/internal/measure"
	"haris/internal/state"
	"haris/internal/taxonomy"
)

// What must stand beside every figure.
const (
	caveatSimulated = "Figures from a simulated platform are no accuracy: whoever writes both the matter and the detector finds what they wrote. They say that the path works, and what changed."
	caveatTruth     = "These figures hold for this stream and this truth only; every account that the truth does not name counts as harmless."
	noProbability   = "n/a: no detector gives a probability. A strength is the tail −log₁₀ p of ordinary life, not the chance that somebody is guilty."
)

// Result is what an evaluation says.
type Result struct {
	Caveat      string           `json:"caveat"`
	Streams     []Stream         `json:"streams"`
	Rules       string           `json:"rules"` // digest, or "none"
	Matters     int              `json:"matters"`
	Negatives   int              `json:"negatives"` // accounts that the truth does not name as taking part in a matter
	Recalls     []measure.Recall `json:"recall_at_fpr"`
	Curve       []measure.Point  `json:"curve"`
	Budgets     []Budget         `json:"recall_at_budget"`
	Kinds       []Kind           `json:"kinds"`
	All         Kind             `json:"all"`
	Early       *Early           `json:"early,omitempty"` // nil without matters
	Hard        []Hard           `json:"benign_hard"`
	Others      Reached          `json:"others"` // accounts that the truth does not name at all
	Cohorts     []Cohort         `json:"cohorts"`
	Detectors   []Detector       `json:"detectors"`
	Probability string           `json:"ece_brier"`
	Ablation    []Ablation       `json:"ablation,omitempty"`
	PerSecond   float64          `json:"events_per_second"` // folding alone, without reading
	Workers     int              `json:"workers"`
	Weights     []state.Weight   `json:"state"`
	Sizes       []Size           `json:"sizes,omitempty"`
	Missed      []Missed         `json:"missed"`
	Wrong       []Listed         `json:"wrongly_raised"` // of P2 or above, at most 100
	Raised      []Listed         `json:"raised,omitempty"`
	Left        []string         `json:"left_out,omitempty"` // accounts of the truth that never occur
}

// Reached counts accounts or matters by the highest priority that each came to; "none" for none.
type Reached map[string]int

// Stream is one of the streams evaluated.
type Stream struct {
	Name     string    `json:"name"`
	Events   int       `json:"events"`
	Accounts int       `json:"accounts"`
	Matters  int       `json:"matters"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
}

// Budget is what a team that looks at so many cases a day would have seen.
type Budget struct {
	PerDay  int     `json:"per_day"`
	Matters int     `json:"matters"` // seen
	Recall  float64 `json:"recall"`
	Cases   int     `json:"cases"` // seen, of whomever
	Right   int     `json:"right"` // of these, about somebody who takes part in a matter
}

// Kind is one kind of matter.
type Kind struct {
	Kind     string  `json:"kind"`
	Matters  int     `json:"matters"`
	Reached  Reached `json:"reached"`
	Found    int     `json:"found"` // P2 or above, and of the right typology
	Hours    Spans   `json:"hours_to_alert"`
	Messages Spans   `json:"messages_to_alert"` // messages and requests of or to its subjects, from its start on
}

// Spans are the middle and the slow end of what was found.
type Spans struct {
	Median float64   `json:"median"`
	P90    float64   `json:"p90"`
	all    []float64 // sorted
}

// Early is how early, as the literature measures it; a message here is one of the accounts of a matter.
type Early struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	Speed     float64 `json:"speed"`
	FLatency  float64 `json:"f_latency"`
	ERDE5     float64 `json:"erde_5"`
	ERDE50    float64 `json:"erde_50"`
}

// Hard is one kind of hard harmless case, by the highest priority that one of its accounts reached.
type Hard struct {
	Kind    string        `json:"kind"`
	Cases   int           `json:"cases"`
	Reached Reached       `json:"reached"`
	FPR     measure.Share `json:"fpr"` // cases with an account at P2 or above
}

// Cohort is one way to divide harmless accounts.
type Cohort struct {
	By      string         `json:"by"`
	Groups  []Group        `json:"groups"`
	Raised  measure.Spread `json:"raised"` // of groups of 100 accounts or more
	Watched measure.Spread `json:"watched"`
}

// Group is one part of it.
type Group struct {
	Name    string        `json:"name"`
	Raised  measure.Share `json:"raised"`  // P2 or above
	Watched measure.Share `json:"watched"` // P3 or above
}

// Detector is how often one spoke of harmless accounts, against what its strength promises.
type Detector struct {
	Name      string         `json:"name"`
	Spoke     int            `json:"spoke"` // accounts, whoever they are
	Strongest float64        `json:"strongest"`
	Tested    int            `json:"tested,omitempty"` // harmless accounts of which it was told anything; 0 for a rule
	Tails     []measure.Tail `json:"tails,omitempty"`
}

// Ablation is what changes without one detector.
type Ablation struct {
	Without string  `json:"without"`
	Budget  float64 `json:"recall_at_budget"` // change, −1 to 1
	FPR     float64 `json:"recall_at_fpr"`
	FPROK   bool    `json:"fpr_ok"`
	Found   int     `json:"found"`          // change in matters found
	Wrong   int     `json:"wrongly_raised"` // change in harmless accounts at P2 or above
}

// Missed is a matter that did not come to P2 under its typology.
type Missed struct {
	Stream   string `json:"stream"`
	Kind     string `json:"kind"`
	Subject  string `json:"subject"`
	Priority string `json:"priority"`
	// Spoke is the greatest strength of each detector about the accounts by which the matter can be found.
	Spoke map[string]float64 `json:"spoke"`
}

// Listed is one account that was raised, and why.
type Listed struct {
	Stream   string            `json:"stream"`
	Account  string            `json:"account"`
	Kind     string            `json:"kind"` // of the matter or the hard case, or "other"
	Priority taxonomy.Priority `json:"priority"`
	Typology taxonomy.Typology `json:"typology"`
	Sum      float64           `json:"sum"`
	By       []string          `json:"by"`
	Why      []string          `json:"why"`
}
