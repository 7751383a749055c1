package config

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"haris/internal/extern"
	"haris/internal/fetch"
	"haris/internal/report"
	"haris/webhook"
)

// key is one line of the table below: a name, where its value goes, and what it is for.
type key struct {
	name   string
	secret bool
	doc    string
	kind
}

func plain(name string, k kind, doc string) key { return key{name: name, kind: k, doc: doc} }
func secret(name string, k kind, doc string) key {
	return key{name: name, kind: k, doc: doc, secret: true}
}

// keys is every key in the order in which it is printed, bound to the fields of c.
func (c *Config) keys() []key {
	return slices.Concat(c.machineKeys(), c.authKeys(), c.flowKeys(), c.mediaKeys(), c.externalKeys(), c.translateKeys(), c.outsideKeys())
}

func (c *Config) machineKeys() []key {
	return []key{
		plain("data_dir", filled(&c.DataDir, 4096), "directory of the database, the evidence and the keys of this machine"),
		plain("listen", address(&c.Listen, false), "host:port of the pages and of the API"),
		plain("public_url", link(&c.PublicURL, true), "how people reach the pages, for sign-in links; empty means http:// and the address listened on"),
		plain("trust_forwarded", yes(&c.TrustForwarded), "believe X-Forwarded-For and X-Forwarded-Proto; only behind a proxy that writes them"),
		plain("metrics_listen", address(&c.MetricsListen, true), "host:port of /metrics, this machine alone unless metrics_public; empty means nowhere"),
		plain("metrics_public", yes(&c.MetricsPublic), "allow metrics_listen to be reached from other machines"),
		plain("log.level", word(&c.Log.Level, "debug", "info", "warn", "error"), "the least important lines that are written"),
		plain("log.format", word(&c.Log.Format, "text", "json"), "how a line of the log is written"),
		secret("database.url", text(&c.Database.URL, 4096), "postgres://user:password@host/name; empty means SQLite in data_dir"),
		plain("shutdown.timeout", span(&c.Shutdown.Timeout, time.Second, 10*time.Minute), "how long work that has begun may take to finish when stopping"),
	}
}

