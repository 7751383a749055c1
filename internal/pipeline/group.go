package pipeline

import (
	"slices"

	"haris/internal/detect"
	"haris/internal/event"
)

// Bounds of a group of linked accounts.
const (
	maxMembers = 32
	maxDepth   = 2 // keys between an account and the farthest members
)

// grouped tells accounts of the group that they are in, each once.
func (p *piece) grouped(e *event.Event, accounts []string) {
	slices.Sort(accounts)
	for _, id := range slices.Compact(accounts) {
		g := p.k.group(id)
		if len(g.Members) < 2 {
			continue
		}
		p.known = append(p.known, detect.Fact{
			Kind: detect.Grouped, Key: detect.AccountKey(id), Seq: e.Seq, At: e.Time.UnixMilli(), Account: g.Members[0].Profile,
			Other: &detect.Profile{}, Group: g,
		})
	}
}

// group searches the accounts that are linked with one by keys that few use, nearest first.
func (k *Knowledge) group(id string) *detect.Group {
	s := search{k: k, g: &detect.Group{}, place: map[string]int{}}
	s.add(id, 0)
	seen := map[detect.Key]bool{}
	for i := 0; i < len(s.g.Members); i++ {
		if s.depth[i] == maxDepth {
			break
		}
		held, _ := k.held.Get(detect.AccountKey(s.g.Members[i].Profile.ID))
		for _, h := range held {
			if !seen[h.key] {
				seen[h.key] = true
				s.key(h, s.depth[i]+1)
			}
		}
	}
	return s.g
}

// search is a search under way.
type search struct {
	k     *Knowledge
	g     *detect.Group
	place map[string]int
	depth []int
}

// add returns the place of an account; ok is false when there is no room.
func (s *search) add(id string, depth int) (at int, ok bool) {
	if at, ok = s.place[id]; ok {
		return at, true
	}
	if len(s.g.Members) == maxMembers {
		return 0, false
	}
	at = len(s.g.Members)
	s.place[id] = at
	p := s.k.directory.Find(id)
	s.g.Members = append(s.g.Members, detect.Member{Profile: p, Acted: p.Acted})
	s.depth = append(s.depth, depth)
	return at, true
}

// key joins the accounts of a key, unless so many use it that it links nobody.
func (s *search) key(h heldKey, depth int) {
	of, ok := s.k.keys.Get(h.key)
	if !ok || of.count < 2 || of.count > maxDegree[h.kind] {
		return
	}
	link := detect.GroupKey{Kind: keyKinds[h.kind], Degree: int(of.count)}
	for _, name := range of.names {
		if at, ok := s.add(name, depth); ok {
			link.Members = append(link.Members, at)
		}
	}
	if len(link.Members) > 1 {
		s.g.Links = append(s.g.Links, link)
	}
}

// sharing lists the accounts that share a key with one which links them.
func (k *Knowledge) sharing(id string) (out []string) {
	held, _ := k.held.Get(detect.AccountKey(id))
	for _, h := range held {
		if of, ok := k.keys.Get(h.key); ok && of.count >= 2 && of.count <= maxDegree[h.kind] {
			out = append(out, of.names...)
		}
	}
	return out
}
