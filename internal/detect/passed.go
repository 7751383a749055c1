package detect

// Passed is one contact detail that one account gave another in a message: a way to go on elsewhere.
type Passed struct {
	Kind   string `json:"kind"`           // phone, email or handle
	Masked string `json:"masked"`         // what pages may show of it
	Given  bool   `json:"given"`          // the account of the fact or signal gave it; else it was given to it
	Ways   string `json:"ways,omitempty"` // in which it was written so that it is hard to find, parted by commas
}
