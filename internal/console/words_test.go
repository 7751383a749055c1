package console

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/access"
	"haris/internal/action"
	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/process"
	"haris/internal/report"
	"haris/internal/review"
	"haris/internal/rulebook"
	"haris/internal/taxonomy"
)

func words(t *testing.T) map[string]*catalogue {
	t.Helper()
	w, err := readCatalogues(catalogueFiles)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

var hole = regexp.MustCompile(`\{[a-z_]+\}`)

func TestCataloguesAreComplete(t *testing.T) {
	w := words(t)
	want := map[string][]string{"en": {"one", "other"}, "ar": {"few", "many", "one", "other", "two", "zero"}}
	for lang, c := range w {
		for key, p := range w["en"].phrases {
			q, ok := c.phrases[key]
			switch {
			case !ok:
				t.Errorf("%s lacks %s", lang, key)
			case p.forms == nil && q.text == "":
				t.Errorf("%s: %s is empty", lang, key)
			case p.forms == nil && !slices.Equal(holes(p.text), holes(q.text)):
				t.Errorf("%s: %s has the places %v, English has %v", lang, key, holes(q.text), holes(p.text))
			case p.forms != nil:
				for _, form := range want[lang] {
					if q.forms[form] == "" {
						t.Errorf("%s: %s lacks the form %q", lang, key, form)
					}
				}
			}
		}
		if len(c.phrases) != len(w["en"].phrases) {
			t.Errorf("%s has %d keys, English has %d", lang, len(c.phrases), len(w["en"].phrases))
		}
	}
}

func holes(s string) []string {
	h := hole.FindAllString(s, -1)
	slices.Sort(h)
	return slices.Compact(h)
}

// TestNoKeyTwice reads the files themselves, because a JSON decoder takes the last of two without a word.
func TestNoKeyTwice(t *testing.T) {
	for _, lang := range Languages() {
		b, err := catalogueFiles.ReadFile("catalogue/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(b) {
			t.Errorf("%s is not JSON", lang)
		}
		seen := map[string]bool{}
		for line := range strings.SplitSeq(string(b), "\n") {
			if key, _, ok := strings.Cut(line, ":"); ok && seen[key] {
				t.Errorf("%s: %s stands twice", lang, key)
			} else {
				seen[key] = true
			}
		}
	}
}

// TestKeysInTheSourceExist looks for keys that pages ask for as they stand.
func TestKeysInTheSourceExist(t *testing.T) {
	w := words(t)["en"]
	asked := regexp.MustCompile(`\.(T|N)\("([a-z_.0-9A-Z]+[a-z0-9A-Z])"`)
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	more, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, more...) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(b), -1) {
			if p, ok := w.phrases[m[2]]; !ok || (m[1] == "N") != (p.forms != nil) {
				t.Errorf("%s asks for %s(%q), which the catalogue does not have", f, m[1], m[2])
			}
		}
	}
}

