package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"haris/internal/bank"
	"haris/internal/taxonomy"
)

// bankForm is the settings of a bank as they stand in a form.
type bankForm struct {
	ID, Name, Label, Mode, Polarity, Radius, Quality, Dihedral, Share, Verdict, Classification, KeepDays string
	Version                                                                                              string
}

// formOf fills the form in.
func formOf(b *bank.Bank) bankForm {
	f := bankForm{
		ID: b.ID, Name: b.Name, Label: string(b.Label), Mode: string(b.Mode), Polarity: string(b.Polarity), Radius: strconv.Itoa(b.Radius),
		Quality: strconv.Itoa(b.Quality), Share: strconv.FormatFloat(b.Share, 'f', -1, 64), Verdict: string(b.Verdict),
		Classification: string(b.Classification), KeepDays: strconv.Itoa(int(b.Keep / (24 * time.Hour))), Version: strconv.FormatUint(b.Version, 10),
	}
	if b.Dihedral {
		f.Dihedral = "yes"
	}
	return f
}

func readBankForm(r *request) bankForm {
	return bankForm{
		ID: r.PathValue("id"), Name: text(r, "name"), Label: text(r, "label"), Mode: text(r, "mode"), Polarity: text(r, "polarity"),
		Radius: text(r, "radius"), Quality: text(r, "quality"), Dihedral: text(r, "dihedral"), Share: text(r, "share"), Verdict: text(r, "verdict"),
		Classification: text(r, "classification"), KeepDays: text(r, "keep_days"), Version: text(r, "version"),
	}
}

// maxKeepDays is the longest that entries can be told to stand, besides for ever: a hundred years.
const maxKeepDays = 36500

// verdictsOfBank are what a bank can have a waiting platform told.
func verdictsOfBank() []taxonomy.Verdict {
	return []taxonomy.Verdict{taxonomy.VerdictAllow, taxonomy.VerdictHold}
}

func polarities() []bank.Polarity { return []bank.Polarity{bank.Positive, bank.Negative} }

// bank reads the form, and says what is wrong with each field.
func (f *bankForm) bank() (b bank.Bank, bad mistakes) {
	bad = mistakes{}
	number := func(field, text string, most int) int {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > most {
			bad[field] = "bank_" + field
		}
		return n
	}
	b = bank.Bank{
		ID: f.ID, Name: f.Name, Label: taxonomy.Typology(f.Label), Mode: taxonomy.Mode(f.Mode), Polarity: bank.Polarity(f.Polarity),
		Radius: number("radius", f.Radius, bank.MaxRadius), Quality: number("quality", f.Quality, 100), Dihedral: f.Dihedral == "yes",
		Verdict: taxonomy.Verdict(f.Verdict), Classification: bank.Classification(f.Classification),
		Keep: time.Duration(number("keep_days", f.KeepDays, maxKeepDays)) * 24 * time.Hour,
	}
	share, err := strconv.ParseFloat(strings.Replace(f.Share, ",", ".", 1), 64)
	if err != nil || !(share > 0 && share <= 1) {
		bad["share"] = "bank_share"
	}
	b.Share = share
	if b.Name == "" || len(b.Name) > 200 {
		bad["name"] = "bank_name"
	}
	choose := func(field string, ok bool) {
		if !ok {
			bad[field] = "choose"
		}
	}
	choose("label", slices.Contains(taxonomy.Typologies(), b.Label))
	choose("mode", slices.Contains(taxonomy.Modes(), b.Mode))
	choose("polarity", slices.Contains(polarities(), b.Polarity))
	choose("verdict", slices.Contains(verdictsOfBank(), b.Verdict))
	choose("classification", b.Classification.Check() == nil)
	version, err := strconv.ParseUint(f.Version, 10, 63)
	if err != nil {
		bad["version"] = "bank_stale"
	}
	b.Version = version
	return b, bad
}

