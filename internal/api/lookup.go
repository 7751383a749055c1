package api

import (
	"log/slog"
	"net/http"
	"time"

	"haris/internal/bank"
)

// LookedUp is what the banks say of one media.
type LookedUp struct {
	ID      string   `json:"id,omitempty" doc:"As it was sent."`
	Answer  string   `json:"answer" enum:"match,clean,unscanned" doc:"match: a bank in force has known material that is near enough, and no negative entry vetoes it. clean: everything that there is was compared, and nothing is near. unscanned: neither; the reasons say why."`
	Reasons []string `json:"reasons" nullable:"false" doc:"Why it is unscanned, or what of it is: not_loaded, read_failed, low_quality, no_hash, bad_hash, no_bank, behind, too_large, truncated, unsupported, damaged, no_ffmpeg, partial."`
	Results []Found  `json:"results" nullable:"false" doc:"What each bank says that has something near: those in force, those in shadow, and negative ones."`
	File    *Hashed  `json:"file,omitempty" doc:"What was read, when a file was sent or fetched."`
	Version uint64   `json:"version" doc:"How far the banks had changed; greater is later."`
}

// Found is what one bank says, by its entry that is nearest.
type Found struct {
	Outcome        string  `json:"outcome" enum:"match,shadow,vetoed,cleared" doc:"match counts. shadow: the bank is not in force. vetoed: a negative entry says that it is not so. cleared: the bank is a negative one."`
	Bank           string  `json:"bank"`
	Name           string  `json:"name"`
	Label          string  `json:"label" doc:"What a match with the bank speaks of."`
	Verdict        string  `json:"verdict,omitempty" enum:"allow,hold" doc:"What an event with this media would be answered."`
	Kind           string  `json:"kind" doc:"Of the hash that matched."`
	Distance       int     `json:"distance" minimum:"0" maximum:"256" doc:"Bits that differ; 0 for kinds that are only ever equal."`
	Radius         int     `json:"radius,omitempty" doc:"Of the bank, for PDQ."`
	Turn           int     `json:"turn,omitempty" minimum:"0" maximum:"7" doc:"How the picture was turned or mirrored: 1, 2, 3 by 90, 180, 270 degrees against the clock; 4 top to bottom, 5 left to right, 6 and 7 along the diagonals."`
	Frame          int     `json:"frame,omitempty" minimum:"1" doc:"Of a video that is near a picture on the list: its hashed frame, from 1."`
	Share          float64 `json:"share,omitempty" doc:"Of videos: the part of the frames that are near."`
	Classification string  `json:"classification,omitempty" enum:"A1,A2,B1,B2" doc:"The list's word, not a finding."`
	Entry          uint64  `json:"entry"`
	Entries        int     `json:"entries" minimum:"1" doc:"Entries of the bank that are near, this one too."`
	Origin         Origin  `json:"origin"`
	VetoedBy       *Vetoed `json:"vetoed_by,omitempty"`
}

// Origin says where an entry came from.
type Origin struct {
	Source string    `json:"source" enum:"own,exchange,file"`
	List   string    `json:"list,omitempty" doc:"The exchange, or the name of the list."`
	Key    string    `json:"key,omitempty" doc:"The record there."`
	Owner  string    `json:"owner,omitempty" doc:"Who put it there, as the exchange says."`
	Note   string    `json:"note,omitempty"`
	Added  time.Time `json:"added"`
}

// Vetoed names the negative entry that says that a match is none.
type Vetoed struct {
	Bank     string `json:"bank"`
	Entry    uint64 `json:"entry"`
	Kind     string `json:"kind"`
	Distance int    `json:"distance"`
}

// originOf leaves out which person of this installation added an entry, in which case and about whom.
func originOf(p *bank.Provenance) Origin {
	return Origin{Source: string(p.Source), List: p.Origin, Key: p.Key, Owner: p.Owner, Note: p.Note, Added: p.At.UTC()}
}

func lookedUp(d *bank.Decision) LookedUp {
	out := LookedUp{Answer: string(d.Answer), Reasons: sorted(d.Reasons), Results: make([]Found, len(d.Results)), Version: d.Version}
	for i := range d.Results {
		r := &d.Results[i]
		out.Results[i] = Found{
			Outcome: r.Outcome(), Bank: r.Bank, Name: r.Name, Label: string(r.Label), Verdict: string(r.Verdict), Kind: string(r.Kind),
			Distance: r.Distance, Radius: r.Radius, Turn: r.Turn, Frame: r.Frame, Share: r.Share, Classification: string(r.Classification), Entry: r.Entry,
			Entries: r.Near, Origin: originOf(&r.Provenance),
		}
		if v := r.VetoedBy; v != nil {
			out.Results[i].VetoedBy = &Vetoed{v.Bank, v.Entry, string(v.Kind), v.Distance}
		}
	}
	return out
}

// lookupMedia compares one media, by its file, its URL or its hashes.
func (a *api) lookupMedia(w http.ResponseWriter, r *request) error {
	in, err := a.incoming(w, r)
	if err != nil {
		return err
	}
	out, err := a.lookup(r, in)
	if err != nil {
		return err
	}
	out.ID = in.ref.ID
	return reply(w, http.StatusOK, out)
}

