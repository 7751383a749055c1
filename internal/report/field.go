package report

import "strings"

// FieldSource says who or what a value of a report comes from.
type FieldSource string

// The sources.
const (
	FromEvent    FieldSource = "event"    // what the platform told of a moment: an address, an upload, a payment, a measure
	FromAccount  FieldSource = "account"  // what the platform told of an account: account.created, account.updated, account.deleted
	FromVault    FieldSource = "vault"    // the sealed item itself
	FromExposure FieldSource = "exposure" // the log of what people were shown
	FromSettings FieldSource = "settings" // the configuration of the company
	FromPerson   FieldSource = "person"   // the words and choices of who writes the report
	FromReports  FieldSource = "reports"  // what was filed before
	FromFiling   FieldSource = "filing"   // the authority's own answers while it is filed
	FromHaris    FieldSource = "haris"    // a fixed word of haris that states no fact, or the element that holds others
	FromNowhere  FieldSource = "never"    // haris never writes it; How says why
)

// Field is one row of the table of fields: where the values of some elements and attributes come from.
type Field struct {
	// Pattern is a path as cybertip.SchemaPaths gives it, in which ** stands for anything. The first row that matches a path counts.
	Pattern string
	Sources []FieldSource
	How     string
}

// FieldOf returns the row of a path: "/report/victim/screenName". ok is false when there is none.
func FieldOf(path string) (f Field, ok bool) {
	for _, f := range Fields() {
		if f.covers(path) {
			return f, true
		}
	}
	return f, false
}

// covers matches a path against the pattern: every piece between two ** must follow in order.
func (f *Field) covers(path string) bool {
	pieces := strings.Split(f.Pattern, "**")
	rest, ok := strings.CutPrefix(path, pieces[0])
	if len(pieces) == 1 || !ok {
		return ok && rest == ""
	}
	last := len(pieces) - 1
	for _, piece := range pieces[1:last] {
		_, after, found := strings.Cut(rest, piece)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, pieces[last])
}

// Written reports whether haris ever writes what the row covers.
func (f *Field) Written() bool { return len(f.Sources) > 0 && f.Sources[0] != FromNowhere }

// Fields is the table of fields: for every element and attribute of the schema where its value comes from, or why it never has one.
// Whether a row tells the truth is tested: what a row calls written is written in a full report, and nothing else is.
func Fields() []Field {
	var out []Field
	for _, part := range [][]Field{reportFields(), incidentFields(), contactFields(), partyFields(), fileFields()} {
		out = append(out, part...)
	}
	return out
}

func from(list ...FieldSource) []FieldSource { return list }

func reportFields() []Field {
	return []Field{
		{"/report", from(FromHaris), "the document"},
		{"/report/batchedReport**", from(FromNowhere), "a batch is for one viral file and many accounts without a case of their own; haris files one report for one case"},
		{"/report/incidentSummary", from(FromHaris), "holds the following"},
		{"/report/incidentSummary/incidentType", from(FromPerson), "chosen; nothing is preselected"},
		{"/report/incidentSummary/platform", from(FromSettings), "ncmec.platform"},
		{"/report/incidentSummary/escalateToHighPriority", from(FromPerson), "why a child is in danger now"},
		{"/report/incidentSummary/reportAnnotations**", from(FromPerson), "ticked"},
		{"/report/incidentSummary/incidentDateTime", from(FromEvent, FromPerson), "time of the newest event that the finding rests on, which a person can change"},
		{"/report/incidentSummary/incidentDateTimeDescription", from(FromPerson, FromHaris), "which moment that is"},
		{"/report/additionalInfo", from(FromPerson, FromEvent, FromSettings), "narrative, reason of the incident type, trafficking with its traces, further words, numbers of earlier reports, and what is held and not sent"},
	}
}

