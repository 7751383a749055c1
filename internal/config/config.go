// Package config is what the operator decides: one strict YAML file, every key of which the environment can override, read
// into one struct. It says what is wrong with every key at once, with file, line, column and what is allowed, and where each
// value came from. It opens no port and no database; internal/app does with it what it says. The command line and internal/app
// call it.
package config

import (
	"log/slog"
	"net"
	"strings"
	"time"

	"haris/internal/extern"
	"haris/internal/translate"
)

// Config is every decision. Key names are the field names in lower case with "_" between words; Keys lists them.
type Config struct {
	DataDir        string // directory of the database, the evidence and the keys of one machine
	Listen         string // host:port of the pages and of the API
	PublicURL      string // how people reach the pages; empty means http:// and the address that is listened on
	TrustForwarded bool   // believe X-Forwarded-* of a proxy in front
	MetricsListen  string // host:port of /metrics; empty means nowhere
	MetricsPublic  bool   // allow MetricsListen to be other than this machine alone
	Log            Log
	Database       Database
	Ingest         Ingest
	Media          Media
	Rules          Rules
	Actions        Actions
	NCMEC          NCMEC
	Reports        Reports
	Evidence       Evidence
	Exposure       Exposure
	Retention      Retention
	Exchanges      Exchanges
	Partners       Partners
	External       External
	Translate      Translate
	Paper          Paper
	Handover       Handover
	Console        Console
	Auth           Auth
	Access         AccessReview
	Shutdown       Shutdown

	origins map[string]Origin // by key, of those that are not the default
}

// Log is how the program's own log is written.
type Log struct {
	Level  string // debug, info, warn, error
	Format string // text, json
}

// Database says where cases and the log of events live.
type Database struct {
	URL Secret // postgres://…; empty means SQLite in the data directory
}

// Ingest bounds what the API takes.
type Ingest struct {
	MaxBodyBytes    int           // of one request, after decompression
	MaxEventBytes   int           // of one event
	MaxDepth        int           // of nesting in one event
	MaxFuture       time.Duration // how far an event's time may lie ahead of the clock
	MaxBatchEvents  int           // a longer body is handed on in batches of this many
	QueueBatches    int           // batches that wait before callers are told to come back later
	VerdictDeadline time.Duration // longest time in which a verdict is answered
	Workers         int           // goroutines that fold events; 0 means one for each CPU
}

// Media bounds what reading a picture or video may cost, and says from where files are fetched.
type Media struct {
	MaxBytes     int           // of one file that is uploaded or fetched
	MaxPixels    int           // of one picture, or of one frame of a video
	MaxSide      int           // of a picture, in pixels
	MaxFrames    int           // of one video, that are hashed
	MaxTime      time.Duration // in which one video must be read
	Parallel     int           // files that are read at a time; 0 means one for each CPU
	Hosts        []string      // from which files are fetched, as fetch.Options has them; empty means that nothing is
	Private      []string      // private networks in which these hosts may be, such as 10.1.0.0/16
	Plain        bool          // fetch by http, too
	Redirects    int           // that may follow one another
	FetchTimeout time.Duration // in which one file must be fetched
}

// Rules says which rules judge.
type Rules struct {
	Dir     string        // directory of packs; empty means the packs inside the program
	Weights string        // file that says how much detectors count; empty means all in full
	Reload  time.Duration // how often the directory, the file and the rule book are looked at; 0 means never
	Console string        // whether the rule book of the database holds: true, false, or auto, which is true without Dir and Weights
}

// Auto leaves the program to decide.
const Auto = "auto"

// Book reports whether rules and weights are changed on the pages and by haris rule propose, and published ones are in force.
func (r *Rules) Book() bool {
	return r.Console == "true" || r.Console == Auto && r.Dir == "" && r.Weights == ""
}

// Actions is where the platform takes what it is asked to do.
type Actions struct {
	URL     string
	Secrets []Secret // "whsec_…", one, or two while the secret is being changed
	Timeout time.Duration
}

