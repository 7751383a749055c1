package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"haris/internal/bank"
	"haris/internal/job"
	"haris/internal/review"
)

// outcomes lists what can come of a comparison with a bank, in the order in which pages tell it.
func outcomes() []string { return []string{"match", "shadow", "vetoed", "cleared"} }

// kindName is the name of a kind as the field writes it, the same in every language.
func kindName(k bank.Kind) string {
	switch k {
	case bank.SHA1:
		return "SHA-1"
	case bank.SHA256:
		return "SHA-256"
	case bank.VPDQ:
		return "vPDQ"
	case bank.PhotoDNA:
		return "PhotoDNA"
	case bank.NetClean:
		return "NetClean"
	}
	return strings.ToUpper(string(k))
}

// shownHash is how much of a hash is shown: all but fingerprints of videos and opaque ones.
const shownHash = 72

// shortHash cuts what is too long for a page.
func shortHash(s string) string {
	if len(s) <= shownHash {
		return s
	}
	return s[:shownHash-3] + "…"
}

// lastDone is the place of the newest sweep that came to its end; -1 when there is none.
func lastDone(s *bank.Sweeps) int {
	return slices.IndexFunc(s.List, func(w bank.Sweep) bool { return w.State == job.Done })
}

// waitingReasons are the reasons for which something waits to be compared.
func waitingReasons(s *bank.Sweeps) (out []bank.Reason) {
	for _, r := range unscannedReasons() {
		if s.Unscanned[r] > 0 {
			out = append(out, r)
		}
	}
	return out
}

// unscannedReasons lists the reasons why something could not be compared, as far as pages tell them.
func unscannedReasons() []bank.Reason {
	return []bank.Reason{
		bank.NotLoaded, bank.ReadFailed, bank.Behind, bank.LowQuality, bank.NoHash, bank.BadHash, bank.NoBank, bank.TooLarge, bank.Truncated,
		bank.Unsupported, bank.Damaged, bank.NoFFmpeg, bank.NoFrames, bank.Partial,
	}
}

// badOf returns the mistakes of a form of the page.
func (p *bankView) badOf(which string) mistakes {
	if p.which != which {
		return nil
	}
	return p.bad
}

// detailed reports whether the finer settings are open: where something is wrong with one, or one was changed.
func (p *bankView) detailed() bool {
	for _, f := range []string{"radius", "quality", "share", "keep_days", "classification"} {
		if p.badOf("settings")[f] != "" {
			return true
		}
	}
	was := formOf(&p.Bank)
	f := p.form
	return f.Radius != was.Radius || f.Quality != was.Quality || f.Share != was.Share || f.KeepDays != was.KeepDays || f.Dihedral != was.Dihedral ||
		f.Classification != was.Classification
}

// whyOf is what was written for an entry in the form that came back.
func whyOf(p *bankView, e *bank.Entry) string {
	if p.which != strconv.FormatUint(e.ID, 10) {
		return ""
	}
	return p.why
}

// bankWord is the word of one of the own banks in the catalogue.
func bankWord(id string) string {
	if id == bank.ClearedID {
		return "cleared"
	}
	return "own"
}

// recordQuery is the record of a case as an address carries it.
func recordQuery(caseID string) string { return url.QueryEscape(review.BankRecord(caseID)) }

func entryAct(id string, entry uint64, act string) string {
	return bankURL(id) + "/entry/" + strconv.FormatUint(entry, 10) + "/" + act
}

func yesWord(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// invalid are the attributes with which a field points at what is wrong with it.
func invalid(m mistakes, field string) templ.Attributes {
	if m[field] == "" {
		return templ.Attributes{}
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "bad-" + field}
}
