package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haris/internal/app"
	"haris/internal/auth"
	"haris/internal/config"
	"haris/internal/console"
	"haris/internal/store"
	"haris/packs"
)

// settings is a configuration on a directory and ports of its own.
func settings(t *testing.T) config.Config {
	t.Helper()
	c := config.Default()
	c.DataDir, c.Listen, c.MetricsListen = filepath.Join(t.TempDir(), "data"), "127.0.0.1:0", ""
	return c
}

func options() app.Options {
	return app.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)}
}

func start(t *testing.T, c config.Config) *app.App {
	t.Helper()
	a, err := app.New(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	})
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

func call(t *testing.T, method, url, key, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
		req.Header.Set("Content-Type", "application/x-ndjson")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b
}

const events = `{"specversion":"1.0","id":"1","source":"/s","type":"account.created","time":"2026-03-02T10:00:00Z","data":{"account":"adult","age_band":"25+"}}
{"specversion":"1.0","id":"2","source":"/s","type":"account.created","time":"2026-03-02T10:00:01Z","data":{"account":"child","age_band":"13-15"}}
{"specversion":"1.0","id":"3","source":"/s","type":"message.sent","time":"2026-03-02T10:01:00Z","data":{"from":"adult","to":["child"],"conversation":"v","relation":"none","text":"keep this between us"}}
{"specversion":"1.0","id":"4","source":"/s","type":"account.reported","time":"2026-03-02T10:02:00Z","data":{"by":"child","account":"adult","reason":"sextortion"}}
{"specversion":"1.0","id":"5","source":"/s","type":"message.sent","time":"2026-03-02T10:03:00Z","data":{"from":"adult"}}
`

func TestEventsOverHTTPBecomeACaseALetterAndFigures(t *testing.T) {
	c := settings(t)
	a := start(t, c)
	_, key, err := a.Core().Auth.CreateKey(t.Context(), "test", auth.NewKey{Source: "/s", Scopes: auth.Scopes()})
	if err != nil {
		t.Fatal(err)
	}
	code, body := call(t, "POST", a.URL()+"/v1/events", key, events)
	var taken struct {
		Accepted int
		Rejected []struct{ Index int }
	}
	if err := json.Unmarshal(body, &taken); err != nil || code != 200 || taken.Accepted != 4 || len(taken.Rejected) != 1 || taken.Rejected[0].Index != 4 {
		t.Fatalf("%d %s (%v)", code, body, err)
	}
	code, body = call(t, "GET", a.URL()+"/v1/letters", key, "")
	if code != 200 || !bytes.Contains(body, []byte(`/data`)) {
		t.Errorf("letters: %d %s", code, body)
	}
	if code, body = call(t, "GET", a.URL()+"/readyz", "", ""); code != 200 {
		t.Errorf("not ready: %s", body)
	}
	for _, k := range (app.Doctor{Core: a.Core(), App: a}).Checks(t.Context()) {
		if k.State == console.Unwell || k.State == console.Unknown {
			t.Errorf("%s is %s: %s", k.Name, k.State, k.Detail)
		}
		if k.Name == "dead_letters" && (k.Count != 1 || k.State != console.Warned) {
			t.Errorf("%+v", k)
		}
	}
}

func TestOneOwnerOfADirectory(t *testing.T) {
	c := settings(t)
	start(t, c)
	if _, err := app.New(t.Context(), c, options()); !errors.Is(err, app.ErrOwned) {
		t.Errorf("a second owner came in: %v", err)
	}
	core, err := app.OpenCore(t.Context(), c, options())
	if err != nil {
		t.Fatalf("commands must run beside the owner: %v", err)
	}
	if err := core.Close(); err != nil {
		t.Error(err)
	}
}

func TestDirectoryIsForItsOwnerAlone(t *testing.T) {
	c := settings(t)
	core, err := app.OpenCore(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	st, err := os.Stat(c.DataDir)
	if err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", st.Mode(), err)
	}
	keys, err := os.ReadDir(filepath.Join(c.DataDir, "keys"))
	if err != nil || len(keys) == 0 {
		t.Fatal(keys, err)
	}
	for _, k := range keys {
		if info, err := k.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others (%v)", k.Name(), err)
		}
	}
}

// Rules that are wrong are not let in, and those in force stay.
func TestReloadKeepsWhatWorks(t *testing.T) {
	c := settings(t)
	c.Rules.Dir = t.TempDir()
	file := filepath.Join(c.Rules.Dir, "basic.yaml")
	good, err := packs.FS.ReadFile("basic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(good)
	a := start(t, c)
	state := func() console.Check {
		for _, k := range (app.Doctor{Core: a.Core(), App: a}).Checks(t.Context()) {
			if k.Name == "rules" {
				return k
			}
		}
		return console.Check{}
	}
	before := state().Count
	put(bytes.Replace(good, []byte("when: from.adult"), []byte("when: form.adult"), 1))
	if err := a.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "form") {
		t.Errorf("a rule with a wrong name was let in: %v", err)
	}
	if k := state(); k.State != console.Unwell || k.Count != before {
		t.Errorf("%+v", k)
	}
	put(good)
	if err := a.Reload(t.Context()); err != nil || state().State != console.Well {
		t.Errorf("%v %+v", err, state())
	}
}

func TestAuditCheckpointsFindWhatWasRewritten(t *testing.T) {
	c := settings(t)
	a, err := app.New(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.FirstLink(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	core, err := app.OpenCore(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	defer core.Close()
	v, err := core.VerifyAudit(t.Context())
	if err != nil || len(v.Faults) != 0 || v.Checkpoints == 0 || v.Entries == 0 {
		t.Fatalf("%+v %v", v, err)
	}
	// A line that a crash cut off spoils neither reading nor the next line.
	file := filepath.Join(c.DataDir, "audit-checkpoints")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(whole, `{"at":"2026`...), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again, err := app.New(t.Context(), c, options())
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := again.FirstLink(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := again.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	if after, err := core.VerifyAudit(t.Context()); err != nil || len(after.Faults) != 0 || after.Checkpoints < v.Checkpoints+2 {
		t.Fatalf("%+v %v", after, err)
	}
	err = core.DB.Write(t.Context(), func(tx *store.Tx) error {
		for _, q := range []string{`DELETE FROM audit_entry`, `DELETE FROM audit_hash`, `DELETE FROM audit_head`} {
			if _, err := tx.Exec(t.Context(), q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if v, err = core.VerifyAudit(t.Context()); err == nil && len(v.Faults) == 0 {
		t.Errorf("an emptied log passed: %+v", v)
	}
}

func TestStartingSaysSo(t *testing.T) {
	c := settings(t)
	c.NCMEC.Environment = "nowhere"
	a, err := app.New(t.Context(), c, options())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Stop(); err != nil {
			t.Error(err)
		}
	}()
	if err := a.Start(t.Context()); err == nil {
		t.Fatal("an environment that does not exist was accepted")
	}
	if code, body := call(t, "GET", a.URL()+"/v1/events", "", ""); code != http.StatusServiceUnavailable || !strings.Contains(string(body), "starting") {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := call(t, "GET", a.URL()+"/healthz", "", ""); code != http.StatusOK {
		t.Error("a process that starts lives")
	}
}