// TestEveryWordOfOursHasATranslation asks for the words that pages build keys from.
func TestEveryWordOfOursHasATranslation(t *testing.T) {
	var keys []string
	for _, s := range casefile.Statuses() {
		keys = append(keys, "status."+string(s))
	}
	for _, s := range []rulebook.State{rulebook.Proposed, rulebook.Published, rulebook.Refused, rulebook.Withdrawn} {
		keys = append(keys, "rules_state."+string(s))
	}
	for _, v := range access.Verdicts() {
		keys = append(keys, "access_verdict."+string(v))
	}
	for _, k := range []access.Kind{access.Person, access.Key} {
		keys = append(keys, "access_kind."+string(k), "access.last."+string(k), "access.never."+string(k), "access.take_do."+string(k))
	}
	for _, e := range []error{access.ErrMoved, access.ErrSame, access.ErrStale, access.ErrOwn, access.ErrReason} {
		keys = append(keys, "bad."+accessMistakes(e)["reason"])
	}
	for _, which := range []string{"refuse", "withdraw", "again"} {
		keys = append(keys, "rules."+which, "rules."+which+"_help", "rules."+which+"_do")
	}
	for _, m := range taxonomy.Modes() {
		keys = append(keys, "rule_mode."+string(m))
	}
	for _, root := range []string{"event", "from", "to", "labels", "signal", "family", "counter"} {
		keys = append(keys, "rules.root."+root)
	}
	for _, w := range auth.Ways() {
		keys = append(keys, "way."+string(w))
	}
	for _, c := range Conditions() {
		keys = append(keys, "condition."+c)
	}
	for _, k := range casefile.Kinds() {
		keys = append(keys, "kind."+string(k))
	}
	for _, f := range findings() {
		keys = append(keys, "finding."+string(f), "finding_help."+string(f))
	}
	for _, y := range taxonomy.Typologies() {
		keys = append(keys, "typology."+string(y))
	}
	for _, f := range taxonomy.Families() {
		keys = append(keys, "family."+string(f))
	}
	for _, b := range taxonomy.AgeBands() {
		keys = append(keys, "age."+b)
	}
	for _, k := range confidences() {
		keys = append(keys, "confidence."+k)
	}
	for _, e := range event.Types() {
		keys = append(keys, "event."+string(e))
	}
	for _, k := range action.Kinds() {
		keys = append(keys, "verb."+string(k))
	}
	for _, s := range action.Statuses() {
		keys = append(keys, "action_status."+string(s))
	}
	for _, r := range auth.Roles() {
		keys = append(keys, "role."+string(r), "role_help."+string(r))
	}
	for _, s := range auth.Scopes() {
		keys = append(keys, "scope."+string(s))
	}
	for _, s := range []State{Well, Warned, Unwell, Unknown} {
		keys = append(keys, "health.all."+string(s), "health.state."+string(s))
	}
	for _, p := range []taxonomy.Priority{taxonomy.P0, taxonomy.P1, taxonomy.P2, taxonomy.P3} {
		keys = append(keys, "priority."+p.String())
	}
	keys = append(keys, reportKeys()...)
	keys = append(keys, evidenceKeys()...)
	keys = append(keys, legalKeys()...)
	keys = append(keys, bankKeys()...)
	for _, h := range restHours() {
		keys = append(keys, "rest.hours."+h)
	}
	keys = append(keys, "status."+casefile.NarrowAsleep, "bad.rest", "bad.limit_high", "bad.limit_above", "bad.limit_raise", "bad.rest_until", "bad.days", "bad.same_case", "bad.assignee", "bad.muted")
	for _, n := range navigation() {
		keys = append(keys, n.word)
	}
	for _, k := range keyList() {
		keys = append(keys, k[1])
	}
	for _, e := range []error{
		ErrNotFound, errForbidden, errForged, errForm, errPlain, casefile.ErrStale, casefile.ErrClaimed, casefile.ErrNotClaimed, casefile.ErrTransition,
		casefile.ErrFourEyes, casefile.ErrOtherOpen, auth.ErrLastOne, action.ErrTransition, os.ErrClosed,
		report.ErrNotFound, report.ErrPerson, report.ErrInvalid, report.ErrStale, report.ErrTransition, report.ErrUnconfirmed, report.ErrEnvironment,
		report.ErrNoEvidence, evidence.ErrDestroyed, evidence.ErrTampered, evidence.ErrNoBlob, exposure.ErrShowing, exposure.ErrForm, exposure.ErrRange,
		access.ErrRunning, access.ErrClosed, access.ErrOpen, exposure.ErrSelf, exposure.ErrRest, exposure.ErrNoRest, casefile.ErrUrgent, casefile.ErrMuted, review.ErrAssignee,
	} {
		w := troubleOf(e).word
		keys = append(keys, "error."+w+".title", "error."+w+".text")
	}
	for lang, c := range words(t) {
		for _, k := range keys {
			if c.phrases[k].text == "" {
				t.Errorf("%s lacks %s", lang, k)
			}
		}
	}
}

