package detect

// Opinion is what a model of somebody else answered about one message of an account to a minor.
type Opinion struct {
	Model     string  // its name
	Policy    string  // digest of the policy that it was given
	Unscanned string  // why nothing was answered; empty else
	Stages    []Claim // of each stage that it was asked about
}

// Claim is what it says of one stage.
type Claim struct {
	Stage     string  `json:"stage"`
	Nats      float64 `json:"nats"` // as a log-likelihood ratio; 0 where Unscanned is set
	Quote     string  `json:"quote,omitempty"`
	Rationale string  `json:"rationale,omitempty"` // words of the model, which nobody has checked
	Unscanned string  `json:"unscanned,omitempty"`
}

// Quoted is a claim as a signal names it, with whose it is and the message that it is about.
type Quoted struct {
	Claim
	Model  string `json:"model"`
	Policy string `json:"policy"`
	Event  uint64 `json:"event"`
}
