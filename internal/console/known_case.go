package console

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/review"
)

// The bounds of what a case page says about known material.
const (
	maxShownMatches = 20
	maxOffers       = 50
)

// materialView is what the page of a case says about known material, without any picture.
type materialView struct {
	picture bool // the case is about a picture that many accounts post
	posted  int  // how often, as the newest signal has it
	matches []matchView
	more    int          // matches that are not shown
	would   []bank.Entry // what closing the case adds to a bank, besides what the person chooses
	offers  []offerView  // media that no list had
	added   []bank.Entry // what the case has added, as long as it stands
}

// matchView is one match as it was when it was found, and what the banks say of the same media now.
type matchView struct {
	detect.Match
	now bank.Decision
}

// offerView is a media of the case that no list had.
type offerView struct {
	key    string // names it in the form
	name   string // the platform's id, or the name of the file
	seq    uint64 // the event that it came with; 0 for a file of the evidence
	item   string // of the evidence
	hashes []bank.Hash
}

// values are the hashes as a disposition takes them.
func (o *offerView) values() (out []string) {
	for _, h := range o.hashes {
		out = append(out, string(h.Kind)+":"+h.Value)
	}
	return out
}

// material gathers what the page says about known material; nil when there is nothing to say, or who looks may not see banks.
func (c *console) material(r *request, k *casefile.Case, history []casefile.Event, strands []strand) (*materialView, error) {
	if !r.person.Can(auth.BankRead) {
		return nil, nil
	}
	p := &materialView{}
	_, p.picture = bank.PictureOf(k.Subject)
	all, err := casefile.Matches(history)
	if err != nil {
		return nil, err
	}
	if p.would, err = review.Hashes(history, nil); err != nil {
		return nil, err
	}
	p.posted = timesOf(k)
	p.matches, p.more = newestMatches(all)
	c.compare(r.Context(), p.matches)
	for i := range p.matches {
		if err := c.uncoverDecision(r.Context(), &p.matches[i].now); err != nil {
			return nil, err
		}
	}
	if p.added, err = c.addedBy(r.Context(), k.ID); err != nil {
		return nil, err
	}
	if p.offers, err = c.offers(r, k, strands, p.would); err != nil {
		return nil, err
	}
	if len(p.matches)+len(p.offers)+len(p.added) == 0 {
		return nil, nil
	}
	return p, nil
}

// timesOf is how often known material was posted, as the newest signal about it says.
func timesOf(k *casefile.Case) (n int) {
	for i := range k.Signals {
		if len(k.Signals[i].Matches) > 0 {
			n = max(n, k.Signals[i].Times)
		}
	}
	return n
}

// newestMatches keeps the newest match of each picture in each bank, newest first.
func newestMatches(all []detect.Match) (out []matchView, more int) {
	seen := map[[2]string]bool{}
	for i := len(all) - 1; i >= 0; i-- {
		key := [2]string{all[i].Picture, all[i].Bank}
		if seen[key] {
			continue
		}
		seen[key] = true
		if len(out) == maxShownMatches {
			more++
			continue
		}
		out = append(out, matchView{Match: all[i]})
	}
	return out, more
}

// compare asks the banks about the media of the matches.
func (c *console) compare(ctx context.Context, list []matchView) {
	media, bad := make([]bank.Media, len(list)), make([]bool, len(list))
	for i := range list {
		media[i] = bank.Media{ID: list[i].Media, Quality: bank.Unrated}
		media[i].Hashes, bad[i] = hashesOf(list[i].Hashes)
	}
	for i, d := range c.Banks.Compare(ctx, media) {
		if bad[i] {
			d = d.With(bank.BadHash) // what could not be compared is not clean
		}
		list[i].now = d
	}
}

// hashesOf reads hashes as signals carry them; bad says that one cannot be read.
func hashesOf(texts []string) (out []bank.Hash, bad bool) {
	for _, t := range texts {
		h, err := bank.Guess(t)
		if err != nil {
			bad = true
			continue
		}
		out = append(out, h)
	}
	return out, bad
}

