package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"haris/internal/bank"
)

// maxReason is the longest reason, in bytes.
const maxReason = 1000

// NewEntries are hashes for a bank.
type NewEntries struct {
	Media          []MediaRef `json:"media" minItems:"1" maxItems:"1000" nullable:"false" doc:"By their hashes. A PDQ hash with a pdq_quality below that of the bank is left out: it says too little."`
	Classification string     `json:"classification,omitempty" enum:"A1,A2,B1,B2"`
	Reason         string     `json:"reason" minLength:"1" maxLength:"1000" doc:"Why, and by whose decision; it stands with the entries."`
}

// AddedEntries says what became of them.
type AddedEntries struct {
	Added   int `json:"added" minimum:"0" doc:"Entries that count now and did not before."`
	Changed int `json:"changed" minimum:"0" doc:"Live ones whose classification or end is another now."`
	There   int `json:"there" minimum:"0" doc:"That were there already."`
	Left    int `json:"left" minimum:"0" doc:"PDQ hashes with too little to see."`
}

// reasonOf checks a reason.
func reasonOf(s string) (string, error) {
	if s = strings.TrimSpace(s); s == "" || len(s) > maxReason {
		return "", bankProblem(bank.ErrReason)
	}
	return s, nil
}

// who names the key in the audit log.
func (r *request) who() string { return "key/" + r.key.ID }

// addEntries adds hashes to a bank. Doing so again changes nothing.
func (a *api) addEntries(w http.ResponseWriter, r *request) error {
	var q NewEntries
	if err := a.readJSON(w, r, &q); err != nil {
		return err
	}
	why, err := reasonOf(q.Reason)
	if err != nil {
		return err
	}
	if len(q.Media) == 0 || len(q.Media) > maxBatch {
		p := badRequest("bad_count", "the body has no media, or too many", "1 to 1000 media")
		p.Limit = maxBatch
		return p
	}
	id := r.PathValue("bank")
	floor, err := a.floorOf(r, id)
	if err != nil {
		return err
	}
	list, left, err := hashesOf(q.Media, floor)
	if err != nil {
		return err
	}
	out := AddedEntries{Left: left}
	if len(list) > 0 {
		out.Added, out.Changed, err = a.Banks.Add(r.Context(), r.who(), id, bank.Addition{Hashes: list, Classification: bank.Classification(q.Classification), Note: why})
		if err != nil {
			return bankProblem(fmt.Errorf("api: add entries: %w", err))
		}
		out.There = len(list) - out.Added - out.Changed
	}
	r.note(slog.Int("added", out.Added), slog.Int("changed", out.Changed))
	return reply(w, http.StatusOK, out)
}

// floorOf is the quality below which a PDQ hash does not go into a bank. What comes from an exchange is the exchange's to say.
func (a *api) floorOf(r *request, id string) (int, error) {
	s, err := a.Banks.Bank(r.Context(), id)
	switch {
	case errors.Is(err, bank.ErrNotFound) && (id == bank.OwnID || id == bank.ClearedID): // made when it is first needed
		own := bank.OwnBank()
		return own.Quality, nil
	case err != nil:
		return 0, bankProblem(fmt.Errorf("api: read a bank: %w", err))
	case s.Source == bank.Exchange:
		return 0, &Problem{
			Status: http.StatusConflict, Code: "of_an_exchange", Detail: "the entries of this bank come from its exchange alone",
			Expected: "another bank, such as own",
		}
	}
	return s.Quality, nil
}

// hashesOf lists the different hashes of media, without PDQ hashes of less than a quality.
func hashesOf(list []MediaRef, floor int) (out []bank.Hash, left int, err error) {
	seen := map[bank.Hash]bool{}
	for i := range list {
		m, bad := list[i].media()
		switch {
		case len(bad) > 0:
			return nil, 0, badHash(bad)
		case list[i].URL != "" || len(m.Hashes) == 0:
			return nil, 0, badRequest("no_hash", "a media of the body has no hash", "media with hashes; /v1/media/hash reads them from a file or a url")
		}
		for _, h := range m.Hashes {
			switch {
			case h.Kind == bank.PDQ && m.Quality != bank.Unrated && m.Quality < floor:
				left++
			case !seen[h]:
				seen[h] = true
				out = append(out, h)
			}
		}
	}
	return out, left, nil
}

