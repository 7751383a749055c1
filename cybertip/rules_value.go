package cybertip

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// value checks one value against what the documentation asks of it.
func (r ruleChecker) value(i int32, attr string, typ *simpleType, l limit, text string) {
	what := "<" + r.tree.nodes[i].name + ">"
	if attr != "" {
		what = "The attribute " + attr + " of " + what
	}
	if l.max > 0 && len(text) > l.max {
		if n := utf8.RuneCountInString(text); n > l.max {
			r.report(i, attr, ruleLength, fmt.Sprintf("%s has %d characters; NCMEC takes %d.", what, n, l.max),
				"Shorten it, and put the rest into additional information or a file.")
		}
	}
	if typ.base == baseDateTime {
		r.moment(i, attr, what, l, text)
		return
	}
	rule, message, fix := l.check.verdict(text, r.now)
	if rule != "" {
		r.report(i, attr, rule, what+" "+message+".", fix)
	}
}

func (r ruleChecker) moment(i int32, attr, what string, l limit, text string) {
	t, zoned, ok := parseDateTime(collapse(text))
	switch {
	case !ok:
	case !zoned:
		r.report(i, attr, ruleTimeZone, what+" names no time zone, so nobody can tell which moment is meant.",
			"Add Z for UTC, or the offset like +02:00.")
	case l.check == checkPast && !t.Before(r.now):
		r.report(i, attr, rulePast, fmt.Sprintf("%s lies in the future (%s).", what, t.UTC().Format(time.RFC3339)),
			"Check the clock and the zone it came from; NCMEC takes only past moments.")
	}
}

// verdict returns an empty rule when the text passes.
func (c check) verdict(text string, now time.Time) (rule, message, fix string) {
	switch c {
	case checkURL:
		if why := badURL(text); why != "" {
			return ruleURL, "is not a URL NCMEC takes: " + why, "Write the full address, like https://www.example.com/path, with spaces as %20."
		}
	case checkEmail:
		if why := badEmail(text); why != "" {
			return ruleEmail, "is not an email address: " + why, "Correct the address, or put it into additional information as it was found."
		}
	case checkIP:
		if a, err := netip.ParseAddr(strings.TrimSpace(text)); err != nil || a.Zone() != "" {
			return ruleIP, fmt.Sprintf("is not an IP address: %q", shorten(text)), "Write an IPv4 or IPv6 address alone; the port has its own element."
		}
	case checkNotBlank:
		if strings.TrimSpace(text) == "" {
			return ruleBlank, "is blank", "Say it in words, or leave the element out if it is optional."
		}
	case checkCallingCode:
		if n := len(text); n < 2 || n > 4 || text[0] != '+' || !allDigits(text[1:]) {
			return ruleCallingCode, fmt.Sprintf("is %q", shorten(text)), "Write + and one to three digits, like +44."
		}
	case checkExtension:
		if !allDigits(text) {
			return ruleExtension, fmt.Sprintf("is %q", shorten(text)), "Write digits only."
		}
	case checkBirth:
		if d, ok := parseDate(collapse(text)); ok && !d.midnight().Before(now) {
			return rulePast, "lies in the future", "Check the date."
		}
	default:
		return c.number(text)
	}
	return "", "", ""
}

func (c check) number(text string) (rule, message, fix string) {
	switch v := collapse(text); c {
	case checkAge:
		if n, ok := parseInteger(v); ok && (n < 0 || n > 150) {
			return ruleRange, fmt.Sprintf("is %d years", n), "Write an age from 0 to 150, or leave it out."
		}
	case checkPort:
		if n, ok := parseInteger(v); ok && (n < 1 || n > 65535) {
			return ruleRange, fmt.Sprintf("is port %d", n), "Write a port from 1 to 65535, or leave it out when it is unknown."
		}
	case checkReportID:
		if n, ok := parseInteger(v); ok && n < 1 {
			return ruleReportID, fmt.Sprintf("is %d", n), "Write the number NCMEC gave to the report."
		}
	case checkLatitude, checkLongitude:
		most := 90.0
		if c == checkLongitude {
			most = 180
		}
		if f, ok := parseDouble(v); ok && !(f >= -most && f <= most) {
			return ruleRange, fmt.Sprintf("is %s", shorten(v)), fmt.Sprintf("Write decimal degrees from -%g to %g.", most, most)
		}
	}
	return "", "", ""
}

// badURL says what is wrong with a URL, or "".
func badURL(s string) string {
	for _, c := range s {
		if unicode.IsSpace(c) || unicode.IsControl(c) {
			return "it contains white space or a control character"
		}
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "it cannot be parsed"
	case u.Scheme == "":
		return "it has no scheme such as https"
	case u.Host == "":
		return "it has no host"
	}
	return ""
}

// badEmail says what is wrong with an address, or "".
func badEmail(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "it has no @"
	}
	local, domain := s[:at], s[at+1:]
	switch {
	case local == "" || domain == "":
		return "a part is missing before or after the @"
	case utf8.RuneCountInString(local) > 64:
		return "more than 64 characters stand before the @"
	case strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || strings.ContainsRune("<>,;()", c)
	}):
		return "it contains a character that no address has"
	case strings.Contains(local, "@") || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return "the part before the @ is malformed"
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "the part after the @ is malformed"
		}
	}
	return ""
}