// legalKeys are the words that the pages of legal process build keys from.
func legalKeys() (keys []string) {
	for _, k := range process.Kinds() {
		keys = append(keys, "process_kind."+string(k), "process_next."+next(&process.Request{Intake: process.Intake{Kind: k}, Status: process.Approved}))
	}
	for _, s := range process.Statuses() {
		keys = append(keys, "process_status."+string(s), "process_next."+string(s))
	}
	for _, e := range process.EventKinds() {
		keys = append(keys, "process_event."+string(e))
	}
	for _, d := range process.AllData() {
		keys = append(keys, "process_data."+string(d))
	}
	for _, c := range legalCodes() {
		keys = append(keys, "bad.legal_"+c)
	}
	for _, f := range []string{"agency", "officer", "email", "phone", "number", "jurisdiction", "received_at", "due_at", "keep_until", "notice_until", "recipient"} {
		keys = append(keys, "legal."+f)
	}
	for _, f := range []string{"review", "deliver", "refuse"} {
		keys = append(keys, "legal."+f, "legal."+f+"_words", "legal."+f+"_do")
	}
	for _, l := range []string{"soon", "held", "gone"} {
		keys = append(keys, "keeping."+l)
	}
	for _, e := range []error{process.ErrNotFound, process.ErrPerson, process.ErrStale, process.ErrScope, process.ErrTransition, process.ErrKind, process.ErrFourEyes, evidence.ErrHeld, evidence.ErrNotDue} {
		w := troubleOf(e).word
		keys = append(keys, "error."+w+".title", "error."+w+".text")
	}
	return append(keys, "bad.day", "bad.sure")
}

// evidenceKeys are the words that the pages of evidence build keys from.
func evidenceKeys() (keys []string) {
	for _, k := range evidence.Kinds() {
		keys = append(keys, "evidence_kind."+string(k))
	}
	for _, k := range []evidence.HoldKind{evidence.Preservation, evidence.LegalHold} {
		keys = append(keys, "hold_kind."+string(k))
	}
	for _, a := range []evidence.Act{evidence.Sealed, evidence.Opened, evidence.Exported, evidence.Verified, evidence.Destroyed} {
		keys = append(keys, "custody."+string(a))
	}
	for _, f := range []exposure.Form{exposure.Image, exposure.Video, exposure.Audio, exposure.Text} {
		for _, h := range f.Offers() {
			keys = append(keys, "show."+string(f)+"."+string(h))
		}
	}
	for _, f := range originFields() {
		keys = append(keys, "evidence_field."+f, "bad.evidence_"+f)
	}
	return append(keys, "bad.evidence_file", "bad.too_large", "bad.number")
}

func TestPlurals(t *testing.T) {
	w := words(t)
	for _, c := range []struct {
		lang string
		n    int
		want string
	}{
		{"en", 0, "0 hours"},
		{"en", 1, "1 hour"},
		{"en", 2, "2 hours"},
		{"ar", 1, "ساعة واحدة"},
		{"ar", 2, "ساعتين"},
		{"ar", 3, "٣ ساعات"},
		{"ar", 11, "١١ ساعة"},
		{"ar", 100, "١٠٠ ساعة"},
	} {
		if got := w[c.lang].N("span.hours", c.n); got != c.want {
			t.Errorf("%s, %d: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
}

func TestMoments(t *testing.T) {
	w, at := words(t), time.Date(2026, 3, 1, 9, 5, 0, 0, time.UTC)
	for want, got := range map[string]string{
		"1 March 2026, 09:05 UTC": w["en"].Moment(at),
		"١ مارس ٢٠٢٦، ٠٩:٠٥ بالتوقيت العالمي": w["ar"].Moment(at),
		"2 hours ago":                          w["en"].Ago(at.Add(2*time.Hour+59*time.Minute), at),
		"just now":                             w["en"].Ago(at.Add(-time.Hour), at),
		"12 days":                              w["en"].Span(12 * 24 * time.Hour),
		"81 GB":                                w["en"].Bytes(81e9),
		"1,234":                                w["en"].Number(1234),
		"١٬٢٣٤":                                w["ar"].Number(1234),
		"about 1 in 250,000 ordinary accounts": w["en"].rarity(5.4),
		"about 1 in 1,000 ordinary accounts":   w["en"].rarity(3),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPick(t *testing.T) {
	for _, c := range [][3]string{
		{"ar", "en-GB", "ar"}, {"", "ar-EG,ar;q=0.9,en;q=0.5", "ar"}, {"", "fr", "en"}, {"", "", "en"}, {"xx", "not a language;;", "en"},
	} {
		if got := pick(c[0], c[1]); got != c[2] {
			t.Errorf("chosen %q, browser %q: %s, want %s", c[0], c[1], got, c[2])
		}
	}
}
