package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"haris/internal/exchange/exchangetest"
)

type exchangeServerCommand struct {
	Addr       string `default:"127.0.0.1:8430" placeholder:"HOST:PORT" help:"Where to listen, on this machine alone; port 0 takes a free one (${default})."`
	Items      int    `default:"1000" help:"How many made-up items there are (${default})."`
	Page       int    `help:"Entries of a page; 0 takes the sizes of the real services."`
	FaultEvery int    `help:"Every so many requests one fails, each time in another way; 0 lets none fail."`
	Write      string `placeholder:"DIR" help:"Write an exchanges.yaml and the files of its secrets there."`
}

// Help is the example.
func (exchangeServerCommand) Help() string {
	return "It gives out one shelf of made-up hashes in the form of each exchange, as strictly as is known of them. Its credentials are no secret.\n\n" +
		"Example: haris exchange test-server --write try & HARIS_EXCHANGES_FILE=try/exchanges.yaml haris exchange sync"
}

// Run serves until it is interrupted.
func (c exchangeServerCommand) Run(r *run) error {
	host, _, err := net.SplitHostPort(c.Addr)
	switch {
	case err != nil:
		return &usageError{fmt.Sprintf("--addr %s: expected host:port, such as 127.0.0.1:8430", c.Addr)}
	case host != "localhost" && !net.ParseIP(host).IsLoopback():
		return &usageError{fmt.Sprintf("--addr %s: not an address of this machine alone; everybody knows the credentials of a stand-in", c.Addr)}
	case c.Items < 0 || c.Items > 1_000_000 || c.Page < 0 || c.Page > 1000 || c.FaultEvery < 0:
		return &usageError{"--items: expected 0 to 1000000; --page: 0 to 1000; --fault-every: 0 or more"}
	}
	ctx, stop := signal.NotifyContext(r.ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("%w (--addr takes another address)", err)
	}
	s := exchangetest.NewServer(exchangetest.Options{Now: r.Now, Page: c.Page, FaultEvery: c.FaultEvery, OnCall: func(k exchangetest.Call) {
		r.say("%s  %s %s  %d %s", k.At.UTC().Format(time.RFC3339), k.Method, k.Path, k.Status, k.Fault)
	}})
	s.Fill(c.Items, r.Now().Add(-time.Minute))
	url := "http://" + l.Addr().String()
	if err := c.welcome(r, url); err != nil {
		return errors.Join(err, l.Close())
	}
	return serveExchanges(ctx, s, l)
}

// serveExchanges serves until the context ends, and lets requests that are under way end for five seconds.
func serveExchanges(ctx context.Context, s *exchangetest.Server, l net.Listener) error {
	web := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	s.Release()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := web.Shutdown(grace); err != nil {
		return web.Close()
	}
	return nil
}

// welcome says where each exchange is, and writes the file that names them.
func (c exchangeServerCommand) welcome(r *run, url string) error {
	dir := c.Write
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		for name, secret := range exchangetest.Secrets() {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(secret+"\n"), 0o600); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, "exchanges.yaml"), []byte(exchangetest.Setup(url, dir)), 0o600); err != nil {
			return err
		}
		r.say("HARIS_EXCHANGES_FILE=%s haris exchange sync", filepath.Join(dir, "exchanges.yaml"))
	}
	paths := exchangetest.Paths()
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if r.isJSON() {
			if err := r.json(map[string]string{"type": name, "url": url + paths[name]}); err != nil {
				return err
			}
			continue
		}
		if _, err := fmt.Fprintf(r.Stdout, "%s  %s\n", name, url+paths[name]); err != nil {
			return err
		}
	}
	return nil
}
