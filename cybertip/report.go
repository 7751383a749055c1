package cybertip

import "time"

// Report is the document that opens a report. Optional parts are nil, empty or zero when absent; the encoder puts everything in order.
type Report struct {
	// BatchedReport makes this a batched report about one viral file and several accounts.
	BatchedReport   *BatchedReport    `xml:"batchedReport" json:"batchedReport,omitzero"`
	IncidentSummary IncidentSummary   `xml:"incidentSummary" json:"incidentSummary,omitzero"`
	InternetDetails []InternetDetails `xml:"internetDetails" json:"internetDetails,omitzero"`
	// LawEnforcement is set when police know already, or asked.
	LawEnforcement *LawEnforcement `xml:"lawEnforcement" json:"lawEnforcement,omitzero"`
	Reporter       Reporter        `xml:"reporter" json:"reporter,omitzero"`
	// PersonsReported has at most one entry unless the report is batched.
	PersonsReported    []PersonOrUserReported `xml:"personOrUserReported" json:"personOrUserReported,omitzero"`
	IntendedRecipients []IntendedRecipient    `xml:"intendedRecipient" json:"intendedRecipient,omitzero"`
	Victims            []Victim               `xml:"victim" json:"victim,omitzero"`
	AdditionalInfo     string                 `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// BatchedReport marks a batched report.
type BatchedReport struct {
	Reason BatchReason `xml:"reason,attr" json:"reason,omitzero"`
}

// IncidentSummary says what happened and when.
type IncidentSummary struct {
	IncidentType IncidentType `xml:"incidentType" json:"incidentType,omitzero"`
	// Platform is the full name of the application where it occurred, ≤ 256 characters.
	Platform string `xml:"platform" json:"platform,omitzero"`
	// EscalateToHighPriority is the reason why the report is urgent, ≤ 3000 characters. Its presence escalates.
	EscalateToHighPriority string             `xml:"escalateToHighPriority" json:"escalateToHighPriority,omitzero"`
	Annotations            *ReportAnnotations `xml:"reportAnnotations" json:"reportAnnotations,omitzero"`
	// IncidentDateTime is required and lies in the past.
	IncidentDateTime time.Time `xml:"incidentDateTime" json:"incidentDateTime,omitzero"`
	// IncidentDateTimeDescription says which moment that is, ≤ 3000 characters.
	IncidentDateTimeDescription string `xml:"incidentDateTimeDescription" json:"incidentDateTimeDescription,omitzero"`
}

// ReportAnnotations are remarks that are true by being there.
type ReportAnnotations struct {
	Sextortion                 bool `xml:"sextortion" json:"sextortion,omitzero"`
	CSAMSolicitation           bool `xml:"csamSolicitation" json:"csamSolicitation,omitzero"`
	MinorToMinorInteraction    bool `xml:"minorToMinorInteraction" json:"minorToMinorInteraction,omitzero"`
	Spam                       bool `xml:"spam" json:"spam,omitzero"`
	SadisticOnlineExploitation bool `xml:"sadisticOnlineExploitation" json:"sadisticOnlineExploitation,omitzero"`
	// Informational exists from profile 2026-08; certainty high.
	Informational bool `xml:"informational" json:"informational,omitzero"`
	// PotentialAggravatingFactors exists from profile 2026-08; certainty medium.
	PotentialAggravatingFactors bool `xml:"potentialAggravatingFactors" json:"potentialAggravatingFactors,omitzero"`
	// InstrumentalUse exists from profile 2026-08; certainty medium.
	InstrumentalUse bool `xml:"instrumentalUse" json:"instrumentalUse,omitzero"`
}

// InternetDetails says where it happened; exactly one field is set.
type InternetDetails struct {
	WebPage     *WebPageIncident     `xml:"webPageIncident" json:"webPageIncident,omitzero"`
	Email       *EmailIncident       `xml:"emailIncident" json:"emailIncident,omitzero"`
	Newsgroup   *NewsgroupIncident   `xml:"newsgroupIncident" json:"newsgroupIncident,omitzero"`
	Chat        *ChatIncident        `xml:"chatImIncident" json:"chatImIncident,omitzero"`
	Gaming      *GamingIncident      `xml:"onlineGamingIncident" json:"onlineGamingIncident,omitzero"`
	CellPhone   *CellPhoneIncident   `xml:"cellPhoneIncident" json:"cellPhoneIncident,omitzero"`
	NonInternet *NonInternetIncident `xml:"nonInternetIncident" json:"nonInternetIncident,omitzero"`
	PeerToPeer  *PeerToPeerIncident  `xml:"peer2peerIncident" json:"peer2peerIncident,omitzero"`
}

// WebPageIncident is something on a page.
type WebPageIncident struct {
	// ThirdPartyHostedContent says that another company hosts the page.
	ThirdPartyHostedContent *bool `xml:"thirdPartyHostedContent,attr" json:"thirdPartyHostedContent,omitzero"`
	// URLs are ≤ 2083 characters each.
	URLs           []string `xml:"url" json:"url,omitzero"`
	AdditionalInfo string   `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// EmailIncident is something in email. Every address must also belong to a person in the report.
type EmailIncident struct {
	EmailAddresses []Email `xml:"emailAddress" json:"emailAddress,omitzero"`
	// Content is headers, subject and text.
	Content        string `xml:"content" json:"content,omitzero"`
	AdditionalInfo string `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// NewsgroupIncident is something in a newsgroup. Every address must also belong to a person in the report.
type NewsgroupIncident struct {
	// Name is ≤ 255 characters.
	Name           string  `xml:"name" json:"name,omitzero"`
	EmailAddresses []Email `xml:"emailAddress" json:"emailAddress,omitzero"`
	Content        string  `xml:"content" json:"content,omitzero"`
	AdditionalInfo string  `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// ChatIncident is something in a chat or in instant messages.
type ChatIncident struct {
	// ChatClient is ≤ 255 characters.
	ChatClient string `xml:"chatClient" json:"chatClient,omitzero"`
	// ChatRoomName is ≤ 255 characters.
	ChatRoomName string `xml:"chatRoomName" json:"chatRoomName,omitzero"`
	// Content is the conversation, or its key excerpts when the whole is uploaded as a file.
	Content        string `xml:"content" json:"content,omitzero"`
	AdditionalInfo string `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// GamingIncident is something in an online game.
type GamingIncident struct {
	// GameName is ≤ 255 characters.
	GameName string `xml:"gameName" json:"gameName,omitzero"`
	// Console is ≤ 255 characters.
	Console        string `xml:"console" json:"console,omitzero"`
	Content        string `xml:"content" json:"content,omitzero"`
	AdditionalInfo string `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// CellPhoneIncident is something over a mobile phone. Coordinates are decimal degrees.
type CellPhoneIncident struct {
	PhoneNumber    *Phone   `xml:"phoneNumber" json:"phoneNumber,omitzero"`
	Latitude       *float64 `xml:"latitude" json:"latitude,omitzero"`
	Longitude      *float64 `xml:"longitude" json:"longitude,omitzero"`
	AdditionalInfo string   `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// NonInternetIncident is something outside the net.
type NonInternetIncident struct {
	// LocationName is ≤ 255 characters.
	LocationName   string    `xml:"locationName" json:"locationName,omitzero"`
	Addresses      []Address `xml:"incidentAddress" json:"incidentAddress,omitzero"`
	AdditionalInfo string    `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// PeerToPeerIncident is something in a file-sharing network.
type PeerToPeerIncident struct {
	// Client is ≤ 255 characters.
	Client          string           `xml:"client" json:"client,omitzero"`
	IPCaptureEvents []IPCaptureEvent `xml:"ipCaptureEvent" json:"ipCaptureEvent,omitzero"`
	// FileNames is one text with all names.
	FileNames      string `xml:"fileNames" json:"fileNames,omitzero"`
	AdditionalInfo string `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// LawEnforcement says which agency knows of the matter.
type LawEnforcement struct {
	// AgencyName is required, ≤ 255 characters.
	AgencyName string `xml:"agencyName" json:"agencyName,omitzero"`
	// CaseNumber is ≤ 100 characters.
	CaseNumber                      string               `xml:"caseNumber" json:"caseNumber,omitzero"`
	OfficerContact                  *ContactPerson       `xml:"officerContact" json:"officerContact,omitzero"`
	ReportedToLE                    *bool                `xml:"reportedToLe" json:"reportedToLe,omitzero"`
	ServedLegalProcessDomestic      *bool                `xml:"servedLegalProcessDomestic" json:"servedLegalProcessDomestic,omitzero"`
	ServedLegalProcessInternational *ServedInternational `xml:"servedLegalProcessInternational" json:"servedLegalProcessInternational,omitzero"`
}

// ServedInternational says whether foreign legal process was served, and by which country.
type ServedInternational struct {
	Served      bool   `xml:",chardata" json:"served,omitzero"`
	FleaCountry string `xml:"fleaCountry,attr" json:"fleaCountry,omitzero"`
}

// Reporter is the company that reports.
type Reporter struct {
	// ReportingPerson needs at least one email address.
	ReportingPerson Person `xml:"reportingPerson" json:"reportingPerson,omitzero"`
	// ContactPerson is whom law enforcement should contact.
	ContactPerson *ContactPerson `xml:"contactPerson" json:"contactPerson,omitzero"`
	// CompanyTemplate is standing text about the company: how to serve process, retention, 24-hour telephone.
	CompanyTemplate string `xml:"companyTemplate" json:"companyTemplate,omitzero"`
	TermsOfService  string `xml:"termsOfService" json:"termsOfService,omitzero"`
	// LegalURL is ≤ 2083 characters.
	LegalURL string `xml:"legalURL" json:"legalURL,omitzero"`
}
