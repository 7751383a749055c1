package cybertip

import "time"

// Names of the business rules: what NCMEC's documentation asks beyond the schema, and advice.
const (
	ruleTimeZone       = "time-zone"
	rulePast           = "past"
	ruleLength         = "length"
	ruleURL            = "url"
	ruleEmail          = "email"
	ruleIP             = "ip-address"
	ruleRange          = "range"
	ruleBlank          = "blank"
	ruleCallingCode    = "calling-code"
	ruleExtension      = "phone-extension"
	ruleReportID       = "report-id"
	ruleVerified       = "verified"
	ruleAgeOrBirth     = "age-or-birth"
	ruleLocation       = "estimated-location"
	ruleDisabledDates  = "disabled-dates"
	ruleReporterEmail  = "reporter-email"
	ruleOnePerson      = "one-person-reported"
	ruleIncidentEmail  = "incident-email"
	ruleBatched        = "batched"
	ruleFileViewed     = "file-viewed"
	ruleRelevance      = "relevance"
	ruleUncertain      = "uncertain-element"
	ruleNobody         = "nobody-reported"
	ruleNoPlace        = "no-internet-details"
	ruleRepeatedInfo   = "repeated-info"
	ruleLongText       = "long-text"
	ruleViewedUnstated = "viewed-not-stated"
	rulePublicUnstated = "public-not-stated"
)

// RuleDoc describes one rule for documentation.
type RuleDoc struct {
	ID       string
	Severity Severity
	Says     string
}

// Rules returns every business rule and every piece of advice that [Validate] knows, in a fixed order.
func Rules() []RuleDoc {
	r, a := SeverityRule, SeverityAdvice
	return []RuleDoc{
		{ruleTimeZone, r, "every date and time names its zone, Z or ±hh:mm"},
		{rulePast, r, "incidents, events, verifications and births lie in the past"},
		{ruleLength, r, "texts keep within the documented number of characters"},
		{ruleURL, r, "a URL has a scheme and a host and contains no white space or control characters"},
		{ruleEmail, r, "an email address is well-formed, with at most 64 characters before the @"},
		{ruleIP, r, "an IP address is a valid IPv4 or IPv6 address without port, zone or prefix length"},
		{ruleRange, r, "ages are 0 to 150, ports 1 to 65535, coordinates on the globe"},
		{ruleBlank, r, "a text that must say something is not blank"},
		{ruleCallingCode, r, "a calling code is + and one to three digits, and the number does not repeat it"},
		{ruleExtension, r, "a telephone extension is one to ten digits"},
		{ruleReportID, r, "a report id is a positive number"},
		{ruleVerified, r, "a verification date comes with verified=\"true\""},
		{ruleAgeOrBirth, r, "an associated account has an approximate age or a date of birth, not both"},
		{ruleLocation, r, "an estimated location has a country, and in the United States a state code"},
		{ruleDisabledDates, r, "a user is notified not before, and an account re-enabled only after, it was disabled"},
		{ruleReporterEmail, r, "the reporting person has an email address"},
		{ruleOnePerson, r, "one person or user is reported, unless the report is batched"},
		{ruleIncidentEmail, r, "an email address of the incident belongs to the reported person, a recipient or a victim"},
		{ruleBatched, r, "a batched report names accounts by id only, and its file is viral or a potential meme"},
		{ruleFileViewed, r, "who viewed the EXIF data has viewed the file"},
		{ruleRelevance, r, "only a reported file is a potential meme or carries an industry classification"},
		{ruleUncertain, a, "an element that is known from one public source only may be refused"},
		{ruleNobody, a, "a report that names nobody is hard to act on"},
		{ruleNoPlace, a, "a report should say where on the net it happened"},
		{ruleRepeatedInfo, a, "the documentation allows one additionalInfo where the schema allows several"},
		{ruleLongText, a, "very long additional information is easier to read as an uploaded file"},
		{ruleViewedUnstated, a, "for a reported file, law enforcement needs to know whether the company viewed all of it"},
		{rulePublicUnstated, a, "for a reported file, law enforcement needs to know whether it was public"},
	}
}

