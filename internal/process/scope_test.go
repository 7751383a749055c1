package process_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/process"
)

func TestCovers(t *testing.T) {
	s := intake().Scope
	for name, c := range map[string]struct {
		d    process.Data
		who  string
		at   time.Time
		want bool
	}{
		"within":              {process.Messages, "u1", day().Add(time.Hour), true},
		"at the beginning":    {process.Messages, "u1", day(), true},
		"at the end":          {process.Messages, "u1", day().Add(10 * time.Hour), false},
		"before":              {process.Messages, "u1", day().Add(-time.Nanosecond), false},
		"another account":     {process.Messages, "u2", day().Add(time.Hour), false},
		"another kind":        {process.Sessions, "u1", day().Add(time.Hour), false},
		"an unknown kind":     {"", "u1", day().Add(time.Hour), false},
		"a prefix of the id":  {process.Messages, "u", day().Add(time.Hour), false},
		"another case of it":  {process.Messages, "U1", day().Add(time.Hour), false},
		"long after":          {process.Messages, "u1", day().AddDate(9, 0, 0), false},
		"another kind, after": {process.Profile, "u1", day().AddDate(9, 0, 0), false},
	} {
		if got := s.Covers(c.d, c.who, c.at); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestEveryTypeHasAKind makes one event of every type and says that exactly its kind takes it.
func TestEveryTypeHasAKind(t *testing.T) {
	for _, typ := range event.Types() {
		n := 0
		for _, k := range process.AllData() {
			if process.DataOf(typ) == k {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s belongs to %q", typ, process.DataOf(typ))
		}
	}
	if process.DataOf("something.new") != "" {
		t.Error("a type that haris does not know has a kind")
	}
}

// mark is a word that stands in one field of one event and nowhere else.
type mark struct {
	word string
	// out is why it must not appear; empty when it must.
	out string
}

// randomWorld fills a log with events whose every telling field has a mark, and says for a scope which marks may leave.
func randomWorld(rt *rapid.T, t *testing.T, w *world, s *process.Scope) (marks []mark) {
	account := func(label string) string { return rapid.SampledFrom([]string{"u1", "u2", "u3", "u4"}).Draw(rt, label) }
	has := func(d process.Data) bool { return slices.Contains(s.Data, d) }
	in := func(a string) bool { return slices.Contains(s.Accounts, a) }
	n := rapid.IntRange(5, 40).Draw(rt, "events")
	for i := range n {
		from, to := account("from"), account("to")
		after := time.Duration(rapid.IntRange(-5, 15).Draw(rt, "hour")) * time.Hour
		during := !day().Add(after).Before(s.From) && day().Add(after).Before(s.To)
		word := func(field string) string { return fmt.Sprintf("mark-%s-%d-end", field, i) }
		add := func(field string, may bool, why string) {
			m := mark{word: word(field)}
			if !may {
				m.out = why
			}
			marks = append(marks, m)
		}
		ip := fmt.Sprintf("10.0.%d.7", i)
		device := fmt.Sprintf(`{"kind":"device","value":%q}`, word("device"))
		party := during && (in(from) || in(to))
		switch rapid.IntRange(0, 6).Draw(rt, "type") {
		case 0:
			w.say(t, event.MessageSent, after, fmt.Sprintf(`{"from":%q,"to":[%q],"conversation":"c-%s-%s","text":%q,"ip":%q,"keys":[%s],"media":[{"id":"m%d","kind":"image","url":"https://x.example/%s"}],"unknown_field":%q}`,
				from, to, from, to, word("text"), ip, device, i, word("url"), word("unknown")))
			add("text", party && has(process.Messages), "text")
			add("device", party && has(process.Messages) && has(process.Sessions) && in(from), "device of the sender")
			add("url", party && has(process.Messages) && has(process.Media), "where media are")
			add("unknown", false, "a field that haris does not know")
			marks = append(marks, mark{"\"" + ip + "\"", map[bool]string{false: "address of the sender"}[party && has(process.Messages) && has(process.Sessions) && in(from)]})
		case 1:
			w.say(t, event.SessionStarted, after, fmt.Sprintf(`{"account":%q,"ip":%q,"user_agent":%q,"keys":[%s,{"kind":"phone","value":%q}]}`, from, ip, word("agent"), device, word("phone")))
			add("agent", during && in(from) && has(process.Sessions), "session")
			add("device", during && in(from) && has(process.Sessions), "device of a session")
			add("phone", during && in(from) && has(process.Sessions) && has(process.Profile), "telephone")
		case 2:
			w.say(t, event.AccountUpdated, after, fmt.Sprintf(`{"account":%q,"bio":%q,"keys":[{"kind":"email","value":%q},%s]}`, from, word("bio"), word("mail"), device))
			add("bio", during && in(from) && has(process.Profile), "profile")
			add("mail", during && in(from) && has(process.Profile), "mail")
			add("device", during && in(from) && has(process.Profile) && has(process.Sessions), "device of a profile")
		case 3:
			w.say(t, event.PaymentSent, after, fmt.Sprintf(`{"from":%q,"to":%q,"amount":3,"note":%q}`, from, to, word("note")))
			add("note", party && has(process.Payments), "payment")
		case 4:
			w.say(t, event.AccountReported, after, fmt.Sprintf(`{"by":%q,"account":%q,"reason":"other","text":%q}`, from+"", to, word("complaint")))
			add("complaint", party && has(process.Complaints) && in(from), "words of who complained")
		case 5:
			w.say(t, event.PostPublished, after, fmt.Sprintf(`{"account":%q,"post":"p","text":%q}`, from, word("post")))
			add("post", during && in(from) && has(process.Posts), "post")
		case 6:
			w.say(t, "something.new", after, fmt.Sprintf(`{"account":%q,"text":%q}`, from, word("new")))
			add("new", false, "a type that haris does not know")
		}
	}
	return marks
}

// TestNothingOutsideTheScopeEverLeaves makes random worlds and random scopes, and looks for every word in every byte of the package.
func TestNothingOutsideTheScopeEverLeaves(t *testing.T) {
	d := setup(t, one())
	taken, left := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		*d.log = world{}
		in := intake()
		in.Scope.Accounts = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"u1", "u2", "u3"}), 1, 2, rapid.ID).Draw(rt, "accounts")
		in.Scope.Data = rapid.SliceOfNDistinct(rapid.SampledFrom(process.AllData()), 1, 5, rapid.ID).Draw(rt, "data")
		in.Scope.From = day().Add(time.Duration(rapid.IntRange(-3, 3).Draw(rt, "from")) * time.Hour)
		in.Scope.To = in.Scope.From.Add(time.Duration(rapid.IntRange(1, 10).Draw(rt, "hours")) * time.Hour)
		marks := randomWorld(rt, t, d.log, &in.Scope)
		_, body := d.produce(d.approved(in))
		for _, m := range marks {
			switch there := bytes.Contains(body, []byte(m.word)); {
			case there && m.out != "":
				rt.Fatalf("%s left although it is outside: %s; scope %s", m.word, m.out, in.Scope.Words())
			case !there && m.out == "":
				rt.Fatalf("%s is covered and is not there; scope %s", m.word, in.Scope.Words())
			case there:
				taken++
			default:
				left++
			}
		}
	})
	if taken < 20 || left < 100 {
		t.Errorf("%d words were taken and %d left out: the worlds try too little", taken, left)
	}
}

