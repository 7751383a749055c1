package console

import "net/http"

// health shows how the machine does.
func (c *console) health(w http.ResponseWriter, r *request) error {
	return c.render(w, r, http.StatusOK, healthPage(c.view(r, "health.title"), c.Health.Checks(r.Context())))
}

// worst is the state of the worst check; no check at all is Unknown, never Well.
func worst(checks []Check) State {
	rank := map[State]int{Well: 1, Warned: 2, Unknown: 3, Unwell: 4}
	out := Unknown
	for i, k := range checks {
		if i == 0 || rank[k.State] > rank[out] {
			out = k.State
		}
	}
	return out
}
