package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/pipeline"
)

// factWord says what a fact observes about its account, toward the other side.
func factWord(k detect.FactKind) string {
	words := map[detect.FactKind]string{
		detect.Approached: "approached", detect.Welcomed: "was welcomed", detect.Refused: "was refused", detect.Written: "was written to",
		detect.Blocked: "was blocked", detect.Reported: "was reported", detect.Staged: "wrote with stage scores", detect.Exchanged: "exchanged a contact detail",
		detect.Unread: "exchanged a message without its text", detect.Met: "had to do with", detect.Matched: "posted known material", detect.Accessed: "was signed in to",
		detect.Rekeyed: "had a credential changed", detect.Linked: "shares a key with", detect.Spoke: "was spoken about by another detector", detect.Offered: "paid a young account",
		detect.Given: "got media after paying", detect.Charged: "was paid by a young account", detect.PassedOn: "received what a young account had received",
		detect.Wrote: "wrote, having made the first contact", detect.Shared: "has approached the same minors as", detect.Grouped: "is linked with more accounts than before",
		detect.Scored: "wrote, with what is known of the stages", detect.Opened: "wrote for the first time",
	}
	if w, ok := words[k]; ok {
		return w
	}
	return fmt.Sprintf("fact %d", k)
}

// change is one part of what is known, in words.
type change struct {
	What string `json:"what"`
	Is   string `json:"is"` // empty for nothing
}

// known puts into words what is known of the accounts of an event, and between them.
func known(k *pipeline.Knowledge, e *event.Event) map[string]string {
	out := map[string]string{}
	all := append([]string{e.Actor()}, e.Targets()...)
	for _, id := range all {
		if id == "" {
			continue
		}
		a, _ := k.About(id)
		for _, s := range a.Signals {
			out[id+" "+s.Detector] = standingWords(&s)
		}
		for name, n := range a.States {
			out[id+" state of "+name] = fmt.Sprintf("%d bytes", n)
		}
		for _, l := range a.Labels {
			out[id+" label "+l] = "set"
		}
	}
	for _, id := range e.Targets() {
		b, ok := k.Between(e.Actor(), id)
		if !ok {
			continue
		}
		var fields map[string]any
		if raw, err := json.Marshal(b); err == nil && json.Unmarshal(raw, &fields) == nil {
			flatten(out, e.Actor()+" and "+id, fields)
		}
	}
	return out
}

// flatten names every field of a value and of what it holds.
func flatten(out map[string]string, name string, fields map[string]any) {
	for key, v := range fields {
		if inner, ok := v.(map[string]any); ok {
			flatten(out, name+" "+key, inner)
			continue
		}
		if s := fmt.Sprint(v); s != "" && s != "false" && s != "0" {
			out[name+" "+key] = s
		}
	}
}

func standingWords(s *detect.Signal) string {
	switch {
	case s.Unscanned != "":
		return "could not tell: " + s.Unscanned
	case s.Hard:
		return fmt.Sprintf("%.1f, a fact that stands alone", s.Strength)
	}
	return fmt.Sprintf("%.1f", s.Strength)
}

// differ lists what is not the same before and after, side by side.
func differ(before, after map[string]string) (was, is []change) {
	was, is = []change{}, []change{}
	names := slices.Sorted(maps.Keys(before))
	for name := range after {
		if _, ok := before[name]; !ok {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, strings.Compare)
	for _, name := range names {
		if before[name] != after[name] {
			was, is = append(was, change{name, before[name]}), append(is, change{name, after[name]})
		}
	}
	return was, is
}
