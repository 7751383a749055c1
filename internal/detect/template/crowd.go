package template

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"haris/internal/detect"
)

// Crowd is who has used one contact detail, or one text, lately: which accounts, under which names, in which cities. It is bounded: when
// there are more, the newest are known and the count says "so many or more".
type Crowd struct {
	last   uint32 // event time in seconds
	people []person
	names  []name
	stays  []stay
}

type person struct {
	id string
	at uint32
}

// name is a hash of a name that an account showed.
type name struct{ hash, at uint32 }

type stay struct {
	city string
	at   uint32
}

// Bounds of a Crowd, and how long it remembers.
const (
	MaxPeople  = 24
	maxStays   = 12
	maxCity    = 48                  // bytes that are kept of the name of a city
	CrowdTime  = 30 * 24 * time.Hour // of accounts and names
	TravelTime = 7 * 24 * time.Hour  // in which cities count together
)

// Use is one use by one account.
type Use struct {
	Account string
	Name    uint32 // hash of the name that it shows; 0 when not known
	City    string // empty when none was named
	At      int64  // event time in Unix milliseconds
}

// Add takes in a use and forgets what is old.
func (c Crowd) Add(u Use) Crowd {
	at := seconds(u.At)
	c.last = max(c.last, at)
	old := func(t uint32, d time.Duration) bool { return int64(c.last)-int64(t) > int64(d/time.Second) }
	people := slices.DeleteFunc(slices.Clone(c.people), func(p person) bool { return p.id == u.Account || old(p.at, CrowdTime) })
	c.people = newest(append(people, person{strings.Clone(u.Account), at}), MaxPeople)
	if u.Name != 0 {
		names := slices.DeleteFunc(slices.Clone(c.names), func(n name) bool { return n.hash == u.Name || old(n.at, CrowdTime) })
		c.names = newest(append(names, name{u.Name, at}), MaxPeople)
	}
	if city := shortCity(u.City); city != "" {
		stays := slices.DeleteFunc(slices.Clone(c.stays), func(s stay) bool { return s.city == city || old(s.at, CrowdTime) })
		c.stays = newest(append(stays, stay{strings.Clone(city), at}), maxStays)
	}
	return c
}

func seconds(ms int64) uint32 { return uint32(max(ms/1000, 0)) } //nolint:gosec // until 2106

func newest[T any](list []T, n int) []T { return list[max(0, len(list)-n):] }

func shortCity(s string) string {
	if len(s) <= maxCity {
		return s
	}
	return strings.ToValidUTF8(s[:maxCity], "")
}

// Crowded counts the crowd as of its newest use. Accounts of which no name is known add no name.
func (c Crowd) Crowded() detect.Crowded {
	out := detect.Crowded{Accounts: len(c.people), Names: len(c.names)}
	for _, s := range c.stays {
		if int64(c.last)-int64(s.at) <= int64(TravelTime/time.Second) {
			out.Cities++
		}
	}
	return out
}

// People lists the accounts, newest last.
func (c Crowd) People() []string {
	out := make([]string, len(c.people))
	for i, p := range c.people {
		out[i] = p.id
	}
	return out
}

// Cities lists the cities of 30 days, newest last.
func (c Crowd) Cities() []detect.LeafletCity {
	out := make([]detect.LeafletCity, len(c.stays))
	for i, s := range c.stays {
		out[i] = detect.LeafletCity{Name: s.city, At: time.Unix(int64(s.at), 0).UTC()}
	}
	return out
}

// Last is the event time of the newest use, in seconds.
func (c Crowd) Last() int64 { return int64(c.last) }

// Append appends the encoding, little-endian.
func (c Crowd) Append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, c.last)
	b = append(b, byte(len(c.people)), byte(len(c.names)), byte(len(c.stays)))
	for _, p := range c.people {
		b = binary.LittleEndian.AppendUint32(b, p.at)
		b = binary.LittleEndian.AppendUint16(b, uint16(len(p.id))) //nolint:gosec // an account's id
		b = append(b, p.id...)
	}
	for _, n := range c.names {
		b = binary.LittleEndian.AppendUint32(b, n.hash)
		b = binary.LittleEndian.AppendUint32(b, n.at)
	}
	return appendStays(b, c.stays)
}

func appendStays(b []byte, list []stay) []byte {
	for _, s := range list {
		b = binary.LittleEndian.AppendUint32(b, s.at)
		b = append(append(b, byte(len(s.city))), s.city...)
	}
	return b
}

// ReadCrowd reads what Append wrote; the reader fails when it cannot.
func ReadCrowd(r *detect.Reader) Crowd {
	c := Crowd{last: r.U32()}
	people, names, stays := int(r.U8()), int(r.U8()), int(r.U8())
	if people > MaxPeople || names > MaxPeople {
		r.Fail()
		return Crowd{}
	}
	for range people {
		at := r.U32()
		c.people = append(c.people, person{string(r.Take(int(r.U16()))), at})
	}
	for range names {
		c.names = append(c.names, name{r.U32(), r.U32()})
	}
	c.stays = readStays(r, stays)
	return c
}

func readStays(r *detect.Reader, n int) (out []stay) {
	if n > maxStays {
		r.Fail()
		return nil
	}
	for range n {
		at, size := r.U32(), int(r.U8())
		if size > maxCity {
			r.Fail()
		}
		out = append(out, stay{string(r.Take(size)), at})
	}
	return out
}
