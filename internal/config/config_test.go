package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write golden files")

// hidden stands in the fixtures where a secret would; nothing that the package says may hold it.
const hidden = "a-secret-that-must-not-be-shown"

// TestMistakes loads one fixture for each mistake and compares what is said about it. That no fixture shows a secret is
// looked at here for all of them.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/mistake/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			_, err := Load(file, nil)
			var p *Problems
			if !errors.As(err, &p) {
				t.Fatalf("Load = %v, want *Problems", err)
			}
			for _, q := range p.List {
				if q.File != "" && (q.Line < 1 || q.Column < 1) {
					t.Errorf("%q does not say where", q.Error())
				}
			}
			got := strings.ReplaceAll(err.Error(), "testdata/mistake/", "") + "\n"
			if strings.Contains(got, hidden) {
				t.Errorf("a secret is shown:\n%s", got)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", got)
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s (-want +got)\n%s", path, cmp.Diff(string(want), got))
	}
}

func TestNothingIsTheDefault(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "haris.yaml")
	for name, body := range map[string]string{"empty": "", "comments": "# nothing yet\n", "empty section": "log:\n", "document mark": "---\n"} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(empty, []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
			same(t, load(t, empty, nil), Default())
		})
	}
	t.Run("no file", func(t *testing.T) { same(t, load(t, "", []string{"PATH=/bin", "HARIS"}), Default()) })
}

func same(t *testing.T, got, want Config) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Config{})); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func load(t *testing.T, path string, env []string, flags ...Flag) Config {
	t.Helper()
	c, err := Load(path, env, flags...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEveryKey makes sure that every key of the table is in the full fixture, changes something there, and can be changed
// by the environment and by a flag too.
func TestEveryKey(t *testing.T) {
	full := load(t, "testdata/full.yaml", nil)
	start := Default()
	before := start.keys()
	for i, k := range full.keys() {
		parts := k.parts()
		if reflect.DeepEqual(parts, before[i].parts()) {
			t.Errorf("%s: the full fixture has the default", k.name)
		}
		if from := full.origins[k.name]; from.Line == 0 {
			t.Errorf("%s: no line is known", k.name)
		}
	}
	var env []string
	for _, k := range full.keys() {
		env = append(env, envName(k.name)+"="+strings.Join(k.parts(), ","))
	}
	fromEnv := load(t, "", env)
	same(t, fromEnv, full)
	for _, e := range fromEnv.Entries() {
		if e.From != "env "+envName(e.Key) {
			t.Errorf("%s is from %q", e.Key, e.From)
		}
	}
}

// TestEveryFieldHasAKey finds a field of Config that no key sets.
func TestEveryFieldHasAKey(t *testing.T) {
	full := load(t, "testdata/full.yaml", nil)
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			switch {
			case !f.IsExported():
			case f.Type.Kind() == reflect.Struct:
				walk(path+f.Name+".", v.Field(i))
			case v.Field(i).IsZero() && path+f.Name != "NCMEC.Reporter.Phone":
				t.Errorf("%s%s is set by no key", path, f.Name)
			}
		}
	}
	walk("", reflect.ValueOf(full))
}

func TestOrder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "haris.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:1\nlog:\n  level: warn\nconsole:\n  claim: 1h\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := load(t, "", []string{"HARIS_CONFIG=" + file, "HARIS_LISTEN=127.0.0.1:2", "HARIS_LOG_LEVEL=error"},
		Flag{"listen", "127.0.0.1:3", "--listen"})
	if c.Listen != "127.0.0.1:3" || c.Log.Level != "error" || c.Console.Claim != time.Hour {
		t.Errorf("listen %s, level %s, claim %s", c.Listen, c.Log.Level, c.Console.Claim)
	}
	want := map[string]string{
		"listen": "--listen", "log.level": "env HARIS_LOG_LEVEL", "console.claim": file + ":5:10", "data_dir": "default",
	}
	for _, e := range c.Entries() {
		if w, ok := want[e.Key]; ok && e.From != w {
			t.Errorf("%s is from %q, want %q", e.Key, e.From, w)
		}
	}
}

