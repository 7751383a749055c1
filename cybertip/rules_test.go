package cybertip

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// ruleCase is one document and the rules that must speak about it, and no others.
type ruleCase struct {
	name string
	kind Kind
	doc  string
	want []string // "rule path"
}

const (
	reportHead = `<report><incidentSummary><incidentType>Child Sex Trafficking</incidentType><incidentDateTime>2025-01-01T00:00:00Z</incidentDateTime></incidentSummary>`
	chatPlace  = `<internetDetails><chatImIncident/></internetDetails>`
	reporter   = `<reporter><reportingPerson><email>desk@example.org</email></reportingPerson></reporter>`
	nobody     = `<personOrUserReported/>`
)

// withPerson adds to the reporting person, whose phones stand before the email.
func withPerson(content string) string {
	if strings.HasPrefix(content, "<phone") {
		return strings.Replace(withReported(""), "<email>", content+"<email>", 1)
	}
	return reportHead + chatPlace + `<reporter><reportingPerson><email>desk@example.org</email>` + content + `</reportingPerson></reporter>` + nobody + `</report>`
}

func withReported(content string) string {
	return reportHead + chatPlace + reporter + `<personOrUserReported>` + content + `</personOrUserReported></report>`
}

func withPlace(content string) string {
	return reportHead + `<internetDetails>` + content + `</internetDetails>` + reporter + nobody + `</report>`
}

func withFile(content string) string {
	return `<fileDetails><reportId>1</reportId><fileId>a</fileId>` + content + `</fileDetails>`
}

const (
	stated = `<fileViewedByEsp>true</fileViewedByEsp><publiclyAvailable>false</publiclyAvailable>`
	reptd  = "/report/personOrUserReported"
	rperso = "/report/reporter/reportingPerson"
)