// bankSet shows what would follow from settings, or sets them.
func (c *console) bankSet(w http.ResponseWriter, r *request) error {
	p := &bankView{which: "settings", form: readBankForm(r)}
	var b bank.Bank
	if b, p.bad = p.form.bank(); len(p.bad) > 0 {
		return c.showBank(w, r, http.StatusUnprocessableEntity, p)
	}
	if text(r, "act") == "try" {
		tried, err := c.Banks.Try(r.Context(), b)
		if err != nil {
			return err
		}
		p.tried = &tried
		return c.showBank(w, r, http.StatusOK, p)
	}
	got, err := c.Banks.Set(r.Context(), r.person.ID, b)
	switch {
	case errors.Is(err, bank.ErrStale):
		p.bad = mistakes{"version": "bank_stale"}
		return c.showBank(w, r, http.StatusConflict, p)
	case err != nil:
		return err
	case got.Version == b.Version:
		return c.see(w, r, bankURL(b.ID)+"?done=same")
	}
	return c.see(w, r, bankURL(b.ID)+"?done=saved")
}

// addForm is hashes that a person adds.
type addForm struct{ Hashes, Kind, Classification, Case, Note string }

// maxAdded bounds how many hashes one form adds.
const maxAdded = 500

// bankAdd adds hashes.
func (c *console) bankAdd(w http.ResponseWriter, r *request) error {
	f := addForm{text(r, "hashes"), text(r, "kind"), text(r, "classification"), text(r, "case"), text(r, "note")}
	p := &bankView{which: "add", add: f, bad: mistakes{}}
	list, err := bank.ReadHashes(f.Hashes, bank.Kind(f.Kind))
	switch {
	case err != nil:
		p.bad["hashes"] = "bank_hashes"
	case len(list) == 0:
		p.bad["hashes"] = "required"
	case len(list) > maxAdded:
		p.bad["hashes"] = "bank_many"
	}
	if f.Note == "" {
		p.bad["note"] = "required"
	}
	class := bank.Classification(f.Classification)
	if class.Check() != nil {
		p.bad["classification"] = "choose"
	}
	if len(p.bad) > 0 {
		return c.showBank(w, r, http.StatusUnprocessableEntity, p)
	}
	added, _, err := c.Banks.Add(r.Context(), r.person.ID, r.PathValue("id"), bank.Addition{Hashes: list, Classification: class, Case: f.Case, Note: f.Note})
	if err != nil {
		return err
	}
	done := "added"
	if added == 0 {
		done = "there"
	}
	q := url.Values{"done": {done}, "q": {string(list[0].Kind) + ":" + list[0].Value}}
	return c.see(w, r, bankURL(r.PathValue("id"))+"?"+q.Encode())
}

// entryOf is the number of the entry in the address.
func entryOf(r *request) (uint64, error) {
	n, err := strconv.ParseUint(r.PathValue("entry"), 10, 63)
	if err != nil {
		return 0, ErrNotFound
	}
	return n, nil
}

// bankRetire takes an entry out.
func (c *console) bankRetire(w http.ResponseWriter, r *request) error {
	n, err := entryOf(r)
	if err != nil {
		return err
	}
	why := text(r, "why")
	if len(why) > maxText {
		return c.showBank(w, r, http.StatusUnprocessableEntity, &bankView{which: r.PathValue("entry"), why: why, bad: mistakes{"why": "long"}})
	}
	err = c.Banks.Retire(r.Context(), r.person.ID, r.PathValue("id"), n, why)
	if errors.Is(err, bank.ErrReason) {
		return c.showBank(w, r, http.StatusUnprocessableEntity, &bankView{which: r.PathValue("entry"), bad: mistakes{"why": "required"}})
	}
	if err != nil {
		return err
	}
	return c.see(w, r, c.entryURL(r, "retired"))
}

// bankRestore puts an entry back that was taken out.
func (c *console) bankRestore(w http.ResponseWriter, r *request) error {
	n, err := entryOf(r)
	if err != nil {
		return err
	}
	if err := c.Banks.Restore(r.Context(), r.person.ID, r.PathValue("id"), n); err != nil {
		return err
	}
	return c.see(w, r, c.entryURL(r, "restored"))
}

// entryURL is the page on which an entry stands first, with what was done with it.
func (c *console) entryURL(r *request, done string) string {
	n, err := strconv.ParseUint(r.PathValue("entry"), 10, 63)
	if err != nil || n == 0 {
		return bankURL(r.PathValue("id"))
	}
	q := url.Values{"done": {done}, "ended": {"yes"}, "after": {strconv.FormatUint(n-1, 10)}}
	return bankURL(r.PathValue("id")) + "?" + q.Encode()
}