func incidentFields() []Field {
	return []Field{
		{"/report/internetDetails", from(FromHaris), "one for each conversation of which entries were chosen, and one for what happened outside of any"},
		{"/report/internetDetails/webPageIncident", from(FromHaris), "what was published, paid or done outside of a conversation"},
		{"/report/internetDetails/webPageIncident@thirdPartyHostedContent", from(FromPerson), "only when a person says so and there is a page"},
		{"/report/internetDetails/webPageIncident/url", from(FromEvent), "post.published and listing.published url"},
		{"/report/internetDetails/webPageIncident/additionalInfo", from(FromEvent, FromPerson), "the chosen entries"},
		{"/report/internetDetails/chatImIncident", from(FromHaris), "a conversation"},
		{"/report/internetDetails/chatImIncident/chatClient", from(FromSettings), "ncmec.platform"},
		{"/report/internetDetails/chatImIncident/chatRoomName", from(FromEvent), "the platform's id of the conversation"},
		{"/report/internetDetails/chatImIncident/content", from(FromEvent, FromPerson), "the chosen entries"},
		{"/report/internetDetails/chatImIncident/additionalInfo", from(FromHaris), "says that it is an excerpt"},
		{"/report/internetDetails/onlineGamingIncident", from(FromHaris), "a conversation on the surface game"},
		{"/report/internetDetails/onlineGamingIncident/gameName", from(FromSettings), "ncmec.platform"},
		{"/report/internetDetails/onlineGamingIncident/console", from(FromNowhere), "no event names a console"},
		{"/report/internetDetails/onlineGamingIncident/content", from(FromEvent, FromPerson), "the chosen entries"},
		{"/report/internetDetails/onlineGamingIncident/additionalInfo", from(FromHaris), "says that it is an excerpt"},
		{"/report/internetDetails/emailIncident**", from(FromNowhere), "no event tells of an email"},
		{"/report/internetDetails/newsgroupIncident**", from(FromNowhere), "no event tells of a newsgroup"},
		{"/report/internetDetails/cellPhoneIncident**", from(FromNowhere), "no event tells of a text message by telephone"},
		{"/report/internetDetails/nonInternetIncident**", from(FromNowhere), "no event tells of what happens outside of the service; a person writes it in the narrative"},
		{"/report/internetDetails/peer2peerIncident**", from(FromNowhere), "no event tells of a file-sharing network"},
	}
}

func contactFields() []Field {
	return []Field{
		{"/report/lawEnforcement", from(FromHaris), "when a person says that police know, or asked"},
		{"/report/lawEnforcement/officerContact/address**", from(FromNowhere), "the agency is found by its name and the officer's number"},
		{"/report/lawEnforcement/officerContact**@**", from(FromNowhere), "nobody is asked for it"},
		{"/report/lawEnforcement/**", from(FromPerson), "agency, number, officer, whether reported, whether legal process was served"},
		{"/report/reporter", from(FromHaris), "holds the following"},
		{"/report/reporter/companyTemplate", from(FromSettings), "ncmec.company_template"},
		{"/report/reporter/termsOfService", from(FromSettings), "ncmec.terms_of_service"},
		{"/report/reporter/legalURL", from(FromSettings), "ncmec.legal_url"},
		{"/report/reporter/**/address**", from(FromNowhere), "the company's address stands in its template"},
		{"/report/reporter/reportingPerson/age**", from(FromNowhere), "who reports is an employee"},
		{"/report/reporter/reportingPerson/dateOfBirth", from(FromNowhere), "who reports is an employee"},
		{"/report/reporter/**@**", from(FromNowhere), "a plain number or address is enough"},
		{"/report/reporter/**", from(FromSettings, FromPerson), "ncmec.reporter and ncmec.contact, which a person can change"},
	}
}

