package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"haris/internal/event"
)

// Transcript is what was said and done in one conversation, as the events tell it, in order. Building one is pure: the same
// events give the same bytes whatever order they come in.
type Transcript struct {
	Conversation string `json:"conversation"`
	// Cleaned counts the characters that ForReport took out; 0 for a transcript as it is sealed.
	Cleaned int `json:"cleaned,omitempty"`
	// Earlier says how much of the conversation lies before the first line and is not here; nil when all of it is.
	Earlier *Earlier `json:"earlier,omitempty"`
	Lines   []Line   `json:"lines"`
}

// Earlier counts what a transcript had no room for. All of it is in the log of events.
type Earlier struct {
	Count int       `json:"count"`
	First time.Time `json:"first"` // of the oldest, UTC
	Last  time.Time `json:"last"`  // of the newest, UTC
}

// Line is one event of a conversation.
type Line struct {
	Seq         uint64            `json:"seq"`      // place in the log
	EventID     string            `json:"event_id"` // unique within Source
	Source      string            `json:"source"`
	Type        event.Type        `json:"type"`
	Time        time.Time         `json:"time"` // UTC, as the platform gave it
	From        string            `json:"from"` // account id
	To          []string          `json:"to,omitempty"`
	Group       string            `json:"group,omitempty"`
	Lang        string            `json:"lang,omitempty"` // as the platform gave it
	Text        string            `json:"text,omitempty"`
	ReplyTo     string            `json:"reply_to,omitempty"`
	IP          string            `json:"ip,omitempty"`
	Port        int64             `json:"port,omitempty"`
	UnsentAt    time.Time         `json:"unsent_at,omitzero"` // when the sender took the message back; it stands here all the same
	EditOf      string            `json:"edit_of,omitempty"`  // the event whose message this one says anew
	Facts       map[string]string `json:"facts,omitempty"`    // what the type says besides: seconds of a call, amount of a payment
	Attachments []Attachment      `json:"attachments,omitempty"`
}

// Attachment is one picture, video or file of a line, by what identifies it. Its contents are an item of their own.
type Attachment struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Name   string `json:"name,omitempty"`
	Mime   string `json:"mime,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	SHA1   string `json:"sha1,omitempty"`
	MD5    string `json:"md5,omitempty"`
	URL    string `json:"url,omitempty"`
}

// NewTranscript orders the events of a conversation by time, then by place in the log, and leaves out repeats of the same
// (source, id). The caller chooses the events: a message, a call and a payment between the same two may all belong to it.
func NewTranscript(conversation string, events []event.Event) Transcript {
	t := Transcript{Conversation: conversation, Lines: make([]Line, 0, len(events))}
	for i := range events {
		t.Lines = append(t.Lines, newLine(&events[i]))
	}
	slices.SortStableFunc(t.Lines, func(a, b Line) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Source, b.Source), cmp.Compare(a.EventID, b.EventID))
	})
	type id struct{ source, id string }
	seen := make(map[id]bool, len(t.Lines))
	t.Lines = slices.DeleteFunc(t.Lines, func(l Line) bool {
		k := id{l.Source, l.EventID}
		repeat := seen[k]
		seen[k] = true
		return repeat
	})
	t.relate()
	return t
}

// relate says of each message whether its sender took it back, and of which earlier one it is a new version: the same sender has
// given the same message id before.
func (t *Transcript) relate() {
	type id struct{ from, message string }
	last := map[id]int{} // place of the newest version
	for i := range t.Lines {
		l := &t.Lines[i]
		of := id{l.From, l.Facts["message"]}
		k, known := last[of]
		known = known && of.message != ""
		switch l.Type {
		case event.MessageUnsent:
			if known {
				t.Lines[k].UnsentAt = l.Time
			}
		case event.MessageSent:
			if known {
				l.EditOf = t.Lines[k].EventID
			}
			last[of], last[id{l.From, l.EventID}] = i, i // a platform may name a message by the event that told of it
		}
	}
}

func newLine(e *event.Event) Line {
	d := &e.Data
	l := Line{
		Seq: e.Seq, EventID: e.ID, Source: e.Source, Type: e.Type, Time: e.Time.UTC(), From: e.Actor(), To: slices.Clone(e.Targets()),
		Group: d.Group, Lang: d.Lang, Text: d.Text, ReplyTo: d.ReplyTo, IP: d.IP, Port: d.Port, Facts: facts(d),
	}
	for _, m := range d.Media {
		l.Attachments = append(l.Attachments, Attachment{
			ID: m.ID, Kind: m.Kind, Name: m.Name, Mime: m.Mime, Bytes: m.Bytes, SHA256: m.SHA256, SHA1: m.SHA1, MD5: m.MD5, URL: m.URL,
		})
	}
	return l
}

// facts collects the short fields that say what happened in lines without text. Only what was sent is there.
func facts(d *event.Data) map[string]string {
	out := map[string]string{}
	text := func(f event.Fields, name, v string) {
		if d.Has(f) {
			out[name] = v
		}
	}
	text(event.HasSurface, "surface", d.Surface.String())
	text(event.HasMessage, "message", d.Message)
	text(event.HasPost, "post", d.Post)
	text(event.HasListing, "listing", d.Listing)
	text(event.HasURL, "url", d.URL)
	text(event.HasSeconds, "seconds", decimal(d.Seconds))
	text(event.HasVideo, "video", strconv.FormatBool(d.Video))
	text(event.HasAmount, "amount", decimal(d.Amount))
	text(event.HasCurrency, "currency", d.Currency)
	text(event.HasInstrument, "instrument", d.Instrument)
	text(event.HasNote, "note", d.Note)
	text(event.HasPlace, "place", d.Place)
	text(event.HasPrecision, "precision", d.Precision)
	text(event.HasReason, "reason", d.Reason)
	text(event.HasAction, "action", d.Action)
	text(event.HasContent, "content", d.Content)
	text(event.HasRelation, "relation", d.Relation.String())
	text(event.HasBy, "by", d.By)
	for k, v := range d.Filters {
		out["filter "+k] = v
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// Sequences lists the places in the log that the transcript rests on, for Origin.
func (t Transcript) Sequences() []uint64 {
	var out []uint64
	for _, l := range t.Lines {
		if l.Seq != 0 {
			out = append(out, l.Seq)
		}
	}
	slices.Sort(out)
	return out
}

// JSON returns the exact record, one line of the file for each line of the conversation and a line feed at the end.
func (t Transcript) JSON() ([]byte, error) {
	var b bytes.Buffer
	name, err := marshal(t.Conversation)
	if err != nil {
		return nil, fmt.Errorf("evidence: transcript: %w", err)
	}
	fmt.Fprintf(&b, `{"conversation":%s,"cleaned":%d,`, name, t.Cleaned)
	if t.Earlier != nil {
		earlier, err := marshal(t.Earlier)
		if err != nil {
			return nil, fmt.Errorf("evidence: transcript: %w", err)
		}
		fmt.Fprintf(&b, `"earlier":%s,`, earlier)
	}
	b.WriteString(`"lines":[`)
	for i, l := range t.Lines {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		line, err := marshal(l)
		if err != nil {
			return nil, fmt.Errorf("evidence: transcript line %d: %w", i+1, err)
		}
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

// marshal is json.Marshal without the escapes meant for pages, so that people can read the file.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
