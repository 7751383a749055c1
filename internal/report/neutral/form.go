// Package neutral is the neutral form of a report: one JSON document that a hotline, a national police force or any other authority
// can read which takes no report by NCMEC's API. The types below are the form; each field's doc tag is its title and meaning, from
// which the JSON Schema, the document for people and the page and paper of a report are made. The form is versioned by Version: a
// field is added under the same version, and never taken away or given another meaning. It knows nothing of drafts: internal/report
// fills it in.
//
// All times are UTC. What is not known is absent; an absent yes or no means that nobody has said.
package neutral

import "time"

// Version names the form that this package writes.
const Version = "haris-report-1"

// Report is one report.
type Report struct {
	Form    string    `json:"form" doc:"Form: always haris-report-1" enum:"haris-report-1"`
	ID      string    `json:"id" doc:"Report: number of the report at the service that reports"`
	Case    string    `json:"case" doc:"Case: number of the case there; several reports can belong to one"`
	Drafted time.Time `json:"drafted_at" doc:"Begun: when the report was begun"`
	Filed   []Filing  `json:"filed,omitempty" doc:"Filed already: other authorities that have the report"`
	Earlier []int64   `json:"earlier_cybertipline_reports,omitempty" doc:"Earlier reports: numbers of earlier CyberTipline reports about the matter"`

	Incident    Incident     `json:"incident" doc:"Incident: what happened, in the words of the person who reports"`
	Service     Service      `json:"service" doc:"Service: where it happened and whom to call"`
	Police      *Police      `json:"police,omitempty" doc:"Police: who knows of the matter already"`
	People      []Person     `json:"people" doc:"Accounts: everybody in the matter, with what the service knows of them"`
	Trafficking *Trafficking `json:"trafficking,omitempty" doc:"Trafficking: its elements, as the person finds them; there only when the matter is about trafficking"`
	Talks       []Talk       `json:"conversations,omitempty" doc:"What was said and done: the entries that the finding rests on, with what stands next to them; whole transcripts are files"`
	Files       []File       `json:"files,omitempty" doc:"Files: what goes with the report"`
	Held        string       `json:"held_and_not_here,omitempty" doc:"Held and not here: what the service has and the report does not say"`
	Gaps        []Gap        `json:"gaps,omitempty" doc:"What is missing: what a report of this kind should say and this one does not, or only in part, with the reason"`
	Score       int          `json:"score" doc:"Completeness: 0 to 100, by the measure of the program" minimum:"0" maximum:"100"`
}

// Filing is a report that another authority has.
type Filing struct {
	Authority   string    `json:"authority" doc:"Authority: its name"`
	Environment string    `json:"environment,omitempty" doc:"Environment: test or local when it was only tried out"`
	Number      int64     `json:"number" doc:"Number: of the report there"`
	At          time.Time `json:"at" doc:"When: time of the receipt"`
}

// Incident is the matter.
type Incident struct {
	Type        string    `json:"type" doc:"Type: type of incident, in the words of the CyberTipline"`
	TypeReason  string    `json:"type_reason,omitempty" doc:"Why that type: in the words of the person who reports"`
	Typology    string    `json:"typology,omitempty" doc:"Typology: what the case was found to be: grooming, trafficking and its forms, sextortion"`
	Narrative   string    `json:"narrative" doc:"What happened: who did what to whom, when, where"`
	Urgent      string    `json:"child_in_danger_now,omitempty" doc:"A child is in danger now: why"`
	NoDanger    bool      `json:"no_danger_seen,omitempty" doc:"No danger seen: the person who reports has looked, and nothing shows a child in danger now"`
	At          time.Time `json:"at,omitzero" doc:"When: the moment that the report names"`
	AtMeans     string    `json:"at_means,omitempty" doc:"What that moment is"`
	Annotations []string  `json:"annotations,omitempty" doc:"Marks: what the person who reports marks it as"`
	Extra       string    `json:"extra,omitempty" doc:"Further information"`
}