func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	secret, long := filepath.Join(dir, "secret"), filepath.Join(dir, "long")
	for path, body := range map[string]string{secret: hidden + "\n", long: strings.Repeat("x", maxSecret+1)} {
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	account := []string{"HARIS_NCMEC_ENVIRONMENT=test", "HARIS_NCMEC_USERNAME=u", "HARIS_NCMEC_REPORTER_EMAIL=safety@example.org"}
	for _, c := range []struct {
		name string
		env  []string
		want string // part of the error; empty when there is none
	}{
		{"secret from a file", append(account, "HARIS_NCMEC_PASSWORD_FILE="+secret), ""},
		{"secret twice", append(account, "HARIS_NCMEC_PASSWORD=x", "HARIS_NCMEC_PASSWORD_FILE="+secret), "not both"},
		{"secret file missing", []string{"HARIS_NCMEC_PASSWORD_FILE=" + dir + "/none"}, "no such file"},
		{"secret file too long", []string{"HARIS_NCMEC_PASSWORD_FILE=" + long}, "longer than 65536 bytes"},
		{"file for what is no secret", []string{"HARIS_LISTEN_FILE=" + secret}, `env HARIS_LISTEN_FILE: is no key of the configuration; did you mean "HARIS_LISTEN"?`},
		{"misspelt", []string{"HARIS_LISTN=127.0.0.1:1"}, `env HARIS_LISTN: is no key of the configuration; did you mean "HARIS_LISTEN"?`},
		{"bad value", []string{"HARIS_INGEST_WORKERS=many"}, `env HARIS_INGEST_WORKERS: ingest.workers is "many"; a whole number from 0 to 1024 is expected`},
		{"bad secret value", []string{"HARIS_ACTIONS_SECRETS=" + hidden}, "env HARIS_ACTIONS_SECRETS: actions.secrets is not what is allowed"},
		{"three secrets", []string{"HARIS_ACTIONS_SECRETS=a,b,c"}, "one or two secrets are expected"},
		{"empty where something must stand", []string{"HARIS_LISTEN="}, `listen is ""`},
		{"empty list", []string{"HARIS_ACTIONS_SECRETS="}, ""},
		{"Kubernetes", []string{"HARIS_SERVICE_HOST=10.0.0.1", "HARIS_PORT=tcp://10.0.0.1:8420", "HARIS_PORT_8420_TCP=x"}, ""},
		{"the last one holds", []string{"HARIS_LISTEN=nonsense", "HARIS_LISTEN=127.0.0.1:1"}, ""},
		{"named file missing", []string{"HARIS_CONFIG=" + dir + "/none.yaml"}, "env HARIS_CONFIG: the configuration cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Load("", c.env)
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Fatalf("error %v, want %q", err, c.want)
			case err != nil && strings.Contains(err.Error(), hidden):
				t.Error("a secret is shown")
			}
			if c.name == "secret from a file" && got.NCMEC.Password.Reveal() != hidden {
				t.Errorf("the secret has %d bytes", len(got.NCMEC.Password))
			}
		})
	}
}

func TestFileErrors(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.yaml")
	if err := os.WriteFile(big, bytes.Repeat([]byte("#\n"), maxFile), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"missing": dir + "/none.yaml", "directory": dir, "too long": big} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(path, nil)
			if err == nil || !strings.Contains(err.Error(), "--config: the configuration cannot be read: ") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestFlagThatIsNoKey(t *testing.T) {
	if _, err := Load("", nil, Flag{"nonsense", "x", "--nonsense"}); err == nil {
		t.Error("taken")
	}
}

// TestAllAtOnce: a person mends a file once, not once for each mistake.
func TestAllAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "haris.yaml")
	if err := os.WriteFile(file, []byte("listn: a\nlog:\n  level: loud\nncmec:\n  environment: test\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(file, []string{"HARIS_LSTEN=x", "HARIS_INGEST_WORKERS=-1"})
	var p *Problems
	if !errors.As(err, &p) || len(p.List) != 7 {
		t.Fatalf("%v", err)
	}
}

func TestPrint(t *testing.T) {
	full := load(t, "testdata/full.yaml", nil)
	for format, path := range map[string]string{Human: "testdata/print.yaml", JSON: "testdata/print.json"} {
		t.Run(format, func(t *testing.T) {
			var b bytes.Buffer
			if err := full.Print(&b, format); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), hidden) || strings.Contains(b.String(), "whsec") {
				t.Error("a secret is shown")
			}
			golden(t, path, b.String())
		})
	}
	if err := full.Print(&bytes.Buffer{}, "xml"); err == nil {
		t.Error("printed as xml")
	}
}

