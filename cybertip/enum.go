package cybertip

// IncidentType is what the report is about; exactly one per report. The strings are NCMEC's.
type IncidentType string

// The incident types NCMEC accepts.
const (
	IncidentAbuseMaterial     IncidentType = "Child Pornography (possession, manufacture, and distribution)"
	IncidentTrafficking       IncidentType = "Child Sex Trafficking"
	IncidentSexTourism        IncidentType = "Child Sex Tourism"
	IncidentMolestation       IncidentType = "Child Sexual Molestation"
	IncidentMisleadingDomain  IncidentType = "Misleading Domain Name"
	IncidentMisleadingWords   IncidentType = "Misleading Words or Digital Images on the Internet"
	IncidentEnticement        IncidentType = "Online Enticement of Children for Sexual Acts"
	IncidentUnsolicitedToKids IncidentType = "Unsolicited Obscene Material Sent to a Child"
)

// IncidentTypes returns every incident type in NCMEC's order.
func IncidentTypes() []IncidentType {
	return []IncidentType{
		IncidentAbuseMaterial, IncidentTrafficking, IncidentSexTourism, IncidentMolestation,
		IncidentMisleadingDomain, IncidentMisleadingWords, IncidentEnticement, IncidentUnsolicitedToKids,
	}
}

// EventName says what an account was doing when its address or device was captured. There is no value for a message: use EventOther.
type EventName string

// The event names NCMEC accepts.
const (
	EventLogin        EventName = "Login"
	EventRegistration EventName = "Registration"
	EventPurchase     EventName = "Purchase"
	EventUpload       EventName = "Upload"
	EventOther        EventName = "Other"
	EventUnknown      EventName = "Unknown"
)

// FileRelevance says whether a file is what is reported or gives context to it.
type FileRelevance string

// The relevances NCMEC accepts; an absent one means RelevanceReported.
const (
	RelevanceReported     FileRelevance = "Reported"
	RelevanceSupplemental FileRelevance = "Supplemental Reported"
)

// IndustryClassification is the classification of the Tech Coalition: A prepubescent, B pubescent; 1 sex act, 2 lascivious exhibition.
type IndustryClassification string

// The classifications NCMEC accepts.
const (
	ClassificationA1 IndustryClassification = "A1"
	ClassificationA2 IndustryClassification = "A2"
	ClassificationB1 IndustryClassification = "B1"
	ClassificationB2 IndustryClassification = "B2"
)

// AddressType says what an address is used for.
type AddressType string

// The address types NCMEC accepts.
const (
	AddressHome      AddressType = "Home"
	AddressBusiness  AddressType = "Business"
	AddressBilling   AddressType = "Billing"
	AddressShipping  AddressType = "Shipping"
	AddressTechnical AddressType = "Technical"
)

// PhoneType says what a phone number is used for.
type PhoneType string

// The phone types NCMEC accepts.
const (
	PhoneMobile   PhoneType = "Mobile"
	PhoneHome     PhoneType = "Home"
	PhoneBusiness PhoneType = "Business"
	PhoneWork     PhoneType = "Work"
	PhoneFax      PhoneType = "Fax"
	PhoneInternet PhoneType = "Internet"
	PhoneRecovery PhoneType = "Recovery"
)

// EmailType says what an email address is used for.
type EmailType string

// The email types NCMEC accepts.
const (
	EmailHome     EmailType = "Home"
	EmailWork     EmailType = "Work"
	EmailBusiness EmailType = "Business"
	EmailRecovery EmailType = "Recovery"
)

// AssociationType says how an associated account belongs to a person.
type AssociationType string

// The association types NCMEC accepts.
const (
	AssociationBilling  AssociationType = "Billing"
	AssociationLinked   AssociationType = "Linked"
	AssociationBusiness AssociationType = "Business"
	AssociationCreator  AssociationType = "Creator"
	AssociationParent   AssociationType = "Parent/Guardian"
	AssociationOther    AssociationType = "Other"
)

// DetailsType says what a list of name and value pairs about a file describes.
type DetailsType string

// The types of details NCMEC accepts.
const (
	DetailsEXIF DetailsType = "EXIF"
	DetailsHash DetailsType = "HASH"
)

// BatchReason is why several accounts are reported in one batched report.
type BatchReason string

// BatchViralMeme is the only reason NCMEC accepts.
const BatchViralMeme BatchReason = "VIRAL_POTENTIAL_MEME"

// States returns the state codes that an address in the United States may carry: 50 states, DC, GU, PR and VI.
func States() []string {
	return []string{
		"AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD", "MA", "MI",
		"MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT",
		"VT", "VA", "WA", "WV", "WI", "WY", "DC", "GU", "PR", "VI",
	}
}

// Countries returns the country codes NCMEC accepts: ISO 3166-1 alpha-2, the empty string, and the older codes A1 (anonymous proxy), A2
// (satellite provider), O1 (other), AN, AP (Asia and Pacific), EU (Europe), FX and XK. The United Kingdom is GB; UK is refused.
func Countries() []string {
	return []string{
		"", "A1", "A2", "O1", "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AN", "AO", "AP", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
		"BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA",
		"CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR", "CU", "CV", "CX", "CW", "CY", "CZ", "DE", "DJ", "DK", "DM",
		"DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "EU", "FI", "FJ", "FK", "FM", "FO", "FR", "FX", "GA", "GB", "GD", "GE", "GF",
		"GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT", "HU", "ID", "IE",
		"IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY",
		"KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM",
		"MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP",
		"NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS",
		"RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY",
		"SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY",
		"UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA", "ZM", "ZW",
	}
}
