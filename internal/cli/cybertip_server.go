package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
)

type cybertipServerCommand struct {
	Addr        string        `default:"127.0.0.1:8429" placeholder:"HOST:PORT" help:"Where to listen; port 0 takes a free one (${default})."`
	User        []string      `sep:"none" placeholder:"NAME:PASSWORD" help:"Who may file; may be repeated. Without it one user is made, and printed."`
	Profile     string        `enum:"2025-06,2026-08" default:"2025-06" help:"Version of the schema: 2025-06 or 2026-08."`
	State       string        `placeholder:"FILE" help:"Keep what has arrived in this file, so that it outlives the server. Contents are not kept."`
	FaultRate   float64       `placeholder:"SHARE" help:"Share of the requests that fail, 0 to 1, as a service does on a bad day."`
	FaultSeed   uint64        `default:"1" help:"Another seed draws other faults."`
	FaultKind   []string      `placeholder:"KIND" help:"Ways to fail: ${fault_kinds}. Without it all but ${lasting_faults}, which a client cannot get over by itself."`
	ExpireAfter time.Duration `default:"24h" placeholder:"TIME" help:"How long an open report lasts (${default})."`
	ExpireIdle  time.Duration `default:"1h" placeholder:"TIME" help:"How long it lasts at least after its last change (${default})."`
	CertFile    string        `name:"tls-cert" placeholder:"FILE" help:"Serve HTTPS with this certificate."`
	KeyFile     string        `name:"tls-key" placeholder:"FILE" help:"Key of the certificate."`
	Public      bool          `help:"Allow an address that is not this machine's own. Nothing real belongs here."`
}

// Help is the example.
func (cybertipServerCommand) Help() string {
	return "It checks reports as strictly as is known of NCMEC, keeps digests of them and no contents, and files nothing anywhere.\n" +
		"GET /_reports says what has arrived; a line on standard error tells of each request.\n\n" +
		"Example: haris cybertip test-server --addr 127.0.0.1:8429 --fault-rate 0.1 --state reports.journal"
}

// Run serves until it is interrupted.
func (c cybertipServerCommand) Run(r *run) (err error) {
	opt, err := c.options(r)
	if err != nil {
		return err
	}
	secure, err := c.secure()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(r.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The address is taken first: a second server on the same address must not touch the first one's file.
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("%w (--addr takes another address)", err)
	}
	server := cybertiptest.NewServer(opt)
	if c.State != "" {
		if server, err = cybertiptest.Open(c.State, opt); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	scheme := "http"
	if secure != nil {
		scheme, l = "https", tls.NewListener(l, secure)
	}
	if err := c.welcome(r, fmt.Sprintf("%s://%s", scheme, l.Addr()), opt.Users); err != nil {
		return errors.Join(err, l.Close())
	}
	return serveStandIn(ctx, server, l)
}

// serveStandIn serves until the context ends, and lets calls that are under way end for five seconds.
func serveStandIn(ctx context.Context, server *cybertiptest.Server, l net.Listener) error {
	// Broken connections are what this server is for, and not worth a line of net/http's.
	srv := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	server.Release() // requests that hang by a fault would hold up the end
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		return srv.Close() // a client that still sends is cut off; that is no failure of this command
	}
	return nil
}

