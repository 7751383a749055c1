package console

import (
	"strconv"
	"strings"
	"time"
)

// Day writes a date: "3 March 2026".
func (c *catalogue) Day(t time.Time) string {
	t = t.UTC()
	return c.T("date.day", "d", c.digits(t.Day(), 1), "month", c.T("month."+strconv.Itoa(int(t.Month()))), "y", c.digits(t.Year(), 4))
}

// Clock writes a time of day: "14:05".
func (c *catalogue) Clock(t time.Time) string {
	t = t.UTC()
	return c.digits(t.Hour(), 2) + ":" + c.digits(t.Minute(), 2)
}

// Moment writes a date with its time of day and zone.
func (c *catalogue) Moment(t time.Time) string {
	return c.T("date.moment", "day", c.Day(t), "clock", c.Clock(t))
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
	if c.lang != "ar" {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '٠'
		}
		return r
	}, s)
}
