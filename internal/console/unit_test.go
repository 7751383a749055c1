package console

import (
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/taxonomy"
)

func TestFold(t *testing.T) {
	for name, c := range map[string]struct {
		marked []uint64
		want   []int // lengths of the parts; folded ones are negative
	}{
		"nothing marked":          {nil, []int{-12}},
		"in the middle":           {[]uint64{6}, []int{-3, 5, -4}},
		"at both ends":            {[]uint64{1, 12}, []int{3, -6, 3}},
		"a gap of one stays open": {[]uint64{3, 9}, []int{12}},
		"everything":              {[]uint64{2, 6, 10}, []int{12}},
	} {
		t.Run(name, func(t *testing.T) {
			var events []event.Event
			by := map[uint64][]string{}
			for i := range 12 {
				events = append(events, event.Event{Seq: uint64(i + 1)})
			}
			for _, m := range c.marked {
				by[m] = []string{"D1"}
			}
			s := fold("c", events, by)
			var got []int
			for _, p := range s.parts {
				n := len(p.events)
				if p.folded {
					n = -n
				}
				got = append(got, n)
			}
			if !slices.Equal(got, c.want) || s.marked != len(c.marked) {
				t.Errorf("parts %v with %d marked, want %v with %d", got, s.marked, c.want, len(c.marked))
			}
		})
	}
}

func TestMerge(t *testing.T) {
	a := []event.Event{{Seq: 9}, {Seq: 3}}
	b := []event.Event{{Seq: 3}, {Seq: 4}}
	var got []uint64
	for _, e := range merge(a, b) {
		got = append(got, e.Seq)
	}
	if !slices.Equal(got, []uint64{3, 4, 9}) {
		t.Errorf("got %v", got)
	}
}