func (c *Config) flowKeys() []key {
	in := &c.Ingest
	return []key{
		plain("ingest.max_body_bytes", size(&in.MaxBodyBytes, 1<<10, 1<<30), "longest body of a request, after decompression"),
		plain("ingest.max_event_bytes", size(&in.MaxEventBytes, 1<<10, 16<<20), "longest event"),
		plain("ingest.max_depth", whole(&in.MaxDepth, 4, 64), "deepest nesting in an event"),
		plain("ingest.max_future", span(&in.MaxFuture, 0, 366*day), "how far the time of an event may lie ahead of this machine's clock"),
		plain("ingest.max_batch_events", whole(&in.MaxBatchEvents, 1, 100_000), "a body of more events is handed on in batches of this many"),
		plain("ingest.queue_batches", whole(&in.QueueBatches, 1, 10_000), "batches that wait before callers are answered 429"),
		plain("ingest.verdict_deadline", span(&in.VerdictDeadline, time.Millisecond, time.Minute), "longest wait for a verdict; a caller may ask for less"),
		plain("ingest.workers", whole(&in.Workers, 0, 1024), "goroutines that fold events; 0 means one for each CPU"),
		plain("rules.dir", text(&c.Rules.Dir, 4096), "directory of rule packs; empty means the packs inside the program"),
		plain("rules.weights", text(&c.Rules.Weights, 4096), "file of weights: thresholds of priorities, and which detectors count less or only in shadow; empty means all in full"),
		plain("rules.reload", span(&c.Rules.Reload, 0, day), "how often rules.dir, rules.weights and the rule book are looked at for changes; 0 means never"),
		plain("rules.console", word(&c.Rules.Console, Auto, "true", "false"), "whether rules are changed on the pages: published versions are then in force, not rules.dir and rules.weights; auto means true when neither is set"),
		plain("evidence.escrow_recipient", text(&c.Evidence.EscrowRecipient, 4096), "age public key that can open every case besides this machine's own key; empty means none"),
		plain("evidence.max_file_bytes", size(&c.Evidence.MaxFileBytes, 1<<10, 64<<30), "longest file that a person may add to the evidence of a case"),
		plain("exposure.daily_minutes", whole(&c.Exposure.DailyMinutes, 0, 24*60), "minutes of clear contents that a person may be shown in a day before a break; 0 means no limit"),
		plain("exposure.daily_items", whole(&c.Exposure.DailyItems, 0, 100_000), "different items that a person may be shown clear in a day before a break; 0 means no limit"),
		plain("exposure.break_after", whole(&c.Exposure.BreakAfter, 0, 24*60), "minutes of clear contents after which a break is due; it is proposed before. 0 means never"),
		plain("exposure.break_minutes", whole(&c.Exposure.BreakMinutes, 1, 240), "how many minutes without anything clear on the screen are a break"),
		plain("retention.evidence", word(&c.Retention.Evidence, Ask, Delete), "when the last hold of a reported case ends: a person is asked, or its evidence is destroyed"),
		plain("retention.unreported", span(&c.Retention.Unreported, 0, 3650*day), "how long the evidence of a closed case that was never reported is kept; 0 means until a person decides"),
		plain("retention.seen", span(&c.Retention.Seen, 0, 3650*day), "how long after its last sighting the hash of a media is kept, and who posted it; sweeps compare what is kept; 0 means always"),
		plain("exchanges.file", text(&c.Exchanges.File, 4096), "YAML file that names the exchanges from which known material comes; empty means none"),
		plain("partners.file", text(&c.Partners.File, 4096), "YAML file that names the partners whose signed signals are taken; empty means none"),
		plain("paper.size", word(&c.Paper.Size, "a4", "letter"), "sheets of reports that are printed"),
		plain("paper.fonts", several(&c.Paper.Fonts, 8, isPath,
			"up to 8 files are expected, each a path without a comma"), "TrueType font files for scripts that haris has no font of, for example Chinese; their characters stand by number otherwise"),
		plain("console.docs_url", link(&c.Console.DocsURL, false), "where pages send people to read on; empty leaves the links out"),
		plain("console.support", text(&c.Console.Support, 1000), "whom somebody can talk to who has seen too much: name, number, hours. The page of help shows it as it stands"),
		plain("console.danger", text(&c.Console.Danger, 1000), "whom to call when a child is in danger now: name, number. The page of help shows it as it stands"),
		plain("console.claim", span(&c.Console.Claim, time.Minute, day), "how long a case stays with the person who claimed it"),
		plain("console.second_looks", whole(&c.Console.SecondLooks, 0, 100), "how many of a hundred findings another person looks at again without knowing them; 0 draws none"),
	}
}

func (c *Config) mediaKeys() []key {
	m := &c.Media
	return []key{
		plain("media.max_bytes", size(&m.MaxBytes, 1<<10, 4<<30), "longest file that is taken by upload or by URL"),
		plain("media.max_pixels", whole(&m.MaxPixels, 10_000, 1_000_000_000), "most pixels of a picture or of a frame of a video; a pixel takes at most 24 bytes of memory while it is decoded"),
		plain("media.max_side", whole(&m.MaxSide, 100, 1_000_000), "longest side of a picture, in pixels"),
		plain("media.max_frames", whole(&m.MaxFrames, 1, 20_000), "most frames of one video that are hashed, one for each second"),
		plain("media.max_time", span(&m.MaxTime, time.Second, time.Hour), "how long one video may take to read"),
		plain("media.parallel", whole(&m.Parallel, 0, 1024), "files that are read at a time; 0 means one for each CPU"),
		plain("media.hosts", several(&m.Hosts, 100, isHost,
			"up to 100 hosts are expected, such as media.example.org, .example.org for every name below it, or media.example.org:8443"),
			"hosts that files are fetched from by URL; empty means that nothing is fetched"),
		plain("media.private", several(&m.Private, 100, isNetwork, "up to 100 networks are expected, such as 10.1.0.0/16"),
			"private networks in which these hosts may have their addresses; empty means public addresses alone"),
		plain("media.plain", yes(&m.Plain), "fetch by http, too, where nobody between could see or change a file"),
		plain("media.redirects", whole(&m.Redirects, 0, 10), "redirects that may follow one another; each must go to one of the hosts"),
		plain("media.fetch_timeout", span(&m.FetchTimeout, 100*time.Millisecond, 10*time.Minute), "how long one file may take to fetch"),
	}
}

