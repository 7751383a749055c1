package report

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/taxonomy"
)

// Material is everything a draft is made of.
type Material struct {
	Case     casefile.Case
	Accounts []Account       // of the case, in any order; one that is not here is known by its id alone
	Events   []event.Event   // what the signals rest on and what stands around it, in any order
	Items    []evidence.Item // sealed for the case
	Prior    map[string][]int64
	Company  Company
	Left     []Left // of the conversations, what was too much to gather
}

// Account is what is known of one account.
type Account struct {
	Profile detect.Profile
	Events  []event.Event // the account's own, in any order
}

// What a draft holds at most; a person can look the rest up in the case.
const (
	maxParties   = 20
	maxSightings = 50
	maxMessages  = 500
)

// Assemble makes a draft from what is known. It chooses what a signal of the case rests on and the transcripts that are sealed,
// and it leaves to the person what only a person can say: incident type, reason and narrative are empty. Nothing is invented: what
// the material does not say is absent. The same material gives the same draft, in whatever order its lists come.
func Assemble(m Material) Draft {
	d := Draft{Company: m.Company, Typology: typologyOf(&m)}
	if d.Typology == taxonomy.TypologyTrafficking {
		d.Trafficking = &Trafficking{}
	}
	marked := map[uint64]bool{}
	for _, s := range m.Case.Signals {
		for _, seq := range s.Events {
			marked[seq] = true
		}
	}
	d.Messages, d.MoreMessages = messagesOf(m.Events, marked)
	d.IncidentAt, d.IncidentAtMeans = incidentAt(d.Messages, m.Case.Subject)
	for _, seat := range seats(&m.Case) {
		d.Parties = append(d.Parties, partyOf(seat, &m))
	}
	events := m.ordered()
	d.Traces, d.MoreTraces = tracesOf(events, accountsOf(&m.Case))
	d.begin(m.Case.Disposal)
	d.MoreParties, d.Left = moreSeats(&m.Case), slices.Clone(m.Left)
	for n := range m.Items {
		i := &m.Items[n]
		f := File{Item: i.ID, Name: i.Name, Kind: i.Kind, MediaType: i.MediaType, Size: i.Size, MD5: i.MD5, SHA256: i.SHA256}
		f.Match, f.Upload = i.Origin.Match, uploadOf(i, events)
		if i.Kind == evidence.KindTranscript {
			f.Relevance = cybertip.RelevanceSupplemental
			f.Chosen = strings.HasPrefix(i.MediaType, "text/plain") && !superseded(i, m.Items)
			f.Note = transcriptNote
		}
		d.Files = append(d.Files, f)
	}
	distinguish(d.Files, m.Items)
	return d
}

// incidentAt is the time of the newest act of the reported account that the finding rests on; where it rests on none, of the newest
// thing that it rests on, and the words say which.
func incidentAt(messages []Message, subject string) (at time.Time, means string) {
	for i := len(messages) - 1; i >= 0; i-- {
		l := &messages[i]
		if !l.Marked {
			continue
		}
		if l.From == subject {
			return l.Time, "Time of the newest act of the reported account that the finding of the case rests on, as the platform recorded it."
		}
		if at.IsZero() {
			at = l.Time
			means = "Time of the newest event that the finding of the case rests on, as the platform recorded it; it is not an act of the reported account."
			if l.Type == event.AccountReported || l.Type == event.ContentReported {
				means = "Time at which another account reported it to the platform; what it is about happened before."
			}
		}
	}
	return at, means
}

// superseded reports whether another sealed transcript of the same form holds everything that this one holds: a later one of a
// conversation that went on, or the same once more.
func superseded(i *evidence.Item, items []evidence.Item) bool {
	if len(i.Origin.Sequences) == 0 {
		return false
	}
	for n := range items {
		o := &items[n]
		if o.ID == i.ID || o.Kind != i.Kind || o.MediaType != i.MediaType || len(o.Origin.Sequences) < len(i.Origin.Sequences) || !holds(o, i) {
			continue
		}
		if len(o.Origin.Sequences) > len(i.Origin.Sequences) || o.CreatedAt.After(i.CreatedAt) || o.CreatedAt.Equal(i.CreatedAt) && o.ID > i.ID {
			return true
		}
	}
	return false
}

// holds reports whether every place of the log that b rests on is one of a's.
func holds(a, b *evidence.Item) bool {
	return !slices.ContainsFunc(b.Origin.Sequences, func(q uint64) bool { return !slices.Contains(a.Origin.Sequences, q) })
}

