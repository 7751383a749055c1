package cybertip

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// valid reports whether a value as written belongs to the type.
func (s *simpleType) valid(raw string) bool {
	if s.set != nil {
		_, ok := s.set[raw]
		return ok
	}
	if s.base == baseString || s.base == baseToken {
		return true
	}
	v := collapse(raw)
	switch s.base {
	case baseBoolean:
		_, ok := parseBool(v)
		return ok
	case baseInt:
		n, ok := parseInteger(v)
		return ok && n >= math.MinInt32 && n <= math.MaxInt32
	case baseLong:
		_, ok := parseInteger(v)
		return ok
	case baseDouble:
		_, ok := parseDouble(v)
		return ok
	case baseDateTime:
		_, _, ok := parseDateTime(v)
		return ok
	default:
		_, ok := parseDate(v)
		return ok
	}
}

func parseBool(v string) (value, ok bool) {
	return v == "true" || v == "1", v == "true" || v == "1" || v == "false" || v == "0"
}

func parseInteger(v string) (int64, bool) {
	digits := strings.TrimLeft(v, "+-")
	if len(v)-len(digits) > 1 || digits == "" || !allDigits(digits) {
		return 0, false
	}
	n, err := strconv.ParseInt(v, 10, 64)
	return n, err == nil
}

// parseDouble accepts what XML Schema writes and no more: Go's own parser also knows hexadecimal, underscores and "Infinity".
func parseDouble(v string) (float64, bool) {
	switch v {
	case "INF":
		return math.Inf(1), true
	case "-INF":
		return math.Inf(-1), true
	case "NaN":
		return math.NaN(), true
	}
	if v == "" || strings.Trim(v, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Date is a calendar date without a time zone. The zero value means absent.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// IsZero reports whether d is absent.
func (d Date) IsZero() bool { return d == Date{} }

// String returns d as yyyy-mm-dd, or "" when it is absent.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.midnight().Format(time.DateOnly)
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; it accepts yyyy-mm-dd and the empty text.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return err
	}
	*d = Date{t.Year(), t.Month(), t.Day()}
	return nil
}

func (d Date) midnight() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// parseDate reads xs:date and drops a time zone, which a date of birth does not need.
func parseDate(v string) (Date, bool) {
	d, rest, ok := cutDate(v)
	if !ok {
		return Date{}, false
	}
	_, _, ok = cutZone(rest)
	return d, ok
}

// parseDateTime reads xs:dateTime. Without a time zone the moment is unknown; it is then read as UTC and zoned is false.
func parseDateTime(v string) (t time.Time, zoned, ok bool) {
	d, rest, ok := cutDate(v)
	if !ok || len(rest) < 9 || rest[0] != 'T' || rest[3] != ':' || rest[6] != ':' {
		return time.Time{}, false, false
	}
	h, okH := twoDigits(rest[1:])
	m, okM := twoDigits(rest[4:])
	s, okS := twoDigits(rest[7:])
	nanos, rest, okF := cutFraction(rest[9:])
	if !okH || !okM || !okS || !okF || m > 59 || s > 59 || h > 24 || (h == 24 && (m > 0 || s > 0 || nanos > 0)) {
		return time.Time{}, false, false
	}
	offset, zoned, ok := cutZone(rest)
	if !ok {
		return time.Time{}, false, false
	}
	t = time.Date(d.Year, d.Month, d.Day, h, m, s, nanos, time.UTC)
	return t.Add(-time.Duration(offset) * time.Minute), zoned, true
}

// cutDate reads [-]yyyy-mm-dd.
func cutDate(v string) (d Date, rest string, ok bool) {
	unsigned := strings.TrimPrefix(v, "-")
	n := 0
	for n < len(unsigned) && unsigned[n] >= '0' && unsigned[n] <= '9' {
		n++
	}
	if n < 4 || n > 9 || (n > 4 && unsigned[0] == '0') || len(unsigned) < n+6 || unsigned[n] != '-' || unsigned[n+3] != '-' {
		return Date{}, "", false
	}
	year, err := strconv.Atoi(unsigned[:n])
	month, okM := twoDigits(unsigned[n+1:])
	day, okD := twoDigits(unsigned[n+4:])
	if err != nil || year == 0 || !okM || !okD || month < 1 || month > 12 || day < 1 {
		return Date{}, "", false
	}
	if len(unsigned) < len(v) {
		year = -year
	}
	if day > time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return Date{}, "", false
	}
	return Date{year, time.Month(month), day}, unsigned[n+6:], true
}

func twoDigits(s string) (int, bool) {
	if len(s) < 2 || !allDigits(s[:2]) {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}

// cutFraction reads an optional fraction of a second; digits after the ninth are dropped.
func cutFraction(s string) (nanos int, rest string, ok bool) {
	if !strings.HasPrefix(s, ".") {
		return 0, s, true
	}
	n := 1
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n == 1 {
		return 0, "", false
	}
	digits := (s[1:n] + "000000000")[:9]
	nanos, err := strconv.Atoi(digits)
	return nanos, s[n:], err == nil
}

// cutZone reads an optional time zone that must end the value; the offset is in minutes.
func cutZone(s string) (offset int, zoned, ok bool) {
	switch {
	case s == "":
		return 0, false, true
	case s == "Z":
		return 0, true, true
	case len(s) != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':':
		return 0, false, false
	}
	h, okH := twoDigits(s[1:])
	m, okM := twoDigits(s[4:])
	if !okH || !okM || m > 59 || h*60+m > 14*60 {
		return 0, false, false
	}
	offset = h*60 + m
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true, true
}
