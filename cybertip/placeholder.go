package cybertip

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// refusePlaceholders keeps invented reporter data out of production. It looks at the reporter only: what users wrote may well contain such words.
func refusePlaceholders(report []byte) error {
	r, err := DecodeReport(report)
	if err != nil {
		return fmt.Errorf("cybertip: a report that cannot be read is not sent to production: %w", err)
	}
	var found []string
	note := func(what, value string) { found = append(found, fmt.Sprintf("%s %q", what, shorten(value))) }
	check := func(who string, first, last string, emails []Email, phones []Phone) {
		for what, name := range map[string]string{"first name": first, "last name": last} {
			if isPlaceholderName(name) {
				note(who+" "+what, name)
			}
		}
		for _, e := range emails {
			if isPlaceholderHost(e.Address[strings.LastIndexByte(e.Address, '@')+1:]) {
				note(who+" email", e.Address)
			}
		}
		for _, p := range phones {
			if isPlaceholderPhone(p.Number) {
				note(who+" phone", p.Number)
			}
		}
	}
	person := r.Reporter.ReportingPerson
	check("reporting person", person.FirstName, person.LastName, person.Emails, person.Phones)
	if len(person.Emails) == 0 {
		found = append(found, "reporting person without email")
	}
	if c := r.Reporter.ContactPerson; c != nil {
		check("contact person", c.FirstName, c.LastName, c.Emails, c.Phones)
	}
	if u, err := url.Parse(r.Reporter.LegalURL); err == nil && u.Host != "" && isPlaceholderHost(u.Hostname()) {
		note("legal URL", r.Reporter.LegalURL)
	}
	for what, text := range map[string]string{"company template": r.Reporter.CompanyTemplate, "terms of service": r.Reporter.TermsOfService} {
		if isPlaceholderText(text) {
			note(what, text)
		}
	}
	if len(found) > 0 {
		slices.Sort(found)
		return fmt.Errorf("%w: %s; set the real data of the company before reporting to production", ErrPlaceholder, strings.Join(found, ", "))
	}
	return nil
}

func isPlaceholderName(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "test", "tester", "testing", "example", "todo", "tbd", "changeme", "change me", "placeholder", "your name", "firstname", "lastname", "xxx", "foo", "bar":
		return true
	}
	return false
}

// isPlaceholderHost knows the names that RFC 2606 and RFC 6761 reserve.
func isPlaceholderHost(host string) bool {
	host = strings.ToLower(strings.Trim(host, ". "))
	for _, reserved := range []string{"example.com", "example.org", "example.net", "example", "test", "invalid", "localhost"} {
		if host == reserved || strings.HasSuffix(host, "."+reserved) {
			return true
		}
	}
	return host == "changeme.com" || host == "yourcompany.com"
}

// isPlaceholderPhone knows the numbers reserved for fiction in North America: 555-0100 to 555-0199.
func isPlaceholderPhone(s string) bool {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	if strings.Trim(digits, "0") == "" && digits != "" {
		return true
	}
	return len(digits) >= 7 && strings.HasPrefix(digits[len(digits)-7:], "55501")
}

func isPlaceholderText(s string) bool {
	lower := strings.ToLower(strings.TrimSpace(s))
	for _, word := range []string{"lorem ipsum", "changeme", "change me", "<your ", "[your ", "your_company", "placeholder"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return lower == "todo" || lower == "tbd" || lower == "test"
}