// options checks the flags.
func (c cybertipServerCommand) options(r *run) (cybertiptest.Options, error) {
	opt := cybertiptest.Options{
		Profile: cybertip.Profile(c.Profile), Clock: r.Now, Seed: uint64(r.Now().UnixNano()), DigestsOnly: true, CheckPriorReports: true,
		ExpireAfter: c.ExpireAfter, ExpireAfterChange: c.ExpireIdle, OnCall: r.tellCall,
	}
	host, _, err := net.SplitHostPort(c.Addr)
	switch {
	case err != nil:
		return opt, &usageError{fmt.Sprintf("--addr %s: expected host:port, such as 127.0.0.1:8429", c.Addr)}
	case !c.Public && host != "localhost" && !net.ParseIP(host).IsLoopback():
		return opt, &usageError{fmt.Sprintf("--addr %s: not an address of this machine alone; --public allows it", c.Addr)}
	case c.Public && len(c.User) == 0:
		return opt, &usageError{"--public: everybody knows the password of the standing user; give --user NAME:PASSWORD"}
	case !(c.FaultRate >= 0 && c.FaultRate <= 1):
		return opt, &usageError{fmt.Sprintf("--fault-rate %g: expected 0 to 1", c.FaultRate)}
	case c.ExpireAfter <= 0 || c.ExpireIdle <= 0:
		return opt, &usageError{"--expire-after and --expire-idle: expected a time above zero, such as 90s or 24h"}
	case (c.CertFile == "") != (c.KeyFile == ""):
		return opt, &usageError{"--tls-cert and --tls-key go together"}
	}
	plan := cybertiptest.FaultPlan{Share: c.FaultRate, Seed: c.FaultSeed}
	for _, k := range c.FaultKind {
		if !slices.Contains(cybertiptest.FaultKinds(), cybertiptest.FaultKind(k)) {
			return opt, &usageError{fmt.Sprintf("--fault-kind %s: expected one of %s", k, kindsText(cybertiptest.FaultKinds()))}
		}
		plan.Kinds = append(plan.Kinds, cybertiptest.FaultKind(k))
	}
	if opt.Faults, err = plan.Faults(); err != nil {
		return opt, err
	}
	opt.Users, err = c.users()
	return opt, err
}

func (c cybertipServerCommand) users() (map[string]string, error) {
	if len(c.User) == 0 {
		return map[string]string{cybertiptest.DefaultUser: cybertiptest.DefaultPassword}, nil
	}
	users := map[string]string{}
	for _, u := range c.User {
		name, password, ok := strings.Cut(u, ":")
		if !ok || name == "" || password == "" {
			return nil, &usageError{fmt.Sprintf("--user %q: expected NAME:PASSWORD", name)}
		}
		if _, twice := users[name]; twice {
			return nil, &usageError{fmt.Sprintf("--user %q is given twice", name)}
		}
		users[name] = password
	}
	return users, nil
}

// secure reads the certificate; it returns nil when none is given.
func (c cybertipServerCommand) secure() (*tls.Config, error) {
	if c.CertFile == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// welcome says where the server is and who may use it.
func (c cybertipServerCommand) welcome(r *run, url string, users map[string]string) error {
	var names []string
	for name := range users {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var err error
		if r.isJSON() {
			err = r.json(struct {
				URL      string `json:"url"`
				Reports  string `json:"reports"`
				Profile  string `json:"profile"`
				User     string `json:"user"`
				Password string `json:"password"`
			}{url + cybertiptest.BasePath, url + cybertiptest.ListPath, c.Profile, name, users[name]})
		} else {
			_, err = fmt.Fprintf(r.Stdout, "%s%s  user %s  password %s\n", url, cybertiptest.BasePath, name, users[name])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// tellCall writes a line for each request: when, what, what was answered or kept from being answered.
func (r *run) tellCall(k cybertiptest.Call) {
	var b strings.Builder
	endpoint := string(k.Endpoint)
	if endpoint == "" {
		endpoint = "(unknown path)"
	}
	fmt.Fprintf(&b, "%s  %s", k.At.UTC().Format(time.RFC3339), endpoint)
	if k.Status != 0 {
		fmt.Fprintf(&b, "  %d code %d", k.Status, int(k.Code))
	}
	if k.ReportID != 0 {
		fmt.Fprintf(&b, "  report %d", k.ReportID)
	}
	if k.User != "" {
		fmt.Fprintf(&b, "  user %q", k.User)
	}
	if k.Fault != "" {
		effect := "after the effect"
		if k.Status == 0 {
			effect = "without effect"
		}
		fmt.Fprintf(&b, "  fault %s %s", k.Fault, effect)
	}
	r.say("%s  Request-ID %s", b.String(), k.RequestID)
}

func kindsText(kinds []cybertiptest.FaultKind) string {
	var words []string
	for _, k := range kinds {
		words = append(words, string(k))
	}
	return strings.Join(words, ", ")
}

// cybertipWords are what help texts take from the libraries.
func cybertipWords() map[string]string {
	lasting := slices.DeleteFunc(cybertiptest.FaultKinds(), func(k cybertiptest.FaultKind) bool { return slices.Contains(cybertiptest.PassingFaults(), k) })
	return map[string]string{"fault_kinds": kindsText(cybertiptest.FaultKinds()), "lasting_faults": kindsText(lasting)}
}
