package console

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"haris/internal/bank"
)

// Banks is what people do with lists of known material. Safe for concurrent use.
type Banks interface {
	BankSettings
	BankEntries
	// Compare says what the banks say of media now; nothing follows from it.
	Compare(ctx context.Context, list []bank.Media) []bank.Decision
}

// BankSettings is about whole banks.
type BankSettings interface {
	// Banks lists every bank by id.
	Banks(ctx context.Context) ([]bank.Summary, error)
	// Create makes a bank. bank.ErrTaken, bank.ErrBank.
	Create(ctx context.Context, who string, b bank.Bank) (bank.Bank, error)
	// Set changes settings. bank.ErrNotFound, bank.ErrStale, bank.ErrBank.
	Set(ctx context.Context, who string, b bank.Bank) (bank.Bank, error)
	// Try says what settings would make of what was seen. bank.ErrNotFound, bank.ErrBank.
	Try(ctx context.Context, b bank.Bank) (bank.Preview, error)
	// Sweeps says how far what was seen is compared with the banks.
	Sweeps(ctx context.Context) (bank.Sweeps, error)
	// Pause makes the sweep wait, or go on.
	Pause(ctx context.Context, who string, paused bool) error
}

// BankEntries is about the entries of banks.
type BankEntries interface {
	// Entries lists entries by id.
	Entries(ctx context.Context, f bank.Filter) ([]bank.Entry, error)
	// Add adds hashes. bank.ErrNotFound, bank.ErrHash, bank.ErrBank.
	Add(ctx context.Context, who, id string, a bank.Addition) (added, changed int, err error)
	// Retire ends a live entry for a reason. bank.ErrReason, bank.ErrNoEntry.
	Retire(ctx context.Context, who, id string, entry uint64, why string) error
	// Restore makes an entry live again that a person took out. bank.ErrNoEntry.
	Restore(ctx context.Context, who, id string, entry uint64) error
	// Export writes the live entries as a list and writes down who took it. bank.ErrNotFound.
	Export(ctx context.Context, who, id string, kind bank.Kind, f bank.Format, to func() (io.Writer, error)) (int, error)
}

var _ Banks = (*bank.Desk)(nil)

// banksView is the page of every bank.
type banksView struct {
	list   []bank.Summary
	sweeps bank.Sweeps
	names  names
	bad    mistakes
	form   bankForm // of a new bank
}

// banks lists the banks.
func (c *console) banks(w http.ResponseWriter, r *request) error {
	return c.showBanks(w, r, http.StatusOK, &banksView{})
}

func (c *console) showBanks(w http.ResponseWriter, r *request, status int, p *banksView) (err error) {
	if p.list, err = c.Banks.Banks(r.Context()); err != nil {
		return err
	}
	if p.sweeps, err = c.Banks.Sweeps(r.Context()); err != nil {
		return err
	}
	if p.names, err = c.names(r.Context()); err != nil {
		return err
	}
	v := c.view(r, "banks.title")
	v.path = "/banks"
	return c.render(w, r, status, banksPage(v, p))
}

// bankCreate makes a bank, in shadow.
func (c *console) bankCreate(w http.ResponseWriter, r *request) error {
	f := bankForm{ID: strings.ToLower(text(r, "id")), Name: text(r, "name")}
	b := bank.New(f.ID, cmp.Or(f.Name, f.ID))
	_, err := c.Banks.Create(r.Context(), r.person.ID, b)
	switch {
	case errors.Is(err, bank.ErrTaken):
		return c.showBanks(w, r, http.StatusConflict, &banksView{bad: mistakes{"id": "bank_taken"}, form: f})
	case errors.Is(err, bank.ErrBank):
		return c.showBanks(w, r, http.StatusUnprocessableEntity, &banksView{bad: mistakes{"id": "bank_id"}, form: f})
	case err != nil:
		return err
	}
	return c.see(w, r, bankURL(b.ID))
}

// sweepTurn makes the sweep wait, or go on.
func (c *console) sweepTurn(w http.ResponseWriter, r *request) error {
	if err := c.Banks.Pause(r.Context(), r.person.ID, text(r, "turn") == "pause"); err != nil {
		return err
	}
	return c.see(w, r, "/banks#sweep")
}

func bankURL(id string) string { return "/bank/" + url.PathEscape(id) }

// entriesPerPage is how many entries of a bank a page shows.
const entriesPerPage = 50

// bankView is the page of one bank.
type bankView struct {
	bank.Summary
	entries []bank.Entry
	next    uint64 // the entry behind which the next page begins; 0 at the end
	filter  entryFilter
	names   names
	form    bankForm // the settings as they are, or as they were filled in
	add     addForm
	bad     mistakes
	which   string        // settings, add, or the number of an entry: whose form came back
	why     string        // of the entry
	tried   *bank.Preview // what the settings of the form would make of what was seen
	said    string        // what was just done
}