// addedBy lists what a case has added to the own banks and what stands of it.
func (c *console) addedBy(ctx context.Context, id string) (out []bank.Entry, err error) {
	for _, b := range []string{bank.OwnID, bank.ClearedID} {
		list, err := c.Banks.Entries(ctx, bank.Filter{Bank: b, Key: review.BankRecord(id), State: bank.Live, Limit: 1000})
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// in are the entries that stand in a bank.
func in(list []bank.Entry, id string) (out []bank.Entry) {
	for _, e := range list {
		if e.Bank == id {
			out = append(out, e)
		}
	}
	return out
}

// offers lists media of the case that no list had: of its subjects in the events that it rests on, and files of its evidence.
func (c *console) offers(r *request, k *casefile.Case, strands []strand, would []bank.Entry) (out []offerView, err error) {
	if !r.person.Can(auth.CaseDispose) || !k.Status.IsOpen() {
		return nil, nil
	}
	listed := map[bank.Hash]bool{}
	for i := range would {
		listed[would[i].Hash] = true
	}
	add := func(o offerView) {
		if len(out) == maxOffers || len(o.hashes) == 0 || slices.ContainsFunc(o.hashes, func(h bank.Hash) bool { return listed[h] }) {
			return
		}
		for _, h := range o.hashes {
			listed[h] = true
		}
		out = append(out, o)
	}
	for _, e := range eventsOf(strands) {
		if slices.Contains(k.Subjects, bank.Owner(&e)) {
			for n := range e.Data.Media {
				m, _ := bank.MediaOf(&e.Data.Media[n])
				add(offerView{key: fmt.Sprintf("e%d.%d", e.Seq, n), name: m.ID, seq: e.Seq, hashes: m.Copied()})
			}
		}
	}
	if !r.person.Can(auth.EvidenceRead) {
		return out, nil
	}
	items, err := c.Evidence.Manifest(r.Context(), k.ID)
	for i := range items {
		if f := exposure.FormOf(items[i].MediaType); f == exposure.Image || f == exposure.Video {
			add(offerView{key: "i" + items[i].ID, name: items[i].Name, item: items[i].ID, hashes: digestsOf(&items[i])})
		}
	}
	return out, err
}

// digestsOf are the digests of a file of the evidence.
func digestsOf(i *evidence.Item) (out []bank.Hash) {
	for k, v := range map[bank.Kind]string{bank.SHA256: i.SHA256, bank.MD5: i.MD5} {
		if h, err := bank.Parse(k, v); err == nil {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b bank.Hash) int { return strings.Compare(string(a.Kind), string(b.Kind)) })
	return out
}

// eventsOf lists the events of strands.
func eventsOf(strands []strand) (out []event.Event) {
	for i := range strands {
		for _, p := range strands[i].parts {
			for n := range p.events {
				out = append(out, p.events[n].Event)
			}
		}
	}
	return out
}

// chosenMedia are the hashes of the media that the person chose in the form, looked up anew: a form names media and never hashes.
func (c *console) chosenMedia(r *request) (out []string, err error) {
	keys := r.PostForm["banked"]
	if len(keys) == 0 {
		return nil, nil
	}
	k, history, err := c.Desk.View(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	marked, err := c.marked(r.Context(), &k)
	if err != nil {
		return nil, err
	}
	strands, _, err := c.strands(r.Context(), &k, marked, maxMarked) // all: the form may have shown more than twelve
	if err != nil {
		return nil, err
	}
	p, err := c.material(r, &k, history, strands)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		i := -1
		if p != nil {
			i = slices.IndexFunc(p.offers, func(o offerView) bool { return o.key == key })
		}
		if i < 0 {
			return nil, mistakes{"banked": "bank_gone"}
		}
		out = append(out, p.offers[i].values()...)
	}
	return out, nil
}

// checkBanked says what of the choices about banks does not go with the finding.
func checkBanked(d *casefile.Disposition) mistakes {
	bad, decides := mistakes{}, d.Finding
	if decides == casefile.FindingNeedsSecond {
		decides = d.Proposed
	}
	if d.Wrong && decides != casefile.FindingCleared {
		bad["wrong"] = "bank_wrong"
	}
	if len(d.Banked) > 0 && (decides != casefile.FindingConfirmed || d.Typology != bank.OwnBank().Label) {
		bad["banked"] = "bank_only_abuse"
	}
	return bad
}
