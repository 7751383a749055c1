package pipeline

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"haris/internal/detect"
	"haris/internal/event"
)

// The kinds of keys that accounts can share, as they are encoded.
var keyKinds = [...]string{"device", "phone", "email", "payout", "recovery", "handle", "ip"}

// Bounds of what is kept of shared keys.
const (
	maxSharers = 20 // accounts of one key that are named; more are counted
	maxHeld    = 24 // keys of one account: the newest
)

// sharers is who used a key.
type sharers struct {
	kind  uint8
	count uint32 // accounts that used it, also those that are not named
	names []string
}

// heldKey is one key that an account used.
type heldKey struct {
	kind uint8
	key  detect.Key
}

// SharedKey is a key of an account as pages show it: a short mark that is the same for the same key and tells nothing more.
type SharedKey struct {
	Kind   string
	Mark   string
	Others []string // other accounts that used it, at most 20
	Count  int      // how many others in all
}

// share notes the keys that came with an event: under a keyed hash, because the plain value is nobody's business here. Accounts that
// come to share a key are told of each other.
func (p *piece) share(i int) (device detect.Key) {
	e := &p.events[i]
	if len(e.Data.Keys) == 0 {
		return device
	}
	who := e.Actor()
	if who == "" {
		return device
	}
	owner := detect.AccountKey(who)
	var touched []string
	for _, key := range e.Data.Keys {
		kind := slices.Index(keyKinds[:], key.Kind)
		if kind < 0 {
			continue
		}
		h := heldKey{uint8(kind), p.k.keyedHash(key)}
		if key.Kind == "device" {
			device = h.key
		}
		if s := p.k.use(who, owner, h); s != nil {
			p.clued(e, who, h, s)
			touched = append(touched, p.linked(i, who, h, s)...)
		}
	}
	p.grouped(e, touched)
	return device
}

// keyedHash is a key as it is kept. A value is the same as its SHA-256, so that what partners tell can be compared with it.
func (k *Knowledge) keyedHash(key event.Key) (out detect.Key) {
	h := hmac.New(sha256.New, k.keySecret)
	h.Write([]byte(key.Kind))
	h.Write([]byte("\x00hash\x00"))
	if key.Hash == "" {
		sum := sha256.Sum256([]byte(key.Value))
		key.Hash = hex.EncodeToString(sum[:])
	}
	h.Write([]byte(key.Hash))
	copy(out[:], h.Sum(nil))
	return out
}

// use notes that an account uses a key, and returns who does when that is new. An account holds the keys that it used last; of one that it
// lets go it is no user any more, so that nobody fills the memory with keys alone.
func (k *Knowledge) use(who string, owner detect.Key, h heldKey) *sharers {
	list, _ := k.held.Get(owner)
	if i := slices.Index(list, h); i >= 0 {
		if i < len(list)-maxHeld/2 { // it is not let go while it is in use
			k.held.Put(owner, append(slices.Delete(slices.Clone(list), i, i+1), h))
		}
		return nil
	}
	list = append(slices.Clone(list), h)
	for _, old := range list[:max(0, len(list)-maxHeld)] {
		k.letGo(who, old.key)
	}
	k.held.Put(owner, list[max(0, len(list)-maxHeld):])
	s, ok := k.keys.Get(h.key)
	if !ok {
		s = &sharers{kind: h.kind}
	}
	s.count++
	if len(s.names) < maxSharers {
		s.names = append(s.names, strings.Clone(who))
	}
	k.keys.Put(h.key, s)
	return s
}

// letGo takes an account from the users of a key; a key that nobody uses is forgotten.
func (k *Knowledge) letGo(who string, key detect.Key) {
	s, ok := k.keys.Get(key)
	if !ok {
		return
	}
	left := &sharers{kind: s.kind, count: s.count - 1, names: slices.DeleteFunc(slices.Clone(s.names), func(n string) bool { return n == who })}
	if left.count == 0 {
		k.keys.Delete(key)
		return
	}
	k.keys.Put(key, left)
}

// Profile returns what the platform has said of an account.
func (k *Knowledge) Profile(id string) detect.Profile { return *k.directory.Find(id) }

// Shared returns the keys of an account and who else used them.
func (k *Knowledge) Shared(id string) []SharedKey {
	list, _ := k.held.Get(detect.AccountKey(id))
	out := make([]SharedKey, 0, len(list))
	for _, h := range list {
		s, ok := k.keys.Get(h.key)
		if !ok {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(s.names), func(n string) bool { return n == id })
		out = append(out, SharedKey{Kind: keyKinds[h.kind], Mark: mark(h.key), Others: others, Count: int(s.count) - 1})
	}
	return out
}

// User is an account that uses a key of a kind.
type User struct{ Account, Kind string }

// Users lists the accounts that use a key of a value, of whatever kind: a telephone number, an address, a device as the platform sent it. Those
// of a key that very many use are not all named.
func (k *Knowledge) Users(value string) (out []User) {
	for _, kind := range keyKinds {
		for _, key := range []event.Key{{Kind: kind, Value: value}, {Kind: kind, Hash: value}} {
			if s, ok := k.keys.Get(k.keyedHash(key)); ok {
				for _, name := range s.names {
					out = append(out, User{name, kind})
				}
			}
		}
	}
	return out
}

// mark is enough of a keyed hash to see that two are the same.
func mark(key detect.Key) string {
	const letters = "abcdefghijkmnpqrstuvwxyz23456789"
	out := make([]byte, 6)
	for i := range out {
		out[i] = letters[key[i]%32]
	}
	return string(out)
}

func appendSharers(b []byte, s *sharers) []byte {
	b = append(b, s.kind)
	b = binary.LittleEndian.AppendUint32(b, s.count)
	b = append(b, byte(len(s.names)))
	for _, n := range s.names {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(n)))
		b = append(b, n...)
	}
	return b
}

func decodeSharers(b []byte) (*sharers, error) {
	r := detect.NewReader(b)
	s := &sharers{kind: r.U8(), count: r.U32()}
	for range int(r.U8()) {
		s.names = append(s.names, string(r.Take(int(r.U16()))))
	}
	if int(s.kind) >= len(keyKinds) || len(s.names) > maxSharers {
		return nil, detect.ErrState
	}
	return s, r.Err()
}

func appendHeld(b []byte, list []heldKey) []byte {
	for _, h := range list {
		b = append(b, h.kind)
		b = append(b, h.key[:]...)
	}
	return b
}

func decodeHeld(b []byte) ([]heldKey, error) {
	if len(b)%17 != 0 || len(b)/17 > maxHeld {
		return nil, detect.ErrState
	}
	var out []heldKey
	for ; len(b) > 0; b = b[17:] {
		if int(b[0]) >= len(keyKinds) {
			return nil, detect.ErrState
		}
		out = append(out, heldKey{b[0], detect.Key(b[1:17])})
	}
	return out, nil
}