// Service is who reports.
type Service struct {
	Platform string  `json:"platform" doc:"Platform: its full name"`
	Name     string  `json:"service,omitempty" doc:"Service: the part that the accounts belong to"`
	Reporter Contact `json:"reporter" doc:"Reporter: who reports"`
	Contact  Contact `json:"contact,omitzero" doc:"Contact: whom an officer should call"`
	Standing string  `json:"standing_text,omitempty" doc:"About the service: address, how to serve process, how long records are kept"`
	Terms    string  `json:"terms_of_service,omitempty" doc:"Terms of service"`
	LegalURL string  `json:"legal_process_url,omitempty" doc:"Legal process: where to send it"`
}

// Contact is how a person is reached.
type Contact struct {
	FirstName string `json:"first_name,omitempty" doc:"First name"`
	LastName  string `json:"last_name,omitempty" doc:"Last name"`
	Email     string `json:"email,omitempty" doc:"E-mail"`
	Phone     string `json:"phone,omitempty" doc:"Telephone"`
}

// Police is an agency that knows of the matter.
type Police struct {
	Agency   string  `json:"agency,omitempty" doc:"Agency: its name"`
	Number   string  `json:"number,omitempty" doc:"Number: of the matter there"`
	Reported *bool   `json:"reported,omitempty" doc:"Reported: whether the service has reported it there"`
	Officer  Contact `json:"officer,omitzero" doc:"Officer"`
	Domestic *bool   `json:"served_domestic,omitempty" doc:"Served from within the country: whether legal process came"`
	Foreign  *bool   `json:"served_foreign,omitempty" doc:"Served from abroad: whether legal process came"`
	Country  string  `json:"country,omitempty" doc:"Country: of the process, ISO 3166-1"`
}

// Person is one account.
type Person struct {
	Account     string    `json:"account" doc:"Account: id on the platform"`
	Role        string    `json:"role" doc:"Role: reported, child, linked (belongs to somebody here) or recipient" enum:"reported,child,linked,recipient"`
	Association string    `json:"association,omitempty" doc:"How it belongs: in the words of the CyberTipline"`
	Of          string    `json:"belongs_to,omitempty" doc:"Belongs to: the account that a linked one belongs to; else the reported one"`
	FirstName   string    `json:"first_name,omitempty" doc:"First name"`
	LastName    string    `json:"last_name,omitempty" doc:"Last name"`
	School      string    `json:"school,omitempty" doc:"School"`
	Vehicle     string    `json:"vehicle,omitempty" doc:"Vehicle"`
	Note        string    `json:"note,omitempty" doc:"Note: by the person who reports"`
	Compromised *bool     `json:"compromised,omitempty" doc:"Taken over: whether somebody else has the account"`
	ThirdParty  *bool     `json:"third_party,omitempty" doc:"Of another company: whether it is an account of another service"`
	ScreenName  string    `json:"screen_name,omitempty" doc:"Screen name"`
	Names       []string  `json:"display_names,omitempty" doc:"Names shown: all that are known, oldest first"`
	URLs        []string  `json:"urls,omitempty" doc:"Addresses: of the profile"`
	Bio         string    `json:"bio,omitempty" doc:"About itself: as the account wrote"`
	AgeBand     string    `json:"age_band,omitempty" doc:"Age: as a band, never a number that nobody gave"`
	AgeFrom     string    `json:"age_from,omitempty" doc:"Age from: declared, estimated or verified"`
	Ages        []Age     `json:"ages,omitempty" doc:"Ages said: everything that was said of the age, oldest first"`
	Country     string    `json:"country,omitempty" doc:"Country: ISO 3166-1, as the platform says"`
	Region      string    `json:"region,omitempty" doc:"Region: ISO 3166-2, behind the hyphen"`
	Places      []Place   `json:"places,omitempty" doc:"Places: where sessions came from, as the platform estimates, newest first"`
	CreatedAt   time.Time `json:"created_at,omitzero" doc:"Created: when the account was made"`
	Deleted     bool      `json:"deleted,omitempty" doc:"Deleted: the account is deleted"`
	Part        string    `json:"part,omitempty" doc:"Part: the platform's word for the account, such as teacher"`
	Groups      []string  `json:"groups,omitempty" doc:"Groups: newest first"`
	Emails      []Address `json:"emails,omitempty" doc:"E-mail"`
	Phones      []Address `json:"phones,omitempty" doc:"Telephone"`
	Seen        []Seen    `json:"seen,omitempty" doc:"Network addresses: newest first"`
	MoreSeen    int       `json:"more_seen,omitempty" doc:"More addresses: how many are held beyond these"`
	Devices     []Device  `json:"devices,omitempty" doc:"Devices: by identifiers that mean something outside of the platform"`
	Remarks     []string  `json:"remarks,omitempty" doc:"Remarks: what has no field of its own"`
	Measures    []Measure `json:"measures,omitempty" doc:"Measures: what the platform did about the account"`
	More        []More    `json:"more,omitempty" doc:"Held beyond these"`
	Prior       []int64   `json:"prior_cybertipline_reports,omitempty" doc:"Reported before: numbers of CyberTipline reports about the account"`
}

