package console

import (
	"context"
	"net/http"
	"strconv"

	"haris/internal/translate"
)

// Translator has messages translated for a person by a server that the operator has chosen. That the person asked is written down before
// anything is sent. Safe for concurrent use.
type Translator interface {
	// Host is the server, as people know it.
	Host() string
	// Translate translates texts of a case into a language, each in its place; at most translate.MaxTexts of translate.MaxBytes together.
	Translate(ctx context.Context, who, caseID, to string, texts []string) ([]translate.Text, error)
}

// translatedLine is a message beside what a machine makes of it. From is the language it was found to be in.
type translatedLine struct {
	line
	text, from string
}

// translatedView is a conversation of a case beside its translation.
type translatedView struct {
	id, conversation, host string
	first                  uint64 // event that the page leads back to
	lines                  []translatedLine
	left                   int    // messages beyond what is asked at once
	failed                 string // why there is no translation; empty when there is
	part                   func(string) string
}

// caseTranslate shows what is shown of one conversation beside a translation into the language of the page.
func (c *console) caseTranslate(w http.ResponseWriter, r *request) error {
	if c.Translate == nil {
		return ErrNotFound
	}
	first, err := strconv.ParseUint(r.PostForm.Get("event"), 10, 64)
	if err != nil {
		return ErrNotFound
	}
	k, events, err := c.Desk.View(r.Context(), r.person.ID, r.PathValue("id"))
	if err != nil {
		return err
	}
	p, err := c.caseView(r, &k, events)
	if err != nil {
		return err
	}
	s := strandOf(p.strands, first)
	if s == nil {
		return ErrNotFound
	}
	t := translatedView{id: k.ID, conversation: s.conversation, host: c.Translate.Host(), first: first, part: p.partOf}
	var texts []string
	t.lines, t.left = s.readable()
	for i := range t.lines {
		texts = append(texts, t.lines[i].Data.Text)
	}
	status := http.StatusOK
	if len(texts) > 0 {
		list, err := c.Translate.Translate(r.Context(), r.person.ID, k.ID, r.lang, texts)
		if err != nil {
			c.Logger.WarnContext(r.Context(), "a translation failed", "why", translate.Why(err))
			t.failed, status = translate.Why(err), http.StatusBadGateway
		}
		for i := range list {
			t.lines[i].text, t.lines[i].from = list[i].Text, list[i].From
		}
	}
	v := c.view(r, "translate.title")
	v.ref = k.ID
	return c.render(w, r, status, translatedPage(v, &t))
}

// strandOf finds the strand that an event stands in.
func strandOf(list []strand, seq uint64) *strand {
	for i := range list {
		for _, p := range list[i].parts {
			for _, e := range p.events {
				if e.Seq == seq {
					return &list[i]
				}
			}
		}
	}
	return nil
}

// first is the first event that is shown; 0 when none has words.
func (s *strand) first() uint64 {
	if lines, _ := s.readable(); len(lines) > 0 {
		return lines[0].Seq
	}
	return 0
}

// readable lists the messages that are not folded away and have words, as many as are translated at once, and how many more there are.
func (s *strand) readable() (out []translatedLine, left int) {
	size := 0
	for _, p := range s.parts {
		if p.folded {
			continue
		}
		for _, e := range p.events {
			n := len(e.Data.Text)
			if n == 0 {
				continue
			}
			if left > 0 || len(out) == translate.MaxTexts || size+n > translate.MaxBytes {
				left++
				continue
			}
			size += n
			out = append(out, translatedLine{line: e})
		}
	}
	return out, left
}
