package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"haris/internal/bank"
)

// Banks is what is done with banks; *bank.Desk is one. Every change of it writes its audit entry. Safe for concurrent use.
type Banks interface {
	// Banks lists every bank by id.
	Banks(ctx context.Context) ([]bank.Summary, error)
	// Bank returns one. bank.ErrNotFound.
	Bank(ctx context.Context, id string) (bank.Summary, error)
	// Entries lists entries by id.
	Entries(ctx context.Context, f bank.Filter) ([]bank.Entry, error)
	// Add adds hashes to a bank. bank.ErrNotFound, bank.ErrHash, bank.ErrBank.
	Add(ctx context.Context, who, id string, a bank.Addition) (added, changed int, err error)
	// Retire ends a live entry. bank.ErrReason, bank.ErrNoEntry.
	Retire(ctx context.Context, who, id string, entry uint64, why string) error
	// Judge takes down whether a match with an entry was right. bank.ErrReason, bank.ErrNotFound, bank.ErrNoEntry, bank.ErrHash, bank.ErrBank.
	Judge(ctx context.Context, who, id string, entry uint64, j bank.Judgement) (changed bool, err error)
}

// The number of entries in an answer, and in a request that adds.
const (
	defaultEntries = 50
	maxEntries     = 1000
)

// BankList is every bank.
type BankList struct {
	Banks []BankLine `json:"banks" nullable:"false" doc:"By id."`
	Index BankIndex  `json:"index"`
}

// BankIndex says how far the index of the entries is.
type BankIndex struct {
	Ready   bool   `json:"ready" doc:"Until it is, everything is unscanned."`
	Version uint64 `json:"version" doc:"How far the banks had changed when it was last brought up to date."`
	PDQ     int    `json:"pdq" minimum:"0" doc:"Entries of pictures."`
	Frames  int    `json:"frames" minimum:"0" doc:"Frames of videos."`
	Exact   int    `json:"exact" minimum:"0" doc:"Entries of the other kinds."`
}

// BankLine is a bank with what it holds and what it found.
type BankLine struct {
	ID             string         `json:"id"`
	Name           string         `json:"name"`
	Label          string         `json:"label" doc:"What a match speaks of."`
	Mode           string         `json:"mode" enum:"off,shadow,enforce"`
	Polarity       string         `json:"polarity" enum:"positive,negative"`
	Source         string         `json:"source" enum:"own,exchange,file"`
	List           string         `json:"list,omitempty" doc:"The exchange or list behind it."`
	Radius         int            `json:"radius" minimum:"0" maximum:"64" doc:"Greatest distance of PDQ hashes that match."`
	Quality        int            `json:"quality" minimum:"0" maximum:"100" doc:"Below it a PDQ hash is not compared."`
	Dihedral       bool           `json:"dihedral" doc:"Whether pictures are compared turned and mirrored, too."`
	Share          float64        `json:"share" doc:"Part of the frames of a video that must be near."`
	Verdict        string         `json:"verdict" enum:"allow,hold"`
	Classification string         `json:"classification,omitempty" enum:"A1,A2,B1,B2" doc:"Of entries without one of their own."`
	KeepDays       int            `json:"keep_days" minimum:"0" doc:"How long an entry without an end of its own stands; 0 is for ever."`
	Entries        map[string]int `json:"entries" nullable:"false" doc:"Live ones by kind."`
	Week           map[string]int `json:"week" nullable:"false" doc:"What came of it today and on the 6 days before, by outcome: match, shadow, vetoed, cleared."`
	Month          map[string]int `json:"month" nullable:"false" doc:"And on the 29 days before."`
	Version        uint64         `json:"version" doc:"Of its settings."`
}

func bankLine(s *bank.Summary) BankLine {
	out := BankLine{
		ID: s.ID, Name: s.Name, Label: string(s.Label), Mode: string(s.Mode), Polarity: string(s.Polarity), Source: string(s.Source), List: s.Origin,
		Radius: s.Radius, Quality: s.Quality, Dihedral: s.Dihedral, Share: s.Share, Verdict: string(s.Verdict), Classification: string(s.Classification),
		KeepDays: int(s.Keep / (24 * time.Hour)), Entries: map[string]int{}, Week: map[string]int{}, Month: map[string]int{}, Version: s.Version,
	}
	for k, n := range s.Entries {
		out.Entries[string(k)] = n
	}
	for what, n := range s.Week {
		out.Week[what] = n
	}
	for what, n := range s.Month {
		out.Month[what] = n
	}
	return out
}

func (a *api) listBanks(w http.ResponseWriter, r *request) error {
	list, err := a.Banks.Banks(r.Context())
	if err != nil {
		return bankProblem(fmt.Errorf("api: list banks: %w", err))
	}
	s := a.Desk.Index()
	out := BankList{Banks: make([]BankLine, len(list)), Index: BankIndex{s.Ready, s.Version, s.Near, s.Frames, s.Equal}}
	for i := range list {
		out.Banks[i] = bankLine(&list[i])
	}
	return reply(w, http.StatusOK, out)
}

