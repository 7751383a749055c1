package console

import (
	"regexp"
	"strings"

	"haris/internal/report"
)

// countryCode is how ISO 3166-1 writes a country.
var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// readPolice reads which agency knows of the matter, and whether the company was served legal process.
func readPolice(r *request, bad mistakes) report.Police {
	p := report.Police{
		Agency: text(r, "agency"), Number: text(r, "agency_number"), Reported: readYesNo(r, "reported_to_police"), Officer: readContact(r, "officer"),
		ServedDomestic: readYesNo(r, "served_domestic"), ServedForeign: readYesNo(r, "served_foreign"), Country: strings.ToUpper(text(r, "served_country")),
	}
	switch {
	case p.Country == "":
	case !countryCode.MatchString(p.Country):
		bad["served_country"] = "country"
	case p.ServedForeign == nil: // the schema has no place for a country alone
		bad["served_country"] = "country_alone"
	}
	return p
}
