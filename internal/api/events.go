package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"haris/internal/auth"
	"haris/internal/event"
	"haris/internal/pipeline"
)

// Taken is the answer to events that are dealt with for good.
type Taken struct {
	Accepted  int        `json:"accepted" doc:"Events that are new; everything they caused is durable." minimum:"0"`
	Duplicate int        `json:"duplicate" doc:"Events that had been taken before, by source and id; they change nothing." minimum:"0"`
	Rejected  []Rejected `json:"rejected" doc:"Events that were not taken. Those that could not be read are kept as dead letters." nullable:"false"`
	Verdicts  []Judged   `json:"verdicts,omitempty" doc:"One for each event that was not rejected, in the order of the body, when verdict=true." nullable:"false"`
}

// Judged is the verdict on one event.
type Judged struct {
	ID        string `json:"id" doc:"The event's id."`
	Verdict   string `json:"verdict,omitempty" doc:"What the platform should do with it; left out for a duplicate, which is not judged again." enum:"allow,hold,block"`
	Duplicate bool   `json:"duplicate,omitempty" doc:"The event had been taken before."`
	Reasons   []Why  `json:"reasons" doc:"The rules that led to the verdict." nullable:"false"`
}

// Why is one rule's part in a verdict.
type Why struct {
	Rule string `json:"rule" doc:"Name of the rule."`
	Why  string `json:"why" doc:"What it saw, with figures."`
}

// Late is the answer when the verdict is not there by the deadline.
type Late struct {
	Late   bool   `json:"late" doc:"Always true."`
	Detail string `json:"detail" doc:"What that means."`
}

// ask is what the query of the request says.
type ask struct {
	verdict  bool
	deadline time.Duration
}

// postEvents takes one event, a batch or lines.
func (a *api) postEvents(w http.ResponseWriter, r *request) error {
	q, err := a.asked(r)
	if err != nil {
		return err
	}
	f, p := formOf(r.Header)
	if p != nil {
		return p
	}
	body, err := a.read(w, r.Request)
	if err != nil {
		return err
	}
	r.note(slog.Int("bytes", len(body)))
	pieces, p := f.cut(body)
	if p != nil {
		return p
	}
	r.note(slog.Int("events", len(pieces)))
	a.metrics.body(len(pieces))
	if q.verdict {
		return a.judge(w, r, pieces, q.deadline)
	}
	out, foreign, err := a.take(r, pieces)
	if err != nil {
		return err
	}
	if foreign > 0 && foreign == len(pieces) {
		return notTheirs()
	}
	r.note(out.attrs()...)
	return reply(w, http.StatusOK, out)
}

// notTheirs is the answer when no event of the body is of the key's source.
func notTheirs() *Problem {
	return &Problem{
		Status: http.StatusForbidden, Code: string(SourceNotAllowed), Detail: "no event of the body is of the source that this key speaks for; nothing was taken",
		Expected: `events whose "source" is that of the key; every source has a key of its own`,
	}
}

func (t *Taken) attrs() []slog.Attr {
	return []slog.Attr{slog.Int("accepted", t.Accepted), slog.Int("duplicate", t.Duplicate), slog.Int("rejected", len(t.Rejected))}
}

// asked reads the query.
func (a *api) asked(r *request) (ask, error) {
	q := ask{deadline: a.Limits.VerdictDeadline}
	switch v := r.query["verdict"]; {
	case len(v) == 0:
	case len(v) == 1 && (v[0] == "true" || v[0] == "false"):
		q.verdict = v[0] == "true"
	default:
		return q, badRequest("bad_parameter", "the parameter verdict cannot be read", "verdict=true or verdict=false")
	}
	if v := r.query["deadline"]; len(v) > 0 {
		d, err := time.ParseDuration(v[0])
		if err != nil || d <= 0 || len(v) > 1 || !q.verdict {
			return q, badRequest("bad_parameter", "the parameter deadline cannot be read, or no verdict was asked for", "verdict=true&deadline=100ms, at most "+q.deadline.String())
		}
		q.deadline = min(d, q.deadline)
	}
	if q.verdict {
		return q, permit(r, auth.VerdictsRead)
	}
	return q, nil
}

// take hands the events on in order, in batches, and decodes the next batch while one is made durable. What was taken before a
// batch that was not is counted in the problem.
func (a *api) take(r *request, pieces []event.Piece) (out Taken, foreign int, err error) {
	out.Rejected = []Rejected{}
	size := a.Limits.BatchEvents
	load := func(at int) <-chan parcel {
		ready := make(chan parcel, 1)
		if at < len(pieces) {
			go func() { ready <- a.parcel(r.key.Source, pieces[at:min(at+size, len(pieces))], at, r.start) }()
		}
		return ready
	}
	next := load(0)
	for at := 0; at < len(pieces); at += size {
		p := <-next
		next = load(at + size)
		if err := a.hand(r.Context(), &out, p); err != nil {
			return out, 0, stopped(r, err, at)
		}
		foreign += p.foreign
	}
	return out, foreign, nil
}

