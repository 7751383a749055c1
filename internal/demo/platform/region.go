package platform

import "time"

// region is a place where accounts live. Offsets are fixed: a world lasts weeks, and daylight saving would only blur its curves.
type region struct {
	code, country, lang, city string
	// weight is the share of accounts, in percent.
	weight int
	// offset is local time minus UTC.
	offset time.Duration
	// weekend is the first of two free days.
	weekend  time.Weekday
	currency string
	// unit is how many of the currency one would pay where a dollar is paid elsewhere.
	unit float64
}

// regions returns the table of places; the weights sum to 100.
func regions() []region {
	const sat, fri = time.Saturday, time.Friday
	return []region{
		{"US-TX", "US", "en", "Austin", 15, -6 * time.Hour, sat, "USD", 1},
		{"US-NY", "US", "en", "Albany", 12, -5 * time.Hour, sat, "USD", 1},
		{"GB-LND", "GB", "en", "London", 13, 0, sat, "GBP", 0.8},
		{"FR-IDF", "FR", "fr", "Paris", 12, 1 * time.Hour, sat, "EUR", 0.9},
		{"CA-QC", "CA", "fr", "Laval", 6, -5 * time.Hour, sat, "CAD", 1.4},
		{"MA-06", "MA", "ar", "Casablanca", 7, 1 * time.Hour, sat, "MAD", 10},
		{"EG-C", "EG", "ar", "Cairo", 10, 2 * time.Hour, fri, "EGP", 50},
		{"JO-AM", "JO", "ar", "Amman", 5, 3 * time.Hour, fri, "JOD", 0.7},
		{"ES-MD", "ES", "es", "Madrid", 9, 1 * time.Hour, sat, "EUR", 0.9},
		{"MX-CMX", "MX", "es", "Mexico City", 7, -6 * time.Hour, sat, "MXN", 18},
		{"CO-DC", "CO", "es", "Bogotá", 4, -5 * time.Hour, sat, "COP", 4000},
	}
}

// someRegion draws a region by weight.
func (m *maker) someRegion(r *random) *region {
	n := r.IntN(100)
	for i := range m.regions {
		if n -= m.regions[i].weight; n < 0 {
			return &m.regions[i]
		}
	}
	return &m.regions[0]
}

// free says whether the local day of t belongs to the weekend.
func (g *region) free(t time.Time) bool {
	day := t.Add(g.offset).Weekday()
	return day == g.weekend || day == (g.weekend+1)%7
}

// hourWeights returns how likely each local hour is for an account to be about. Children are at school in the morning and asleep at
// night; adults stay up.
func hourWeights(band string, free bool) [24]int {
	switch {
	case band == bandU13 && free:
		return [24]int{0, 0, 0, 0, 0, 0, 0, 1, 4, 7, 8, 8, 6, 7, 8, 8, 8, 8, 7, 6, 3, 1, 0, 0}
	case band == bandU13:
		return [24]int{0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 1, 1, 2, 7, 9, 10, 9, 7, 3, 1, 0, 0}
	case minorBand(band) && free:
		return [24]int{3, 1, 0, 0, 0, 0, 0, 0, 1, 3, 6, 8, 8, 7, 7, 8, 8, 9, 9, 10, 11, 11, 9, 6}
	case minorBand(band):
		return [24]int{1, 0, 0, 0, 0, 0, 1, 4, 1, 0, 1, 1, 3, 2, 2, 6, 9, 10, 9, 10, 11, 10, 6, 2}
	case free:
		return [24]int{4, 2, 1, 1, 0, 0, 1, 2, 4, 6, 8, 8, 8, 8, 7, 7, 7, 8, 9, 10, 11, 11, 9, 6}
	default:
		return [24]int{3, 1, 1, 0, 0, 1, 3, 5, 5, 4, 4, 5, 7, 6, 4, 4, 5, 7, 9, 10, 11, 11, 9, 6}
	}
}

// moment draws an instant on the given day of the world, counted from 0, at an hour that suits the account. It is never before the
// platform's first hour, in which only the accounts are announced, nor before the account exists.
func (m *maker) moment(r *random, p *person, day int) time.Time {
	noon := m.day(day).Add(12 * time.Hour)
	weights := hourWeights(p.ActualBand, p.home.free(noon))
	total := 0
	for _, w := range weights {
		total += w
	}
	n, hour := r.IntN(total), 0
	for n -= weights[0]; n >= 0; n -= weights[hour] {
		hour++
	}
	local := m.day(day).Add(time.Duration(hour)*time.Hour + r.span(0, time.Hour))
	t := local.Add(-p.home.offset)
	for t.Before(m.open) || t.Before(p.born) {
		t = t.Add(24 * time.Hour)
	}
	return t
}
