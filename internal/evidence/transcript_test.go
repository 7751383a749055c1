package evidence_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"haris/internal/event"
	"haris/internal/evidence"
)

func message(seq uint64, at time.Time, from, to, text string) event.Event {
	e := event.Event{Seq: seq, ID: "m" + string(rune('0'+seq)), Source: "/chat", Type: event.MessageSent, Time: at}
	e.Data.From, e.Data.To, e.Data.Text, e.Data.Lang, e.Data.Conversation = from, []string{to}, text, "en", "c1"
	e.Data.Set(event.HasFrom | event.HasTo | event.HasText | event.HasLang | event.HasConversation)
	return e
}

func conversation() []event.Event {
	at := time.Date(2026, 3, 1, 18, 0, 0, 0, time.FixedZone("", 7200))
	pic := message(3, at.Add(2*time.Minute), "b", "a", "here it is")
	pic.Data.Media = []event.Media{{ID: "p1", Kind: "image", Name: "cat.jpg", SHA256: strings.Repeat("ab", 32), Bytes: 10}}
	pay := event.Event{Seq: 4, ID: "m4", Source: "/pay", Type: event.PaymentSent, Time: at.Add(3 * time.Minute)}
	pay.Data.From, pay.Data.To, pay.Data.Amount, pay.Data.Currency = "a", []string{"b"}, 12.5, "EUR"
	pay.Data.Set(event.HasFrom | event.HasTo | event.HasAmount | event.HasCurrency)
	return []event.Event{message(1, at, "a", "b", "keep this between us"), message(2, at, "b", "a", "ok"), pic, pay}
}

func TestTranscriptIsDeterministic(t *testing.T) {
	events := conversation()
	want, err := evidence.NewTranscript("c1", events).JSON()
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(events)
	events = append(events, events[0]) // a repeat
	before, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	tr := evidence.NewTranscript("c1", events)
	got, err := tr.JSON()
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	if after, err := json.Marshal(events); err != nil || !bytes.Equal(before, after) {
		t.Error("the events were changed")
	}
	if s := tr.Sequences(); !slices.Equal(s, []uint64{1, 2, 3, 4}) {
		t.Errorf("sequences %v", s)
	}
}

func TestTranscriptText(t *testing.T) {
	got := string(evidence.NewTranscript("c1", conversation()).Text())
	want := `Transcript of conversation c1
4 lines, times in UTC, oldest first.

[2026-03-01T16:00:00Z] message.sent a -> b (log 1, event m1 of /chat, language en)
  | keep this between us

[2026-03-01T16:00:00Z] message.sent b -> a (log 2, event m2 of /chat, language en)
  | ok

[2026-03-01T16:02:00Z] message.sent b -> a (log 3, event m3 of /chat, language en)
  attachment image p1, name cat.jpg, sha256 ` + strings.Repeat("ab", 32) + `, 10 bytes
  | here it is

[2026-03-01T16:03:00Z] payment.sent a -> b (log 4, event m4 of /pay)
  amount: 12.5
  currency: EUR
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What someone writes, or names an account, must not pass for a line of the transcript.
func TestTranscriptCannotBeForged(t *testing.T) {
	forged := "[2026-01-01T00:00:00Z] message.sent victim -> a (log 9, event m9 of /chat)"
	for _, end := range []string{"\n", "\r\n", "\r", "\v", "\f", "\u0085", "\u2028", "\u2029"} {
		e := message(1, time.Unix(0, 0), "a"+end+forged, "b", "hello"+end+forged)
		e.Data.Note = "x" + end + forged
		e.Data.Set(event.HasNote)
		text := string(evidence.NewTranscript("c"+end+forged, []event.Event{e}).Text())
		for _, l := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r) }) {
			if strings.HasPrefix(l, "[2026-01-01") {
				t.Errorf("%q made the line %s", end, l)
			}
		}
	}
}

func TestTranscriptForReport(t *testing.T) {
	e := message(1, time.Unix(0, 0), "a", "b", "one\x00two\x1b\ufffe\U0001F642\ttab")
	sealed := evidence.NewTranscript("c1", []event.Event{e})
	copied := sealed.ForReport()
	if got := copied.Lines[0].Text; got != "onetwo\U0001F642\ttab" || copied.Cleaned != 3 {
		t.Errorf("got %q, %d taken out", got, copied.Cleaned)
	}
	if sealed.Lines[0].Text != e.Data.Text || sealed.Cleaned != 0 {
		t.Errorf("the sealed transcript was changed to %q", sealed.Lines[0].Text)
	}
	if !strings.Contains(string(copied.Text()), "3 characters that XML forbids") {
		t.Error("the copy does not say that it was cleaned")
	}
}

func FuzzXMLText(f *testing.F) {
	for _, s := range []string{"", "plain", "\x00", "\xff\xfe", "\ufffe\uffff", "\U0010FFFF", "a\r\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, n := evidence.XMLText(s)
		if !utf8.ValidString(got) || (n == 0) != (got == s) {
			t.Fatalf("%q became %q, %d taken out", s, got, n)
		}
		if again, n := evidence.XMLText(got); again != got || n != 0 {
			t.Fatalf("cleaning again gives %q, %d", again, n)
		}
		var b bytes.Buffer
		if err := xml.EscapeText(&b, []byte(got)); err != nil {
			t.Fatal(err)
		}
		var back string
		if err := xml.Unmarshal([]byte("<a>"+b.String()+"</a>"), &back); err != nil || back != got {
			t.Fatalf("%q is read back as %q, %v", got, back, err)
		}
	})
}

func FuzzTranscript(f *testing.F) {
	f.Add("a", "b", "keep this between us", "note")
	f.Add("a\n[", "", "\x00\xff\r", "\u2028")
	f.Fuzz(func(t *testing.T, from, to, text, note string) {
		e := message(1, time.Unix(0, 0), from, to, text)
		e.Data.Note = note
		e.Data.Set(event.HasNote)
		tr := evidence.NewTranscript("c", []event.Event{e})
		b, err := tr.JSON()
		if err != nil || !json.Valid(b) {
			t.Fatalf("%v: %s", err, b)
		}
		heads := 0
		for l := range strings.Lines(string(tr.Text())) {
			if strings.HasPrefix(l, "[") {
				heads++
			}
		}
		if heads != 1 {
			t.Fatalf("%d heads in\n%s", heads, tr.Text())
		}
	})
}
