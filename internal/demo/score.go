package demo

import (
	"slices"
	"time"

	"haris/internal/casefile"
	"haris/internal/demo/platform"
	"haris/internal/taxonomy"
)

// Score compares the cases with what was planted.
type Score struct {
	Found         []Found  `json:"found"`
	Missed        []Missed `json:"missed"`
	WronglyRaised []Raised `json:"wrongly_raised"` // cases of P2 or above about accounts of which nothing was planted
	Watched       []Raised `json:"watched"`        // cases of P3 about such accounts: nobody is called, nothing is asked
	BenignHard    int      `json:"benign_hard"`    // hard benign cases that were planted
}

// Found is a planted matter about which a case of P2 or above stands.
type Found struct {
	Kind     string            `json:"kind"`
	Subjects []string          `json:"subjects"`
	Case     string            `json:"case"`
	Subject  string            `json:"subject"`
	Priority taxonomy.Priority `json:"priority"`
	Typology taxonomy.Typology `json:"typology"`
	Start    time.Time         `json:"start"`
	RaisedAt time.Time         `json:"raised_at"`
	Hours    float64           `json:"hours"` // from the start of the matter until the case reached its priority
}

// Missed is a planted matter without such a case.
type Missed struct {
	Kind     string    `json:"kind"`
	Subjects []string  `json:"subjects"`
	Victims  int       `json:"victims"`
	Start    time.Time `json:"start"`
}

// Raised is a case about an account of which nothing was planted.
type Raised struct {
	Case     string            `json:"case"`
	Subject  string            `json:"subject"`
	Priority taxonomy.Priority `json:"priority"`
	Typology taxonomy.Typology `json:"typology"`
	Kind     string            `json:"kind"` // of the hard benign case, or "ordinary"
}

// wanted is the typology of a kind of planted matter.
func wanted(kind string) taxonomy.Typology {
	switch kind {
	case "trafficking_control", "trafficking_recruitment":
		return taxonomy.TypologyTrafficking
	case "sextortion":
		return taxonomy.TypologySextortion
	}
	return taxonomy.TypologyGrooming
}

// Judge compares cases with the truth. A matter counts as found when a case of its typology, of P2 or above, is about one of its
// subjects, or about the account of its victim, which is where control of an account shows.
func Judge(t platform.Truth, cases []casefile.Case) Score {
	s := Score{Found: []Found{}, Missed: []Missed{}, WronglyRaised: []Raised{}, Watched: []Raised{}, BenignHard: len(t.BenignHard)}
	for _, p := range t.Positive {
		i := slices.IndexFunc(cases, func(c casefile.Case) bool { return finds(&p, &c) })
		if i < 0 {
			s.Missed = append(s.Missed, Missed{p.Kind, p.Subjects, len(p.Victims), p.Start})
			continue
		}
		c := &cases[i]
		s.Found = append(s.Found, Found{
			Kind: p.Kind, Subjects: p.Subjects, Case: c.ID, Subject: c.Subject, Priority: c.Priority, Typology: c.Typology,
			Start: p.Start.UTC(), RaisedAt: c.RaisedAt.UTC(), Hours: c.RaisedAt.Sub(p.Start).Hours(),
		})
	}
	for i := range cases {
		c := &cases[i]
		if planted(t, c.Subject) {
			continue
		}
		r := Raised{c.ID, c.Subject, c.Priority, c.Typology, benign(t, c.Subject)}
		if c.Priority >= taxonomy.P2 {
			s.WronglyRaised = append(s.WronglyRaised, r)
		} else {
			s.Watched = append(s.Watched, r)
		}
	}
	return s
}

func finds(p *platform.Positive, c *casefile.Case) bool {
	about := slices.Contains(p.Subjects, c.Subject)
	if p.Kind == "trafficking_control" {
		about = about || slices.Contains(p.Victims, c.Subject)
	}
	return about && c.Typology == wanted(p.Kind) && c.Priority >= taxonomy.P2
}

// planted reports whether anything was planted about the account, as a subject or as a victim.
func planted(t platform.Truth, id string) bool {
	return slices.ContainsFunc(t.Positive, func(p platform.Positive) bool {
		return slices.Contains(p.Subjects, id) || slices.Contains(p.Victims, id)
	})
}

func benign(t platform.Truth, id string) string {
	for _, b := range t.BenignHard {
		if slices.Contains(b.Subjects, id) {
			return b.Kind
		}
	}
	return "ordinary"
}