func (a *api) lookup(r *request, in incoming) (out LookedUp, err error) {
	m, bad := in.ref.media()
	switch {
	case len(bad) > 0:
		return out, badHash(bad)
	case in.body == nil && in.ref.URL == "" && len(m.Hashes) == 0:
		return out, badRequest("no_media", "the body names no media", "a file, a url or hashes")
	case in.ref.URL != "" && len(m.Hashes) > 0:
		return out, badRequest("url_and_hashes", "the body has a url and hashes", "one of the two")
	case len(m.Hashes) > 0:
		d := a.Desk.Match(r.Context(), []bank.Media{m})[0]
		out = lookedUp(&d)
	default:
		f, err := a.file(r, in)
		if err != nil {
			return out, err
		}
		d := a.Desk.Match(r.Context(), []bank.Media{f.Media})[0].With(f.Left...)
		out = lookedUp(&d)
		file := hashed(&f)
		out.File = &file
	}
	a.metrics.answer(out.Answer)
	r.note(slog.String("answer", out.Answer))
	return out, nil
}

// LookupBatch asks about several media by their hashes.
type LookupBatch struct {
	Media []MediaRef `json:"media" minItems:"1" maxItems:"1000" nullable:"false"`
}

// LookedUpBatch is the answer, in the order of the question.
type LookedUpBatch struct {
	Media []LookedUp `json:"media" nullable:"false"`
}

// lookupBatch compares several media by their hashes. One that cannot be read is unscanned and stops none of the others.
func (a *api) lookupBatch(w http.ResponseWriter, r *request) error {
	var q LookupBatch
	if err := a.readJSON(w, r, &q); err != nil {
		return err
	}
	if len(q.Media) == 0 || len(q.Media) > maxBatch {
		p := badRequest("bad_count", "the body has no media, or too many", "1 to 1000 media")
		p.Limit = maxBatch
		return p
	}
	list := make([]bank.Media, len(q.Media))
	bad := make([]bool, len(q.Media))
	for i := range q.Media {
		var kinds []bank.Kind
		if q.Media[i].URL != "" {
			return badRequest("url_in_batch", "media of a batch have hashes alone", "a request of its own to /v1/media/lookup for each url")
		}
		list[i], kinds = q.Media[i].media()
		bad[i] = len(kinds) > 0
	}
	out := LookedUpBatch{Media: make([]LookedUp, len(list))}
	counts := map[string]int{}
	for i, d := range a.Desk.Match(r.Context(), list) {
		if bad[i] {
			d = d.With(bank.BadHash)
		}
		out.Media[i] = lookedUp(&d)
		out.Media[i].ID = q.Media[i].ID
		a.metrics.answer(out.Media[i].Answer)
		counts[out.Media[i].Answer]++
	}
	r.note(slog.Int("media", len(list)), slog.Int("match", counts[string(bank.Match)]), slog.Int("unscanned", counts[string(bank.Unscanned)]))
	return reply(w, http.StatusOK, out)
}

// ToCompare are two hashes of one kind.
type ToCompare struct {
	Kind   string   `json:"kind" enum:"md5,sha1,sha256,pdq,vpdq,photodna,tmk,netclean"`
	Hashes []string `json:"hashes" minItems:"2" maxItems:"2" nullable:"false"`
}

// Compared says how near they are.
type Compared struct {
	Kind     string      `json:"kind"`
	Equal    bool        `json:"equal"`
	Distance *int        `json:"distance,omitempty" minimum:"0" maximum:"256" doc:"Of PDQ: bits that differ. Lists are usually matched up to 31; each bank has a radius of its own."`
	Turned   *Turned     `json:"turned,omitempty" doc:"Of PDQ: the way to turn or mirror the first picture in which it is nearest."`
	Shares   *[2]float64 `json:"shares,omitempty" doc:"Of vPDQ: the part of the frames of the first video that have one of the second near them, and the reverse."`
}

// Turned is a distance after turning or mirroring.
type Turned struct {
	Distance int `json:"distance" minimum:"0" maximum:"256"`
	Turn     int `json:"turn" minimum:"0" maximum:"7" doc:"0 is as it is."`
}

// compareMedia compares two hashes.
func (a *api) compareMedia(w http.ResponseWriter, r *request) error {
	var q ToCompare
	if err := a.readJSON(w, r, &q); err != nil {
		return err
	}
	k, err := bank.ParseKind(q.Kind)
	if err != nil {
		p := badRequest("bad_kind", "there is no such kind of hash", "one of those allowed")
		p.Allowed = words(bank.Kinds())
		return p
	}
	if len(q.Hashes) != 2 {
		return badRequest("bad_count", "two hashes can be compared", "exactly two hashes")
	}
	c, p := compared(k, q.Hashes[0], q.Hashes[1])
	if p != nil {
		return p
	}
	out := Compared{Kind: string(k), Equal: c.Equal, Shares: c.Shares}
	if c.Near != nil {
		out.Distance, out.Turned = &c.Near.Distance, &Turned{c.Near.Turned, c.Near.Turn}
	}
	return reply(w, http.StatusOK, out)
}

func compared(k bank.Kind, one, other string) (c bank.Comparison, p *Problem) {
	x, err := bank.Parse(k, one)
	if err != nil {
		return c, badHash([]bank.Kind{k})
	}
	y, err := bank.Parse(k, other)
	if err != nil {
		return c, badHash([]bank.Kind{k})
	}
	if c, err = bank.Compare(x, y); err != nil {
		return c, badHash([]bank.Kind{k})
	}
	return c, nil
}