// entryOf reads the number of an entry in the path.
func entryOf(r *request) (uint64, error) {
	n, err := strconv.ParseUint(r.PathValue("entry"), 10, 63)
	if err != nil || n == 0 {
		return 0, bankProblem(bank.ErrNoEntry)
	}
	return n, nil
}

// Removal is why an entry is to count no more.
type Removal struct {
	Reason string `json:"reason" minLength:"1" maxLength:"1000" doc:"Why, and by whose decision; it stands with the entry."`
}

// Removed says what became of it.
type Removed struct {
	Removed bool `json:"removed" doc:"Whether it counted until now. The entry stays, so that it can be told why something matched once."`
}

// removeEntry ends an entry. Doing so again changes nothing.
func (a *api) removeEntry(w http.ResponseWriter, r *request) error {
	var q Removal
	if err := a.readJSON(w, r, &q); err != nil {
		return err
	}
	why, err := reasonOf(q.Reason)
	if err != nil {
		return err
	}
	id := r.PathValue("bank")
	entry, err := entryOf(r)
	if err != nil {
		return err
	}
	err = a.Banks.Retire(r.Context(), r.who(), id, entry, why)
	if errors.Is(err, bank.ErrNoEntry) {
		list, e := a.Banks.Entries(r.Context(), bank.Filter{Bank: id, After: entry - 1, Limit: 1})
		switch {
		case e != nil:
			err = e
		case len(list) == 1 && list[0].ID == entry:
			return reply(w, http.StatusOK, Removed{})
		}
	}
	if err != nil {
		return bankProblem(fmt.Errorf("api: end an entry: %w", err))
	}
	return reply(w, http.StatusOK, Removed{Removed: true})
}

// Judging is what somebody found who looked at a media that an entry had matched.
type Judging struct {
	Media  MediaRef `json:"media" doc:"What was looked at, by its hashes."`
	Reason string   `json:"reason" minLength:"1" maxLength:"1000" doc:"What they found, and who."`
}

// JudgedEntry says whether anything came of it.
type JudgedEntry struct {
	Changed bool `json:"changed" doc:"Whether it was not known before."`
}

func (a *api) confirmEntry(w http.ResponseWriter, r *request) error { return a.judgeEntry(w, r, true) }

func (a *api) denyEntry(w http.ResponseWriter, r *request) error { return a.judgeEntry(w, r, false) }

// judgeEntry takes down whether a match was right. Doing so again changes nothing.
func (a *api) judgeEntry(w http.ResponseWriter, r *request, right bool) error {
	var q Judging
	if err := a.readJSON(w, r, &q); err != nil {
		return err
	}
	why, err := reasonOf(q.Reason)
	if err != nil {
		return err
	}
	entry, err := entryOf(r)
	if err != nil {
		return err
	}
	m, bad := q.Media.media()
	list := m.Copied()
	switch {
	case len(bad) > 0:
		return badHash(bad)
	case q.Media.URL != "" || len(list) == 0:
		return badRequest("no_hash", "the media has no hash that says enough", "md5, sha1, sha256, or pdq with a pdq_quality that is not below 50")
	}
	changed, err := a.Banks.Judge(r.Context(), r.who(), r.PathValue("bank"), entry, bank.Judgement{Right: right, Why: why, Hashes: list})
	if err != nil {
		return bankProblem(fmt.Errorf("api: judge an entry: %w", err))
	}
	r.note(slog.Bool("right", right), slog.Bool("changed", changed))
	return reply(w, http.StatusOK, JudgedEntry{changed})
}
