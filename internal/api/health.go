package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"haris/internal/auth"
)

// Health is the answer of /healthz.
type Health struct {
	Alive bool `json:"alive" doc:"Always true: the process answers."`
}

// Ready is the answer of /readyz.
type Ready struct {
	Ready  bool        `json:"ready" doc:"Whether events can be taken."`
	Checks []CheckLine `json:"checks" doc:"Each thing that must hold." nullable:"false"`
}

// CheckLine is one check of Ready.
type CheckLine struct {
	Name   string `json:"name" doc:"What was checked."`
	OK     bool   `json:"ok" doc:"Whether it holds. A check that could not run does not."`
	Detail string `json:"detail,omitempty" doc:"More, for a key with the scope health.read."`
}

// healthy says that the process lives. It asks nothing of anything else, so that a slow database does not get the process killed.
func (a *api) healthy(w http.ResponseWriter, _ *request) error {
	return reply(w, http.StatusOK, Health{Alive: true})
}

// ready says whether events can be taken. Anyone may ask; details are for keys with the scope health.read. A key that cannot be
// looked up, because the database is what is down, only loses the details.
func (a *api) ready(w http.ResponseWriter, r *request) error {
	detailed := false
	if r.Header.Get("Authorization") != "" {
		err := a.identify(r)
		if isStatus(err, http.StatusUnauthorized) {
			return err
		}
		detailed = err == nil && r.key.Allows(auth.HealthScope)
	}
	waiting, room := a.Queue.Depth()
	checks := append(a.Readiness.Ready(r.Context()), Check{
		Name: "queue", OK: waiting < room, Detail: fmt.Sprintf("%d of %d batches wait", waiting, room),
	})
	out := Ready{Ready: true, Checks: make([]CheckLine, len(checks))}
	for i, c := range checks {
		out.Ready = out.Ready && c.OK
		out.Checks[i] = CheckLine{Name: c.Name, OK: c.OK}
		if detailed {
			out.Checks[i].Detail = c.Detail
		}
		if !c.OK {
			r.note(slog.Group("unready", slog.String(c.Name, c.Detail)))
		}
	}
	if !out.Ready {
		w.Header().Set("Retry-After", "1")
		return reply(w, http.StatusServiceUnavailable, out)
	}
	return reply(w, http.StatusOK, out)
}

func isStatus(err error, status int) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == status
}
