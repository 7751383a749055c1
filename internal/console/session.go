package console

import (
	"net/http"
	"strings"

	"haris/internal/auth"
)

// sessionsView is the page of a person's sessions as an admin sees it.
type sessionsView struct {
	person   auth.Person
	sessions []auth.Session
}

// sessionEnd ends one of the person's own sessions; their own at work sends them to the sign-in page.
func (c *console) sessionEnd(w http.ResponseWriter, r *request) error {
	if err := c.Auth.EndSession(r.Context(), r.person.ID, r.person.ID, r.PathValue("ref")); err != nil {
		return err
	}
	return c.see(w, r, "/me")
}

// sessionsEnd ends every session of the person but the one at work.
func (c *console) sessionsEnd(w http.ResponseWriter, r *request) error {
	if _, err := c.Auth.EndOtherSessions(r.Context(), r.person.ID, r.cookie); err != nil {
		return err
	}
	return c.see(w, r, "/me")
}

// personSessions shows the sessions of somebody.
func (c *console) personSessions(w http.ResponseWriter, r *request) error {
	people, err := c.Auth.People(r.Context())
	if err != nil {
		return err
	}
	for i := range people {
		if people[i].ID != r.PathValue("id") {
			continue
		}
		p := sessionsView{person: people[i]}
		if p.sessions, err = c.Auth.Sessions(r.Context(), p.person.ID); err != nil {
			return err
		}
		return c.render(w, r, http.StatusOK, sessionsPage(c.view(r, "sessions.title"), &p))
	}
	return ErrNotFound
}

// personSessionEnd ends one session of somebody.
func (c *console) personSessionEnd(w http.ResponseWriter, r *request) error {
	if err := c.Auth.EndSession(r.Context(), r.person.ID, r.PathValue("id"), r.PathValue("ref")); err != nil {
		return err
	}
	return c.see(w, r, "/person/"+r.PathValue("id")+"/session")
}

// agentName is what a browser calls itself, in the names that people know. Order matters: most browsers also name those that they
// descend from. A name that is not known is empty.
func agentName(agent string) (browser, system string) {
	pick := func(list [][2]string) string {
		for _, k := range list {
			if strings.Contains(agent, k[0]) {
				return k[1]
			}
		}
		return ""
	}
	browser = pick([][2]string{
		{"Edg/", "Edge"},
		{"EdgA/", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	})
	system = pick([][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	})
	return browser, system
}

// agentText says from which browser a session comes.
func (v *view) agentText(s *auth.Session) string {
	browser, system := agentName(s.Agent)
	switch {
	case browser != "" && system != "":
		return v.T("sessions.agent", "browser", browser, "system", system)
	case browser+system != "":
		return browser + system
	}
	return v.T("sessions.agent_unknown")
}

// networkText is the network of a session without the length that says "one address".
func networkText(s *auth.Session) string { return strings.TrimSuffix(s.Network, "/32") }