// TestPrintedIsRead: what is printed, but for secrets, is a configuration that says the same.
func TestPrintedIsRead(t *testing.T) {
	for name, c := range map[string]Config{"default": load(t, "", nil), "full": load(t, "testdata/full.yaml", nil)} {
		t.Run(name, func(t *testing.T) {
			c.Database.URL, c.Actions.Secrets, c.Actions.URL = "", nil, ""
			var b bytes.Buffer
			if err := c.Print(&b, Human); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "haris.yaml")
			if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			again := load(t, file, nil)
			again.NCMEC.Password, again.External.Key, again.Translate.Key = c.NCMEC.Password, c.External.Key, c.Translate.Key
			again.Auth.OIDC.ClientSecret = c.Auth.OIDC.ClientSecret
			same(t, again, c)
		})
	}
}

// TestSectionsStandTogether: printYAML opens a section once only if its keys stand together.
func TestSectionsStandTogether(t *testing.T) {
	seen, last := map[string]bool{}, ""
	for _, k := range Keys() {
		section, _, nested := strings.Cut(k.Name, ".")
		if nested && section != last && seen[section] {
			t.Errorf("%s stands apart from its section", k.Name)
		}
		seen[section], last = true, section
		if k.Doc == "" || k.Env != "HARIS_"+strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_")) || k.Expect == "" {
			t.Errorf("%+v is not complete", k)
		}
	}
}

// TestNoSecretLeaks prints a secret in every way that a careless line might.
func TestNoSecretLeaks(t *testing.T) {
	c := load(t, "testdata/full.yaml", nil)
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "config", c, "secret", c.NCMEC.Password)
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"log": b.String(), "%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "JSON": string(text),
	} {
		if strings.Contains(s, hidden) || strings.Contains(s, "whsec") {
			t.Errorf("%s shows a secret: %s", name, s)
		}
	}
	if c.NCMEC.Password.Reveal() != hidden || Secret("").String() != "" {
		t.Error("Reveal or the empty secret is wrong")
	}
}

func TestMasked(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain": mask, "postgres://h/db": "postgres://h/db", "postgres://u@h/db": "postgres://u@h/db",
		"postgres://u:p@h/db": "postgres://u:" + mask + "@h/db", "postgres://h/db?password=p": "postgres://h/db?" + mask,
		"postgres:///db?host=/tmp": mask, "postgres://u:p%zz@h": mask, "host=h password=p": mask,
	} {
		if got := masked(in); got != want {
			t.Errorf("masked(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPublic(t *testing.T) {
	at := func(s string) net.Addr {
		a, err := net.ResolveTCPAddr("tcp", s)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, c := range []struct{ public, listening, want string }{
		{"", "127.0.0.1:8420", "http://127.0.0.1:8420"},
		{"", "0.0.0.0:80", "http://localhost:80"},
		{"", "[::]:80", "http://localhost:80"},
		{"", "[::1]:80", "http://[::1]:80"},
		{"https://safety.example.org/", "127.0.0.1:8420", "https://safety.example.org"},
	} {
		config := Config{PublicURL: c.public}
		if got := config.Public(at(c.listening)); got != c.want {
			t.Errorf("Public(%q, %s) = %s, want %s", c.public, c.listening, got, c.want)
		}
	}
}

func TestEndpoint(t *testing.T) {
	if e, err := load(t, "testdata/full.yaml", nil).Actions.Endpoint(); err != nil || len(e.Secrets) != 2 || e.Timeout != 3*time.Second {
		t.Errorf("%v %v", e, err)
	}
}

func TestMeasure(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Duration
		ok   bool
	}{
		{"250ms", 250 * time.Millisecond, true},
		{"90d", 90 * day, true},
		{"0s", 0, true},
		{"1h30m", 0, false},
		{"-1s", 0, false},
		{"s", 0, false},
		{"", 0, false},
		{"1.5h", 0, false},
		{"99999999999d", 0, false},
		{"99999999999999999999s", 0, false},
	} {
		got, ok := measure(c.in, spanUnits())
		if time.Duration(got) != c.want || ok != c.ok {
			t.Errorf("measure(%q) = %d, %t", c.in, got, ok)
		}
	}
}

// FuzzFile: whatever the file holds, Load returns, and either a configuration that can be printed and read again or problems
// that say where.
func FuzzFile(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "testdata/mistake/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		l := &loader{config: Default()}
		l.keys = l.config.keys()
		l.config.origins = map[string]Origin{}
		(&reader{loader: l, file: "f"}).read(src)
		l.config.check(&l.out)
		for _, p := range l.out.List {
			if p.Message == "" || p.File != "" && p.Line < 1 {
				t.Errorf("%+v", p)
			}
		}
		if err := l.config.Print(&bytes.Buffer{}, Human); err != nil {
			t.Error(err)
		}
	})
}