// TestTheSameRequestGivesTheSameBytes lets everything go on after the approval.
func TestTheSameRequestGivesTheSameBytes(t *testing.T) {
	d := setup(t, one())
	d.log.say(t, event.MessageSent, time.Hour, `{"from":"u1","to":["u2"],"conversation":"c","text":"hello","media":[{"id":"m1","kind":"image"}]}`)
	d.log.filed = []process.Filed{{Account: "u1", Report: "r1", Number: 7, Environment: "test", FiledAt: day().Add(-time.Minute), SHA256: "ab"}}
	d.seal("case-1", evidence.Origin{Media: "m1"}, "a pattern")
	in := intake()
	in.Scope.Data = append(in.Scope.Data, process.Media, process.Reports)
	in.Scope.Cases = []string{"case-1"}
	in.Scope.From = day().Add(-time.Hour)
	r, first := d.produce(d.approved(in))
	for _, want := range []string{"a pattern", `"number":7`, "media/"} {
		if !bytes.Contains(first, []byte(want)) {
			t.Errorf("the package lacks %s", want)
		}
	}
	d.now = d.now.Add(time.Hour)
	d.log.say(t, event.MessageSent, 2*time.Hour, `{"from":"u1","to":["u2"],"conversation":"c","text":"later","media":[{"id":"m1","kind":"image"}]}`)
	d.seal("case-1", evidence.Origin{Media: "m1"}, "a later pattern")
	d.log.filed = append(d.log.filed, process.Filed{Account: "u1", Number: 8, FiledAt: day().Add(30 * time.Minute)})
	again, second := d.produce(r)
	if !bytes.Equal(first, second) || again.Package.Item != r.Package.Item {
		t.Error("produced again it is another package")
	}
}

