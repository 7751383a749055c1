package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"haris/cybertip"
	"haris/cybertip/cybertiptest"
	"haris/internal/action"
	"haris/internal/config"
	"haris/webhook"
)

// Stand stands in for the services around haris, on ports of this machine: the platform's end of the wire, which verifies and
// prints what is asked of it, and the strict local CyberTipline.
type Stand struct {
	tipline, platform *http.Server
	tiplineURL        string
	platformURL       string
	secret            webhook.Secret
	faults            chan error
}

// NewStand starts both. got is told of every message to the platform.
func NewStand(now func() time.Time, got func(action.Received) error) (*Stand, error) {
	secret, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		return nil, err
	}
	s := &Stand{secret: secret, faults: make(chan error, 2)}
	if s.tipline, s.tiplineURL, err = s.start(cybertiptest.NewServer(cybertiptest.Options{})); err != nil {
		return nil, err
	}
	s.tiplineURL += cybertiptest.BasePath
	receiver := action.NewReceiver(action.ReceiverConfig{Secrets: []webhook.Secret{secret}, Now: now, Got: got})
	if s.platform, s.platformURL, err = s.start(receiver); err != nil {
		return nil, errors.Join(err, s.tipline.Close())
	}
	return s, nil
}

func (s *Stand) start(h http.Handler) (*http.Server, string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("demo: %w", err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.faults <- err
		}
	}()
	return srv, "http://" + l.Addr().String(), nil
}

// Faults tells of a stand-in that ended by itself.
func (s *Stand) Faults() <-chan error { return s.faults }

// Configure points a configuration at the stand-ins.
func (s *Stand) Configure(c *config.Config) {
	c.Actions = config.Actions{URL: s.platformURL + "/", Secrets: []config.Secret{config.Secret(s.secret.Reveal())}, Timeout: 10 * time.Second}
	c.NCMEC.Environment, c.NCMEC.URL = string(cybertip.Local), s.tiplineURL
	c.NCMEC.Username, c.NCMEC.Password = cybertiptest.DefaultUser, cybertiptest.DefaultPassword
	c.NCMEC.Platform, c.NCMEC.Service = "Demo Platform", "Demo Platform Chat"
	c.Handover.Authorities = []string{"Example Hotline"}
	c.NCMEC.Reporter = config.Person{FirstName: "Demo", LastName: "Platform", Email: "safety@platform.example"}
}

// Close stops both.
func (s *Stand) Close(ctx context.Context) error {
	return errors.Join(s.tipline.Shutdown(ctx), s.platform.Shutdown(ctx))
}
