package pipeline

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/partner"
)

// clue is what one partner says of a key.
type clue struct {
	Provider string `json:"provider"`
	Signal   string `json:"signal"`
	Type     string `json:"type"`
	Date     string `json:"date"`
	Kind     string `json:"kind"`
	Expires  int64  `json:"expires"` // Unix milliseconds
}

// maxClues bounds what is kept of one key: the newest.
const maxClues = 8

// Rekey turns a hash that a partner sent into the key under which this installation knows the same thing.
func Rekey(secret []byte, kind, hash string) string {
	k := Knowledge{keySecret: secret}
	key := k.keyedHash(event.Key{Kind: kind, Hash: hash})
	return hex.EncodeToString(key[:])
}

// told takes in what a partner told, and tells the accounts that use the keys.
func (p *piece) told(e *event.Event) {
	t, ok := partner.Read(e)
	if !ok {
		return
	}
	var changed []detect.Key
	if t.Gone {
		changed = p.k.withdraw(t)
	} else {
		changed = p.k.believe(t)
	}
	var accounts []string
	for _, key := range changed {
		if s, ok := p.k.keys.Get(key); ok {
			accounts = append(accounts, s.names...)
		}
	}
	slices.Sort(accounts)
	for _, id := range slices.Compact(accounts) {
		p.tellClues(e, id)
	}
}

// believe keeps a signal.
func (k *Knowledge) believe(t partner.Told) (changed []detect.Key) {
	for _, m := range t.Marks {
		b, err := hex.DecodeString(m.Key)
		if err != nil || len(b) != len(detect.Key{}) {
			continue
		}
		key := detect.Key(b)
		old, _ := k.partners.Get(key)
		list := slices.DeleteFunc(slices.Clone(old), func(c clue) bool { return c.Provider == t.Provider && c.Signal == t.Signal })
		list = append(list, clue{t.Provider, t.Signal, t.Type, t.Date, m.Kind, t.Expires.UnixMilli()})
		k.partners.Put(key, list[max(0, len(list)-maxClues):])
		changed = append(changed, key)
	}
	return changed
}

// withdraw forgets a signal, or everything of a partner.
func (k *Knowledge) withdraw(t partner.Told) (changed []detect.Key) {
	gone := func(c clue) bool { return c.Provider == t.Provider && (t.Signal == "" || c.Signal == t.Signal) }
	k.partners.Each(func(key detect.Key, list []clue) bool {
		if slices.ContainsFunc(list, gone) {
			changed = append(changed, key)
		}
		return true
	})
	slices.SortFunc(changed, func(a, b detect.Key) int { return cmp.Compare(string(a[:]), string(b[:])) })
	for _, key := range changed {
		list, _ := k.partners.Get(key)
		k.partners.Put(key, slices.DeleteFunc(slices.Clone(list), gone))
	}
	return changed
}

// clued tells an account that came to use a key what partners say of it, and the others who use it, for whom it weighs less now.
func (p *piece) clued(e *event.Event, who string, h heldKey, s *sharers) {
	if list, ok := p.k.partners.Get(h.key); !ok || len(list) == 0 {
		return
	}
	for _, id := range s.names {
		if id != who {
			p.tellClues(e, id)
		}
	}
	p.tellClues(e, who)
}

func (p *piece) tellClues(e *event.Event, id string) {
	p.known = append(p.known, detect.Fact{
		Kind: detect.Clued, Key: detect.AccountKey(id), Seq: e.Seq, At: e.Time.UnixMilli(), Account: p.k.directory.Find(id), Other: &detect.Profile{},
		Clues: p.k.clues(id, e.Time),
	})
}

// clues lists what partners say of the keys of an account that few use, as of now.
func (k *Knowledge) clues(id string, now time.Time) (out []detect.Clue) {
	held, _ := k.held.Get(detect.AccountKey(id))
	for _, h := range held {
		s, ok := k.keys.Get(h.key)
		if !ok || s.count > maxDegree[h.kind] {
			continue
		}
		list, _ := k.partners.Get(h.key)
		for _, c := range list {
			if c.Expires > now.UnixMilli() {
				out = append(out, detect.Clue{Provider: c.Provider, Type: c.Type, Date: c.Date, Kind: keyKinds[h.kind], Degree: int(s.count)})
			}
		}
	}
	return out
}

// forgetClues drops what has expired or was withdrawn.
func (k *Knowledge) forgetClues() {
	k.partners.Drop(func(_ detect.Key, list []clue) bool {
		return !slices.ContainsFunc(list, func(c clue) bool { return c.Expires > k.watermark })
	})
}

func appendClues(b []byte, list []clue) []byte { return appendJSON(b, list) }

func decodeClues(b []byte) (out []clue, err error) {
	if json.Unmarshal(b, &out) != nil || len(out) > maxClues {
		return nil, detect.ErrState
	}
	return out, nil
}
