package pipeline

import (
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

// maxDegree is how many accounts may use a key for it to say anything about them: a school's tablets and a shop's telephone link nobody.
var maxDegree = [len(keyKinds)]uint32{6, 8, 8, 8, 8, 8, 0} // as keyKinds; an address of the network never links

// access tells a young account who signs in to it, and that its credentials were changed.
func (p *piece) access(e *event.Event, device detect.Key) {
	if e.Type != event.SessionStarted && e.Type != event.CredentialChanged {
		return
	}
	who := p.k.directory.Find(e.Data.Account)
	if !who.Band.Minor() {
		return
	}
	f := detect.Fact{
		Kind: detect.Rekeyed, Key: detect.AccountKey(who.ID), Seq: e.Seq, At: e.Time.UnixMilli(), Account: who, Other: &detect.Profile{},
		Reason: e.Data.What,
	}
	if e.Type == event.SessionStarted {
		f.Kind, f.Access = detect.Accessed, &detect.Access{
			Network: hash(strconv.FormatInt(e.Data.ASN, 10), e.Data.ASN != 0), Place: place(&e.Data), Agent: hash(agent(e.Data.UserAgent), e.Data.UserAgent != ""),
			Recovery: e.Data.RecoveryUsed,
		}
		if device != (detect.Key{}) {
			f.Access.Device = device.Short() | 1<<32 // never 0
		}
	}
	p.known = append(p.known, f)
}

func place(d *event.Data) uint32 {
	return hash(d.Country+"/"+d.Region, d.Country != "" || d.Region != "")
}

// hash is a hash that is never 0, or 0 for what was not said.
func hash(s string, said bool) uint32 {
	if !said {
		return 0
	}
	return uint32(xxh3.HashString(s)) | 1 //nolint:gosec // part of a hash
}

// agent is the family of a user agent: the system and the browser, without versions, so that an update is no other agent.
func agent(ua string) string {
	system, browser := "", ""
	for _, s := range []string{"iPhone", "iPad", "Android", "Windows", "Macintosh", "CrOS", "Linux"} {
		if strings.Contains(ua, s) {
			system = s
			break
		}
	}
	for _, s := range []string{"Edg", "OPR", "Firefox", "FxiOS", "CriOS", "SamsungBrowser", "Chrome", "Safari"} {
		if strings.Contains(ua, s) {
			browser = s
			break
		}
	}
	if browser == "" {
		browser, _, _ = strings.Cut(ua, "/")
	}
	return system + " " + browser
}

// sharing is two accounts that come to use one key. What is known about the pair says whether they are family, so it is folded with the
// pairs.
type sharing struct {
	me, other *detect.Profile
	key       heldKey
	degree    uint32
}

// linked notes the accounts that the actor of the i-th event comes to share a key with, unless so many do that it says nothing. It
// returns all of them, the actor too.
func (p *piece) linked(i int, who string, h heldKey, s *sharers) []string {
	if s.count < 2 || s.count > maxDegree[h.kind] {
		return nil
	}
	me := p.k.directory.Find(who)
	for _, name := range s.names {
		if name != who {
			p.casts[i].shared = append(p.casts[i].shared, sharing{me, p.k.directory.Find(name), h, s.count})
		}
	}
	return s.names
}

// tell returns the facts of a sharing, one for each side.
func (s *sharing) tell(e *event.Event, family bool) [2]detect.Fact {
	fact := func(who, other *detect.Profile) detect.Fact {
		f := detect.Fact{
			Kind: detect.Linked, Key: detect.AccountKey(who.ID), Seq: e.Seq, At: e.Time.UnixMilli(), Account: who, Other: other,
			Reason: keyKinds[s.key.kind], N: int(s.degree), Access: &detect.Access{Device: s.key.key.Short() | 1<<32},
		}
		if family {
			f.Relation = taxonomy.RelationFamily
		}
		return f
	}
	return [2]detect.Fact{fact(s.me, s.other), fact(s.other, s.me)}
}