// NCMEC is the account at the CyberTipline and what every report says of the company.
type NCMEC struct {
	Environment     string // none, local, test, production
	URL             string // of a local server only
	Username        string
	Password        Secret
	Profile         string // version of the schema
	Platform        string // full name of the platform
	Service         string // the company's service that accounts belong to
	Reporter        Person // who reports; a report needs the e-mail address
	Contact         Person // whom law enforcement should call; all empty means the reporter
	CompanyTemplate string // standing text: how to serve process, retention, 24-hour telephone
	TermsOfService  string
	LegalURL        string
	Classification  bool // the company has signed the agreement on industry classification
	Parallel        int  // reports that are filed at a time
}

// Person is a person of the company in a report.
type Person struct {
	FirstName, LastName, Email, Phone string
}

// Reports is what is asked of a report before it is filed, and how long reports may wait before somebody is told.
type Reports struct {
	Floor        int           // a score, 0 to 100
	SecondPerson string        // when a second person must approve: never, below_floor, always
	WarnBefore   time.Duration // before NCMEC deletes what was begun and not finished; 0 tells nobody
	Overdue      time.Duration // until a draft, or a submitted report that is not filed, is overdue; 0 tells nobody
}

// Evidence says how evidence is kept.
type Evidence struct {
	EscrowRecipient string // age public key ("age1…") to which every case key is sealed besides; empty means none
	MaxFileBytes    int    // of one file that a person adds
}

// Exposure protects those who look.
type Exposure struct {
	DailyMinutes int // of clear contents a person may be shown in a day; 0 means no limit
	DailyItems   int // different items a person may be shown clear in a day; 0 means no limit
	BreakAfter   int // minutes of clear contents after which a break is due; 0 means none
	BreakMinutes int // how long a break lasts
}

// Exchanges says where known material comes from.
type Exchanges struct {
	File string // names the exchanges; see internal/exchange/setup. Empty means none
}

// Partners says whose signals are taken.
type Partners struct {
	File string // names the partners; see internal/partner. Empty means none
}

// External says which model of somebody else is asked about messages of accounts that are watched; nobody is, unless the operator says so.
type External struct {
	Kind        string // none, scores, chat
	URL         string // of the endpoint itself
	Model       string // its name and version, as evidence names it
	Key         Secret // sent as a bearer token; empty sends none
	Policy      string // file of the written policy; empty means the one inside the program
	Timeout     time.Duration
	PerHour     int // messages that are asked about at most
	PerThousand int // of a thousand texts that came in 30 days, as many are asked about at most
	Texts       int // newest messages of one account that are asked about
}

// Translate says which server translates messages for reviewers who ask for it; none does, unless the operator says so.
type Translate struct {
	URL     string // below which /translate and /languages stand; empty means none
	Key     Secret // sent as api_key; empty sends none
	Timeout time.Duration
}

// Retention says what happens when evidence need not be kept any longer.
type Retention struct {
	Evidence   string        // ask, delete: when the last hold of a case that was reported ends
	Unreported time.Duration // how long after its last change the evidence of a closed case that was never reported is kept; 0 means until a person decides
	Seen       time.Duration // how long after its last sighting the hash of a media is kept, and who posted it; 0 means always
}

// What Retention.Evidence may be.
const (
	Ask    = "ask"    // a person confirms each destruction
	Delete = "delete" // the software destroys
)

// Handover says who gets reports besides NCMEC, from a person's hand.
type Handover struct {
	Authorities []string // names, each with an age public key in angle brackets or not; see report.ParseOther
	Contents    string   // of files, that may go: none, transcripts, all
}

// Paper is how reports are printed.
type Paper struct {
	Size  string   // a4, letter
	Fonts []string // TrueType files for scripts that the fonts inside the program lack
}