func (a *api) getBank(w http.ResponseWriter, r *request) error {
	s, err := a.Banks.Bank(r.Context(), r.PathValue("bank"))
	if err != nil {
		return bankProblem(fmt.Errorf("api: read a bank: %w", err))
	}
	return reply(w, http.StatusOK, bankLine(&s))
}

// bankProblem says why something was not done with a bank.
func bankProblem(err error) error {
	switch {
	case errors.Is(err, bank.ErrNotFound):
		return &Problem{Status: http.StatusNotFound, Code: "no_such_bank", Detail: "there is no bank with this id", Expected: "the id of a bank in the list at /v1/banks"}
	case errors.Is(err, bank.ErrNoEntry):
		return &Problem{Status: http.StatusNotFound, Code: "no_such_entry", Detail: "the bank has no such entry", Expected: "the number of an entry of this bank"}
	case errors.Is(err, bank.ErrReason):
		return badRequest("no_reason", "an entry is not added, ended or judged without a reason", "a reason of 1 to 1000 bytes, in the words of the person who decided it")
	case errors.Is(err, bank.ErrHash):
		return badRequest("bad_hash", "a hash cannot be read", "hashes of the kinds that the document names")
	case errors.Is(err, bank.ErrBank):
		return badRequest("not_so", "that cannot be done with this bank", "a classification of A1, A2, B1, B2 or none; confirm and deny are for entries of positive banks")
	}
	return unavailable(err, "the banks could not be read or changed; nothing was done", 0)
}

// EntryPage is a page of the entries of a bank.
type EntryPage struct {
	Entries []EntryLine `json:"entries" nullable:"false" doc:"By number."`
	Next    uint64      `json:"next,omitempty" doc:"What to give as from for the next page; left out at the end."`
}

// EntryLine is one entry.
type EntryLine struct {
	Entry          uint64     `json:"entry"`
	Kind           string     `json:"kind"`
	Value          string     `json:"value"`
	State          string     `json:"state" enum:"live,removed,withdrawn,expired"`
	Classification string     `json:"classification,omitempty" enum:"A1,A2,B1,B2"`
	Expires        *time.Time `json:"expires,omitempty"`
	Origin         Origin     `json:"origin"`
}

func entryLine(e *bank.Entry) EntryLine {
	out := EntryLine{Entry: e.ID, Kind: string(e.Kind), Value: e.Value, State: string(e.State), Classification: string(e.Classification), Origin: originOf(&e.Provenance)}
	if !e.Expires.IsZero() {
		at := e.Expires.UTC()
		out.Expires = &at
	}
	return out
}

// listEntries lists the entries of a bank.
func (a *api) listEntries(w http.ResponseWriter, r *request) error {
	f, err := entryFilter(r)
	if err != nil {
		return err
	}
	if _, err := a.Banks.Bank(r.Context(), f.Bank); err != nil {
		return bankProblem(fmt.Errorf("api: read a bank: %w", err))
	}
	f.Limit++
	list, err := a.Banks.Entries(r.Context(), f)
	if err != nil {
		return bankProblem(fmt.Errorf("api: list entries: %w", err))
	}
	out := EntryPage{Entries: []EntryLine{}}
	for i := range list[:min(len(list), f.Limit-1)] {
		out.Entries = append(out.Entries, entryLine(&list[i]))
	}
	if len(list) == f.Limit {
		out.Next = list[f.Limit-2].ID
	}
	r.note(slog.Int("entries", len(out.Entries)))
	return reply(w, http.StatusOK, out)
}

// entryFilter reads the query of a list of entries.
func entryFilter(r *request) (f bank.Filter, err error) {
	bad := func(name, want string) error {
		return badRequest("bad_parameter", "the parameter "+name+" cannot be read", want)
	}
	f = bank.Filter{Bank: r.PathValue("bank"), State: bank.Live, Limit: defaultEntries, Key: r.query.Get("key")}
	if s := r.query.Get("from"); s != "" {
		if f.After, err = strconv.ParseUint(s, 10, 63); err != nil {
			return f, bad("from", `the "next" of an answer of this path`)
		}
	}
	if s := r.query.Get("limit"); s != "" {
		if f.Limit, err = strconv.Atoi(s); err != nil || f.Limit < 1 || f.Limit >= maxEntries {
			return f, bad("limit", "a whole number from 1 to "+strconv.Itoa(maxEntries-1))
		}
	}
	if s := r.query.Get("kind"); s != "" {
		if f.Kind, err = bank.ParseKind(s); err != nil {
			return f, bad("kind", "one of "+strings.Join(words(bank.Kinds()), ", "))
		}
	}
	if s := r.query.Get("hash"); s != "" {
		if f.Hash, err = bank.Guess(s); err != nil {
			return f, bad("hash", "a hash such as pdq:… or md5:…")
		}
	}
	switch s := bank.State(cmp.Or(r.query.Get("state"), string(bank.Live))); s {
	case bank.Live, bank.Removed, bank.Withdrawn, bank.Expired:
		f.State = s
	case "all":
		f.State = ""
	default:
		return f, bad("state", "live, removed, withdrawn, expired or all")
	}
	return f, nil
}