// stopped turns an error of Ingest into the answer.
func stopped(r *request, err error, taken int) error {
	var bug *answerError
	switch {
	case errors.As(err, &bug):
		return err
	case r.Context().Err() != nil:
		return errGone
	}
	return refused(err, taken)
}

// hand gives one parcel to the pipeline and counts what became of it.
func (a *api) hand(ctx context.Context, out *Taken, p parcel) error {
	accepted, duplicate := out.Accepted, out.Duplicate
	if len(p.batch.Events)+len(p.batch.Letters) > 0 {
		ans, err := a.Ingester.Ingest(ctx, p.batch)
		if err != nil {
			return err
		}
		if err := out.add(p.batch, ans); err != nil {
			return err
		}
	}
	out.Rejected = append(out.Rejected, p.rejected...)
	a.metrics.batch(p, out.Accepted-accepted, out.Duplicate-duplicate)
	return nil
}

// answerError says that the pipeline's answer does not fit the batch, so that nothing can be said about the events.
type answerError struct{ events, news, verdicts int }

// Error says the figures.
func (e *answerError) Error() string {
	return fmt.Sprintf("api: the answer to %d events speaks of %d and has %d verdicts", e.events, e.news, e.verdicts)
}

// add counts the answer to one batch.
func (t *Taken) add(b pipeline.Batch, ans pipeline.Answer) error {
	if len(ans.New) != len(b.Events) || (b.Verdicts && len(ans.Verdicts) != len(b.Events)) {
		return &answerError{len(b.Events), len(ans.New), len(ans.Verdicts)}
	}
	for i, fresh := range ans.New {
		if fresh {
			t.Accepted++
		} else {
			t.Duplicate++
		}
		if b.Verdicts {
			t.Verdicts = append(t.Verdicts, judged(b.Events[i].ID, fresh, ans.Verdicts[i]))
		}
	}
	return nil
}

func judged(id string, fresh bool, v pipeline.Verdict) Judged {
	out := Judged{ID: id, Duplicate: !fresh, Verdict: string(v.Verdict), Reasons: []Why{}}
	for _, r := range v.Reasons {
		out.Reasons = append(out.Reasons, Why(r))
	}
	return out
}

// judge takes events whose sender waits for verdicts. Past the deadline the sender is told so; the work goes on, and what comes
// of it is counted and, when it failed, logged, because nobody else is left to be told.
func (a *api) judge(w http.ResponseWriter, r *request, pieces []event.Piece, deadline time.Duration) error {
	if most := a.Limits.BatchEvents; len(pieces) > most {
		p := badRequest("too_many_for_verdicts", "verdicts are given on at most "+strconv.Itoa(most)+" events at once; nothing was taken", "a smaller body")
		p.Limit = int64(most)
		return p
	}
	late := a.After(max(deadline-a.Now().Sub(r.start), 0))
	p := a.parcel(r.key.Source, pieces, 0, r.start)
	if p.foreign > 0 && p.foreign == len(pieces) {
		return notTheirs()
	}
	p.batch.Verdicts = true
	type result struct {
		out Taken
		err error
	}
	// The first of the two to say so answers: the work, or the deadline. The work never blocks on a sender who was told.
	done, told := make(chan result, 1), make(chan struct{})
	go func() {
		res := result{out: Taken{Rejected: []Rejected{}}}
		res.err = a.hand(context.WithoutCancel(r.Context()), &res.out, p)
		done <- res
		<-told
		select {
		case res := <-done:
			a.finished(res.out, res.err)
		default: // it was answered
		}
	}()
	defer close(told)
	select {
	case res := <-done:
		if res.err != nil {
			return stopped(r, res.err, 0)
		}
		r.note(res.out.attrs()...)
		return reply(w, http.StatusOK, res.out)
	case <-late:
		r.note(slog.Duration("deadline", deadline))
		return reply(w, http.StatusAccepted, Late{Late: true, Detail: lateDetail})
	case <-r.Context().Done():
		return errGone
	}
}

const lateDetail = "the verdicts were not there by the deadline; nothing is acknowledged yet, the work goes on, and sending again is harmless: " +
	"an event that was taken is then answered as a duplicate, without a verdict"

// finished says what became of work whose sender was told that it is late, or went away.
func (a *api) finished(out Taken, err error) {
	if err != nil {
		a.metrics.late("failed")
		a.Logger.LogAttrs(context.Background(), slog.LevelError, "api late work failed", slog.String("error", err.Error()))
		return
	}
	a.metrics.late("done")
	a.Logger.LogAttrs(context.Background(), slog.LevelInfo, "api late work done", out.attrs()...)
}
