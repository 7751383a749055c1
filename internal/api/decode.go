package api

import (
	"sync"
	"time"
	"unicode/utf8"

	"haris/internal/event"
	"haris/internal/pipeline"
)

// Rejected says why one event of a body was not taken. It never repeats what the event says.
type Rejected struct {
	Index    int    `json:"index" doc:"Place in the body, from 0." minimum:"0"`
	ID       string `json:"id" doc:"The event's id; empty when it could not be read." maxLength:"256"`
	Error    string `json:"error" doc:"What is wrong, where, and what was expected, in one sentence."`
	Reason   string `json:"reason" doc:"A stable word for what is wrong."`
	Line     int    `json:"line" doc:"Line of the body, from 1." minimum:"1"`
	Column   int    `json:"column,omitempty" doc:"Column in bytes, from 1; left out when the event as a whole is meant."`
	Pointer  string `json:"pointer,omitempty" doc:"JSON pointer (RFC 6901) within the event."`
	Expected string `json:"expected" doc:"What was expected."`
}

// SourceNotAllowed is the reason for an event of a source that the key does not speak for.
const SourceNotAllowed event.Reason = "source_not_allowed"

// parcel is a part of a body, read: what can be taken, what becomes a dead letter, what is refused.
type parcel struct {
	batch    pipeline.Batch
	rejected []Rejected
	foreign  int // how many of the rejected are of another source
}

const (
	fewEvents = 64  // up to so many are decoded without a second goroutine
	maxID     = 256 // bytes of an id that are repeated
)

// decoded is one event as it was read.
type decoded struct {
	event   event.Event
	problem *event.Problem
}

// parcel decodes pieces, which begin at index first of the body, on every CPU, and sorts them by what becomes of them.
func (a *api) parcel(source string, pieces []event.Piece, first int, now time.Time) parcel {
	limits := event.Limits{Bytes: a.Limits.EventBytes, Depth: a.Limits.Depth, Latest: now.Add(a.Limits.Future)}
	all := make([]decoded, len(pieces))
	decode := func(from, to int) {
		for i := from; i < to; i++ {
			all[i].event, all[i].problem = event.Decode(pieces[i].Text, pieces[i].Line, limits)
		}
	}
	share := max((len(pieces)+a.workers-1)/a.workers, fewEvents)
	var wg sync.WaitGroup
	for from := share; from < len(pieces); from += share {
		wg.Go(func() { decode(from, min(from+share, len(pieces))) })
	}
	decode(0, min(share, len(pieces)))
	wg.Wait()
	return sortOut(source, all, pieces, first)
}

// sortOut says what becomes of each event. One that cannot be read becomes a dead letter of the key's source; one that says it is of
// another source does not, because the key may not speak for that.
func sortOut(source string, all []decoded, pieces []event.Piece, first int) parcel {
	out := parcel{batch: pipeline.Batch{Events: make([]event.Event, 0, len(all))}}
	for i := range all {
		e, p := &all[i].event, all[i].problem
		if e.Source != "" && e.Source != source {
			p = &event.Problem{
				Reason: SourceNotAllowed, Line: pieces[i].Line, Pointer: "/source",
				Want: "the source that this key speaks for; every source has a key of its own",
			}
			out.foreign++
		} else if p != nil {
			out.batch.Letters = append(out.batch.Letters, pipeline.Letter{
				Source: source, Event: shortID(e.ID), Reason: p.Error(), Place: p.Pointer, Body: []byte(pieces[i].Text),
			})
		}
		if p == nil {
			out.batch.Events = append(out.batch.Events, *e)
			continue
		}
		out.rejected = append(out.rejected, Rejected{
			Index: first + i, ID: shortID(e.ID), Error: p.Error(), Reason: string(p.Reason), Line: p.Line, Column: p.Column,
			Pointer: p.Pointer, Expected: p.Want,
		})
	}
	return out
}

// shortID returns an id that may be repeated, or nothing: one that is no id could hold anything.
func shortID(s string) string {
	if len(s) > maxID || !utf8.ValidString(s) {
		return ""
	}
	return s
}
