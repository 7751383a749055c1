package cybertip

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (r ruleChecker) phone(i int32) {
	r.verification(i)
	code, ok := r.tree.attrValue(i, "countryCallingCode")
	if !ok || len(code) < 2 {
		return
	}
	number := strings.TrimSpace(r.tree.nodes[i].text)
	if strings.HasPrefix(number, code) || strings.HasPrefix(number, "00"+code[1:]) {
		r.report(i, "", ruleCallingCode, fmt.Sprintf("<%s> repeats the calling code %s that its attribute gives.", r.tree.nodes[i].name, code),
			"Remove the calling code from the number.")
	}
}

func (r ruleChecker) verification(i int32) {
	if _, dated := r.tree.attrValue(i, "verificationDate"); !dated {
		return
	}
	v, _ := r.tree.attrValue(i, "verified")
	if yes, ok := parseBool(collapse(v)); !ok || !yes {
		r.report(i, "verified", ruleVerified, fmt.Sprintf("<%s> has a verification date but is not marked as verified.", r.tree.nodes[i].name),
			`Set verified="true", or remove the date.`)
	}
}

func (r ruleChecker) location(i int32) {
	country := r.tree.child(i, "countryCode")
	if country < 0 || r.tree.nodes[country].text == "" {
		r.report(i, "", ruleLocation, "An estimated location needs a country.", "Add countryCode, or leave the location out.")
		return
	}
	if r.tree.nodes[country].text != "US" {
		return
	}
	region, city := r.tree.child(i, "region"), r.tree.child(i, "city")
	switch {
	case region < 0 && city >= 0:
		r.report(i, "", ruleLocation, "A city in the United States needs its state.", "Add region with the two-letter state code.")
	case region >= 0 && !slices.Contains(States(), r.tree.nodes[region].text):
		r.report(region, "", ruleLocation, fmt.Sprintf("%q is not a state code of the United States.", shorten(r.tree.nodes[region].text)),
			"Write the two-letter code, like VA.")
	}
}

func (r ruleChecker) disabledDates(i int32) {
	date := func(name string) (time.Time, bool) {
		v, ok := r.tree.attrValue(i, name)
		if !ok {
			return time.Time{}, false
		}
		t, zoned, ok := parseDateTime(collapse(v))
		return t, ok && zoned
	}
	disabled, ok := date("disabledDate")
	if !ok {
		return
	}
	if t, ok := date("userNotifiedDate"); ok && t.Before(disabled) {
		r.report(i, "userNotifiedDate", ruleDisabledDates, "The user was notified before the account was disabled.", "Check both dates and their zones.")
	}
	if t, ok := date("reenabledDate"); ok && !t.After(disabled) {
		r.report(i, "reenabledDate", ruleDisabledDates, "The account was re-enabled before, or when, it was disabled.", "Check both dates and their zones.")
	}
}

func (r ruleChecker) ageOrBirth(i int32) {
	if k := r.tree.child(i, "dateOfBirth"); k >= 0 && r.tree.child(i, "approximateAge") >= 0 {
		r.report(k, "", ruleAgeOrBirth, "An associated account has both an approximate age and a date of birth.", "Keep the date of birth and remove the age.")
	}
}

func (r ruleChecker) oneInfo(i int32) {
	if infos := r.tree.children(i, "additionalInfo"); len(infos) > 1 {
		r.report(infos[1], "", ruleRepeatedInfo, "The documentation knows one additionalInfo per recipient.", "Join the texts.")
	}
}

func (r ruleChecker) reporterEmail(i int32) {
	person := r.tree.child(i, "reportingPerson")
	if person < 0 {
		return
	}
	for _, e := range r.tree.children(person, "email") {
		if strings.TrimSpace(r.tree.nodes[e].text) != "" {
			return
		}
	}
	r.report(person, "", ruleReporterEmail, "The reporting person has no email address, so NCMEC cannot answer.", "Add the address of the team that reports.")
}

func (r ruleChecker) longText(i int32) {
	r.report(i, "", ruleLongText, fmt.Sprintf("<%s> is longer than %d characters.", r.tree.nodes[i].name, longText),
		"Keep the summary here and upload the rest as a supplemental file.")
}
