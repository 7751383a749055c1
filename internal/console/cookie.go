package console

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"haris/internal/auth"
)

// The cookies, without the prefix that they carry over https.
const (
	sessionCookie = "haris"
	visitorCookie = "haris_visitor"
)

// secure reports whether the browser speaks https, to us or to the proxy that configuration says to believe.
func (c *console) secure(r *http.Request) bool {
	return r.TLS != nil || (c.TrustForwarded && r.Header.Get("X-Forwarded-Proto") == "https")
}

// loopback reports whether the browser asked for this machine by a name that leads nowhere else.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback()
}

// plainHTTP reports whether a password would cross a network unprotected; sign-in is refused then.
func (c *console) plainHTTP(r *http.Request) bool { return !c.secure(r) && !loopback(r.Host) }

// cookieName is the cookie's name: over https with the prefix that makes browsers hold it to this host, all of it, and https.
func (c *console) cookieName(r *http.Request, name string) string {
	if c.secure(r) {
		return "__Host-" + name
	}
	return name
}

func (c *console) readCookie(r *request, name string) string {
	k, err := r.Cookie(c.cookieName(r.Request, name))
	if err != nil || len(k.Value) > 100 {
		return ""
	}
	return k.Value
}

// setCookie sets a cookie that ends with the browser or with the session, whichever is first; an empty value removes it.
func (c *console) setCookie(w http.ResponseWriter, r *request, name, value string) {
	k := &http.Cookie{
		Name: c.cookieName(r.Request, name), Value: value, Path: "/",
		HttpOnly: true, Secure: c.secure(r.Request), SameSite: http.SameSiteLaxMode,
		MaxAge: int(auth.SessionLife.Seconds()),
	}
	if name == visitorCookie {
		k.MaxAge = 3600
	}
	if value == "" {
		k.MaxAge = -1
	}
	http.SetCookie(w, k)
}

// letIn sets the session's cookie, ends the session that this browser had before, and takes the visitor's cookie away.
func (c *console) letIn(w http.ResponseWriter, r *request, in auth.SignedIn) error {
	if r.person.ID != "" {
		if err := c.Auth.SignOut(r.Context(), r.cookie); err != nil {
			return err
		}
	}
	c.setCookie(w, r, visitorCookie, "")
	c.setCookie(w, r, sessionCookie, in.Token)
	return nil
}

// device is where a request comes from, as far as it says so.
func (c *console) device(r *http.Request) auth.Device {
	return auth.Device{Addr: c.address(r), Agent: r.UserAgent()}
}

// address is the visitor's network address. Behind a proxy that is believed it is the last one that the proxy added.
func (c *console) address(r *http.Request) string {
	if c.TrustForwarded {
		parts := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(parts[len(parts)-1]); last != "" {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
