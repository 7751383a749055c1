package report

import (
	"time"

	"haris/cybertip"
)

// Role is the part of an account in the report.
type Role string

// The roles.
const (
	RoleReported Role = "reported" // NCMEC shows it as the suspect; one a report
	RoleChild    Role = "child"
	RoleLinked   Role = "linked" // another account that belongs to the reported person, or to someone around the child
	// RoleRecipient is whom something was sent to, or meant for: in trafficking often who pays.
	RoleRecipient Role = "recipient"
	RoleLeftOut   Role = "left_out" // not in this report
)

// Roles lists the roles.
func Roles() []Role { return []Role{RoleReported, RoleChild, RoleLinked, RoleRecipient, RoleLeftOut} }

// Party is one account with what is known of it. What stands before ScreenName is a person's; the rest comes from events of the
// platform, and what is not known is empty.
type Party struct {
	Account   string `json:"account"`
	Role      Role   `json:"role"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	School    string `json:"school,omitempty"`  // of a child
	Vehicle   string `json:"vehicle,omitempty"` // of who is reported
	Note      string `json:"note,omitempty"`
	// Association is how a linked account belongs, and Of to which account: a child's, or else the reported one.
	Association cybertip.AssociationType `json:"association,omitempty"`
	Of          string                   `json:"of,omitempty"`
	Compromised *bool                    `json:"compromised,omitempty"` // somebody took the account over; nil when nobody said
	ThirdParty  *bool                    `json:"third_party,omitempty"` // it belongs to another company's service; nil when nobody said

	ScreenName   string     `json:"screen_name,omitempty"`
	DisplayNames []string   `json:"display_names,omitempty"`
	URLs         []string   `json:"urls,omitempty"`
	Bio          string     `json:"bio,omitempty"`
	AgeBand      string     `json:"age_band,omitempty"` // of the taxonomy; never a number that nobody gave
	AgeFrom      string     `json:"age_from,omitempty"` // declared, estimated, verified
	Ages         []Age      `json:"ages,omitempty"`     // everything that was said of the age, oldest first
	Country      string     `json:"country,omitempty"`  // ISO 3166-1, as the platform says of the account
	Region       string     `json:"region,omitempty"`   // ISO 3166-2 behind the hyphen
	Places       []Place    `json:"places,omitempty"`   // countries that its sessions came from, newest first
	CreatedAt    time.Time  `json:"created_at,omitzero"`
	Deleted      bool       `json:"deleted,omitempty"`
	Part         string     `json:"part,omitempty"`   // the platform's word for the account: teacher, coach
	Groups       []string   `json:"groups,omitempty"` // newest first
	Emails       []Address  `json:"emails,omitempty"`
	Phones       []Address  `json:"phones,omitempty"`
	Sightings    []Sighting `json:"sightings,omitempty"` // newest first
	MoreSeen     int        `json:"more_seen,omitempty"` // sightings beyond maxSightings
	Devices      []Device   `json:"devices,omitempty"`
	Remarks      []string   `json:"remarks,omitempty"` // what has no field of its own, in English
	Measures     []Measure  `json:"measures,omitempty"`
	More         []More     `json:"more,omitempty"`  // what is held beyond the bounds
	Prior        []int64    `json:"prior,omitempty"` // reports filed before, in the same environment
}

// More counts what is held of an account and does not stand in the draft, because there is too much of it.
type More struct {
	Of    string `json:"of"` // plural, in English: display names, devices
	Count int    `json:"count"`
}

// Age is what was said of the age of an account at one time.
type Age struct {
	Band string    `json:"band"`
	From string    `json:"from,omitempty"` // declared, estimated, verified; empty when not said
	At   time.Time `json:"at"`
}

// Place is where a session of the account came from, as the platform estimates it.
type Place struct {
	Country string    `json:"country"`
	Region  string    `json:"region,omitempty"`
	At      time.Time `json:"at"`
}

// Address is an email address or telephone number.
type Address struct {
	Value    string `json:"value"`
	Recovery bool   `json:"recovery,omitempty"`
}

// Sighting is an address that the account was seen at.
type Sighting struct {
	IP    string             `json:"ip"`
	Port  int                `json:"port,omitempty"`
	At    time.Time          `json:"at"`
	Event cybertip.EventName `json:"event"`
	// Means is what has no field of NCMEC's: network, user agent, way of signing in.
	Means string `json:"means,omitempty"`
}

// Device is a device that the account was used on, by an identifier that means something outside of the platform.
type Device struct {
	Kind  string             `json:"kind"`
	Value string             `json:"value"`
	At    time.Time          `json:"at"`
	Event cybertip.EventName `json:"event"`
}

// Measure is what the platform has done about the account, in its own words and with what they mean for the account.
type Measure struct {
	Action  string    `json:"action"`
	Effect  Effect    `json:"effect,omitempty"` // empty for a word that haris does not know
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"` // of the platform; no report names them
	Reason  string    `json:"reason,omitempty"`
	Content string    `json:"content,omitempty"`
}

// Effect is what a measure means for an account.
type Effect string

// The effects.
const (
	DisabledForTime Effect = "disabled_for_time"
	DisabledForGood Effect = "disabled_for_good"
	Reenabled       Effect = "reenabled"
)

// effects says what the words mean that platforms use for their measures. A word that is not here is written as it is.
func effects() map[string]Effect {
	return map[string]Effect{
		"suspend": DisabledForTime, "suspended": DisabledForTime, "disable": DisabledForTime, "disabled": DisabledForTime,
		"lock": DisabledForTime, "locked": DisabledForTime, "freeze": DisabledForTime, "frozen": DisabledForTime,
		"ban": DisabledForGood, "banned": DisabledForGood, "terminate": DisabledForGood, "terminated": DisabledForGood,
		"remove_account": DisabledForGood, "account_removed": DisabledForGood, "close_account": DisabledForGood, "account_closed": DisabledForGood,
		"reinstate": Reenabled, "reinstated": Reenabled, "reenable": Reenabled, "reenabled": Reenabled, "unsuspend": Reenabled,
		"unsuspended": Reenabled, "unban": Reenabled, "unbanned": Reenabled, "unlock": Reenabled, "unlocked": Reenabled,
	}
}