// Age is what was said of an age at one time.
type Age struct {
	Band string    `json:"band" doc:"Age"`
	From string    `json:"from,omitempty" doc:"Age from: declared, estimated or verified"`
	At   time.Time `json:"at" doc:"When"`
}

// Place is where a session came from.
type Place struct {
	Country string    `json:"country" doc:"Country: ISO 3166-1"`
	Region  string    `json:"region,omitempty" doc:"Region: ISO 3166-2, behind the hyphen"`
	At      time.Time `json:"at" doc:"When"`
}

// Address is an e-mail address or telephone number.
type Address struct {
	Value    string `json:"value" doc:"Address"`
	Recovery bool   `json:"recovery,omitempty" doc:"For recovery: it serves to get the account back"`
}

// Seen is a network address at a moment.
type Seen struct {
	IP    string    `json:"ip" doc:"IP address"`
	Port  int       `json:"port,omitempty" doc:"Port: of the source" minimum:"0" maximum:"65535"`
	At    time.Time `json:"at" doc:"When"`
	Event string    `json:"event,omitempty" doc:"Event: what the account did"`
	Means string    `json:"means,omitempty" doc:"Besides: network, program, way of signing in"`
}

// Device is a device.
type Device struct {
	Kind  string    `json:"kind" doc:"Kind: of identifier"`
	Value string    `json:"value" doc:"Identifier"`
	At    time.Time `json:"at,omitzero" doc:"When"`
	Event string    `json:"event,omitempty" doc:"Event: what the account did"`
}

// Measure is what the platform did about an account.
type Measure struct {
	Action  string    `json:"action" doc:"Action: in the platform's own word"`
	Effect  string    `json:"effect,omitempty" doc:"Effect: on the account" enum:"disabled_for_time,disabled_for_good,reenabled"`
	At      time.Time `json:"at" doc:"When"`
	Reason  string    `json:"reason,omitempty" doc:"Reason: as the platform gave it"`
	Content string    `json:"content,omitempty" doc:"About: what content of the account"`
}

// More counts what is held besides.
type More struct {
	Of    string `json:"of" doc:"Of"`
	Count int    `json:"count" doc:"Count" minimum:"0"`
}

// Trafficking is what the person who reports finds about trafficking in persons. For a child the means need not be shown.
type Trafficking struct {
	Act     Element `json:"act,omitzero" doc:"Act"`
	Means   Element `json:"means,omitzero" doc:"Means: not needed when the victim is a child"`
	Purpose Element `json:"purpose,omitzero" doc:"Purpose"`
	Parts   []Part  `json:"parts,omitempty" doc:"Who does what"`
	Traces  []Trace `json:"traces,omitempty" doc:"Traces: in the platform's records, which a person let stand"`
}

// Element is one of the three elements.
type Element struct {
	Kinds  []string `json:"kinds,omitempty" doc:"Forms: in the words of the UN protocol and of 18 U.S.C. 1591"`
	Note   string   `json:"note,omitempty" doc:"Note"`
	Events []uint64 `json:"log,omitempty" doc:"Rests on: places in the platform's log"`
}