func ruleCases() []ruleCase {
	var cases []ruleCase
	add := func(name string, kind Kind, doc string, want ...string) {
		cases = append(cases, ruleCase{name, kind, doc, want})
	}
	long := func(n int) string { return strings.Repeat("é", n) }
	report := func(name, doc string, want ...string) { add(name, KindReport, doc, want...) }
	report("nothing wrong", withReported(""))
	report("no time zone", strings.Replace(withReported(""), "00:00Z", "00:00", 1), "time-zone /report/incidentSummary/incidentDateTime")
	report("future incident", strings.Replace(withReported(""), "2025-01", "2027-01", 1), "past /report/incidentSummary/incidentDateTime")
	report("exactly now", strings.Replace(withReported(""), "2025-01-01T00:00:00Z", "2026-09-01T14:00:00+02:00", 1), "past /report/incidentSummary/incidentDateTime")
	report("one second ago", strings.Replace(withReported(""), "2025-01-01T00:00:00Z", "2026-09-01T11:59:59Z", 1))
	report("event without zone", withReported(`<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><dateTime>2025-01-01T00:00:00</dateTime></ipCaptureEvent>`), "time-zone "+reptd+"/ipCaptureEvent/dateTime")
	report("future verification", withPerson(`<email verified="true" verificationDate="2030-01-01T00:00:00Z">a@b.co</email>`), "past "+rperso+"/email[2]/@verificationDate")
	report("long screen name", withReported(`<screenName>`+long(257)+`</screenName>`), "length "+reptd+"/screenName")
	report("screen name at the limit", withReported(`<screenName>`+long(256)+`</screenName>`))
	report("url with space", withReported(`<profileUrl>https://a.example/x y</profileUrl>`), "url "+reptd+"/profileUrl")
	report("url without scheme", withReported(`<profileUrl>www.example.com</profileUrl>`), "url "+reptd+"/profileUrl")
	report("url without host", withReported(`<profileUrl>mailto:a@b.co</profileUrl>`), "url "+reptd+"/profileUrl")
	report("bad email", withPerson(`<email>not an address</email>`), "email "+rperso+"/email[2]")
	report("email with a long local part", withPerson(`<email>`+strings.Repeat("a", 65)+`@b.co</email>`), "email "+rperso+"/email[2]")
	report("bad ip", withReported(`<ipCaptureEvent><ipAddress>192.0.2.1:80</ipAddress></ipCaptureEvent>`), "ip-address "+reptd+"/ipCaptureEvent/ipAddress")
	report("ip versions", withReported(`<ipCaptureEvent><ipAddress>2001:db8::1</ipAddress></ipCaptureEvent><ipCaptureEvent><ipAddress>::ffff:192.0.2.1</ipAddress></ipCaptureEvent>`))
	report("port 0", withReported(`<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><port>0</port></ipCaptureEvent>`), "range "+reptd+"/ipCaptureEvent/port")
	report("port 65536", withReported(`<ipCaptureEvent><ipAddress>192.0.2.1</ipAddress><port>65536</port></ipCaptureEvent>`), "range "+reptd+"/ipCaptureEvent/port")
	report("age 151", withPerson(`<age>151</age>`), "range "+rperso+"/age")
	report("age -1", withPerson(`<age>-1</age>`), "range "+rperso+"/age")
	report("born tomorrow", withPerson(`<dateOfBirth>2026-09-02</dateOfBirth>`), "past "+rperso+"/dateOfBirth")
	report("latitude 91", withPlace(`<cellPhoneIncident><latitude>91</latitude></cellPhoneIncident>`), "range /report/internetDetails/cellPhoneIncident/latitude")
	report("longitude NaN", withPlace(`<cellPhoneIncident><longitude>NaN</longitude></cellPhoneIncident>`), "range /report/internetDetails/cellPhoneIncident/longitude")
	report("blank escalation", strings.Replace(withReported(""), `<incidentDateTime>`, `<escalateToHighPriority> </escalateToHighPriority><incidentDateTime>`, 1), "blank /report/incidentSummary/escalateToHighPriority")
	report("calling code without plus", withPerson(`<phone countryCallingCode="44">2079460000</phone>`), "calling-code "+rperso+"/phone/@countryCallingCode")
	report("calling code repeated", withPerson(`<phone countryCallingCode="+44">+442079460000</phone>`), "calling-code "+rperso+"/phone")
	report("calling code repeated with zeros", withPerson(`<phone countryCallingCode="+44">00442079460000</phone>`), "calling-code "+rperso+"/phone")
	report("number that begins like its code", withPerson(`<phone countryCallingCode="+7">7051234567</phone>`))
	report("extension with letters", withPerson(`<phone extension="x1">1</phone>`), "phone-extension "+rperso+"/phone/@extension")
	report("long extension", withPerson(`<phone extension="12345678901">1</phone>`), "length "+rperso+"/phone/@extension")
	report("prior report 0", withReported(`<priorCTReports>0</priorCTReports>`), "report-id "+reptd+"/priorCTReports")
	report("date but not verified", withPerson(`<phone verificationDate="2025-01-01T00:00:00Z">1</phone>`), "verified "+rperso+"/phone/@verified")
	report("date but verified false", withPerson(`<email verified="false" verificationDate="2025-01-01T00:00:00Z">a@b.co</email>`), "verified "+rperso+"/email[2]/@verified")
	report("age and birth", withReported(`<associatedAccount type="Linked"><approximateAge>9</approximateAge><dateOfBirth>2016-01-01</dateOfBirth></associatedAccount>`), "age-or-birth "+reptd+"/associatedAccount/dateOfBirth")
	report("location without country", withReported(`<estimatedLocation><city>Reston</city></estimatedLocation>`), "estimated-location "+reptd+"/estimatedLocation")
	report("US city without state", withReported(`<estimatedLocation><city>Reston</city><countryCode>US</countryCode></estimatedLocation>`), "estimated-location "+reptd+"/estimatedLocation")
	report("US region not a state", withReported(`<estimatedLocation><region>Virginia</region><countryCode>US</countryCode></estimatedLocation>`), "estimated-location "+reptd+"/estimatedLocation/region")
	report("region elsewhere", withReported(`<estimatedLocation><city>Graz</city><region>Styria</region><countryCode>AT</countryCode></estimatedLocation>`))
	report("notified too early", withReported(`<accountPermanentlyDisabled disabledDate="2025-01-02T00:00:00Z" userNotifiedDate="2025-01-01T00:00:00Z">true</accountPermanentlyDisabled>`), "disabled-dates "+reptd+"/accountPermanentlyDisabled/@userNotifiedDate")
	report("notified at once", withReported(`<accountPermanentlyDisabled disabledDate="2025-01-02T00:00:00Z" userNotifiedDate="2025-01-02T00:00:00Z">true</accountPermanentlyDisabled>`))
	report("re-enabled at once", withReported(`<accountTemporarilyDisabled disabledDate="2025-01-02T00:00:00Z" reenabledDate="2025-01-02T00:00:00Z">true</accountTemporarilyDisabled>`), "disabled-dates "+reptd+"/accountTemporarilyDisabled/@reenabledDate")
	report("reporter without email", strings.Replace(withReported(""), reporter, `<reporter><reportingPerson/></reporter>`, 1), "reporter-email "+rperso)
	report("two persons", reportHead+chatPlace+reporter+nobody+nobody+`</report>`, "one-person-reported "+reptd+"[2]")
	report("email of nobody", withPlace(`<emailIncident><emailAddress>a@b.co</emailAddress></emailIncident>`), "incident-email /report/internetDetails/emailIncident/emailAddress")
	report("newsgroup email of nobody", withPlace(`<newsgroupIncident><emailAddress>a@b.co</emailAddress></newsgroupIncident>`), "incident-email /report/internetDetails/newsgroupIncident/emailAddress")
	report("email of a victim", reportHead+`<internetDetails><emailIncident><emailAddress>A@B.co</emailAddress></emailIncident></internetDetails>`+reporter+nobody+
		`<victim><victimPerson><email>a@b.CO</email></victimPerson></victim></report>`)
	report("email of the reporter does not count", withPlace(`<emailIncident><emailAddress>desk@example.org</emailAddress></emailIncident>`), "incident-email /report/internetDetails/emailIncident/emailAddress")
	report("nobody reported", reportHead+chatPlace+reporter+`</report>`, "nobody-reported /report")
	report("no place", reportHead+reporter+nobody+`</report>`, "no-internet-details /report")
	report("repeated information", reportHead+chatPlace+reporter+nobody+`<intendedRecipient><additionalInfo>a</additionalInfo><additionalInfo>b</additionalInfo></intendedRecipient></report>`, "repeated-info /report/intendedRecipient/additionalInfo[2]")
	report("long information", withReported(`<additionalInfo>`+strings.Repeat("a", 3001)+`</additionalInfo>`), "long-text "+reptd+"/additionalInfo")
	report("uncertain element", strings.Replace(withReported(""), `<incidentDateTime>`, `<reportAnnotations><informational/><instrumentalUse/></reportAnnotations><incidentDateTime>`, 1), "uncertain-element /report/incidentSummary/reportAnnotations/instrumentalUse")
	return append(cases, moreRuleCases()...)
}

