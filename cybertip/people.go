package cybertip

import "time"

// PersonOrUserReported is the person or account that is reported; NCMEC shows it as the suspect.
type PersonOrUserReported struct {
	Person *Person `xml:"personOrUserReportedPerson" json:"personOrUserReportedPerson,omitzero"`
	// VehicleDescription is ≤ 300 characters.
	VehicleDescription string `xml:"vehicleDescription" json:"vehicleDescription,omitzero"`
	// EspIdentifier is the account's id at the company, ≤ 255 characters.
	EspIdentifier string `xml:"espIdentifier" json:"espIdentifier,omitzero"`
	// EspService is the company's service, ≤ 100 characters.
	EspService string `xml:"espService" json:"espService,omitzero"`
	// CompromisedAccount says that the account was taken over.
	CompromisedAccount *bool `xml:"compromisedAccount" json:"compromisedAccount,omitzero"`
	// ScreenName is the user name shown, ≤ 256 characters.
	ScreenName string `xml:"screenName" json:"screenName,omitzero"`
	// DisplayNames are ≤ 255 characters each.
	DisplayNames []string `xml:"displayName" json:"displayName,omitzero"`
	// ProfileURLs are ≤ 2083 characters each.
	ProfileURLs     []string         `xml:"profileUrl" json:"profileUrl,omitzero"`
	ProfileBio      string           `xml:"profileBio" json:"profileBio,omitzero"`
	IPCaptureEvents []IPCaptureEvent `xml:"ipCaptureEvent" json:"ipCaptureEvent,omitzero"`
	DeviceIDs       []DeviceID       `xml:"deviceId" json:"deviceId,omitzero"`
	// ThirdPartyUserReported says that the account belongs to another service.
	ThirdPartyUserReported *bool `xml:"thirdPartyUserReported" json:"thirdPartyUserReported,omitzero"`
	// PriorReports are ids of earlier CyberTipline reports in the same environment.
	PriorReports []int64 `xml:"priorCTReports" json:"priorCTReports,omitzero"`
	// GroupIdentifier is ≤ 255 characters.
	GroupIdentifier            string               `xml:"groupIdentifier" json:"groupIdentifier,omitzero"`
	AccountTemporarilyDisabled *TemporarilyDisabled `xml:"accountTemporarilyDisabled" json:"accountTemporarilyDisabled,omitzero"`
	AccountPermanentlyDisabled *PermanentlyDisabled `xml:"accountPermanentlyDisabled" json:"accountPermanentlyDisabled,omitzero"`
	EstimatedLocation          *EstimatedLocation   `xml:"estimatedLocation" json:"estimatedLocation,omitzero"`
	// AllEmailsReported says that every known email address is in the report.
	AllEmailsReported  *bool               `xml:"allEmailsReported" json:"allEmailsReported,omitzero"`
	AssociatedAccounts []AssociatedAccount `xml:"associatedAccount" json:"associatedAccount,omitzero"`
	AdditionalInfo     string              `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// IntendedRecipient is whom something was sent to, or meant for.
type IntendedRecipient struct {
	Person *Person `xml:"intendedRecipientPerson" json:"intendedRecipientPerson,omitzero"`
	// EspIdentifier is the account's id at the company, ≤ 255 characters.
	EspIdentifier string `xml:"espIdentifier" json:"espIdentifier,omitzero"`
	// EspService is the company's service, ≤ 100 characters.
	EspService string `xml:"espService" json:"espService,omitzero"`
	// CompromisedAccount says that the account was taken over.
	CompromisedAccount *bool `xml:"compromisedAccount" json:"compromisedAccount,omitzero"`
	// ScreenName is the user name shown, ≤ 256 characters.
	ScreenName string `xml:"screenName" json:"screenName,omitzero"`
	// DisplayNames are ≤ 255 characters each.
	DisplayNames []string `xml:"displayName" json:"displayName,omitzero"`
	// ProfileURLs are ≤ 2083 characters each.
	ProfileURLs     []string         `xml:"profileUrl" json:"profileUrl,omitzero"`
	ProfileBio      string           `xml:"profileBio" json:"profileBio,omitzero"`
	IPCaptureEvents []IPCaptureEvent `xml:"ipCaptureEvent" json:"ipCaptureEvent,omitzero"`
	DeviceIDs       []DeviceID       `xml:"deviceId" json:"deviceId,omitzero"`
	// PriorReports are ids of earlier CyberTipline reports in the same environment.
	PriorReports []int64 `xml:"priorCTReports" json:"priorCTReports,omitzero"`
	// GroupIdentifier is ≤ 255 characters.
	GroupIdentifier            string               `xml:"groupIdentifier" json:"groupIdentifier,omitzero"`
	AccountTemporarilyDisabled *TemporarilyDisabled `xml:"accountTemporarilyDisabled" json:"accountTemporarilyDisabled,omitzero"`
	AccountPermanentlyDisabled *PermanentlyDisabled `xml:"accountPermanentlyDisabled" json:"accountPermanentlyDisabled,omitzero"`
	EstimatedLocation          *EstimatedLocation   `xml:"estimatedLocation" json:"estimatedLocation,omitzero"`
	// AllEmailsReported says that every known email address is in the report.
	AllEmailsReported *bool `xml:"allEmailsReported" json:"allEmailsReported,omitzero"`
	// AdditionalInfo should have at most one entry.
	AdditionalInfo []string `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// Victim is a child. Its person is always written, empty if nothing is known.
type Victim struct {
	Person Person `xml:"victimPerson" json:"victimPerson,omitzero"`
	// EspIdentifier is the account's id at the company, ≤ 255 characters.
	EspIdentifier string `xml:"espIdentifier" json:"espIdentifier,omitzero"`
	// EspService is the company's service, ≤ 100 characters.
	EspService string `xml:"espService" json:"espService,omitzero"`
	// CompromisedAccount says that the account was taken over.
	CompromisedAccount *bool `xml:"compromisedAccount" json:"compromisedAccount,omitzero"`
	// ScreenName is the user name shown, ≤ 256 characters.
	ScreenName string `xml:"screenName" json:"screenName,omitzero"`
	// DisplayNames are ≤ 255 characters each.
	DisplayNames []string `xml:"displayName" json:"displayName,omitzero"`
	// ProfileURLs are ≤ 2083 characters each.
	ProfileURLs     []string         `xml:"profileUrl" json:"profileUrl,omitzero"`
	ProfileBio      string           `xml:"profileBio" json:"profileBio,omitzero"`
	IPCaptureEvents []IPCaptureEvent `xml:"ipCaptureEvent" json:"ipCaptureEvent,omitzero"`
	DeviceIDs       []DeviceID       `xml:"deviceId" json:"deviceId,omitzero"`
	// SchoolName is ≤ 255 characters.
	SchoolName string `xml:"schoolName" json:"schoolName,omitzero"`
	// PriorReports are ids of earlier CyberTipline reports in the same environment.
	PriorReports               []int64              `xml:"priorCTReports" json:"priorCTReports,omitzero"`
	AccountTemporarilyDisabled *TemporarilyDisabled `xml:"accountTemporarilyDisabled" json:"accountTemporarilyDisabled,omitzero"`
	AccountPermanentlyDisabled *PermanentlyDisabled `xml:"accountPermanentlyDisabled" json:"accountPermanentlyDisabled,omitzero"`
	EstimatedLocation          *EstimatedLocation   `xml:"estimatedLocation" json:"estimatedLocation,omitzero"`
	// AllEmailsReported says that every known email address is in the report.
	AllEmailsReported  *bool               `xml:"allEmailsReported" json:"allEmailsReported,omitzero"`
	AssociatedAccounts []AssociatedAccount `xml:"associatedAccount" json:"associatedAccount,omitzero"`
	AdditionalInfo     string              `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// Person is who someone is, as far as known.
type Person struct {
	// FirstName is ≤ 100 characters.
	FirstName string `xml:"firstName" json:"firstName,omitzero"`
	// LastName is ≤ 100 characters.
	LastName  string    `xml:"lastName" json:"lastName,omitzero"`
	Phones    []Phone   `xml:"phone" json:"phone,omitzero"`
	Emails    []Email   `xml:"email" json:"email,omitzero"`
	Addresses []Address `xml:"address" json:"address,omitzero"`
	// Age is in years, 0 to 150.
	Age *int `xml:"age" json:"age,omitzero"`
	// AgeAssertionDiscrepancy exists from profile 2026-08; certainty high.
	AgeAssertionDiscrepancy *bool `xml:"ageAssertionDiscrepancy" json:"ageAssertionDiscrepancy,omitzero"`
	DateOfBirth             Date  `xml:"dateOfBirth" json:"dateOfBirth,omitzero"`
}

// ContactPerson is whom to contact.
type ContactPerson struct {
	// FirstName is ≤ 100 characters.
	FirstName string `xml:"firstName" json:"firstName,omitzero"`
	// LastName is ≤ 100 characters.
	LastName  string    `xml:"lastName" json:"lastName,omitzero"`
	Phones    []Phone   `xml:"phone" json:"phone,omitzero"`
	Emails    []Email   `xml:"email" json:"email,omitzero"`
	Addresses []Address `xml:"address" json:"address,omitzero"`
}

// Phone is a telephone number without its calling code.
type Phone struct {
	// Number is ≤ 50 characters.
	Number string    `xml:",chardata" json:"number,omitzero"`
	Type   PhoneType `xml:"type,attr" json:"type,omitzero"`
	// Verified must be true when VerificationDate is set.
	Verified         *bool     `xml:"verified,attr" json:"verified,omitzero"`
	VerificationDate time.Time `xml:"verificationDate,attr" json:"verificationDate,omitzero"`
	// CountryCallingCode is "+" and one to three digits.
	CountryCallingCode string `xml:"countryCallingCode,attr" json:"countryCallingCode,omitzero"`
	// Extension is one to ten digits.
	Extension string `xml:"extension,attr" json:"extension,omitzero"`
}

// Email is an email address.
type Email struct {
	// Address is ≤ 255 characters, ≤ 64 before the @.
	Address string    `xml:",chardata" json:"address,omitzero"`
	Type    EmailType `xml:"type,attr" json:"type,omitzero"`
	// Verified must be true when VerificationDate is set.
	Verified         *bool     `xml:"verified,attr" json:"verified,omitzero"`
	VerificationDate time.Time `xml:"verificationDate,attr" json:"verificationDate,omitzero"`
}

// Address is a postal address.
type Address struct {
	Type AddressType `xml:"type,attr" json:"type,omitzero"`
	// Street is ≤ 255 characters.
	Street string `xml:"address" json:"address,omitzero"`
	// City is ≤ 100 characters.
	City string `xml:"city" json:"city,omitzero"`
	// ZipCode is ≤ 20 characters.
	ZipCode string `xml:"zipCode" json:"zipCode,omitzero"`
	// State is one of [States].
	State string `xml:"state" json:"state,omitzero"`
	// NonUSAState is ≤ 100 characters.
	NonUSAState string `xml:"nonUsaState" json:"nonUsaState,omitzero"`
	// Country is one of [Countries].
	Country string `xml:"country" json:"country,omitzero"`
}

// IPCaptureEvent is an address an account was seen at.
type IPCaptureEvent struct {
	// IPAddress is required: IPv4 or IPv6.
	IPAddress     string    `xml:"ipAddress" json:"ipAddress,omitzero"`
	EventName     EventName `xml:"eventName" json:"eventName,omitzero"`
	DateTime      time.Time `xml:"dateTime" json:"dateTime,omitzero"`
	PossibleProxy *bool     `xml:"possibleProxy" json:"possibleProxy,omitzero"`
	// Port is 1 to 65535.
	Port *int `xml:"port" json:"port,omitzero"`
}

// DeviceID identifies a device.
type DeviceID struct {
	// IDType is required, for example IMEI, ICCID, SSID; ≤ 255 characters.
	IDType string `xml:"idType" json:"idType,omitzero"`
	// IDValue is required, ≤ 2083 characters.
	IDValue   string    `xml:"idValue" json:"idValue,omitzero"`
	EventName EventName `xml:"eventName" json:"eventName,omitzero"`
	DateTime  time.Time `xml:"dateTime" json:"dateTime,omitzero"`
}

// EstimatedLocation is where an account seems to be.
type EstimatedLocation struct {
	Verified  *bool     `xml:"verified,attr" json:"verified,omitzero"`
	Timestamp time.Time `xml:"timestamp,attr" json:"timestamp,omitzero"`
	// City is ≤ 255 characters.
	City string `xml:"city" json:"city,omitzero"`
	// Region is ≤ 255 characters; a state code when CountryCode is US.
	Region string `xml:"region" json:"region,omitzero"`
	// CountryCode is one of [Countries].
	CountryCode string `xml:"countryCode" json:"countryCode,omitzero"`
}

// TemporarilyDisabled says whether an account was disabled for a time.
type TemporarilyDisabled struct {
	Disabled     bool      `xml:",chardata" json:"disabled,omitzero"`
	DisabledDate time.Time `xml:"disabledDate,attr" json:"disabledDate,omitzero"`
	UserNotified *bool     `xml:"userNotified,attr" json:"userNotified,omitzero"`
	// UserNotifiedDate is not before DisabledDate.
	UserNotifiedDate time.Time `xml:"userNotifiedDate,attr" json:"userNotifiedDate,omitzero"`
	// ReenabledDate is after DisabledDate.
	ReenabledDate time.Time `xml:"reenabledDate,attr" json:"reenabledDate,omitzero"`
}

// PermanentlyDisabled says whether an account was disabled for good.
type PermanentlyDisabled struct {
	Disabled     bool      `xml:",chardata" json:"disabled,omitzero"`
	DisabledDate time.Time `xml:"disabledDate,attr" json:"disabledDate,omitzero"`
	UserNotified *bool     `xml:"userNotified,attr" json:"userNotified,omitzero"`
	// UserNotifiedDate is not before DisabledDate.
	UserNotifiedDate time.Time `xml:"userNotifiedDate,attr" json:"userNotifiedDate,omitzero"`
}

// AssociatedAccount is another account that belongs to the same person or to someone around them.
type AssociatedAccount struct {
	// Type is required.
	Type     AssociationType     `xml:"type,attr" json:"type,omitzero"`
	Platform *AssociatedPlatform `xml:"platform" json:"platform,omitzero"`
	// FirstName is ≤ 256 characters.
	FirstName string `xml:"firstName" json:"firstName,omitzero"`
	// MiddleName is ≤ 256 characters.
	MiddleName string `xml:"middleName" json:"middleName,omitzero"`
	// LastName is ≤ 256 characters.
	LastName string `xml:"lastName" json:"lastName,omitzero"`
	// ApproximateAge is in years, 0 to 150; not together with DateOfBirth.
	ApproximateAge *int `xml:"approximateAge" json:"approximateAge,omitzero"`
	// AgeAssertionDiscrepancy exists from profile 2026-08; certainty medium.
	AgeAssertionDiscrepancy *bool     `xml:"ageAssertionDiscrepancy" json:"ageAssertionDiscrepancy,omitzero"`
	DateOfBirth             Date      `xml:"dateOfBirth" json:"dateOfBirth,omitzero"`
	Phones                  []Phone   `xml:"phone" json:"phone,omitzero"`
	Emails                  []Email   `xml:"email" json:"email,omitzero"`
	AllEmailsReported       *bool     `xml:"allEmailsReported" json:"allEmailsReported,omitzero"`
	Addresses               []Address `xml:"address" json:"address,omitzero"`
	// EspService is ≤ 256 characters.
	EspService string `xml:"espService" json:"espService,omitzero"`
	// EspIdentifier is ≤ 256 characters.
	EspIdentifier string   `xml:"espIdentifier" json:"espIdentifier,omitzero"`
	ProfileURLs   []string `xml:"profileUrl" json:"profileUrl,omitzero"`
	// ScreenName is ≤ 256 characters.
	ScreenName   string   `xml:"screenName" json:"screenName,omitzero"`
	DisplayNames []string `xml:"displayName" json:"displayName,omitzero"`
	ProfileBio   string   `xml:"profileBio" json:"profileBio,omitzero"`
	// GroupIdentifier is ≤ 256 characters.
	GroupIdentifier            string               `xml:"groupIdentifier" json:"groupIdentifier,omitzero"`
	CompromisedAccount         *bool                `xml:"compromisedAccount" json:"compromisedAccount,omitzero"`
	AccountTemporarilyDisabled *TemporarilyDisabled `xml:"accountTemporarilyDisabled" json:"accountTemporarilyDisabled,omitzero"`
	AccountPermanentlyDisabled *PermanentlyDisabled `xml:"accountPermanentlyDisabled" json:"accountPermanentlyDisabled,omitzero"`
	IPCaptureEvents            []IPCaptureEvent     `xml:"ipCaptureEvent" json:"ipCaptureEvent,omitzero"`
	DeviceIDs                  []DeviceID           `xml:"deviceId" json:"deviceId,omitzero"`
	PriorReports               []int64              `xml:"priorCTReport" json:"priorCTReport,omitzero"`
	AdditionalInfo             string               `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// AssociatedPlatform is the application an associated account is on.
type AssociatedPlatform struct {
	// Name is ≤ 256 characters.
	Name string `xml:",chardata" json:"name,omitzero"`
	// ThirdPartyUser says that another company runs it.
	ThirdPartyUser *bool `xml:"thirdPartyUser,attr" json:"thirdPartyUser,omitzero"`
}
