package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind is how a value is read from text, written back, and what is expected of it in words.
type kind struct {
	set    func(parts []string) bool // false when the text is not what is expected; then nothing was changed
	parts  func() []string           // the value as it would be written
	expect string
	words  []string // when one of a few words is expected
	list   bool
}

// one is the kind of a value that is a single text.
func one(expect string, set func(string) bool, text func() string) kind {
	return kind{
		expect: expect,
		set:    func(p []string) bool { return len(p) == 1 && set(p[0]) },
		parts:  func() []string { return []string{text()} },
	}
}

// text is any text of at most limit bytes in one or more lines.
func text[S ~string](to *S, limit int) kind {
	return one(fmt.Sprintf("text of at most %d bytes is expected", limit),
		func(s string) bool {
			if len(s) > limit || strings.ContainsRune(s, 0) {
				return false
			}
			*to = S(s)
			return true
		},
		func() string { return string(*to) })
}

// filled is text that may not be empty.
func filled(to *string, limit int) kind {
	k := text(to, limit)
	set := k.set
	k.set = func(p []string) bool { return len(p) == 1 && p[0] != "" && set(p) }
	k.expect = fmt.Sprintf("text of 1 to %d bytes is expected", limit)
	return k
}

// word is one of a few words.
func word(to *string, words ...string) kind {
	k := one("", func(s string) bool {
		if !slices.Contains(words, s) {
			return false
		}
		*to = s
		return true
	}, func() string { return *to })
	k.words = words
	return k
}

// yes is true or false.
func yes(to *bool) kind {
	k := one("", func(s string) bool {
		if s != "true" && s != "false" {
			return false
		}
		*to = s == "true"
		return true
	}, func() string { return strconv.FormatBool(*to) })
	k.words = []string{"true", "false"}
	return k
}

// whole is a whole number within bounds.
func whole(to *int, low, high int) kind {
	return one(fmt.Sprintf("a whole number from %d to %d is expected", low, high),
		func(s string) bool {
			n, err := strconv.Atoi(s)
			if err != nil || n < low || n > high {
				return false
			}
			*to = n
			return true
		},
		func() string { return strconv.Itoa(*to) })
}

type unit struct {
	name string
	size int64
}

// The units, largest first; the last is the smallest that is written.
func sizeUnits() []unit {
	return []unit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}
}

func spanUnits() []unit {
	return []unit{
		{"d", int64(day)},
		{"h", int64(time.Hour)},
		{"m", int64(time.Minute)},
		{"s", int64(time.Second)},
		{"ms", int64(time.Millisecond)},
	}
}

// measure reads a whole number with one of the units.
func measure(s string, units []unit) (int64, bool) {
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 1 {
		return 0, false
	}
	n, err := strconv.ParseInt(s[:end], 10, 64)
	for _, u := range units {
		if err == nil && u.name == s[end:] && n <= (1<<62)/u.size {
			return n * u.size, true
		}
	}
	return 0, false
}

// inUnits writes a measure in the largest unit that divides it.
func inUnits(n int64, units []unit) string {
	for _, u := range units {
		if n >= u.size && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return "0" + units[len(units)-1].name
}

// measured is a number with a unit within bounds. A bare 0 needs no unit.
func measured(units []unit, low, high int64, set func(int64)) func(s string) bool {
	return func(s string) bool {
		n, ok := measure(s, units)
		if s == "0" {
			n, ok = 0, true
		}
		if !ok || n < low || n > high {
			return false
		}
		set(n)
		return true
	}
}

// size is a number of bytes such as 256KiB or 32MiB.
func size(to *int, low, high int) kind {
	set := measured(sizeUnits(), int64(low), int64(high), func(n int64) { *to = int(n) })
	return one(fmt.Sprintf("a size such as 256KiB or 32MiB is expected, from %s to %s",
		inUnits(int64(low), sizeUnits()), inUnits(int64(high), sizeUnits())),
		set, func() string { return inUnits(int64(*to), sizeUnits()) })
}

// span is a length of time such as 250ms, 30s, 24h or 90d.
func span(to *time.Duration, low, high time.Duration) kind {
	set := measured(spanUnits(), int64(low), int64(high), func(n int64) { *to = time.Duration(n) })
	lowest := "0"
	if low > 0 {
		lowest = inUnits(int64(low), spanUnits())
	}
	return one(fmt.Sprintf("a length of time such as 250ms, 30s, 24h or 90d is expected, from %s to %s", lowest, inUnits(int64(high), spanUnits())),
		set, func() string { return inUnits(int64(*to), spanUnits()) })
}

// address is host:port to listen on.
func address(to *string, mayBeEmpty bool) kind {
	expect := "an address such as 127.0.0.1:8420 is expected"
	if mayBeEmpty {
		expect += `, or "" for nowhere`
	}
	return one(expect, func(s string) bool {
		if !(s == "" && mayBeEmpty) && !isAddress(s) {
			return false
		}
		*to = s
		return true
	}, func() string { return *to })
}

func isAddress(s string) bool {
	host, port, err := net.SplitHostPort(s)
	if err != nil || strings.ContainsAny(host, "/ ") {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

// link is an http or https URL, or nothing. bare allows no path, query or fragment.
func link(to *string, bare bool) kind {
	expect := "a URL such as https://safety.example.org/docs is expected"
	if bare {
		expect = "a URL without a path, such as https://safety.example.org, is expected"
	}
	return one(expect, func(s string) bool {
		if s != "" && !isLink(s, bare) {
			return false
		}
		*to = s
		return true
	}, func() string { return *to })
}

func isLink(s string, bare bool) bool {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return false
	}
	return !bare || (u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == ""
}

// several is a list of up to limit texts; in the environment they stand with commas between.
func several[T ~string](to *[]T, limit int, good func(string) bool, expect string) kind {
	return kind{
		list: true, expect: expect,
		set: func(parts []string) bool {
			if len(parts) > limit || slices.ContainsFunc(parts, func(s string) bool { return !good(s) }) {
				return false
			}
			*to = nil
			for _, s := range parts {
				*to = append(*to, T(s))
			}
			return true
		},
		parts: func() []string {
			out := make([]string, len(*to))
			for i, s := range *to {
				out[i] = string(s)
			}
			return out
		},
	}
}