// distinguish gives files of one name the time at which they were sealed, and a number where that does not tell them apart: two files of
// one name cannot be spoken about.
func distinguish(files []File, items []evidence.Item) {
	taken := map[string]int{}
	for i := range files {
		taken[files[i].Name]++
	}
	used := map[string]bool{}
	for i := range files {
		name := files[i].Name
		if taken[name] > 1 {
			name = marked(name, " sealed "+items[i].CreatedAt.UTC().Format("2006-01-02 15.04.05"))
		}
		for n := 2; used[name]; n++ {
			name = marked(files[i].Name, fmt.Sprintf(" sealed %s %d", items[i].CreatedAt.UTC().Format("2006-01-02 15.04.05"), n))
		}
		files[i].Name, used[name] = name, true
	}
}

// marked puts a mark before the ending of a name.
func marked(name, mark string) string {
	end := path.Ext(name)
	return strings.TrimSuffix(name, end) + mark + end
}

// transcriptNote describes a transcript to who opens it.
const transcriptNote = "Transcript made by the reporting company's software from the platform's own records: one entry for each " +
	"message or act, with sender, recipients and time in UTC."

// seat is an account with its part in the case.
type seat struct {
	account string
	role    Role
}

// seats lists the accounts of a case: its subject, the accounts linked to it, and the children.
func seats(c *casefile.Case) (out []seat) {
	add := func(id string, r Role) {
		if id == "" || len(out) >= maxParties || slices.ContainsFunc(out, func(s seat) bool { return s.account == id }) {
			return
		}
		out = append(out, seat{id, r})
	}
	add(c.Subject, RoleReported)
	// Children come before linked accounts, so that the bound never leaves a child out for the sake of an account.
	for _, id := range c.Victims {
		add(id, RoleChild)
	}
	for _, id := range c.Subjects {
		add(id, RoleLinked)
	}
	return out
}

// accountsOf lists the ids of the accounts that a draft about the case names.
func accountsOf(c *casefile.Case) (ids []string) {
	for _, s := range seats(c) {
		ids = append(ids, s.account)
	}
	return ids
}

// conversationsOf groups the events of a case by conversation; those outside of any stand under "".
func conversationsOf(events []event.Event) map[string][]event.Event {
	by := map[string][]event.Event{}
	for _, e := range events {
		if tellsOnlyOfAnAccount(e.Type) {
			continue
		}
		by[e.Data.Conversation] = append(by[e.Data.Conversation], e)
	}
	return by
}

// tellsOnlyOfAnAccount reports whether events of a type describe an account and belong to no transcript.
func tellsOnlyOfAnAccount(t event.Type) bool {
	switch t {
	case event.AccountCreated, event.AccountUpdated, event.AccountDeleted, event.SessionStarted, event.CredentialChanged, event.ModerationApplied:
		return true
	}
	return false
}

// contextLines is how many lines before and after a marked one of the same conversation stand in the excerpt.
const contextLines = 1

// messagesOf turns events into lines, oldest first, and chooses those that a signal rests on with what stands next to them. When there are more than fit, those that no signal rests on and that are
// furthest in the past go first.
func messagesOf(events []event.Event, marked map[uint64]bool) (out []Message, more int) {
	for conversation, list := range conversationsOf(events) {
		lines := evidence.NewTranscript(conversation, list).Lines
		for i, l := range lines {
			around := lines[max(i-contextLines, 0):min(i+contextLines+1, len(lines))]
			near := conversation != "" && slices.ContainsFunc(around, func(o evidence.Line) bool { return marked[o.Seq] })
			out = append(out, Message{Line: l, Conversation: conversation, Marked: marked[l.Seq], Chosen: marked[l.Seq] || near})
		}
	}
	slices.SortFunc(out, func(a, b Message) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		if a.Seq != b.Seq {
			return int(min(max(int64(a.Seq)-int64(b.Seq), -1), 1))
		}
		return strings.Compare(a.Source+"\x00"+a.EventID, b.Source+"\x00"+b.EventID)
	})
	over := len(out) - maxMessages
	out = slices.DeleteFunc(out, func(m Message) bool {
		if m.Chosen || more >= over {
			return false
		}
		more++
		return true
	})
	return out, more
}

// moreSeats counts the accounts of a case that a draft has no room for.
func moreSeats(c *casefile.Case) int {
	var ids []string
	for _, list := range [][]string{{c.Subject}, c.Victims, c.Subjects} {
		for _, id := range list {
			if id != "" {
				ids = appendNew(ids, id)
			}
		}
	}
	return len(ids) - len(seats(c))
}