func (c *Config) externalKeys() []key {
	x := &c.External
	return []key{
		plain("external.kind", word(&x.Kind, None, extern.Scores, extern.Chat), "which model of somebody else is asked about messages of watched accounts to minors: none; scores takes {text, lang, stages}; chat is /v1/chat/completions. The text of the message leaves this machine"),
		plain("external.url", link(&x.URL, false), "https address of the endpoint itself, or http to this machine alone"),
		plain("external.model", text(&x.Model, extern.MaxModel), "name and version of the model, as every signal that rests on it names it"),
		secret("external.key", text(&x.Key, 4096), "sent as a bearer token; empty sends none"),
		plain("external.policy", text(&x.Policy, 4096), "YAML file of the written policy that the model is given; empty means the one that haris external policy prints"),
		plain("external.timeout", span(&x.Timeout, time.Second, 2*time.Minute), "how long one answer may take"),
		plain("external.per_hour", whole(&x.PerHour, 1, 1000), "messages that are asked about in an hour at most"),
		plain("external.per_thousand", whole(&x.PerThousand, 1, 10), "of a thousand texts that came in the last 30 days, as many are asked about at most"),
		plain("external.texts", whole(&x.Texts, 1, 20), "newest messages of one account that are asked about"),
	}
}

func (c *Config) translateKeys() []key {
	x := &c.Translate
	return []key{
		plain("translate.url", link(&x.URL, false), "address of a LibreTranslate server, below which /translate stands: https, or http to this machine alone; empty means that no message is translated. The text of the messages that a reviewer wants translated leaves this machine"),
		secret("translate.key", text(&x.Key, 4096), "sent as api_key; empty sends none"),
		plain("translate.timeout", span(&x.Timeout, time.Second, 2*time.Minute), "how long one answer may take"),
	}
}

func isHost(s string) bool {
	_, err := fetch.New(fetch.Options{Hosts: []string{s}})
	return err == nil
}

func isNetwork(s string) bool {
	_, err := netip.ParsePrefix(s)
	return err == nil
}