// TestMediaOnlyWhenNamed seals three items of one case: only the one that an event within the scope names may leave.
func TestMediaOnlyWhenNamed(t *testing.T) {
	d := setup(t, one())
	d.log.say(t, event.MediaUploaded, time.Hour, `{"account":"u1","media":[{"id":"m1","kind":"image"}]}`)
	d.log.say(t, event.MediaUploaded, 20*time.Hour, `{"account":"u1","media":[{"id":"m2","kind":"image"}]}`)
	d.log.say(t, event.MediaUploaded, time.Hour, `{"account":"u2","media":[{"id":"m3","kind":"image"}]}`)
	inside := d.seal("case-1", evidence.Origin{Media: "m1"}, "pattern inside")
	d.seal("case-1", evidence.Origin{Media: "m2"}, "pattern at another time")
	d.seal("case-1", evidence.Origin{Media: "m3"}, "pattern of another account")
	d.seal("case-1", evidence.Origin{}, "pattern that nothing names")
	in := intake()
	in.Scope.Cases = []string{"case-1"}
	_, body := d.produce(d.approved(in))
	if bytes.Contains(body, []byte("pattern")) {
		t.Error("media were not asked for")
	}
	in.Scope.Data = []process.Data{process.Media}
	_, body = d.produce(d.approved(in))
	if !bytes.Contains(body, []byte("pattern inside")) {
		t.Error("the upload within the scope is missing")
	}
	for _, word := range []string{"another time", "another account", "nothing names"} {
		if bytes.Contains(body, []byte(word)) {
			t.Errorf("%q left", word)
		}
	}
	chain, err := d.vault.Custody(t.Context(), inside.ID)
	if err != nil || chain[len(chain)-1].Act != evidence.Exported {
		t.Errorf("custody does not say that it left: %+v, %v", chain, err)
	}
}

// TestGroups takes what others wrote to a group in which the account took part, within the dates, and not their addresses.
func TestGroups(t *testing.T) {
	d := setup(t, one())
	say := func(who string, h time.Duration, conversation, text string) {
		d.log.say(t, event.MessageSent, h*time.Hour, fmt.Sprintf(`{"from":%q,"group":"g","conversation":%q,"text":%q,"ip":"10.9.9.9"}`, who, conversation, text))
	}
	say("u1", 1, "g1", "own words")
	say("u2", 2, "g1", "words to the group")
	say("u2", 11, "g1", "words after the dates")
	say("u2", 2, "g2", "words to another group")
	say("u1", 12, "g3", "own words after the dates")
	say("u2", 2, "g3", "words where the account was not")
	_, body := d.produce(d.approved(intake()))
	for word, want := range map[string]bool{
		"own words\n": true, "words to the group": true, "after the dates": false, "another group": false, "was not": false, "10.9.9.9": false,
	} {
		if got := bytes.Contains(body, []byte(word)); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

// TestAFailedReadProducesNothing says that a log that cannot be read is not a log in which nothing stands.
func TestAFailedReadProducesNothing(t *testing.T) {
	d := setup(t, one())
	r := d.approved(intake())
	d.log.fail = errors.New("disk gone")
	if _, err := d.s.Produce(t.Context(), act("lena", &r)); err == nil {
		t.Fatal("produced from a log that cannot be read")
	}
	r, _, err := d.s.View(t.Context(), "lena", r.ID)
	if err != nil || r.Package != nil || r.Status != process.Approved {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCellsAreNoFormulas(t *testing.T) {
	d := setup(t, one())
	d.log.say(t, event.AccountUpdated, time.Hour, `{"account":"u1","bio":"=1+1"}`)
	in := intake()
	in.Scope.Data = []process.Data{process.Profile}
	_, body := d.produce(d.approved(in))
	if !bytes.Contains(body, []byte("'=1+1")) || !bytes.Contains(body, []byte(`"bio":"=1+1"`)) {
		t.Error("the table holds a formula, or the record was changed")
	}
}

func TestIndexInArabic(t *testing.T) {
	d := setup(t, one())
	in := intake()
	in.Lang, in.Agency = "ar", "<script>alert(1)</script>"
	_, body := d.produce(d.approved(in))
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("index.html")
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	if !strings.Contains(page, `<html lang="ar" dir="rtl">`) || strings.Contains(page, "<script") || !strings.Contains(page, "النطاق") {
		t.Error(page)
	}
}
