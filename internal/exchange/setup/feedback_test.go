package setup_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"haris/internal/bank"
	"haris/internal/exchange"
	"haris/internal/exchange/exchangetest"
	"haris/internal/exchange/setup"
)

func TestFeedback(t *testing.T) {
	md5 := exchangetest.Hash(bank.MD5, 1)
	for name, want := range map[string][2][]exchangetest.Feedback{
		"ncmec": {
			{{Protocol: "hashsharing", Of: "101-i000001", Kind: "MD5", Said: "affirmative"}},
			{{Protocol: "hashsharing", Of: "101-i000001", Kind: "MD5", Said: "negative"}},
		},
		"stopncii": {
			{{Protocol: "stopncii", Of: md5.Value, Said: "Blocked"}},
			{{Protocol: "stopncii", Of: md5.Value, Said: "NotBlocked"}},
		},
		"threatexchange": {
			{
				{Protocol: "threatexchange", Of: exchangetest.Descriptor(md5), Said: "SAW_THIS_TOO"},
				{Protocol: "threatexchange", Of: exchangetest.Descriptor(md5), Said: "HELPFUL"},
			},
			{{Protocol: "threatexchange", Of: exchangetest.Descriptor(md5), Said: "NOT_HELPFUL"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for i, right := range []bool{true, false} {
				p := protocols()[name]
				p.text += ", feedback: true"
				if name == "ncmec" {
					p.text += ", feedback_reason: " + exchangetest.Reason
				}
				b := open(t, p, exchangetest.Options{})
				b.Fill(5, start())
				b.Put(exchangetest.MakeItem(1, start()))
				b.Time = b.Add(1e10)
				b.sync()
				var r exchange.Record
				for _, x := range b.have {
					if slices.Contains(x.Hashes, md5) {
						r = x
					}
				}
				sender, ok := b.source.(exchange.Sender)
				if !ok {
					t.Fatal("takes no feedback")
				}
				f := exchange.Feedback{Exchange: "x", Key: r.Key, Handle: r.Handle, Hash: md5, Right: right}
				for range 2 {
					if err := sender.Send(t.Context(), f); err != nil {
						t.Fatal(err)
					}
				}
				if got := b.Said(); !slices.Equal(got, want[i]) {
					t.Errorf("%+v, want %+v", got, want[i])
				}
			}
		})
	}
}

func TestAReasonThatNCMECDoesNotKnow(t *testing.T) {
	p := protocols()["ncmec"]
	p.text += ", feedback: true, feedback_reason: Because"
	b := open(t, p, exchangetest.Options{})
	err := b.source.(exchange.Sender).Send(t.Context(), exchange.Feedback{Key: "101-x", Hash: exchangetest.Hash(bank.MD5, 1)}) //nolint:forcetypeassert // a Source of NCMEC
	if err == nil || !strings.Contains(err.Error(), `"Because"`) || !strings.Contains(err.Error(), exchangetest.Reason) {
		t.Error(err)
	}
}

func load(t *testing.T, text string) ([]setup.Exchange, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "exchanges.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return setup.Load(path, setup.Options{Env: environment, Now: (&clock{start()}).now})
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	ncmec := "exchanges:\n- name: a\n  type: ncmec\n  environment: industry-test\n  username: u\n  password_env: PASSWORD\n"
	for name, tt := range map[string]struct{ text, want string }{
		"no name":                {"exchanges:\n- type: list\n  path: /x", "name: expected 1 to 50"},
		"a name of ours":         {"exchanges:\n- name: own\n  type: list\n  path: /x", "and not own"},
		"a name twice":           {ncmec + strings.TrimPrefix(ncmec, "exchanges:\n"), `exchange 2 ("a"): name: stands twice`},
		"no type":                {"exchanges:\n- name: a", "expected one of arachnid, list, ncmec, stopncii, terrorism, threatexchange"},
		"no environment":         {strings.Replace(ncmec, "industry-test", "moon", 1), `"moon" is none; expected one of exploitative`},
		"both":                   {ncmec + "  url: https://x.example.org", "set environment or url, not both"},
		"no password":            {strings.Replace(ncmec, "PASSWORD", "NOTHING", 1), "password: is missing: set password_file"},
		"no file":                {strings.Replace(ncmec, "password_env: PASSWORD", "password_file: /none", 1), "password_file: cannot be read"},
		"a key of another":       {ncmec + "  group: '1'", "group: is not for the type ncmec"},
		"no key":                 {ncmec + "  pasword: geheim", `line 7, column 3: "pasword" is no key`},
		"a password in the file": {ncmec + "  password: geheim", `"password" is no key`},
		"no time":                {ncmec + "  interval: 5", "interval: expected a time"},
		"too short":              {ncmec + "  interval: 1s", "from 10s to"},
		"no label":               {ncmec + "  label: x", "label: expected unknown"},
		"feedback without":       {ncmec + "  feedback: true", "feedback_reason: is missing"},
		"feedback to nobody":     {"exchanges:\n- {name: a, type: list, path: /x, feedback: true}", "feedback: an exchange of the type list takes none"},
		"plain http":             {"exchanges:\n- {name: a, type: list, url: 'http://lists.example.org/x'}", "https is expected"},
		"path and url":           {"exchanges:\n- {name: a, type: list, url: 'https://lists.example.org/x', path: /x}", "and not both"},
		"a format":               {"exchanges:\n- {name: a, type: list, path: /x, format: xml}", "expected csv, json or hma"},
		"no YAML":                {"exchanges: [", "is not what is expected"},
		"no list":                {"exchanges: 3", "is not what is expected"},
		"a token":                {"exchanges:\n- {name: a, type: threatexchange, group: '1', token_env: PASSWORD}", "token: expected APPID|SECRET"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), exchangetest.Password) {
				t.Errorf("%v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestWhatIsRight(t *testing.T) {
	list, err := load(t, "exchanges:\n- {name: a, type: list, path: /x, interval: 2d, label: sextortion}\n- {name: b, type: stopncii, fetch_key_env: FETCH, subscription_key_env: SUBSCRIPTION}\n")
	if err != nil || len(list) != 2 {
		t.Fatal(err)
	}
	if a := list[0]; a.Interval.Hours() != 48 || a.Stale.Hours() != 144 || a.Label != "sextortion" || a.From != "/x" || a.Feedback != nil {
		t.Errorf("%+v", a)
	}
	if b := list[1]; b.Interval.Hours() != 1 || b.Stale.Hours() != 24 || b.Label != "unknown" || b.From != "api.stopncii.org" {
		t.Errorf("%+v", b)
	}
	for _, text := range []string{"", "exchanges: []", "# nothing\n"} {
		if list, err := load(t, text); err != nil || len(list) != 0 {
			t.Errorf("%q: %+v, %v", text, list, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, p := range protocols() {
		f.Add("exchanges:\n- {name: x, " + strings.ReplaceAll(p.text, "%s", "https://x.example.org") + "}\n")
	}
	path := filepath.Join(f.TempDir(), "exchanges.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := setup.Load(path, setup.Options{Env: environment, Now: (&clock{start()}).now})
		for _, e := range list {
			if err == nil && (e.Name == "" || e.Source == nil || e.Interval <= 0 || e.Stale <= 0) {
				t.Errorf("%+v", e)
			}
		}
	})
}