// Part is what an account does.
type Part struct {
	Account string   `json:"account" doc:"Account"`
	Parts   []string `json:"parts" doc:"Parts" enum:"controls,pays,profits,advertises,advertised"`
}

// Trace is one thing in the platform's records.
type Trace struct {
	Kind    string    `json:"kind" doc:"Kind" enum:"advertisement,price,place,payment,contact,shared,credential,location"`
	Account string    `json:"account" doc:"Account"`
	Other   string    `json:"other,omitempty" doc:"Other account: who was paid, with whom something was shared"`
	With    []string  `json:"with,omitempty" doc:"Further accounts"`
	Value   string    `json:"value" doc:"What"`
	URL     string    `json:"url,omitempty" doc:"Address"`
	First   time.Time `json:"first" doc:"First"`
	Last    time.Time `json:"last" doc:"Last"`
	Count   int       `json:"count" doc:"How often" minimum:"1"`
	Events  []uint64  `json:"log,omitempty" doc:"Rests on: places in the platform's log"`
}

// Talk is a conversation, or what was done outside of any.
type Talk struct {
	Name    string `json:"name,omitempty" doc:"Conversation: id on the platform; absent for what was done outside of one"`
	Entries []Line `json:"entries" doc:"Entries: oldest first"`
}

// Line is one entry of a conversation.
type Line struct {
	Log         uint64            `json:"log,omitempty" doc:"Place in the platform's log"`
	Event       string            `json:"event" doc:"Event: its id"`
	Source      string            `json:"source" doc:"Source: the part of the platform that told of it"`
	Type        string            `json:"type" doc:"What happened"`
	Time        time.Time         `json:"time" doc:"When"`
	From        string            `json:"from,omitempty" doc:"From"`
	To          []string          `json:"to,omitempty" doc:"To"`
	Group       string            `json:"group,omitempty" doc:"Group"`
	Lang        string            `json:"language,omitempty" doc:"Language"`
	Text        string            `json:"text,omitempty" doc:"Text: to the letter"`
	ReplyTo     string            `json:"reply_to,omitempty" doc:"Answer to"`
	IP          string            `json:"ip,omitempty" doc:"IP address"`
	Port        int64             `json:"port,omitempty" doc:"Port" minimum:"0" maximum:"65535"`
	UnsentAt    time.Time         `json:"unsent_at,omitzero" doc:"Taken back: when"`
	EditOf      string            `json:"edit_of,omitempty" doc:"New version of: the event whose message this one says anew"`
	Facts       map[string]string `json:"facts,omitempty" doc:"Besides: what the type of event says"`
	Attachments []Attachment      `json:"attachments,omitempty" doc:"Attachments: by what identifies them"`
	Marked      bool              `json:"marked,omitempty" doc:"The finding rests on it"`
	Gap         bool              `json:"entries_before_left_out,omitempty" doc:"Entries left out: there are some between this one and the one before"`
}

// Attachment identifies a picture, video or file.
type Attachment struct {
	ID     string `json:"id" doc:"Media: id on the platform"`
	Kind   string `json:"kind" doc:"Kind"`
	Name   string `json:"name,omitempty" doc:"Name"`
	Mime   string `json:"media_type,omitempty" doc:"Media type"`
	Bytes  int64  `json:"bytes,omitempty" doc:"Bytes" minimum:"0"`
	SHA256 string `json:"sha256,omitempty" doc:"SHA-256"`
	SHA1   string `json:"sha1,omitempty" doc:"SHA-1"`
	MD5    string `json:"md5,omitempty" doc:"MD5"`
	URL    string `json:"url,omitempty" doc:"Address"`
}