// moreRuleCases are about batched reports and about files.
func moreRuleCases() []ruleCase {
	var cases []ruleCase
	add := func(name string, kind Kind, doc string, want ...string) {
		cases = append(cases, ruleCase{name, kind, doc, want})
	}
	batched := func(rest string) string {
		return strings.Replace(reportHead, "<report>", `<report><batchedReport reason="VIRAL_POTENTIAL_MEME"/>`, 1) + reporter + rest + `</report>`
	}
	add("batched", KindReport, batched(`<personOrUserReported><espIdentifier>1</espIdentifier></personOrUserReported><personOrUserReported><espIdentifier>2</espIdentifier></personOrUserReported>`))
	add("batched with a screen name", KindReport, batched(`<personOrUserReported><espIdentifier>1</espIdentifier><screenName>s</screenName></personOrUserReported>`), "batched "+reptd+"/screenName")
	add("batched without id", KindReport, batched(nobody), "batched "+reptd)
	add("batched with a victim and information", KindReport, batched(`<victim><victimPerson/></victim><additionalInfo>a</additionalInfo>`), "batched /report/victim", "batched /report/additionalInfo")
	add("batched with a recipient", KindReport, batched(`<intendedRecipient/>`), "batched /report/intendedRecipient")
	add("batched and escalated", KindReport, strings.Replace(batched(""), `<incidentDateTime>`, `<escalateToHighPriority>x</escalateToHighPriority><incidentDateTime>`, 1), "batched /report/incidentSummary/escalateToHighPriority")
	add("batched with place and police", KindReport, strings.Replace(batched(""), reporter, chatPlace+`<lawEnforcement><agencyName>x</agencyName></lawEnforcement>`+reporter, 1),
		"batched /report/internetDetails", "batched /report/lawEnforcement")

	file := func(name, content string, want ...string) { add(name, KindFileDetails, withFile(content), want...) }
	file("file", stated)
	file("exif but not file", `<fileViewedByEsp>false</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp><publiclyAvailable>0</publiclyAvailable>`, "file-viewed /fileDetails/exifViewedByEsp")
	file("nothing stated", "", "viewed-not-stated /fileDetails", "public-not-stated /fileDetails")
	file("supplemental needs no statement", `<fileRelevance>Supplemental Reported</fileRelevance>`)
	file("supplemental meme", `<fileRelevance>Supplemental Reported</fileRelevance><fileAnnotations><potentialMeme/></fileAnnotations>`, "relevance /fileDetails/fileRelevance")
	file("supplemental old meme", `<fileRelevance>Supplemental Reported</fileRelevance><potentialMeme>true</potentialMeme>`, "relevance /fileDetails/fileRelevance")
	file("supplemental classified", `<fileRelevance>Supplemental Reported</fileRelevance><industryClassification>A1</industryClassification>`, "relevance /fileDetails/fileRelevance")
	file("uploaded tomorrow", `<uploadedToEspTimestamp>2026-09-02T00:00:00Z</uploadedToEspTimestamp>`+stated, "past /fileDetails/uploadedToEspTimestamp")
	file("location not a URL", `<locationOfFile>here</locationOfFile>`+stated, "url /fileDetails/locationOfFile")
	file("long pair name", stated+`<details><nameValuePair><name>`+strings.Repeat("n", 65)+`</name><value/></nameValuePair></details>`, "length /fileDetails/details/nameValuePair/name")
	file("long hash type", stated+`<originalFileHash hashType="`+strings.Repeat("n", 65)+`">0</originalFileHash>`, "length /fileDetails/originalFileHash/@hashType")
	add("blank file id", KindFileDetails, strings.Replace(withFile(stated), ">a<", "> <", 1), "blank /fileDetails/fileId")

	batch := func(name, content string, want ...string) {
		add(name, KindBatchedFileDetails, withFile(content), want...)
	}
	batch("batched file", `<fileAnnotations><viral/></fileAnnotations><industryClassification>A1</industryClassification>`)
	batch("batched file with old meme", `<potentialMeme>true</potentialMeme>`)
	batch("batched file without reason", "", "batched /fileDetails")
	batch("batched file with other annotation", `<fileAnnotations><viral/><infant/></fileAnnotations>`, "batched /fileDetails/fileAnnotations/infant")
	batch("batched file supplemental", `<fileRelevance>Supplemental Reported</fileRelevance><fileAnnotations><viral/></fileAnnotations>`, "batched /fileDetails")
	batch("batched file with everything", `<originalFileName>n</originalFileName><locationOfFile>https://a.example/x</locationOfFile><fileAnnotations><viral/></fileAnnotations>`+
		`<originalFileHash hashType="MD5">0</originalFileHash><ipCaptureEvent><ipAddress>192.0.2.1</ipAddress></ipCaptureEvent><deviceId><idType>a</idType><idValue>b</idValue></deviceId>`+
		`<details><nameValuePair><name>n</name><value/></nameValuePair></details><additionalInfo>i</additionalInfo>`,
		"batched /fileDetails/originalFileName", "batched /fileDetails/locationOfFile", "batched /fileDetails/originalFileHash", "batched /fileDetails/ipCaptureEvent",
		"batched /fileDetails/deviceId", "batched /fileDetails/details", "batched /fileDetails/additionalInfo")
	return cases
}

