// Package learn turns what people have decided into what the software can learn from it: examples of messages become stage models with an
// honest card, and findings become the precision of detectors and rules. It is pure; internal/app reads for it, internal/cli and pages
// show what comes out. It decides nothing, and changes nothing that is in force.
package learn

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"haris/internal/stage"
	"haris/internal/taxonomy"
)

// None is the stage of a message that people have looked at and found ordinary.
const None = "none"

// maxLine bounds one example.
const maxLine = 1 << 20

// ErrExample says that a line is not an example.
var ErrExample = errors.New("learn: not an example")

// Example is one message that people have judged.
type Example struct {
	Text         string `json:"text"`
	Lang         string `json:"lang,omitempty"`
	Stage        names  `json:"stage"` // a name, several, or None
	Author       string `json:"author,omitempty"`
	Conversation string `json:"conversation,omitempty"`
}

// names is one word or a list.
type names []string

// UnmarshalJSON reads either.
func (n *names) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*n = names{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(n))
}

// Read reads examples, one JSON object a line. ErrExample says in which line, what was expected and where.
func Read(in io.Reader) (out []Example, err error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for lines.Scan() {
		n++
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var e Example
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w; want {\"text\":…,\"lang\":\"en\",\"stage\":\"S4\",\"author\":…}", ErrExample, n, err)
		}
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrExample, n, err)
		}
		out = append(out, e)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: line %d: %w", ErrExample, n+1, err)
	}
	return out, nil
}

func (e *Example) check() error {
	if strings.TrimSpace(e.Text) == "" {
		return errors.New("no text: want the message")
	}
	if len(e.Stage) == 0 {
		return fmt.Errorf("no stage: want %q, or one or several of %s", None, strings.Join(taxonomy.Stages(), ", "))
	}
	for _, s := range e.Stage {
		if s == None && len(e.Stage) > 1 || s != None && !slices.Contains(taxonomy.Stages(), s) {
			return fmt.Errorf("stage %q: want %q alone, or one or several of %s", s, None, strings.Join(taxonomy.Stages(), ", "))
		}
	}
	return nil
}

// forStage turns examples into what package stage learns from. Authors who are in one conversation, and all whom they lead to, are one group,
// so that nobody's way of writing is on both sides of a split.
func forStage(list []Example) (out []stage.Example, groups int) {
	up := map[string]string{}
	var root func(string) string
	root = func(s string) string {
		if p, ok := up[s]; ok && p != s {
			up[s] = root(p)
			return up[s]
		}
		up[s] = s
		return s
	}
	for i := range list {
		if a, b := list[i].keys(); a != "" && b != "" {
			up[root(a)] = root(b)
		}
	}
	seen := map[string]bool{}
	for i := range list {
		e := &list[i]
		a, b := e.keys()
		x := stage.Example{Text: e.Text, Lang: e.Lang}
		switch {
		case a != "":
			x.Group = root(a)
		case b != "":
			x.Group = root(b)
		default:
			x.Group = "t" + e.Text
		}
		seen[x.Group] = true
		for _, s := range e.Stage {
			if s != None {
				x.Stages = append(x.Stages, s)
			}
		}
		out = append(out, x)
	}
	return out, len(seen)
}

// keys are the names of the author and of the conversation, kept apart; empty where there is none.
func (e *Example) keys() (author, conversation string) {
	if e.Author != "" {
		author = "a" + e.Author
	}
	if e.Conversation != "" {
		conversation = "c" + e.Conversation
	}
	return author, conversation
}
