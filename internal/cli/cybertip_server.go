package cli

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

type cybertipServerCommand struct {
	Addr      string   `default:"127.0.0.1:8429" placeholder:"HOST:PORT" help:"Where to listen."`
	User      []string `placeholder:"NAME:PASSWORD" help:"Who may file; may be repeated. Without it one user is made, and printed."`
	Profile   string   `enum:"2025-06,2026-08" default:"2025-06" help:"Version of the schema: 2025-06 or 2026-08."`
	FaultRate float64  `placeholder:"SHARE" help:"Share of the requests that fail, 0 to 1, as a service does on a bad day."`
	FaultSeed uint64   `default:"1" help:"Another seed draws other faults."`
	CertFile  string   `name:"tls-cert" placeholder:"FILE" help:"Serve HTTPS with this certificate."`
	KeyFile   string   `name:"tls-key" placeholder:"FILE" help:"Key of the certificate."`
	Public    bool     `help:"Allow an address that is not this machine's own. Nothing real belongs here."`
}

// Help is the example.
func (cybertipServerCommand) Help() string {
	return "It keeps every report in memory until it ends, checks them as strictly as is known of NCMEC, and files nothing anywhere.\n" +
		"GET /_reports says what has arrived, without contents; a line on standard error tells of each request.\n\n" +
		"Example: haris cybertip test-server --addr 127.0.0.1:8429 --fault-rate 0.1"
}

// Run serves until it is interrupted.
func (c cybertipServerCommand) Run(r *run) error {
	opt, err := c.options(r.Now)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("%w (--addr takes another address)", err)
	}
	server := cybertiptest.NewServer(opt)
	srv := &http.Server{Handler: told(r, standIn(server)), ReadHeaderTimeout: 10 * time.Second}
	ctx, stop := signal.NotifyContext(r.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	scheme := "http"
	if c.CertFile != "" {
		scheme = "https"
	}
	for name, password := range opt.Users {
		fmt.Fprintf(r.Stdout, "%s://%s%s  user %s  password %s\n", scheme, l.Addr(), cybertiptest.BasePath, name, password)
	}
	ended := make(chan error, 1)
	go func() {
		if c.CertFile != "" {
			ended <- srv.ServeTLS(l, c.CertFile, c.KeyFile)
		} else {
			ended <- srv.Serve(l)
		}
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	server.Release() // requests that hang by a fault would hold up the end
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return srv.Shutdown(grace)
}

// options checks the flags.
func (c cybertipServerCommand) options(now func() time.Time) (cybertiptest.Options, error) {
	opt := cybertiptest.Options{Profile: cybertip.Profile(c.Profile), Clock: now, KeepFile: -1, CheckPriorReports: true}
	host, _, err := net.SplitHostPort(c.Addr)
	switch {
	case err != nil:
		return opt, &usageError{fmt.Sprintf("--addr %s: expected host:port, such as 127.0.0.1:8429", c.Addr)}
	case !c.Public && host != "localhost" && !net.ParseIP(host).IsLoopback():
		return opt, &usageError{fmt.Sprintf("--addr %s: not an address of this machine alone; --public allows it", c.Addr)}
	case c.FaultRate < 0 || c.FaultRate > 1:
		return opt, &usageError{fmt.Sprintf("--fault-rate %g: expected 0 to 1", c.FaultRate)}
	case (c.CertFile == "") != (c.KeyFile == ""):
		return opt, &usageError{"--tls-cert and --tls-key go together"}
	}
	opt.Users = map[string]string{}
	for _, u := range c.User {
		name, password, ok := strings.Cut(u, ":")
		if !ok || name == "" || password == "" {
			return opt, &usageError{fmt.Sprintf("--user %q: expected NAME:PASSWORD", name)}
		}
		opt.Users[name] = password
	}
	if len(opt.Users) == 0 {
		opt.Users[cybertiptest.DefaultUser] = cybertiptest.DefaultPassword
	}
	if c.FaultRate > 0 {
		opt.Faults = cybertiptest.Mixed(c.FaultRate, c.FaultSeed)
	}
	return opt, nil
}

// arrived is a report of the stand-in without its contents.
type arrived struct {
	ID     int64               `json:"id"`
	User   string              `json:"user"`
	State  cybertiptest.State  `json:"state"`
	Opened time.Time           `json:"opened"`
	Closed time.Time           `json:"closed,omitzero"`
	SHA256 string              `json:"sha256"` // of the document
	Files  []cybertiptest.File `json:"files"`
}

// standIn is the stand-in with a list of what has arrived beside it.
func standIn(server *cybertiptest.Server) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", server)
	mux.HandleFunc("GET /_reports", func(w http.ResponseWriter, _ *http.Request) {
		list := []arrived{}
		for _, x := range server.Reports() {
			a := arrived{ID: x.ID, User: x.User, State: x.State, Opened: x.Opened, Closed: x.Closed, SHA256: fmt.Sprintf("%x", sha256.Sum256(x.Document)), Files: x.Files}
			for i := range a.Files {
				a.Files[i].Content, a.Files[i].Details = nil, nil
			}
			list = append(list, a)
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(list); err != nil {
			return // who asked has gone
		}
	})
	return mux
}

// told writes a line for each request.
func told(r *run, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s := &statusWriter{ResponseWriter: w}
		began := r.Now()
		defer func() {
			status := "no answer"
			if s.status != 0 {
				status = fmt.Sprint(s.status)
			}
			r.say("%s %s %s  %s  Request-ID %s", began.UTC().Format(time.RFC3339), req.Method, req.URL.Path, status, w.Header().Get("Request-ID"))
		}()
		h.ServeHTTP(s, req)
	})
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (s *statusWriter) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusWriter) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}
