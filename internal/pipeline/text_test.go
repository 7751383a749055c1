package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/taxonomy"
)

// talk makes a log of accounts a (25+, in Egypt), b (18-24), c and d (13-15), u of whom nothing is said, and what they write.
type talk struct {
	events []event.Event
	at     time.Time
}

func newTalk() *talk {
	t := &talk{at: time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)}
	for _, p := range []struct {
		id, region string
		band       taxonomy.AgeBand
	}{{"a", "EG-C", taxonomy.Age25up}, {"b", "", taxonomy.Age18to24}, {"c", "EG-C", taxonomy.Age13to15}, {"d", "", taxonomy.Age13to15}} {
		t.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"account.created","time":"%s","data":{"account":"` + p.id + `","age_band":"` + p.band.String() + `","region":"` + p.region + `"}}`)
	}
	return t
}

func (t *talk) put(format string) {
	t.at = t.at.Add(30 * time.Second)
	e, problem := event.Decode(fmt.Sprintf(format, fmt.Sprint(len(t.events)), t.at.Format(time.RFC3339)), 1, event.Limits{Bytes: 1 << 20, Depth: 32})
	if problem != nil {
		panic(problem)
	}
	e.Seq = uint64(len(t.events) + 1) //nolint:gosec // small
	t.events = append(t.events, e)
}

func (t *talk) say(from, to, text string) *talk {
	t.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"message.sent","time":"%s","data":{"from":"` + from + `","to":["` + to + `"],"conversation":"` +
		min(from, to) + max(from, to) + `","surface":"dm","text":"` + text + `"}}`)
	return t
}

func (t *talk) wait(d time.Duration) *talk { t.at = t.at.Add(d); return t }

// facts folds the log in batches of n and lists the facts about text.
func (t *talk) facts(n int) (string, *pipeline.Knowledge) {
	k := pipeline.NewKnowledge(2, secret)
	var out []string
	for at := 0; at < len(t.events); at += n {
		var tr pipeline.Trace
		k.Fold(t.events[at:min(at+n, len(t.events))], nil, &tr)
		for _, f := range tr.Facts {
			switch f.Kind {
			case detect.Exchanged:
				out = append(out, fmt.Sprintf("%s %s %v %s%s", f.Account.ID, f.Other.ID, f.Passed.Given, f.Passed.Masked, strings.TrimSuffix(" ("+f.Passed.Ways+")", " ()")))
			case detect.Unread:
				out = append(out, f.Account.ID+" "+f.Other.ID+" unread")
			}
		}
	}
	return strings.Join(out, "; "), k
}