func (c *Config) outsideKeys() []key {
	n := &c.NCMEC
	return []key{
		plain("actions.url", link(&c.Actions.URL, false), "https address at which the platform takes signed webhooks; empty means that nothing is asked of it"),
		secret("actions.secrets", several(&c.Actions.Secrets, 2, isWebhookSecret,
			`one or two secrets are expected, each "whsec_" and 24 to 64 bytes in base64`), "what webhooks are signed with; two while it is being changed"),
		plain("actions.timeout", span(&c.Actions.Timeout, 100*time.Millisecond, 5*time.Minute), "of one attempt to deliver a webhook"),
		plain("ncmec.environment", word(&n.Environment, None, "local", "test", "production"), "where reports go; production reaches law enforcement"),
		plain("ncmec.url", link(&n.URL, false), "of the server, with environment local only"),
		plain("ncmec.username", text(&n.Username, 255), "of the account that NCMEC gave"),
		secret("ncmec.password", text(&n.Password, 1024), "of the account that NCMEC gave"),
		plain("ncmec.profile", word(&n.Profile, "2025-06", "2026-08"), "version of the reporting schema"),
		plain("ncmec.platform", text(&n.Platform, 256), "full name of the platform, as every report names it"),
		plain("ncmec.service", text(&n.Service, 100), "the company's service that the reported accounts belong to"),
		plain("ncmec.reporter.first_name", text(&n.Reporter.FirstName, 100), "who reports for the company"),
		plain("ncmec.reporter.last_name", text(&n.Reporter.LastName, 100), "who reports for the company"),
		plain("ncmec.reporter.email", text(&n.Reporter.Email, 255), "who reports for the company; every report needs it"),
		plain("ncmec.contact.first_name", text(&n.Contact.FirstName, 100), "whom law enforcement should contact"),
		plain("ncmec.contact.last_name", text(&n.Contact.LastName, 100), "whom law enforcement should contact"),
		plain("ncmec.contact.email", text(&n.Contact.Email, 255), "whom law enforcement should contact"),
		plain("ncmec.contact.phone", text(&n.Contact.Phone, 50), "whom law enforcement should contact"),
		plain("ncmec.company_template", text(&n.CompanyTemplate, 16<<10), "standing text of every report: how to serve process, retention, 24-hour telephone"),
		plain("ncmec.terms_of_service", text(&n.TermsOfService, 64<<10), "the terms that were broken, as every report quotes them"),
		plain("ncmec.legal_url", link(&n.LegalURL, false), "where law enforcement reads how to serve process"),
		plain("ncmec.industry_classification", yes(&n.Classification), "the company has signed the agreement by which it may classify files as A1 to B2"),
		plain("ncmec.parallel", whole(&n.Parallel, 1, 64), "reports that are filed at a time"),
		plain("reports.floor", whole(&c.Reports.Floor, 0, 100), "score of a report, 0 to 100, under which reports.second_person below_floor asks for a second person"),
		plain("reports.second_person", word(&c.Reports.SecondPerson, "never", "below_floor", "always"), "when a second person must approve exactly what will be filed"),
		plain("reports.warn_before", span(&c.Reports.WarnBefore, 0, day), "warn of a report that was begun this long before NCMEC deletes it unfinished; 0 means never"),
		plain("reports.overdue", span(&c.Reports.Overdue, 0, 366*day), "warn of a draft that is not submitted, and of a report that is not filed, after this time; 0 means never"),
		plain("handover.authorities", several(&c.Handover.Authorities, 100, isAuthority,
			`a list of up to 100 names, each with an age public key behind it or not, such as ["Example Hotline", "Police (NL) <age1…>"], is expected`),
			"who gets reports from a person's hand; what goes to one with a key is encrypted to it"),
		plain("handover.contents", word(&c.Handover.Contents, "none", "transcripts", "all"),
			"which contents of files may go with such a report; pictures of abuse may go to law enforcement under legal process only, unless your law says otherwise"),
	}
}

func isPath(s string) bool { return s != "" && !strings.Contains(s, ",") }

func isAuthority(s string) bool {
	_, ok := report.ParseOther(s)
	return ok
}

func isWebhookSecret(s string) bool {
	_, err := webhook.ParseSecret(s)
	return err == nil
}

// envName is the variable that overrides a key: ncmec.password is HARIS_NCMEC_PASSWORD.
func envName(name string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(name, ".", "_"))
}

// Key describes one key, for documents and `config print`.
type Key struct {
	Name    string // dotted path
	Env     string // the variable that overrides it; with "_FILE" behind it, for a secret, the file that holds it
	Secret  bool
	Default string
	Expect  string // what is allowed, in words
	Doc     string
}

// Keys lists every key in the order in which it is printed.
func Keys() []Key {
	c := Default()
	var out []Key
	for _, k := range c.keys() {
		expect := k.expect
		if len(k.words) > 0 {
			expect = "one of " + strings.Join(k.words, ", ")
		}
		out = append(out, Key{k.name, envName(k.name), k.secret, strings.Join(k.parts(), ","), expect, k.doc})
	}
	return out
}
