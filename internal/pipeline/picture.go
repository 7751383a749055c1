package pipeline

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"haris/internal/bank"
	"haris/internal/detect"
)

// PictureSubject is how the subject of a case begins that is about a picture: see bank.PictureSubject.
const PictureSubject = bank.PictureSubject

// A picture is in flood when more than floodAccounts accounts have posted it and it has not been quiet for floodTime since.
const (
	floodAccounts = 10
	floodTime     = 24 * time.Hour
)

// picture is one known picture that is being posted.
type picture struct {
	last     int64 // event time in milliseconds
	accounts []detect.Key
}

// matched takes in what was found about the media of one event: which account, or which flood, has one more match.
func (p *piece) matched(i int) {
	e := &p.events[i]
	if !bank.Is(e) {
		return
	}
	o, err := bank.Read(e)
	if err != nil {
		return // it was written by haris; what cannot be read says nothing
	}
	for n := range o.Results {
		bump(&p.k.tally.Known, o.Results[n].Bank+" "+o.Results[n].Outcome())
	}
	list := o.Counting()
	if len(list) == 0 || o.Account == "" {
		return
	}
	for n := range list {
		p.verdicts[i].say(&list[n])
	}
	best := &list[0]
	m := &detect.Match{
		Bank: best.Bank, Name: best.Name, Kind: string(best.Kind), Distance: best.Distance, Radius: best.Radius, Share: best.Share,
		Classification: string(best.Classification), Entry: best.Entry, Origin: best.Provenance.Origin, Picture: best.Picture(),
		Typology: best.Label,
	}
	if len(o.Media) > 0 {
		m.Media = o.Media[0].ID
	}
	for _, h := range o.Hashes {
		m.Hashes = append(m.Hashes, string(h.Kind)+":"+h.Value)
	}
	who := p.k.directory.Find(o.Account)
	if p.k.flooded(m.Picture, o.Account, e.Time.UnixMilli()) {
		who = &detect.Profile{ID: PictureSubject + m.Picture}
	}
	p.known = append(p.known, detect.Fact{
		Kind: detect.Matched, Key: detect.AccountKey(who.ID), Seq: e.Seq, At: e.Time.UnixMilli(), Account: who, Other: &detect.Profile{},
		N: max(o.Count, 1), Match: m, Of: o.Of,
	})
}

// flooded reports whether one more account has posted a picture that is in flood. Accounts that posted it before the flood keep their own
// cases.
func (k *Knowledge) flooded(name, account string, at int64) bool {
	key, who := detect.AccountKey("picture\x00"+name), detect.AccountKey(account)
	old, ok := k.pictures.Get(key)
	now := &picture{last: at}
	if ok && at-old.last <= floodTime.Milliseconds() {
		now.last, now.accounts = max(at, old.last), slices.Clone(old.accounts)
	}
	known := slices.Contains(now.accounts, who)
	full := len(now.accounts) >= floodAccounts
	if !known && !full {
		now.accounts = append(now.accounts, who)
	}
	k.pictures.Put(key, now)
	return !known && full
}

// IsPicture reports whether the subject of a case is a picture.
func IsPicture(subject string) bool { return strings.HasPrefix(subject, PictureSubject) }

func appendPicture(b []byte, p *picture) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(p.last)) //nolint:gosec // the bits
	for _, a := range p.accounts {
		b = append(b, a[:]...)
	}
	return b
}

func decodePicture(b []byte) (*picture, error) {
	r := detect.NewReader(b)
	p := &picture{last: int64(r.U64())} //nolint:gosec // the bits
	n := max(len(b)-8, 0)
	if n%16 != 0 || n/16 > floodAccounts {
		return nil, detect.ErrState
	}
	for range n / 16 {
		if a := r.Take(16); a != nil {
			p.accounts = append(p.accounts, detect.Key(a))
		}
	}
	return p, r.Err()
}