func TestTextBecomesFacts(t *testing.T) {
	for _, tt := range []struct {
		name string
		talk *talk
		want string
	}{
		{"an adult gives a number", newTalk().say("a", "c", "my number is 01001234567"), "a c true …67"},
		{"a minor gives one", newTalk().say("c", "a", "٠١٠٠ ١٢٣ ٤٥٦٧"), "a c false …67 (other digits)"},
		{"the region of who is written to", newTalk().say("b", "c", "01001234567"), "b c true …67"},
		{"no region", newTalk().say("b", "d", "01001234567"), ""},
		{"nobody knows who writes", newTalk().say("u", "c", "snap: blue_bird99"), "u c true snapchat: b…"},
		{"adults are not read", newTalk().say("a", "b", "my number is 01001234567"), ""},
		{"minors are not read", newTalk().say("c", "d", "my number is 01001234567"), ""},
		{"two messages", newTalk().say("a", "c", "0100123").say("a", "c", "4567"), "a c true …67 (split)"},
		{"two messages of two people", newTalk().say("a", "c", "0100123").say("c", "a", "4567"), ""},
		{"two messages to two people", newTalk().say("a", "c", "0100123").say("a", "d", "4567"), ""},
		{"two messages with three minutes between", newTalk().say("a", "c", "0100123").wait(3*time.Minute).say("a", "c", "4567"), ""},
		{"an ending is used once", newTalk().say("a", "c", "0100123").say("a", "c", "4567").say("a", "c", "4567"), "a c true …67 (split)"},
		{"without text", newTalk().say("a", "c", ""), "a c unread"},
		{"without text among adults", newTalk().say("a", "b", ""), ""},
		{"plain talk", newTalk().say("a", "c", "keep this between us"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 2, 100} {
				if got, _ := tt.talk.facts(n); got != tt.want {
					t.Errorf("in batches of %d: %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// TestTextBecomesKeys: what somebody gives is a key, the same one that the platform may send, and nothing of it can be read.
func TestTextBecomesKeys(t *testing.T) {
	l := newTalk().say("a", "c", "my number is 01001234567").say("c", "a", "so 01001234567 it is")
	l.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"account.updated","time":"%s","data":{"account":"b","keys":[{"kind":"phone","value":"+201001234567"}]}}`)
	_, k := l.facts(100)
	shared := k.Shared("a")
	if len(shared) != 1 || shared[0].Kind != "phone" || !cmp.Equal(shared[0].Others, []string{"b"}) {
		t.Errorf("%+v", shared)
	}
	if got := k.Shared("c"); len(got) != 0 {
		t.Errorf("who repeats a number owns it: %+v", got)
	}
	rows, err := k.Rows()
	if err != nil {
		t.Fatal(err)
	}
	for key, body := range rows {
		if strings.Contains(key+body, "1001234567") {
			t.Errorf("%q holds the number", key[:min(12, len(key))])
		}
	}
}

// TestTextDependsNotOnBatches folds much talk in many ways: ages and regions become known in between, numbers go on from batch to batch.
func TestTextDependsNotOnBatches(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	l := newTalk()
	words := []string{"0100123", "4567", "my number is 01001234567", "ok", "", "at 5", "zero one zero zero", "one two three four five six seven", "snap: blue_bird99", "a.b@example.com", "+201112345678"}
	for i := range 600 {
		people := []string{"a", "b", "c", "d", "u", "w"}
		from, to := people[r.IntN(6)], people[r.IntN(6)]
		if from == to {
			continue
		}
		l.say(from, to, words[r.IntN(len(words))])
		if i%97 == 0 {
			l.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"account.updated","time":"%s","data":{"account":"` + people[r.IntN(6)] +
				`","age_band":"` + []string{"13-15", "25+"}[r.IntN(2)] + `","region":"` + []string{"EG", "US-CA"}[r.IntN(2)] + `"}}`)
		}
		l.wait(-time.Duration(r.IntN(30)) * time.Second)
	}
	want, know := l.facts(len(l.events))
	wantRows, err := know.Rows()
	if err != nil || !strings.Contains(want, "split") {
		t.Fatal(err, want)
	}
	for _, n := range []int{1, 3, 100, 511} {
		got, k := l.facts(n)
		rows, err := k.Rows()
		if err != nil {
			t.Fatal(err)
		}
		if got != want || !cmp.Equal(rows, wantRows) {
			t.Errorf("batches of %d differ", n)
		}
	}
}

// BenchmarkFoldText folds messages of which every one is read: an adult and children in turn, one in eight with digits in it.
func BenchmarkFoldText(b *testing.B) {
	texts := []string{
		"What time do you want to meet the others tomorrow?", "هل انتهيت من الواجب؟ أنا ما زلت في الصفحة الثالثة", "I can do it, the bus leaves at 7 and takes an hour",
		"ok", "did you watch the match last night? it was so good", "keep this between us", "mi hermano llega mañana por la tarde", "the teacher said we need page 12 to 30 for friday",
	}
	l := newTalk()
	for i := range 4000 {
		child := []string{"c", "d"}[i%2]
		if i%3 == 0 {
			l.say(child, "a", texts[i%8])
		} else {
			l.say("a", child, texts[i%8])
		}
		l.wait(-29 * time.Second)
	}
	set := rules(b)
	models := shelf{"a": modelOf(b, "five heads", "S3", "S4", "S5", "S6", "S8")}
	l.use("a")
	l.events = append(l.events[len(l.events)-1:], l.events[:len(l.events)-1]...)
	for i := range l.events {
		l.events[i].Seq = uint64(i + 1)
	}
	for _, workers := range []int{1, 2} {
		for from, name := range []string{"scored", "not scored"} {
			b.Run(fmt.Sprintf("%d workers/%s", workers, name), func(b *testing.B) {
				events := l.events[from:]
				for b.Loop() {
					k := pipeline.NewKnowledge(workers, secret)
					for at := 0; at < len(events); at += 4096 {
						part := events[at:min(at+4096, len(events))]
						if err := k.OpenModels(part, models.open); err != nil {
							b.Fatal(err)
						}
						k.Fold(part, set, nil)
					}
				}
				b.ReportMetric(float64(b.N*len(events))/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}
