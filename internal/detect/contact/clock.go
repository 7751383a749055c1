package contact

import (
	"strings"
	"time"
)

// clock returns how far a region's clock stands from UTC, to the hour and without summer time, by the standard time that most people of
// the country live by (IANA tz database). It is good enough to tell night from day, and for nothing else. ok is false for a country
// that is not listed, or that spans more than three hours.
func clock(region string) (offset time.Duration, ok bool) {
	country, _, _ := strings.Cut(region, "-")
	offset, ok = offsets[country]
	return offset, ok
}

var offsets = func() map[string]time.Duration {
	out := map[string]time.Duration{}
	for hours, list := range clocks {
		for _, country := range strings.Fields(list) {
			out[country] = time.Duration(hours) * time.Hour
		}
	}
	return out
}()

// clocks lists countries by the hours that their clocks stand before UTC; several share a line.
var clocks = map[int]string{
	-6: "CR SV GT HN NI",
	-5: "CO CU EC HT JM PA PE",
	-4: "BO DO PR PY VE",
	-3: "AR CL UY",
	0:  "GB IE PT IS MA GH SN CI ML GM",
	1:  "FR DE ES IT NL BE CH AT PL SE NO DK CZ SK HU SI HR RS BA AL MK ME LU MT DZ TN NG CM AO",
	2:  "EG GR RO BG FI EE LV LT UA MD CY IL LB SY JO PS LY ZA ZW ZM MZ SD",
	3:  "SA IQ KW QA BH YE TR ET KE TZ UG SO BY",
	4:  "AE OM AZ AM GE IR",
	5:  "PK UZ TM TJ IN LK NP AF",
	6:  "BD KG",
	7:  "TH VN KH LA",
	8:  "CN SG MY PH TW HK",
	9:  "JP KR",
	12: "NZ",
}