// longText is where other clients cut free text; NCMEC states no limit.
const longText = 3000

// ruleChecker applies the business rules to a tree whose nodes were matched with the tables.
type ruleChecker struct {
	*collector
	kind Kind
	now  time.Time
}

func applyRules(c *collector, kind Kind, now time.Time) {
	r := ruleChecker{c, kind, now}
	for i := range c.tree.nodes {
		if c.full() {
			return
		}
		if n := &c.tree.nodes[i]; n.elem != nil && !n.bad {
			r.node(int32(i), n.elem)
		}
	}
	if kind == KindReport {
		r.wholeReport()
	}
}

func (r ruleChecker) report(i int32, attr, rule, message, fix string) {
	severity := SeverityRule
	switch rule {
	case ruleUncertain, ruleNobody, ruleNoPlace, ruleRepeatedInfo, ruleLongText, ruleViewedUnstated, rulePublicUnstated:
		severity = SeverityAdvice
	}
	n := &r.tree.nodes[i]
	off := n.end
	if attr != "" {
		off = n.open
	}
	r.add(i, off, attr, Finding{Severity: severity, Rule: rule, Message: message, Fix: fix})
}

// node applies what the tables say about one element and its attributes, then what its type asks as a whole.
func (r ruleChecker) node(i int32, decl *element) {
	if decl.certainty == CertaintyMedium {
		r.report(i, "", ruleUncertain, "<"+decl.name+"> is known from one public source only; NCMEC's server may refuse it.",
			"Compare with the live schema before sending, or leave it out.")
	}
	if decl.typ == nil {
		r.value(i, "", decl.simple, decl.limit, r.tree.nodes[i].text)
		if (decl.name == "additionalInfo" || decl.name == "termsOfService") && len(r.tree.nodes[i].text) > longText {
			r.longText(i)
		}
		return
	}
	if decl.typ.content == contentSimple {
		r.value(i, "", decl.typ.simple, decl.typ.limit, r.tree.nodes[i].text)
	}
	for _, a := range r.tree.attributes(i) {
		if d := decl.typ.attr(a.name); d != nil && d.simple.valid(a.value) {
			r.value(i, a.name, d.simple, d.limit, a.value)
		}
	}
	r.typeRules(i, decl.typ.name)
}

func (r ruleChecker) typeRules(i int32, typeName string) {
	switch typeName {
	case "phone":
		r.phone(i)
	case "email":
		r.verification(i)
	case "estimatedLocation":
		r.location(i)
	case "accountTemporarilyDisabled", "accountPermanentlyDisabled":
		r.disabledDates(i)
	case "associatedAccount":
		r.ageOrBirth(i)
	case "intendedRecipient":
		r.oneInfo(i)
	case "reporter":
		r.reporterEmail(i)
	case "fileDetails":
		r.fileDetails(i)
	}
}

// child returns the first child with that name, or -1.
func (t *xmlTree) child(i int32, name string) int32 {
	for k := t.nodes[i].first; k >= 0; k = t.nodes[k].next {
		if t.nodes[k].name == name {
			return k
		}
	}
	return -1
}

// children returns all children with that name.
func (t *xmlTree) children(i int32, name string) []int32 {
	var out []int32
	for k := t.nodes[i].first; k >= 0; k = t.nodes[k].next {
		if t.nodes[k].name == name {
			out = append(out, k)
		}
	}
	return out
}

// isTrue reports whether a child is there and says true.
func (t *xmlTree) isTrue(i int32, name string) bool {
	k := t.child(i, name)
	if k < 0 {
		return false
	}
	v, _ := parseBool(collapse(t.nodes[k].text))
	return v
}
