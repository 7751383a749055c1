package casefile_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"haris/internal/casefile"
)

func forms(text string) (out []string) {
	for _, w := range casefile.Words(text) {
		out = append(out, w.Form)
	}
	return out
}

func TestWords(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want []string
	}{
		"case and accents":     {"Café, École! STRASSE straße", []string{"cafe", "ecole", "strasse", "strasse"}},
		"numbers and dashes":   {"acc-17: report 4564654", []string{"acc", "17", "report", "4564654"}},
		"digits of any script": {"٤٥٦", []string{"456"}},
		"Arabic letters":       {"إلى المدرسةِ والمُعلِّم", []string{"الي", "مدرسه", "معلم"}},
		"short after article":  {"الله ألم", []string{"الله", "الم"}},
		"nothing":              {" \x00 — !", nil},
		"not UTF-8":            {"a\xffb", []string{"a", "b"}},
		"long":                 {strings.Repeat("ab", 40), []string{strings.Repeat("ab", 24)}},
	} {
		if got := forms(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	text := "her الــمُدرِّسة said"
	w := casefile.Words(text)[1]
	if w.Form != "مدرسه" || !strings.HasPrefix(text[w.From:w.To], "الــم") {
		t.Errorf("%+v is %q", w, text[w.From:w.To])
	}
}

func TestAsked(t *testing.T) {
	for typed, want := range map[string]casefile.Question{
		"School coach SCHOOL tra": {Words: []string{"school", "coach"}, Prefix: "tra"},
		"school a":                {Words: []string{"school", "a"}},
		"المدر":                   {Prefix: "مدر"},
		"...":                     {},
	} {
		got := casefile.Asked(typed)
		if !slices.Equal(got.Words, want.Words) || got.Prefix != want.Prefix {
			t.Errorf("%q: %+v, want %+v", typed, got, want)
		}
		if got.Empty() != want.Empty() {
			t.Errorf("%q: empty %v", typed, got.Empty())
		}
	}
	q := casefile.Asked("school tra")
	var hit []string
	for _, w := range casefile.Words("The School's trainer took part in training; schools did not.") {
		if q.Means(w) {
			hit = append(hit, w.Form)
		}
	}
	if want := []string{"school", "trainer", "training"}; !slices.Equal(hit, want) {
		t.Errorf("%q, want %q", hit, want)
	}
}

func TestTextOf(t *testing.T) {
	for name, tt := range map[string]struct {
		who  string
		kind casefile.EventKind
		body any
		want string
	}{
		"note":        {"ada", casefile.Noted, casefile.NotedBody{Text: "asked the school"}, "asked the school"},
		"finding":     {"ada", casefile.Disposed, casefile.DisposedBody{Disposition: casefile.Disposition{Reason: "her coach", Policy: "child safety"}}, "her coach\nchild safety"},
		"assigned":    {"ada", casefile.Assigned, casefile.AssignedBody{To: "bea", Reason: "her town"}, "her town"},
		"claim":       {"ada", casefile.Claimed, casefile.ClaimedBody{}, ""},
		"software":    {casefile.Haris, casefile.Noted, casefile.NotedBody{Text: "x"}, ""},
		"opened":      {casefile.Haris, casefile.Opened, casefile.OpenedBody{}, ""},
		"agreed":      {"bea", casefile.Agreed, casefile.ReasonBody{Reason: "I see it so"}, "I see it so"},
		"put off":     {"ada", casefile.Snoozed, casefile.RestBody{Reason: "in the evening"}, "in the evening"},
		"absorbed":    {"ada", casefile.Absorbed, casefile.AbsorbedBody{Reason: "one man"}, "one man"},
		"split":       {"ada", casefile.SplitOff, casefile.SplitOffBody{Accounts: []string{"u2"}, Reason: "another man"}, "another man"},
		"split from":  {"ada", casefile.SplitFrom, casefile.SplitFromBody{Reason: "another man"}, "another man"},
		"escalated":   {"ada", casefile.Escalate, casefile.EscalatedBody{Reason: "for a lead"}, "for a lead"},
		"without any": {"ada", casefile.Released, nil, ""},
	} {
		e := casefile.Event{Case: "c", N: 2, Who: tt.who, Kind: tt.kind}
		if tt.body != nil {
			e.Body, _ = json.Marshal(tt.body)
		}
		if got, err := casefile.TextOf(&e); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, tt.want)
		}
	}
}
