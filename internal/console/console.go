// Package console is the pages in which people work: sign-in, the queue, the case, dead letters, health, people and keys. Pages
// are rendered on the server with templ and work without JavaScript; htmx and a small module of keys make them quicker. There is
// one explicit table of routes with the permission each needs, one file for each thing a page does, and one catalogue for each
// language. It decides nothing about cases: it reads and acts through the small interfaces in this package, which other
// packages implement. internal/app mounts its handler at "/".
package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"haris/internal/audit"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/exposure"
	"haris/internal/job"
	"haris/internal/remark"
	"haris/internal/rulebook"
	"haris/internal/taxonomy"
)

// Cases lists cases. Safe for concurrent use.
type Cases interface {
	// List returns a page of cases, most urgent first, and the cursor of the next page ("" at the end). casefile.ErrCursor.
	List(ctx context.Context, f casefile.Filter) (cases []casefile.Case, next string, err error)
	// Count returns how many cases match, by priority.
	Count(ctx context.Context, f casefile.Filter) (map[taxonomy.Priority]int, error)
	// Total returns how many cases match; counting stops at most one after "to".
	Total(ctx context.Context, f casefile.Filter, to int) (int, error)
	// Some returns the cases with these ids, each once, in their order; one that is not there is left out.
	Some(ctx context.Context, ids []string) ([]casefile.Case, error)
}

// Watcher is a person who has a case open.
type Watcher struct {
	Who string
	At  time.Time // last sign of life of their page
}

// Presence says who has a case open. Safe for concurrent use.
type Presence interface {
	// Here notes that who has the case open now, and returns who else has, the newest first.
	Here(ctx context.Context, caseID, who string) ([]Watcher, error)
}

// Timeline reads events from the log. Safe for concurrent use.
type Timeline interface {
	// Events returns the events with these sequence numbers, oldest first; one that retention removed is left out.
	Events(ctx context.Context, seqs []uint64) ([]event.Event, error)
	// Around returns up to before events that come before seq in the conversation, then those from seq on, up to after of
	// them, oldest first.
	Around(ctx context.Context, conversation string, seq uint64, before, after int) ([]event.Event, error)
	// Of returns the events from and to an account from one moment up to another by event time, oldest first, of those that came last.
	Of(ctx context.Context, account string, from, to time.Time) ([]event.Event, error)
}

// Account is what is known of an account beyond the case.
type Account struct {
	Profile detect.Profile
	Keys    []AccountKey
}

// AccountKey is something the account shares, or could share, with others. Mark is a short form of the keyed hash, enough to
// see that two are the same and too little to look one up.
type AccountKey struct {
	Kind, Mark string
	Others     []string // other accounts that used it, at most 20
	Count      int      // how many others in all
}

// Accounts reads what is known of accounts. Safe for concurrent use.
type Accounts interface {
	// Account returns what is known; an account of which nothing was said has only its id.
	Account(ctx context.Context, id string) (Account, error)
}

// Letter is an event that could not be read, without its content.
type Letter struct {
	ID, Source, Event string // Event is the event's own id, empty when it could not be read either
	At                time.Time
	Reason, Place     string
}

// Letters keeps the events that could not be read.
type Letters interface {
	// List returns up to limit letters that were not replayed, newest first, from the cursor on ("" from the newest).
	List(ctx context.Context, cursor string, limit int) (letters []Letter, next string, err error)
	// Replay tries the event again and says whether it was taken this time; what is wrong stays in the list with its new
	// reason. ErrNotFound. It writes the audit entry.
	Replay(ctx context.Context, who, id string) (taken bool, err error)
}

// Jobs shows the work that gave up.
type Jobs interface {
	// Dead returns up to limit dead jobs, newest first.
	Dead(ctx context.Context, limit int) ([]job.Job, error)
	// Requeue gives a dead job a new set of attempts and writes the audit entry. job.ErrNotFound, job.ErrEnded.
	Requeue(ctx context.Context, who, id string) error
}

// State is how a part of the machine does.
type State string

// The states, best first. Unknown says that the check itself could not run.
const (
	Well    State = "well"
	Warned  State = "warned"
	Unwell  State = "unwell"
	Unknown State = "unknown"
)

// Check is one line of the health page. Name is a stable word that pages translate ("disk_free", "last_event"); exactly one of
// Count, Bytes, Moment and Share is looked at, as Unit says. Detail is for engineers, in English, and never holds content.
type Check struct {
	Name   string
	State  State
	Unit   Unit
	Count  int64
	Moment time.Time
	Share  float64
	Detail remark.Remark // more about it; may be empty
}

// Unit says how the figure of a check is shown.
type Unit string

// The units.
const (
	UnitNone   Unit = ""
	UnitCount  Unit = "count"
	UnitBytes  Unit = "bytes"
	UnitMoment Unit = "moment"
	UnitShare  Unit = "share"
)

// Health says how the machine does.
type Health interface {
	// Checks runs every check; one that could not run is Unknown and says why.
	Checks(ctx context.Context) []Check
}

// Entries reads the audit log. Safe for concurrent use.
type Entries interface {
	// List returns up to limit entries, newest first, with index below before (0 means from the end), and writes down that
	// who read it.
	List(ctx context.Context, who string, f audit.Filter, before int64, limit int) ([]audit.Entry, error)
	// Words lists who is in the log and the acts in it, each sorted; nobody is shown an entry.
	Words(ctx context.Context) (who, acts []string, err error)
	// Export writes down that who takes everything of the filter that is in the log now, and gives it to take, newest first and in parts, of which
	// the first may be empty. What was looked for is not written down, only by which fields. An error of take ends it.
	Export(ctx context.Context, who string, f audit.Filter, take func([]audit.Entry) error) error
}