// partyFields are the rows of everybody who is named: who is reported, a child, a recipient, and accounts that belong to one.
func partyFields() []Field {
	return []Field{
		{"/report/**/address**", from(FromNowhere), "the platform sends no postal address"},
		{"/report/**/age", from(FromNowhere), "the platform sends an age as a band, which stands in additionalInfo; a number would be invented"},
		{"/report/**/dateOfBirth", from(FromNowhere), "events carry no date of birth"},
		{"/report/**@verified", from(FromNowhere), "no event says whether an address, number or place was verified"},
		{"/report/**@verificationDate", from(FromNowhere), "no event says whether an address or number was verified"},
		{"/report/**/phone@countryCallingCode", from(FromNowhere), "the number stands as the platform gave it"},
		{"/report/**/phone@extension", from(FromNowhere), "the number stands as the platform gave it"},
		{"/report/**/possibleProxy", from(FromNowhere), "no event says so, and a guess would mislead"},
		{"/report/**/allEmailsReported", from(FromNowhere), "a company may hold more than it told haris"},
		{"/report/**/estimatedLocation/city", from(FromNowhere), "the platform sends country and region"},
		{"/report/**@userNotified", from(FromNowhere), "moderation.applied does not say whether the account was told"},
		{"/report/**@userNotifiedDate", from(FromNowhere), "moderation.applied does not say whether the account was told"},
		{"/report/**/approximateAge", from(FromNowhere), "the platform sends an age as a band, which stands in additionalInfo; a number would be invented"},
		{"/report/**/middleName", from(FromNowhere), "a person is asked for first and last name"},
		{"/report/**/firstName", from(FromPerson), "a name that a person knows; display names stand in displayName"},
		{"/report/**/lastName", from(FromPerson), "a name that a person knows"},
		{"/report/**/ageAssertionDiscrepancy", from(FromAccount), "yes when the age that was declared and one that was estimated or verified are different bands"},
		{"/report/**/vehicleDescription", from(FromPerson), "as a person knows it"},
		{"/report/**/schoolName", from(FromPerson), "as a person knows it"},
		{"/report/**/compromisedAccount", from(FromPerson), "only when a person says so"},
		{"/report/**/thirdPartyUserReported", from(FromPerson), "only when a person says so"},
		{"/report/**/platform@thirdPartyUser", from(FromPerson), "only when a person says so"},
		{"/report/**/platform**", from(FromSettings), "ncmec.platform"},
		{"/report/**/associatedAccount@type", from(FromPerson), "Linked unless a person chooses another"},
		{"/report/**/espService", from(FromSettings), "ncmec.service"},
		{"/report/**/espIdentifier", from(FromEvent), "the platform's id of the account"},
		{"/report/**/screenName", from(FromAccount), "the newest"},
		{"/report/**/displayName", from(FromAccount), "every one that was told"},
		{"/report/**/profileUrl", from(FromAccount), "every one that was told"},
		{"/report/**/profileBio", from(FromAccount), "the newest"},
		{"/report/**/phone**", from(FromEvent, FromAccount), "keys of kind phone and recovery"},
		{"/report/**/email**", from(FromEvent, FromAccount), "keys of kind email and recovery"},
		{"/report/**/ipCaptureEvent**", from(FromEvent), "every event of the account with an address, newest first, and the registration"},
		{"/report/**/deviceId**", from(FromEvent), "keys of kind device that were sent in the clear"},
		{"/report/**/priorCTReport**", from(FromReports), "what was filed about the account in the same environment"},
		{"/report/**/groupIdentifier", from(FromEvent), "the group in which the account was seen last"},
		{"/report/**/accountTemporarilyDisabled**", from(FromEvent), "moderation.applied with a word for it, and its time"},
		{"/report/**/accountPermanentlyDisabled**", from(FromEvent), "moderation.applied with a word for it, and its time"},
		{"/report/**/estimatedLocation**", from(FromEvent, FromAccount), "the country of the newest session with its time, or of the account; the region for the United States alone"},
		{"/report/**/additionalInfo", from(FromPerson, FromEvent, FromAccount), "a person's note, age band, places, measures, and what has no element of its own"},
		{"/report/personOrUserReported", from(FromPerson), "the account with the role reported; the case's subject unless a person changes it"},
		{"/report/personOrUserReported/personOrUserReportedPerson", from(FromHaris), "holds name, telephone and email"},
		{"/report/intendedRecipient", from(FromPerson), "accounts to which a person gives the role recipient"},
		{"/report/intendedRecipient/intendedRecipientPerson", from(FromHaris), "holds name, telephone and email"},
		{"/report/victim", from(FromPerson), "accounts with the role child"},
		{"/report/victim/victimPerson", from(FromHaris), "holds name, telephone and email; always written"},
		{"/report/**/associatedAccount", from(FromPerson), "accounts with the role linked, under the account that they belong to"},
	}
}

func fileFields() []Field {
	return []Field{
		{"/fileDetails", from(FromHaris), "one for each chosen file"},
		{"/fileDetails/reportId", from(FromFiling), "NCMEC's number of the report"},
		{"/fileDetails/fileId", from(FromFiling), "NCMEC's id of the upload"},
		{"/fileDetails/fileName", from(FromVault), "name of the sealed item"},
		{"/fileDetails/originalFileName", from(FromEvent), "media.name of the upload"},
		{"/fileDetails/uploadedToEspTimestamp", from(FromEvent), "media.uploaded_at, or the time of media.uploaded"},
		{"/fileDetails/locationOfFile", from(FromEvent), "media.url"},
		{"/fileDetails/fileViewedByEsp", from(FromExposure), "yes with a record that a person was shown all of it; otherwise no for a reported file, and nothing for a supplemental one"},
		{"/fileDetails/exifViewedByEsp", from(FromExposure), "yes with a record, and never without the file itself"},
		{"/fileDetails/publiclyAvailable", from(FromEvent), "from the surface: public, listing, comment, live are public; dm, group, call, game are not; nothing when no surface is known"},
		{"/fileDetails/fileRelevance", from(FromPerson, FromHaris), "a person's choice; a transcript is supplemental"},
		{"/fileDetails/potentialMeme", from(FromNowhere), "the older form; the annotation says it"},
		{"/fileDetails/fileAnnotations**", from(FromPerson), "ticked"},
		{"/fileDetails/industryClassification", from(FromPerson), "chosen, and only when ncmec.industry_classification says that the company signed the agreement"},
		{"/fileDetails/originalFileHash**", from(FromEvent), "media.md5, sha1, sha256, pdq as the platform sent them at the upload"},
		{"/fileDetails/ipCaptureEvent/possibleProxy", from(FromNowhere), "no event says so, and a guess would mislead"},
		{"/fileDetails/ipCaptureEvent**", from(FromEvent), "the address of the upload itself, at most one"},
		{"/fileDetails/deviceId**", from(FromEvent), "the device of the upload"},
		{"/fileDetails/details**", from(FromVault), "HASH: digests of the bytes that are sent; EXIF: what the file says of itself"},
		{"/fileDetails/additionalInfo", from(FromPerson, FromEvent, FromExposure, FromVault), "a person's note, whether and when it was viewed, match with list, algorithm and distance, whether the bytes differ from the upload"},
	}
}
