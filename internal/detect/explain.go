package detect

import (
	"math"
	"strconv"
	"time"
)

// In returns the text of a language: Arabic for "ar", English for every other.
func In(lang, en, ar string) string {
	if lang == "ar" {
		return ar
	}
	return en
}

// Whole writes a number without decimals.
func Whole(v float64) string { return strconv.FormatFloat(math.Round(v), 'f', 0, 64) }

// Short writes a number with at most one decimal.
func Short(v float64) string {
	if math.Abs(v-math.Round(v)) < 0.05 {
		return Whole(v)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

// Percent writes a share as a percentage.
func Percent(v float64) string {
	if v > 0 && v < 0.01 {
		return strconv.FormatFloat(v*100, 'f', 1, 64) + " %"
	}
	return Whole(v*100) + " %"
}

// Days is the length of the signal's window in whole days.
func (s *Signal) Days() string {
	return strconv.Itoa(int(math.Round(s.At.Sub(s.From).Hours() / (24 * time.Hour).Hours())))
}