func TestStrongest(t *testing.T) {
	for name, c := range map[string]struct {
		in   []detect.Signal
		want string
	}{
		"none":                          {nil, ""},
		"the stronger":                  {[]detect.Signal{{Detector: "a", Strength: 3}, {Detector: "b", Strength: 4}}, "b"},
		"a fact before a number":        {[]detect.Signal{{Detector: "a", Strength: 9}, {Detector: "b", Strength: 1, Hard: true}}, "b"},
		"what was unscanned is nothing": {[]detect.Signal{{Detector: "a", Unscanned: "late", Hard: true}, {Detector: "b", Strength: 1}}, "b"},
	} {
		got := ""
		if s := strongest(c.in); s != nil {
			got = s.Detector
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestReadFilter(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		query string
		check func(casefile.Filter) bool
	}{
		"nothing": {"", func(f casefile.Filter) bool {
			return slices.Equal(f.Statuses, casefile.OpenStatuses()) && f.Claimant == ""
		}},
		"a status":      {"status=cleared", func(f casefile.Filter) bool { return slices.Equal(f.Statuses, []casefile.Status{casefile.Cleared}) }},
		"all":           {"status=all", func(f casefile.Filter) bool { return f.Statuses == nil }},
		"mine":          {"mine=1", func(f casefile.Filter) bool { return f.Claimant == "me" && f.Now.Equal(now) }},
		"priority":      {"priority=P1", func(f casefile.Filter) bool { return f.AtLeast == taxonomy.P1 }},
		"words of none": {"status=x&priority=x&typology=x", func(f casefile.Filter) bool { return f.Typology == "" && f.AtLeast == 0 && len(f.Statuses) == 3 }},
		"whose":         {"who=nobody&days=3", func(f casefile.Filter) bool { return f.Unassigned && f.OpenedBy.Equal(now.AddDate(0, 0, -3)) }},
		"tags":          {"detector=D1&label=l&days=4", func(f casefile.Filter) bool { return f.Detector == "D1" && f.Label == "l" && f.OpenedBy.IsZero() }},
		"put off":       {"status=asleep", func(f casefile.Filter) bool { return f.Resting == casefile.Asleep && len(f.Statuses) == 3 }},
		"typology":      {"typology=trafficking&queue=q", func(f casefile.Filter) bool { return f.Typology == taxonomy.TypologyTrafficking && f.Queue == "q" }},
	} {
		q, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		n := readFilter(q).narrow
		if f := n.Filter("me", now); !c.check(f) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestFilterURL(t *testing.T) {
	f := queueFilter{narrow: casefile.Narrow{Status: "all", Held: true}, cursor: "abc"}
	if got := f.url("priority", "P1"); got != "/queue?mine=1&priority=P1&status=all" {
		t.Errorf("got %s", got)
	}
	saved := queueFilter{id: "Q1", narrow: casefile.Narrow{Status: "all", Days: 3}}
	for field, want := range map[string]string{"from": "/queue?from=abc&q=Q1", "priority": "/queue?days=3&priority=abc&status=all"} {
		if got := saved.url(field, "abc"); got != want {
			t.Errorf("%s: got %s, want %s", field, got, want)
		}
	}
	if got := saved.saveURL(); got != "/queues?days=3&status=all" {
		t.Errorf("got %s", got)
	}
	if got := (queueFilter{narrow: casefile.Narrow{Queue: "a&b"}}).url("queue", ""); got != "/queue" {
		t.Errorf("got %s", got)
	}
}

func TestCheckDisposition(t *testing.T) {
	good := casefile.Disposition{
		Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming, Policy: "child safety", Reason: "because", Confidence: "high",
	}
	with := func(f func(*casefile.Disposition)) casefile.Disposition { d := good; f(&d); return d }
	for name, c := range map[string]struct {
		d   casefile.Disposition
		bad string
	}{
		"good":                          {good, ""},
		"nothing chosen":                {with(func(d *casefile.Disposition) { d.Finding = "" }), "finding"},
		"a finding of none":             {with(func(d *casefile.Disposition) { d.Finding = "guilty" }), "finding"},
		"confirmed without a kind":      {with(func(d *casefile.Disposition) { d.Typology = "" }), "typology"},
		"confirmed as unknown":          {with(func(d *casefile.Disposition) { d.Typology = taxonomy.TypologyUnknown }), "typology"},
		"cleared without kind, policy":  {with(func(d *casefile.Disposition) { d.Finding, d.Typology, d.Policy = casefile.FindingCleared, "", "" }), ""},
		"no reason":                     {with(func(d *casefile.Disposition) { d.Reason = "" }), "reason"},
		"confirmed without policy":      {with(func(d *casefile.Disposition) { d.Policy = "" }), "policy"},
		"no confidence":                 {with(func(d *casefile.Disposition) { d.Confidence = "" }), "confidence"},
		"second person, nothing to say": {with(func(d *casefile.Disposition) { d.Finding = casefile.FindingNeedsSecond }), "proposed"},
		"second person": {with(func(d *casefile.Disposition) {
			d.Finding, d.Proposed = casefile.FindingNeedsSecond, casefile.FindingConfirmed
		}), ""},
	} {
		bad := checkDisposition(&c.d)
		if (c.bad == "" && len(bad) > 0) || (c.bad != "" && bad[c.bad] == "") {
			t.Errorf("%s: %v, want %q", name, bad, c.bad)
		}
		if c.bad == "" {
			if err := c.d.Check(); err != nil {
				t.Errorf("%s: the case itself refuses what the form took: %v", name, err)
			}
		}
	}
}

func TestLocal(t *testing.T) {
	for path, want := range map[string]bool{
		"/queue": true, "/case/01J?x=1#e5": true, "": false, "queue": false, "//elsewhere.example": false, `/\elsewhere.example`: false,
		"https://elsewhere.example": false, "/a\r\nSet-Cookie: x": false, "/\t/elsewhere.example": false, "javascript:alert(1)": false, "/%zz": false,
	} {
		if got := local(path); got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
}

func TestSecure(t *testing.T) {
	for name, c := range map[string]struct {
		url, proto    string
		trust, secure bool
		plain         bool
		cookie        string
	}{
		"https":                        {"https://haris.example/", "", false, true, false, "__Host-haris"},
		"loopback":                     {"http://127.0.0.1:8420/", "", false, false, false, "haris"},
		"loopback, version 6":          {"http://[::1]:8420/", "", false, false, false, "haris"},
		"localhost":                    {"http://localhost/", "", false, false, false, "haris"},
		"http over the network":        {"http://10.0.0.5/", "", false, false, true, "haris"},
		"a name that looks like it":    {"http://localhost.example/", "", false, false, true, "haris"},
		"a proxy that is believed":     {"http://haris.example/", "https", true, true, false, "__Host-haris"},
		"a proxy that is not believed": {"http://haris.example/", "https", false, false, true, "haris"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", c.url, nil)
			if c.proto != "" {
				r.Header.Set("X-Forwarded-Proto", c.proto)
			}
			k := &console{Deps: Deps{TrustForwarded: c.trust}}
			if k.secure(r) != c.secure || k.plainHTTP(r) != c.plain || k.cookieName(r, sessionCookie) != c.cookie {
				t.Errorf("secure %v, plain %v, cookie %s", k.secure(r), k.plainHTTP(r), k.cookieName(r, sessionCookie))
			}
		})
	}
}

func TestAddress(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "10.0.0.1:5000"
	r.Header.Add("X-Forwarded-For", "192.0.2.9, 198.51.100.7")
	if got := (&console{}).address(r); got != "10.0.0.1" {
		t.Errorf("a proxy that is not believed: %s", got)
	}
	if got := (&console{Deps: Deps{TrustForwarded: true}}).address(r); got != "198.51.100.7" {
		t.Errorf("the last address that the proxy added: %s", got)
	}
}

func TestWorst(t *testing.T) {
	if got := worst(nil); got != Unknown {
		t.Errorf("no check at all is %s; it must not be well", got)
	}
	if got := worst([]Check{{State: Well}, {State: Unknown}, {State: Warned}}); got != Unknown {
		t.Errorf("a check that could not run was hidden: %s", got)
	}
	if got := worst([]Check{{State: Well}, {State: Well}}); got != Well {
		t.Errorf("got %s", got)
	}
}

func TestRuns(t *testing.T) {
	var parts []cybertip.Part
	for _, title := range []string{"Name", "Address", "Address", "Address", "Address", "Address", "Note", "Address"} {
		parts = append(parts, cybertip.Part{Title: title})
	}
	var got []int
	all := 0
	for _, r := range runs(parts) {
		got, all = append(got, len(r.shown), -len(r.folded)), all+len(r.shown)+len(r.folded)
	}
	if want := []int{1, 0, 2, -3, 1, 0, 1, 0}; !slices.Equal(got, want) || all != len(parts) {
		t.Errorf("%v of %d parts, want %v of %d", got, all, want, len(parts))
	}
}

// TestAHashThatCannotBeReadIsSaid: what was not compared is not clean.
func TestAHashThatCannotBeReadIsSaid(t *testing.T) {
	if list, bad := hashesOf([]string{"md5:" + strings.Repeat("0", 32)}); len(list) != 1 || bad {
		t.Errorf("%v, %v", list, bad)
	}
	if list, bad := hashesOf([]string{"md5:" + strings.Repeat("0", 32), "of another version"}); len(list) != 1 || !bad {
		t.Errorf("%v, %v", list, bad)
	}
}