func TestRules(t *testing.T) {
	spoken := map[string]bool{}
	severity := map[string]Severity{}
	for _, r := range Rules() {
		severity[r.ID] = r.Severity
	}
	for _, c := range ruleCases() {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range Validate(Profile202608, c.kind, []byte(c.doc), now) {
				got = append(got, f.Rule+" "+f.Path)
				spoken[f.Rule] = true
				if f.Message == "" || f.Fix == "" || f.Line != 1 || f.Column < 2 {
					t.Errorf("incomplete: %+v", f)
				}
				if f.Severity != severity[f.Rule] {
					t.Errorf("%s is %s, Rules says %q", f.Rule, f.Severity, severity[f.Rule])
				}
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
	for _, r := range Rules() {
		if !spoken[r.ID] {
			t.Errorf("no case for rule %s", r.ID)
		}
	}
}

func TestMaximalDocumentsHaveNoRuleErrors(t *testing.T) {
	for file, kind := range map[string]Kind{
		"own_max_report.xml": KindReport, "own_max_filedetails.xml": KindFileDetails, "own_batched_report.xml": KindReport,
	} {
		if bad := Blocking(Validate(Profile202506, kind, readTestdata(t, file), now)); len(bad) > 0 {
			t.Errorf("%s: %v", file, bad)
		}
	}
}

func TestMalformed(t *testing.T) {
	deep := strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100)
	for _, c := range []struct{ name, doc, rule string }{
		{"empty", "", RuleMalformed},
		{"text only", "hello", RuleMalformed},
		{"unclosed", "<report>", RuleMalformed},
		{"crossed", "<report><a></report></a>", RuleMalformed},
		{"two roots", "<report/><report/>", RuleMalformed},
		{"text after root", "<report/>x", RuleMalformed},
		{"attribute twice", `<report a="1" a="2"/>`, RuleMalformed},
		{"attribute twice by namespace", `<report xmlns:p="u" xmlns:q="u" p:a="1" q:a="2"/>`, RuleMalformed},
		{"attribute without quotes", `<report a=1/>`, RuleMalformed},
		{"attributes without space", `<report a="1"b="2"/>`, RuleMalformed},
		{"unbound prefix", `<p:report/>`, RuleMalformed},
		{"unknown entity", `<report>&nbsp;</report>`, RuleMalformed},
		{"illegal reference", `<report>&#0;</report>`, RuleMalformed},
		{"bare ampersand", `<report>a & b</report>`, RuleMalformed},
		{"control character", "<report>\x01</report>", RuleMalformed},
		{"not UTF-8", "<report>\xff</report>", RuleMalformed},
		{"end of CDATA in text", "<report>]]></report>", RuleMalformed},
		{"bad comment", "<report><!-- a -- b --></report>", RuleMalformed},
		{"late declaration", " <?xml version='1.0'?><report/>", RuleMalformed},
		{"document type", `<!DOCTYPE report [<!ENTITY a "b">]><report>&a;</report>`, RuleDoctype},
		{"document type lower case", `<!doctype report><report/>`, RuleMalformed},
		{"deep", deep, RuleTooLarge},
		{"many elements", "<report>" + strings.Repeat("<a/>", maxNodes) + "</report>", RuleTooLarge},
		{"large", "<report>" + strings.Repeat(" ", MaxDocumentBytes) + "</report>", RuleTooLarge},
		{"unknown encoding", `<?xml version="1.0" encoding="EBCDIC"?><report/>`, RuleEncoding},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Validate(Profile202506, KindReport, []byte(c.doc), now)
			if len(got) != 1 || got[0].Rule != c.rule || got[0].Severity != SeveritySchema || got[0].Message == "" {
				t.Fatalf("got %v, want one %s", got, c.rule)
			}
		})
	}
}

