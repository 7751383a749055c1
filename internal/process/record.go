package process

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"haris/internal/event"
	"haris/internal/sheet"
)

// record is one event as it is produced: only fields that belong to the kind of data that was asked for, each as the platform sent
// it.
type record struct {
	Seq    uint64                     `json:"seq"` // place in the log
	ID     string                     `json:"id"`
	Source string                     `json:"source"`
	Type   event.Type                 `json:"type"`
	Time   time.Time                  `json:"time"`
	Data   map[string]json.RawMessage `json:"data"`
	// Withheld names fields that the event has and that belong to somebody or something that the process does not cover.
	Withheld []string `json:"withheld,omitempty"`
}

// fields are what is produced of an event for a kind of data. A field that stands nowhere never leaves.
func fields(d Data) []string {
	parties := []string{"account", "by", "from", "to", "group", "conversation", "surface", "relation"}
	own := map[Data][]string{
		Profile:    {"age_band", "age_source", "created_at", "display_name", "screen_name", "profile_url", "bio", "region", "lang", "verified", "role", "keys"},
		Sessions:   {"what", "ip", "port", "asn", "country", "region", "user_agent", "auth", "recovery_used", "keys"},
		Contacts:   {"text", "filters"},
		Messages:   {"message", "text", "lang", "media", "reply_to", "seconds", "video", "ip", "keys"},
		Media:      {"media"},
		Posts:      {"post", "listing", "text", "lang", "price", "place", "media", "url", "keys"},
		Payments:   {"amount", "currency", "instrument", "note"},
		Locations:  {"precision"},
		Complaints: {"content", "reason", "text"},
		Moderation: {"action", "content", "reason"},
	}
	return append(parties, own[d]...)
}

// view is what of an event may be produced for one account.
type view struct {
	scope   *Scope
	account string
}

// record builds the record of an event that the scope takes.
func (v view) record(e *event.Event) (record, error) {
	var raw struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal([]byte(e.Raw), &raw); err != nil {
		return record{}, fmt.Errorf("process: event %d of the log: %w", e.Seq, err)
	}
	d := dataOf(e.Type)
	r := record{Seq: e.Seq, ID: e.ID, Source: e.Source, Type: e.Type, Time: e.Time.UTC(), Data: map[string]json.RawMessage{}}
	for name, value := range raw.Data {
		keep, err := value, error(nil)
		switch {
		case !slices.Contains(fields(d), name) || v.withholds(e, d, name):
			keep = nil
		case name == "keys":
			keep, err = v.keys(e, d, value)
		case name == "media":
			keep, err = v.media(e, value)
		}
		if err != nil {
			return record{}, fmt.Errorf("process: event %d of the log, %s: %w", e.Seq, name, err)
		}
		if keep == nil {
			r.Withheld = append(r.Withheld, name)
			continue
		}
		r.Data[name] = keep
	}
	slices.Sort(r.Withheld)
	return r, nil
}

// withholds says which fields are left out because they belong to somebody else or to a kind of data that was not asked for.
func (v view) withholds(e *event.Event, d Data, name string) bool {
	switch {
	case d == Complaints && (name == "by" || name == "text"):
		return !slices.Contains(v.scope.Accounts, e.Data.By) // who tells the platform of an account is not named to others
	case name == "ip" && d != Sessions:
		return !v.address(e)
	}
	return false
}

// address reports whether the address from which an event came is covered: it is the actor's, and data of its sessions.
func (v view) address(e *event.Event) bool {
	return v.scope.Covers(Sessions, e.Actor(), e.Time)
}

// keys leaves the keys that are data of a kind that was asked for, of an account that was: devices and addresses are sessions,
// telephones, mail and accounts for payment are the profile.
func (v view) keys(e *event.Event, d Data, value json.RawMessage) (json.RawMessage, error) {
	var all []map[string]json.RawMessage
	if err := json.Unmarshal(value, &all); err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(all, func(k map[string]json.RawMessage) bool {
		switch string(bytes.TrimSpace(k["kind"])) {
		case `"device"`, `"ip"`:
			return !v.address(e)
		}
		return d != Posts && !v.scope.Covers(Profile, e.Actor(), e.Time)
	})
	if len(kept) == 0 {
		return nil, nil
	}
	return json.Marshal(kept)
}

// media leaves out where the contents could be fetched, unless media were asked for: the attachment is named by its digests.
func (v view) media(e *event.Event, value json.RawMessage) (json.RawMessage, error) {
	if v.scope.Covers(Media, v.account, e.Time) {
		return value, nil
	}
	var all []map[string]json.RawMessage
	if err := json.Unmarshal(value, &all); err != nil {
		return nil, err
	}
	for _, m := range all {
		delete(m, "url")
	}
	return json.Marshal(all)
}

// plain is the event for a transcript: what record takes of a message and nothing else, whatever the event carries besides.
func (v view) plain(e event.Event) event.Event {
	d := &e.Data
	kept := event.Data{
		Account: d.Account, By: d.By, From: d.From, To: d.To, Group: d.Group, Conversation: d.Conversation, Surface: d.Surface, Relation: d.Relation,
		Message: d.Message, Text: d.Text, Lang: d.Lang, ReplyTo: d.ReplyTo, Seconds: d.Seconds, Video: d.Video, Media: slices.Clone(d.Media),
	}
	kept.Set(d.Sent() & (event.HasAccount | event.HasBy | event.HasFrom | event.HasTo | event.HasGroup | event.HasConversation | event.HasSurface |
		event.HasRelation | event.HasMessage | event.HasText | event.HasLang | event.HasReplyTo | event.HasSeconds | event.HasVideo | event.HasMedia))
	if v.address(&e) {
		kept.IP = d.IP
		kept.Set(d.Sent() & event.HasIP)
	}
	if !v.scope.Covers(Media, v.account, e.Time) {
		for i := range kept.Media {
			kept.Media[i].URL = ""
		}
	}
	e.Data = kept
	return e
}

// encode writes a value as one line of JSON that people can read.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table writes records as CSV with one column for each field.
type tableWriter struct {
	csv     *sheet.Writer
	columns []string
}

func newTable(w io.Writer, d Data) (*tableWriter, error) {
	t := &tableWriter{sheet.NewWriter(w), fields(d)}
	return t, t.csv.Write(append([]string{"seq", "time", "type", "event", "source"}, t.columns...))
}

func (t *tableWriter) add(r *record) error {
	row := []string{fmt.Sprint(r.Seq), r.Time.Format(time.RFC3339Nano), string(r.Type), r.ID, r.Source}
	for _, c := range t.columns {
		row = append(row, flat(r.Data[c]))
	}
	return t.csv.Write(row)
}

func (t *tableWriter) end() error {
	return t.csv.Flush()
}

// flat is a value for a cell: words as they are, everything else as JSON.
func flat(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	return string(v)
}
