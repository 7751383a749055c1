package console

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Day writes a date: "3 March 2026".
func (c *catalogue) Day(t time.Time) string {
	t = t.In(c.zone)
	return c.T("date.day", "d", c.digits(t.Day(), 1), "month", c.T("month."+strconv.Itoa(int(t.Month()))), "y", c.digits(t.Year(), 4))
}

// Clock writes a time of day: "14:05".
func (c *catalogue) Clock(t time.Time) string {
	t = t.In(c.zone)
	return c.digits(t.Hour(), 2) + ":" + c.digits(t.Minute(), 2)
}

// Moment writes a date with its time of day and zone.
func (c *catalogue) Moment(t time.Time) string {
	return c.T("date.moment", "day", c.Day(t), "clock", c.Clock(t), "zone", c.zoneName(t))
}

// zoneName is what the zone is called at a moment: "UTC", "CET", "+03"; it keeps its direction among words of another.
func (c *catalogue) zoneName(t time.Time) string {
	name, _ := t.In(c.zone).Zone()
	if key := "zone." + name; c.Has(key) {
		return c.T(key)
	}
	return "\u2066" + c.inDigits(name) + "\u2069"
}

// Span writes a length of time in its largest unit: "3 days", "5 hours", "12 minutes".
func (c *catalogue) Span(d time.Duration) string {
	switch d = d.Abs(); {
	case d < time.Minute:
		return c.T("span.moment")
	case d < time.Hour:
		return c.N("span.minutes", int(d/time.Minute))
	case d < 48*time.Hour:
		return c.N("span.hours", int(d/time.Hour))
	case d < 60*24*time.Hour:
		return c.N("span.days", int(d/(24*time.Hour)))
	case d < 730*24*time.Hour:
		return c.N("span.months", int(d/(30*24*time.Hour)))
	}
	return c.N("span.years", int(d/(365*24*time.Hour)))
}

// Ago writes how long ago a moment was; what lies ahead by a clock's error counts as just now.
func (c *catalogue) Ago(now, t time.Time) string {
	if now.Sub(t) < time.Minute {
		return c.T("span.now")
	}
	return c.T("span.ago", "span", c.Span(now.Sub(t)))
}

// Bytes writes a size.
func (c *catalogue) Bytes(n int64) string {
	units := [...]string{"B", "kB", "MB", "GB", "TB"}
	x, i := float64(n), 0
	for x >= 1000 && i < len(units)-1 {
		x, i = x/1000, i+1
	}
	return c.Decimal(x, 1) + " " + units[i]
}

// digits writes a number of at least width digits without grouping, in the digits of the language.
func (c *catalogue) digits(n, width int) string {
	s := strconv.Itoa(n)
	s = strings.Repeat("0", max(0, width-len(s))) + s
	return c.inDigits(s)
}

// alone finds whole and decimal numbers that stand by themselves, not those that are part of a name or an address.
var alone = regexp.MustCompile(`(^|[\s(«"“:=–×\x{0621}-\x{064a}])(\d+(?:\.\d+)?)([)%»"”،؛؟,.;:]*(?:\s|$)|[–×])`)

// told writes the numbers of a sentence that a detector or rule made as the person reads numbers.
func (c *catalogue) told(s string) string {
	if c.digit0 == '0' {
		return s
	}
	write := func(m string) string {
		part := alone.FindStringSubmatch(m)
		return part[1] + strings.Replace(c.inDigits(part[2]), ".", "٫", 1) + part[3]
	}
	return alone.ReplaceAllStringFunc(alone.ReplaceAllStringFunc(s, write), write) // twice: neighbours share the space between them
}

// inDigits writes the digits of a text as the person reads them.
func (c *catalogue) inDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + c.digit0
		}
		return r
	}, s)
}
