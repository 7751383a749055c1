package detect

import "time"

// Advert is what is known, at one advertisement, of those who advertise with its contact details or with its text: of that contact detail
// which most accounts have, and of the text. Counts of accounts and names are of 30 days, of cities of 7.
type Advert struct {
	Own      bool // the account of the fact published it; else it is one of the group
	City     string
	Contact  Crowded
	Text     Crowded
	Ages     Ages
	Young    Young
	Acted    int      // other accounts with the contact detail upon which the platform acted for the safety of a child
	Accounts []string // others with the contact detail, or where there are none with the text, newest last
	Leaflet  *Leaflet // nil where there is nothing to show yet
}

// Crowded counts those who use one contact detail or one text in advertisements.
type Crowded struct{ Accounts, Names, Cities int }

// Ages counts the accounts of a group by what is said of their age.
type Ages struct{ Minors, Young, Unsaid, All int }

// Young counts the minors' accounts among those with the contact detail, and the regions that they claim.
type Young struct{ Accounts, Regions int }

// Leaflet is what of a group's advertisements may be shown: nothing that only one of them says.
type Leaflet struct {
	Text     string           `json:"text,omitempty"`  // the words that several have, with a sign such as ⟨phone⟩ where they differ
	Slots    []LeafletSlot    `json:"slots,omitempty"` // where different things are known to have stood
	Contacts []LeafletContact `json:"contacts,omitempty"`
	Cities   []LeafletCity    `json:"cities,omitempty"` // of 30 days, newest last, at most 12
}

// LeafletSlot is one place in which advertisements differ.
type LeafletSlot struct {
	Kind string `json:"kind"` // as template.Kind says
	Ways int    `json:"ways"` // different things, 8 for eight or more
}

// LeafletContact is one contact detail of the newest advertisement.
type LeafletContact struct {
	Kind     string `json:"kind"`   // phone, email or handle
	Masked   string `json:"masked"` // what pages may show of it
	Accounts int    `json:"accounts"`
	Names    int    `json:"names"`
	Cities   int    `json:"cities"`
}

// LeafletCity is one city that was named, and when.
type LeafletCity struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}
