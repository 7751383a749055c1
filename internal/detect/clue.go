package detect

// Clue says that another provider, or a person there, acted upon an account that used a key which an account here uses.
type Clue struct {
	Provider string `json:"provider"`
	Type     string `json:"type"`   // why it acted: a reason of event reports
	Date     string `json:"date"`   // day of the act there
	Kind     string `json:"kind"`   // of the key: device, phone …
	Degree   int    `json:"degree"` // accounts here that use the key
}