func TestWellFormedOddities(t *testing.T) {
	base := `<reportResponse><responseCode>0</responseCode><responseDescription>é&amp;b</responseDescription></reportResponse>`
	for _, c := range []struct{ name, doc string }{
		{"plain", base},
		{"byte order mark", "\ufeff" + base},
		{"comments, instructions and CDATA", `<?xml version="1.0"?><!-- c --><?pi x?><reportResponse><!-- c --><responseCode> <![CDATA[0]]><!-- c --></responseCode>` +
			`<responseDescription>é<![CDATA[&]]>b</responseDescription></reportResponse><!-- c -->`},
		{"references", strings.ReplaceAll(strings.ReplaceAll(base, "é", "&#xe9;"), "&amp;", "&#38;")},
		{"latin 1 by prolog", `<?xml version="1.0" encoding="ISO-8859-1"?>` + strings.ReplaceAll(base, "é", "\xe9")},
		{"UTF-16", utf16LE("\ufeff" + base)},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := DecodeReportResponse([]byte(c.doc))
			if err != nil || r.ResponseDescription != "é&b" {
				t.Fatalf("%+v %v", r, err)
			}
		})
	}
}

func utf16LE(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

func TestSimpleTypes(t *testing.T) {
	for _, c := range []struct {
		base  base
		value string
		ok    bool
	}{
		{baseBoolean, " true ", true},
		{baseBoolean, "TRUE", false},
		{baseBoolean, "", false},
		{baseBoolean, "0", true},
		{baseInt, "+5", true},
		{baseInt, "2147483648", false},
		{baseInt, "-2147483648", true},
		{baseInt, "1.0", false},
		{baseInt, "+-1", false},
		{baseLong, "9223372036854775807", true},
		{baseLong, "9223372036854775808", false},
		{baseLong, "", false},
		{baseDouble, "-77.5", true},
		{baseDouble, "1e3", true},
		{baseDouble, "INF", true},
		{baseDouble, "Infinity", false},
		{baseDouble, "0x1p4", false},
		{baseDouble, "1_0", false},
		{baseDateTime, "2025-01-01T24:00:00Z", true},
		{baseDateTime, "2025-01-01T24:00:01Z", false},
		{baseDateTime, "2025-02-29T00:00:00Z", false},
		{baseDateTime, "2024-02-29T00:00:00.123456789012Z", true},
		{baseDateTime, "2025-01-01 00:00:00", false},
		{baseDateTime, "2025-01-01T00:00:60Z", false},
		{baseDateTime, "2025-01-01T00:00:00+14:00", true},
		{baseDateTime, "2025-01-01T00:00:00+14:01", false},
		{baseDateTime, "2025-01-01T00:00:00.Z", false},
		{baseDateTime, "0000-01-01T00:00:00Z", false},
		{baseDateTime, "-0001-01-01T00:00:00Z", true},
		{baseDateTime, "25-01-01T00:00:00Z", false},
		{baseDate, "2010-05-31", true},
		{baseDate, "2010-05-31Z", true},
		{baseDate, "2010-06-31", false},
		{baseDate, "2010-5-31", false},
		{baseDate, "31.05.2010", false},
	} {
		t.Run(c.base.String()+" "+c.value, func(t *testing.T) {
			if got := simple(c.base).valid(c.value); got != c.ok {
				t.Fatalf("valid is %v", got)
			}
		})
	}
	got, zoned, ok := parseDateTime("2025-01-01T01:30:00.5+02:00")
	if want := time.Date(2024, 12, 31, 23, 30, 0, 500_000_000, time.UTC); !ok || !zoned || !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUnknownProfileOrKindIsAFinding(t *testing.T) {
	doc := []byte(withReported(""))
	if got := Validate("2001-01", KindReport, doc, now); len(got) != 1 {
		t.Errorf("unknown profile: %v", got)
	}
	if got := Validate(Profile202506, "letter", doc, now); len(got) != 1 || got[0].Rule != "cvc-elt.1.a" {
		t.Errorf("unknown kind: %v", got)
	}
	if got := Validate(Profile202506, KindFileDetails, doc, now); len(got) != 1 || got[0].Rule != "cvc-elt.1.a" {
		t.Errorf("other kind: %v", got)
	}
}

func TestFindingsAreBounded(t *testing.T) {
	doc := reportHead + reporter + strings.Repeat(`<victim/>`, 2000) + `</report>`
	if got := Validate(Profile202506, KindReport, []byte(doc), now); len(got) != maxFindings {
		t.Fatalf("%d findings", len(got))
	}
}

func TestNewerElementIsNamed(t *testing.T) {
	doc := strings.Replace(withReported(""), `<incidentDateTime>`, `<reportAnnotations><informational/></reportAnnotations><incidentDateTime>`, 1)
	got := Validate(Profile202506, KindReport, []byte(doc), now)
	if len(got) != 1 || !strings.Contains(got[0].Message, "2026-08") {
		t.Fatalf("got %v", got)
	}
}

func TestDecodeRefusesTimesWithoutZone(t *testing.T) {
	_, err := DecodeReport([]byte(strings.Replace(withReported(""), "00:00Z", "00:00", 1)))
	if err == nil || !strings.Contains(err.Error(), "time zone") {
		t.Fatalf("got %v", err)
	}
}
