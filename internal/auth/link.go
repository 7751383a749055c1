package auth

import (
	"context"
	"errors"
	"slices"
	"time"
)

// LinkLife is how long a sign-in link may be used.
const LinkLife = 30 * time.Minute

// Link is a one-time sign-in link as it is kept.
type Link struct {
	Hash   []byte // SHA-256 of the token
	Person string
	Ends   time.Time
}

// NewLink is a link that was just made; Token is shown once. The page that takes it is /link?token=….
type NewLink struct {
	Person Person
	Token  string
	Ends   time.Time
}

// FirstLogin is the login of the person that a new installation begins with.
const FirstLogin = "admin"

// FirstLink makes sure that somebody can come in: while no enabled person who may manage people has a password, it returns a
// link for the first such person and creates one who holds the roles reviewer, lead and admin when there is none. needed is
// false once somebody can sign in.
func (s *Service) FirstLink(ctx context.Context) (l NewLink, needed bool, err error) {
	people, err := s.People(ctx)
	if err != nil {
		return NewLink{}, false, err
	}
	var first *Person
	for i := range people {
		p := &people[i]
		if !p.Can(PeopleManage) {
			continue
		}
		if p.HasPassword() {
			return NewLink{}, false, nil
		}
		if first == nil {
			first = p
		}
	}
	if first == nil {
		p, err := s.CreatePerson(ctx, "haris", NewPerson{Name: "First person", Login: FirstLogin, Roles: []Role{Reviewer, Lead, Admin}})
		if err != nil {
			return NewLink{}, false, err
		}
		first = &p
	}
	l, err = s.CreateLink(ctx, "haris", first.ID)
	return l, err == nil, err
}

// CreateLink makes a sign-in link for a person; links made before stop working. who is the one who asks. ErrNotFound when
// there is no such person or they are disabled.
func (s *Service) CreateLink(ctx context.Context, who, person string) (NewLink, error) {
	plain, hash, err := s.token()
	if err != nil {
		return NewLink{}, err
	}
	var p Person
	ends := s.now().Add(LinkLife)
	err = s.db.Write(ctx, func(tx Tx) error {
		if p, err = tx.People().Get(ctx, person); err != nil {
			return err
		}
		if p.Disabled() {
			return ErrNotFound
		}
		if err := tx.Links().EndAll(ctx, p.ID, s.now()); err != nil {
			return err
		}
		if err := tx.Links().Add(ctx, Link{Hash: hash, Person: p.ID, Ends: ends}); err != nil {
			return err
		}
		return note(ctx, tx, s.entry(who, "link.created", "person/"+p.ID, nil))
	})
	if err != nil {
		return NewLink{}, err
	}
	return NewLink{Person: p, Token: plain, Ends: ends}, nil
}

// LinkPerson says whom a link would sign in, without using it up; ErrLink when it is good for nobody.
func (s *Service) LinkPerson(ctx context.Context, token string) (p Person, err error) {
	err = s.db.Read(ctx, func(tx Tx) error {
		p, err = s.linked(ctx, tx, token)
		return err
	})
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

func (s *Service) linked(ctx context.Context, tx Tx, token string) (Person, error) {
	l, err := tx.Links().Get(ctx, tokenHash(token))
	if errors.Is(err, ErrNotFound) {
		return Person{}, ErrLink
	}
	if err != nil {
		return Person{}, err
	}
	if !s.now().Before(l.Ends) {
		return Person{}, ErrLink
	}
	p, err := tx.People().Get(ctx, l.Person)
	if err != nil {
		return Person{}, err
	}
	if p.Disabled() {
		return Person{}, ErrLink
	}
	return p, nil
}

// UseLink uses a link up: it sets the person's password, ends every session they had, and begins a fresh one, which waits for the second
// factor of who has one. ErrLink, or an
// *InputError when the password cannot be taken, in which case the link stays good.
func (s *Service) UseLink(ctx context.Context, token, password string, from Device) (SignedIn, error) {
	p, err := s.LinkPerson(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	if err := CheckPassword(&p, password); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.hash.Hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	plain, sessionHash, err := s.token()
	if err != nil {
		return SignedIn{}, err
	}
	var half bool
	err = s.db.Write(ctx, func(tx Tx) error {
		if p, err = s.linked(ctx, tx, token); err != nil {
			return err
		}
		half, err = s.takeLink(ctx, tx, &p, usedLink{token: tokenHash(token), password: hash, session: sessionHash, from: from})
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Person: p, Token: plain, Half: half}, nil
}

type usedLink struct {
	token    []byte
	password string
	session  []byte
	from     Device
}

func (s *Service) takeLink(ctx context.Context, tx Tx, p *Person, u usedLink) (half bool, err error) {
	err = tx.Links().Use(ctx, u.token, s.now())
	if errors.Is(err, ErrNotFound) {
		return false, ErrLink
	}
	if err != nil {
		return false, err
	}
	p.PasswordHash = u.password
	if err := tx.People().Update(ctx, *p); err != nil {
		return false, err
	}
	if _, err := tx.Sessions().EndAll(ctx, p.ID); err != nil {
		return false, err
	}
	if err := note(ctx, tx, s.entry(p.ID, "person.password_set", "person/"+p.ID, nil)); err != nil {
		return false, err
	}
	return s.open(ctx, tx, p, opening{hash: u.session, way: ByLink, from: u.from, proved: s.now()})
}

// manages reports whether somebody among the people could still manage people.
func manages(people []Person) bool {
	return slices.ContainsFunc(people, func(p Person) bool { return p.Can(PeopleManage) })
}
