package console

import (
	"net/http"

	"haris/internal/job"
)

// maxDead is how many dead jobs the page shows.
const maxDead = 200

// jobs lists the work that gave up.
func (c *console) jobs(w http.ResponseWriter, r *request) error {
	dead, err := c.Jobs.Dead(r.Context(), maxDead)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, jobPage(c.view(r, "jobs.title"), dead))
}

// jobRequeue gives a dead job a new set of attempts.
func (c *console) jobRequeue(w http.ResponseWriter, r *request) error {
	if err := c.Jobs.Requeue(r.Context(), r.person.ID, r.PathValue("id")); err != nil {
		return err
	}
	return c.see(w, r, "/job")
}

// jobReason is why the job gave up, as it was written down.
func jobReason(j *job.Job) string {
	if j.LastError == "" {
		return "–"
	}
	return j.LastError
}
