package auth

import (
	"context"
	"slices"
	"time"
)

// People lists everyone in order of login.
func (s *Service) People(ctx context.Context) (people []Person, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		people, err = tx.People().List(ctx)
		return err
	})
	return people, err
}

// CreatePerson adds someone who can come in by a link. who is the one who asks. It returns an *InputError or ErrTaken.
func (s *Service) CreatePerson(ctx context.Context, who string, n NewPerson) (Person, error) {
	n, err := n.check()
	if err != nil {
		return Person{}, err
	}
	id, err := newID(s.now(), s.rand)
	if err != nil {
		return Person{}, err
	}
	p := Person{ID: id, Name: n.Name, Login: n.Login, Roles: tidy(n.Roles), Lang: n.Lang, CreatedAt: s.now()}
	err = s.db.Write(ctx, func(tx Tx) error {
		if err := tx.People().Add(ctx, p); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, "person.created", "person/"+p.ID, map[string]string{"roles": rolesText(p.Roles)}))
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

// Disable shuts a person out at once: every session and link of theirs ends. ErrNotFound, ErrLastOne.
func (s *Service) Disable(ctx context.Context, who, person string) error {
	return s.db.Write(ctx, func(tx Tx) error { return s.disable(ctx, tx, who, person) })
}

func (s *Service) disable(ctx context.Context, tx Tx, who, person string) error {
	return changeIn(ctx, tx, person, func(tx Tx, p *Person) error {
		if p.Disabled() {
			return nil
		}
		p.DisabledAt = s.now()
		if _, err := tx.Sessions().EndAll(ctx, p.ID); err != nil {
			return err
		}
		if err := tx.Links().EndAll(ctx, p.ID, s.now()); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, "person.disabled", "person/"+p.ID, nil))
	})
}

// Enable lets a disabled person in again. Their password is as it was.
func (s *Service) Enable(ctx context.Context, who, person string) error {
	return s.change(ctx, person, func(tx Tx, p *Person) error {
		if !p.Disabled() {
			return nil
		}
		p.DisabledAt = time.Time{}
		return note(ctx, tx, s.entry(who, "person.enabled", "person/"+p.ID, nil))
	})
}

// SetRoles replaces a person's roles; it holds from their next request. ErrNotFound, ErrLastOne, *InputError.
func (s *Service) SetRoles(ctx context.Context, who, person string, roles []Role) error {
	if err := checkRoles(roles); err != nil {
		return err
	}
	return s.change(ctx, person, func(tx Tx, p *Person) error {
		before := rolesText(p.Roles)
		p.Roles = tidy(roles)
		detail := map[string]string{"from": before, "to": rolesText(p.Roles)}
		return note(ctx, tx, s.entry(who, "person.roles_changed", "person/"+p.ID, detail))
	})
}

// SetLang sets the language of a person's pages; which ones there are the caller knows. *InputError.
func (s *Service) SetLang(ctx context.Context, person, lang string) error {
	if !languageTag.MatchString(lang) {
		return errLang
	}
	return s.change(ctx, person, func(_ Tx, p *Person) error {
		p.Lang = lang
		return nil
	})
}

// SetReading sets in which time zone and with which digits a person's pages are written. *InputError.
func (s *Service) SetReading(ctx context.Context, person, zone string, digits Digits) error {
	if zone == "UTC" {
		zone = ""
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		return &InputError{"zone", "zone", `expected a time zone of the IANA database, such as "Asia/Riyadh", or "UTC"`}
	}
	if digits != OwnDigits && digits != LatinDigits {
		return &InputError{"digits", "digits", `expected "" or "latin"`}
	}
	return s.change(ctx, person, func(_ Tx, p *Person) error {
		p.Zone, p.Digits = zone, digits
		return nil
	})
}

// SetSoft sets whether the words of messages stay folded until the person opens them one by one.
func (s *Service) SetSoft(ctx context.Context, person string, on bool) error {
	return s.change(ctx, person, func(_ Tx, p *Person) error {
		p.Soft = on
		return nil
	})
}

// change is changeIn in a transaction of its own.
func (s *Service) change(ctx context.Context, person string, f func(Tx, *Person) error) error {
	return s.db.Write(ctx, func(tx Tx) error { return changeIn(ctx, tx, person, f) })
}

// changeIn reads a person, lets f alter them, and stores them, unless nobody could manage people after it.
func changeIn(ctx context.Context, tx Tx, person string, f func(Tx, *Person) error) error {
	p, err := tx.People().Get(ctx, person)
	if err != nil {
		return err
	}
	managed := p.Can(PeopleManage)
	if err := f(tx, &p); err != nil {
		return err
	}
	if err := tx.People().Update(ctx, p); err != nil {
		return err
	}
	if !managed || p.Can(PeopleManage) {
		return nil
	}
	people, err := tx.People().List(ctx)
	if err == nil && !manages(people) {
		return ErrLastOne
	}
	return err
}

// tidy puts roles in their order, each once.
func tidy(roles []Role) (out []Role) {
	for _, r := range Roles() {
		if slices.Contains(roles, r) {
			out = append(out, r)
		}
	}
	return out
}

func rolesText(roles []Role) (out string) {
	for i, r := range roles {
		if i > 0 {
			out += " "
		}
		out += string(r)
	}
	return out
}
