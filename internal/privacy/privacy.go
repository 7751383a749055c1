// Package privacy is the noun "privacy export": everything that is held about one account of the platform, or about one person who
// works here, in one signed parcel for whoever answers for data protection. It writes lines that others gather (internal/app), puts
// marks in the place of other people's names, counts, and makes an index that people can read. It reads no store.
package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"haris/internal/event"
	"haris/internal/parcel"
)

// Kind says whom an export is about.
type Kind string

// The kinds.
const (
	Account Kind = "account" // of the platform
	Person  Kind = "person"  // who signs in here
)

// ErrUnknown says that nothing is held about whom an export was asked.
var ErrUnknown = errors.New("nothing is held")

// Emit takes one line of a file; it is not kept.
type Emit func(line any) error

// Noun is one file of an export. Each gives its lines one by one, and stops with the error of Emit. It is asked twice: once for the names
// that stand in it, and once for the lines.
type Noun struct {
	Name string // of the file, without its ending; a word of words.go says what it holds
	Each func(ctx context.Context, emit Emit) error
}

// Export is what is written.
type Export struct {
	Kind   Kind
	ID     string // the account's id, or the person's login
	At     time.Time
	By     string // login of who takes it
	Reason string
	Lang   string   // of the index: en or ar
	Notes  []string // keys of words.go: what the reader of the index must know besides
	Events int      // the account's events in the log in all, of which the newest are in the file
	Nouns  []Noun
	Mask   *Mask
	Step   func(done, all int) // is told of every line; may be nil
}

// Counted is how many lines a file of the export has.
type Counted struct {
	Name  string `json:"name"`
	Lines int    `json:"lines"`
}

// Summary is what was written.
type Summary struct {
	Kind   Kind      `json:"kind"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Events int       `json:"events_in_log,omitempty"`
	Nouns  []Counted `json:"nouns"`
}

// shown is how many lines of each file the index shows.
const shown = 20

// section is one file as the index shows it.
type section struct {
	Counted
	Path  string
	SHA   string
	Lines []string
}

// Write writes the parcel and signs it. Lines are streamed: nothing is held but the names of others and, for the index, the first few
// lines of each file.
func Write(ctx context.Context, out io.Writer, x *Export, key parcel.Key) (Summary, error) {
	sum := Summary{Kind: x.Kind, At: x.At.UTC(), Reason: x.Reason, Events: x.Events}
	all, err := x.names(ctx)
	if err != nil {
		return sum, err
	}
	w := parcel.NewWriter(out, x.At)
	var sections []section
	done := 0
	for _, n := range x.Nouns {
		s, err := x.noun(ctx, w, n, func() {
			if done++; x.Step != nil {
				x.Step(done, all)
			}
		})
		if err != nil {
			return sum, err
		}
		sum.Nouns, sections = append(sum.Nouns, s.Counted), append(sections, s)
	}
	for i, f := range w.Files() {
		sections[i].SHA = f.SHA256
	}
	page, err := x.index(sections)
	if err != nil {
		return sum, err
	}
	if err := w.Add(parcel.File{Path: "index.html", Kind: "index"}, page); err != nil {
		return sum, err
	}
	about, err := json.Marshal(sum)
	if err != nil {
		return sum, fmt.Errorf("privacy: %w", err)
	}
	_, err = w.Close(parcel.Head{Kind: "privacy", ID: x.ID, About: about}, key)
	return sum, err
}

// names learns every name that stands in the export before the first line is written, and counts the lines.
func (x *Export) names(ctx context.Context) (lines int, err error) {
	for _, n := range x.Nouns {
		err := n.Each(ctx, func(line any) error {
			lines++
			return errors.Join(ctx.Err(), x.Mask.gather(line))
		})
		if err != nil {
			return lines, fmt.Errorf("privacy: %s: %w", n.Name, err)
		}
	}
	return lines, nil
}

// noun writes one file.
func (x *Export) noun(ctx context.Context, w *parcel.Writer, n Noun, step func()) (section, error) {
	s := section{Counted: Counted{Name: n.Name}, Path: n.Name + ".jsonl"}
	out, err := w.Create(s.Path, n.Name, "")
	if err != nil {
		return s, err
	}
	err = n.Each(ctx, func(line any) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := x.Mask.gather(line); err != nil { // what came since the names were looked for
			return err
		}
		body, err := x.Mask.JSON(line)
		if err != nil {
			return err
		}
		if s.Counted.Lines++; s.Counted.Lines <= shown {
			s.Lines = append(s.Lines, string(body))
		}
		step()
		_, err = out.Write(append(body, '\n'))
		return err
	})
	if err != nil {
		return s, fmt.Errorf("privacy: %s: %w", n.Name, err)
	}
	return s, nil
}

// othersFields are the fields of an event that somebody else sent which tell what happened, and not what they are or wrote.
var othersFields = [...]string{
	"account", "by", "from", "to", "group", "conversation", "message", "post", "listing", "content", "reply_to", "surface", "relation", "reason", "action", "what",
}

// Logged is one event as an export has it. What somebody else did keeps which accounts, things and reasons it names; what that
// other account wrote, and the keys, places and media that it sent, are left out, and Withheld counts them.
type Logged struct {
	Seq      uint64         `json:"seq"`
	ID       string         `json:"id"`
	Type     event.Type     `json:"type"`
	Time     time.Time      `json:"time"`
	Own      bool           `json:"own"` // the account did it
	Data     map[string]any `json:"data"`
	Withheld int            `json:"withheld,omitempty"`
}

// Of returns an event as the export about an account has it.
func Of(e *event.Event, account string) (Logged, error) {
	out := Logged{Seq: e.Seq, ID: e.ID, Type: e.Type, Time: e.Time, Own: e.Actor() == account, Data: map[string]any{}}
	var raw struct {
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal([]byte(e.Raw), &raw); err != nil {
		return out, fmt.Errorf("privacy: event %d: %w", e.Seq, err)
	}
	if out.Own {
		if raw.Data != nil {
			out.Data = raw.Data
		}
		return out, nil
	}
	for _, f := range othersFields {
		if v, sent := raw.Data[f]; sent {
			out.Data[f] = v
		}
	}
	out.Withheld = len(raw.Data) - len(out.Data)
	return out, nil
}

// Own returns v as a tree of JSON in which lists of signals have only those about the account: the others are findings about others.
func Own(v any, account string) (any, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("privacy: %w", err)
	}
	var tree any
	if err := json.Unmarshal(body, &tree); err != nil {
		return nil, fmt.Errorf("privacy: %w", err)
	}
	return own(tree, account), nil
}

func own(v any, account string) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, 0, len(v))
		for _, x := range v {
			o, _ := x.(map[string]any)
			subject, named := o["subject"].(string)
			if _, signal := o["detector"]; !signal || !named || subject == account {
				out = append(out, own(x, account))
			}
		}
		return out
	case map[string]any:
		for name, x := range v {
			v[name] = own(x, account)
		}
	}
	return v
}