// Console is about the pages.
type Console struct {
	DocsURL string        // where pages send people to read on; empty leaves the links out
	Support string        // whom somebody can talk to who has seen too much, as the page of help shows it; empty says that nobody wrote it down
	Danger  string        // whom to call when a child is in danger now, likewise
	Claim   time.Duration // how long a case stays with the person who claimed it
	// SecondLooks is how many of a hundred findings another person looks at again; 0 draws none.
	SecondLooks int
}

// Auth says how people show who they are.
type Auth struct {
	SecondFactor string // optional, required
	NoPasswords  bool   // nobody signs in by a password
	OIDC         OIDC
}

// AccessReview is about reviews of who may see what.
type AccessReview struct {
	Every time.Duration // how often one is to be closed; 0 means that none is asked for
}

// OIDC is the identity provider of the company.
type OIDC struct {
	Issuer       string // empty means none
	ClientID     string
	ClientSecret Secret
	Domains      []string // of e-mail addresses that may sign in; empty means any
	RolesClaim   string   // the claim that names a person's groups; empty means that roles are given here
	Roles        []string // "group=role"
	Uninvited    bool     // a person need not have been added here before
}

// Required is the Auth.SecondFactor with which everyone must have one.
const Required = "required"

// Shutdown is about stopping.
type Shutdown struct {
	Timeout time.Duration // for work that has begun; after it the rest is cut off and done again at the next start
}

// Default returns the configuration of `haris serve` without a file.
func Default() Config {
	return Config{
		DataDir: "./haris-data", Listen: "127.0.0.1:8420", MetricsListen: "127.0.0.1:8421",
		Log: Log{Level: "info", Format: "text"},
		Ingest: Ingest{
			MaxBodyBytes: 32 << 20, MaxEventBytes: 256 << 10, MaxDepth: 32, MaxFuture: day, MaxBatchEvents: 2000, QueueBatches: 64,
			VerdictDeadline: 250 * time.Millisecond,
		},
		Media: Media{
			MaxBytes: 256 << 20, MaxPixels: 100_000_000, MaxSide: 32_768, MaxFrames: 20_000, MaxTime: 2 * time.Minute, Redirects: 3,
			FetchTimeout: 30 * time.Second,
		},
		Rules:     Rules{Reload: 5 * time.Second, Console: Auto},
		Actions:   Actions{Timeout: 10 * time.Second},
		NCMEC:     NCMEC{Environment: None, Profile: "2025-06", Parallel: 4},
		Reports:   Reports{Floor: 60, SecondPerson: "below_floor", WarnBefore: 12 * time.Hour, Overdue: day},
		Evidence:  Evidence{MaxFileBytes: 2 << 30},
		Exposure:  Exposure{BreakAfter: 20, BreakMinutes: 10},
		Translate: Translate{Timeout: translate.DefaultTimeout},
		External:  External{Kind: None, Timeout: extern.DefaultTimeout, PerHour: 60, PerThousand: 10, Texts: 8},
		Retention: Retention{Evidence: Ask},
		Access:    AccessReview{Every: 90 * day},
		Paper:     Paper{Size: "a4"},
		Handover:  Handover{Contents: "transcripts"},
		Console:   Console{Claim: 30 * time.Minute, SecondLooks: 5},
		Auth:      Auth{SecondFactor: "optional"},
		Shutdown:  Shutdown{Timeout: 20 * time.Second},
	}
}

// None is the NCMEC environment in which nothing can be filed, and the kind of model that is nobody's.
const None = "none"

const day = 24 * time.Hour

// Public returns the URL at which people reach the pages, without a slash at the end. listening is the address that was
// opened, which differs from Listen when that names port 0.
func (c *Config) Public(listening net.Addr) string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(listening.String())
	if err != nil {
		return "http://" + listening.String()
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// mask is what is shown of a secret.
const mask = "********"

// Secret is a text that nobody but its user should see: it prints masked. Reveal gives it.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String returns a mask, or nothing when there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return mask
}

// GoString is String, for %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue is String, for the log.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String, for JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