// entryFilter is what of a bank's entries is shown.
type entryFilter struct {
	search string // a hash, or the record of an exchange or list
	kind   bank.Kind
	all    bool // ended entries, too
	after  uint64
}

// narrowed reports whether less than everything was asked for.
func (f *entryFilter) narrowed() bool { return f.search != "" || f.kind != "" || f.after > 0 || f.all }

// url is the address of the same list, from an entry on.
func (p *bankView) url(after uint64) string {
	q := url.Values{}
	add := func(name, value string, there bool) {
		if there {
			q.Set(name, value)
		}
	}
	add("q", p.filter.search, p.filter.search != "")
	add("kind", string(p.filter.kind), p.filter.kind != "")
	add("ended", "yes", p.filter.all)
	add("after", strconv.FormatUint(after, 10), after > 0)
	if len(q) == 0 {
		return bankURL(p.ID) + "#entries"
	}
	return bankURL(p.ID) + "?" + q.Encode() + "#entries"
}

func readEntryFilter(r *request) (f entryFilter) {
	f.search, f.all = strings.TrimSpace(r.query.Get("q")), r.query.Get("ended") == "yes"
	if k := bank.Kind(r.query.Get("kind")); slices.Contains(bank.Kinds(), k) {
		f.kind = k
	}
	if n, err := strconv.ParseUint(r.query.Get("after"), 10, 63); err == nil {
		f.after = n
	}
	return f
}

// filters are the lists that together answer what was asked: a text of 64 digits may be a hash of two kinds, and what is no hash is a record.
func (f *entryFilter) filters(id string) (out []bank.Filter) {
	base := bank.Filter{Bank: id, Kind: f.kind, State: bank.Live, After: f.after, Limit: entriesPerPage + 1}
	if f.all {
		base.State = ""
	}
	if f.search == "" {
		return []bank.Filter{base}
	}
	if h, err := bank.Guess(f.search); err == nil {
		base.Hash = h
		return []bank.Filter{base}
	}
	for _, k := range bank.Kinds() {
		if h, err := bank.Parse(k, f.search); err == nil && (f.kind == "" || f.kind == k) {
			q := base
			q.Hash = h
			out = append(out, q)
		}
	}
	base.Key = f.search
	return append(out, base)
}

// bankShow shows one bank.
func (c *console) bankShow(w http.ResponseWriter, r *request) error {
	p := &bankView{}
	if s := r.query.Get("done"); slices.Contains(bankDone(), s) {
		p.said = s
	}
	return c.showBank(w, r, http.StatusOK, p)
}

// bankDone lists what a page says that was just done.
func bankDone() []string { return []string{"saved", "same", "added", "there", "retired", "restored"} }

func (c *console) showBank(w http.ResponseWriter, r *request, status int, p *bankView) error {
	ctx, id := r.Context(), r.PathValue("id")
	list, err := c.Banks.Banks(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(s bank.Summary) bool { return s.ID == id })
	if i < 0 {
		return ErrNotFound
	}
	p.Summary = list[i]
	if p.which != "settings" && p.tried == nil {
		p.form = formOf(&p.Bank)
	}
	p.filter = readEntryFilter(r)
	if err := c.bankEntries(ctx, p); err != nil {
		return err
	}
	if p.names, err = c.names(ctx); err != nil {
		return err
	}
	v := c.view(r, "bank.title")
	v.ref, v.path = id, bankURL(id)
	return c.render(w, r, status, bankPage(v, p))
}

// bankEntries reads one page of the entries that were asked for.
func (c *console) bankEntries(ctx context.Context, p *bankView) error {
	for _, f := range p.filter.filters(p.ID) {
		list, err := c.Banks.Entries(ctx, f)
		if err != nil {
			return err
		}
		p.entries = append(p.entries, list...)
	}
	slices.SortFunc(p.entries, func(a, b bank.Entry) int { return cmp.Compare(a.ID, b.ID) })
	p.entries = slices.CompactFunc(p.entries, func(a, b bank.Entry) bool { return a.ID == b.ID })
	if len(p.entries) > entriesPerPage {
		p.entries = p.entries[:entriesPerPage]
		p.next = p.entries[entriesPerPage-1].ID
	}
	for i := range p.entries {
		if err := c.uncoverBank(ctx, &p.entries[i].Provenance); err != nil {
			return err
		}
	}
	return nil
}

// bankList sends the live entries of a bank as CSV.
func (c *console) bankList(w http.ResponseWriter, r *request) error {
	id := r.PathValue("id")
	return c.hand(w, "bank-"+id+".csv", func(w http.ResponseWriter) error {
		_, err := c.Banks.Export(r.Context(), r.person.ID, id, "", bank.CSV, func() (io.Writer, error) { return w, nil })
		return err
	})
}