// File is one file.
type File struct {
	Path           string   `json:"path,omitempty" doc:"Path: in the package, absent when the contents are not in it"`
	Withheld       string   `json:"withheld,omitempty" doc:"Not in the package: why"`
	Name           string   `json:"name" doc:"Name: as it was sealed"`
	Kind           string   `json:"kind" doc:"Kind" enum:"transcript,event,media,profile"`
	MediaType      string   `json:"media_type" doc:"Media type"`
	Bytes          int64    `json:"bytes" doc:"Bytes" minimum:"0"`
	SHA256         string   `json:"sha256" doc:"SHA-256"`
	MD5            string   `json:"md5" doc:"MD5"`
	Relevance      string   `json:"relevance,omitempty" doc:"Relevance: Reported, or Supplemental Reported"`
	Note           string   `json:"note,omitempty" doc:"Note"`
	Viewed         *Viewed  `json:"viewed,omitempty" doc:"Seen by a person: when all of it was; absent when nobody has"`
	MetadataViewed *Viewed  `json:"metadata_viewed,omitempty" doc:"Own words seen by a person: when what the file says of itself was"`
	Annotations    []string `json:"annotations,omitempty" doc:"Marks"`
	Classification string   `json:"classification,omitempty" doc:"Classification: of the industry, A1 to B2"`
	Upload         *Upload  `json:"upload,omitempty" doc:"Upload: what the platform said when it came in"`
	Match          *Match   `json:"match,omitempty" doc:"Known material: the entry of a list that it came near to; that is no proof that a person has seen it"`
	Metadata       *Meta    `json:"metadata,omitempty" doc:"What the file says of itself"`
}

// Viewed is when a person was shown something.
type Viewed struct {
	At time.Time `json:"at" doc:"When"`
}

// Upload is what the platform said of a file.
type Upload struct {
	Media    string    `json:"media" doc:"Media: id on the platform"`
	Account  string    `json:"account,omitempty" doc:"Account: who uploaded it, or sent it first when no upload was told"`
	Itself   bool      `json:"told_by_an_upload,omitempty" doc:"Told by an event of the upload itself"`
	Name     string    `json:"name,omitempty" doc:"Name: as the account named it"`
	At       time.Time `json:"at,omitzero" doc:"When"`
	URL      string    `json:"url,omitempty" doc:"Address"`
	Hashes   []Hash    `json:"hashes,omitempty" doc:"Fingerprints: as the platform gave them"`
	Surfaces []string  `json:"surfaces,omitempty" doc:"Where it was shown"`
	Public   *bool     `json:"public,omitempty" doc:"Everybody could see it"`
	Seen     *Seen     `json:"seen,omitempty" doc:"Network address: of the upload"`
	Devices  []Device  `json:"devices,omitempty" doc:"Devices"`
	Differs  bool      `json:"differs,omitempty" doc:"The sealed bytes are not the uploaded ones"`
	Events   []uint64  `json:"log,omitempty" doc:"Places in the platform's log"`
}

// Hash is a fingerprint.
type Hash struct {
	Algorithm string `json:"algorithm" doc:"Algorithm"`
	Value     string `json:"value" doc:"Value"`
}

// Match is an entry of a list of known material.
type Match struct {
	List           string `json:"list" doc:"List: and who keeps it"`
	Algorithm      string `json:"algorithm" doc:"Algorithm"`
	Distance       int    `json:"distance" doc:"Distance: in the algorithm's own measure; 0 is equal" minimum:"0"`
	Classification string `json:"classification,omitempty" doc:"Classification: as the list gives it"`
}

// Meta is what a picture says of itself.
type Meta struct {
	Unread string  `json:"unread,omitempty" doc:"Could not be read: why"`
	Values []Named `json:"values,omitempty" doc:"Values"`
	More   int     `json:"more,omitempty" doc:"More values: how many there are beyond these" minimum:"0"`
}

// Named is a value with its name.
type Named struct {
	Name  string `json:"name" doc:"Name"`
	Value string `json:"value" doc:"Value"`
}

// Gap is something that is missing.
type Gap struct {
	What  string   `json:"what" doc:"What"`
	State string   `json:"state" doc:"State" enum:"partly,missing"`
	Why   string   `json:"reason,omitempty" doc:"Reason: never_sent (the platform has never told), no_memory, not_of_this (told of others and not of this), not_said (only a person can say it), left_out (held and not chosen), unread, setting" enum:"never_sent,no_memory,not_of_this,not_said,left_out,unread,setting"`
	Lacks []string `json:"fields,omitempty" doc:"Fields: of the platform's events that would fill it"`
}