// Explainer says a signal in words, in a language ("en", "ar").
type Explainer func(s detect.Signal, lang string) detect.Explanation

// RuleWords says what rules are called and what they have said, in the language of a page; *rule.Set is one. Title is empty for what is no
// rule, and Say gives back what it cannot say in that language.
type RuleWords interface {
	Title(id, lang string) string
	Say(id, lang, says string, word func(string) string) string
}

// ErrNotFound is what the interfaces of this package return for what is not there.
var ErrNotFound = errors.New("console: not found")

// Deps is what the console is made of; every field before TrustForwarded is required.
type Deps struct {
	Auth     *auth.Service
	Cases    Cases
	Sight    Sight
	Desk     Desk
	Judge    Judge
	Arrange  Arranger
	Mutes    Muter
	Queues   Queuer
	Drafts   Drafter
	Presence Presence
	Timeline Timeline
	Accounts Accounts
	Actions  Actions
	Asker    Asker
	Reports  Reports
	Checks   ReportChecks
	Evidence Evidence
	Exposure *exposure.Service
	Legal    Legal
	Keeping  Keeping
	Banks    Banks
	// Exchanges are where known material comes from.
	Exchanges Exchanges
	// Disclosures reads the log of what has left.
	Disclosures Disclosures
	Alerts      Alerts
	Papers      Papers
	Courier     Courier
	Letters     Letters
	Jobs        Jobs
	Health      Health
	Entries     Entries
	Explain     Explainer
	RuleWords   func() RuleWords // of the rules in force
	Learning    Learning
	Figures     Figures
	Looks       Looks
	Coaching    Coaching
	// Translate has messages translated; nil offers no translation.
	Translate Translator
	// Book is the versions of rules and weights.
	Book *rulebook.Service
	// Rules says what judges now.
	Rules func() RulesNow
	// Hear asks the model in force about a message; nil asks none.
	Hear   Hear
	Now    func() time.Time
	Logger *slog.Logger
	// TrustForwarded believes X-Forwarded-Proto and X-Forwarded-For; set it only behind a proxy that writes them.
	TrustForwarded bool
	// MaxFile is the longest file that can be added, in bytes, as the page says it; 0 says nothing. Evidence enforces it.
	MaxFile int64
	// Finder looks for cases and accounts.
	Finder Finder
	// Support and Danger are what the page of help says about whom to talk to, and whom to call when a child is in danger now; empty says that nobody
	// wrote it down.
	Support, Danger string
	// DocsURL is where pages send people to read on; empty leaves the links out.
	DocsURL string
}

func (d *Deps) check() error {
	for name, missing := range map[string]bool{
		"Auth": d.Auth == nil, "Cases": d.Cases == nil, "Sight": d.Sight == nil, "Desk": d.Desk == nil, "Judge": d.Judge == nil, "Arrange": d.Arrange == nil, "Mutes": d.Mutes == nil, "Queues": d.Queues == nil, "Drafts": d.Drafts == nil, "Presence": d.Presence == nil, "Timeline": d.Timeline == nil,
		"Accounts": d.Accounts == nil, "Actions": d.Actions == nil, "Asker": d.Asker == nil, "Reports": d.Reports == nil, "Papers": d.Papers == nil, "Courier": d.Courier == nil, "Checks": d.Checks == nil, "Alerts": d.Alerts == nil, "Evidence": d.Evidence == nil, "Exposure": d.Exposure == nil, "Letters": d.Letters == nil,
		"Legal": d.Legal == nil, "Banks": d.Banks == nil, "Keeping": d.Keeping == nil, "Exchanges": d.Exchanges == nil, "Disclosures": d.Disclosures == nil,
		"Jobs": d.Jobs == nil, "Health": d.Health == nil, "Entries": d.Entries == nil, "Explain": d.Explain == nil, "RuleWords": d.RuleWords == nil, "Finder": d.Finder == nil, "Learning": d.Learning == nil, "Figures": d.Figures == nil, "Looks": d.Looks == nil, "Coaching": d.Coaching == nil, "Book": d.Book == nil, "Rules": d.Rules == nil, "Now": d.Now == nil, "Logger": d.Logger == nil,
	} {
		if missing {
			return errors.New("console: " + name + " is required")
		}
	}
	return nil
}

// console is the running handler.
type console struct {
	Deps
	words  map[string]*catalogue
	assets *assets
	cross  *http.CrossOriginProtection
	fresh  map[string][]route // see freshForms
	whole  map[string]bool    // patterns of the pages about all cases
}

// New returns the handler of every page. It fails when something required is missing or a catalogue cannot be read.
func New(d Deps) (http.Handler, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	words, err := readCatalogues(catalogueFiles)
	if err != nil {
		return nil, err
	}
	files, err := readAssets()
	if err != nil {
		return nil, err
	}
	c := &console{Deps: d, words: words, assets: files, cross: http.NewCrossOriginProtection(), fresh: freshForms(), whole: map[string]bool{}}
	for _, r := range routes() {
		c.whole[r.pattern] = r.whole
	}
	return c.handler(), nil
}
