package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/detect"
	"haris/internal/pipeline"
)

// listing is one advertisement.
type listing struct {
	who, text, place, keys string
}

// list puts an advertisement into the log.
func (t *talk) list(l listing) *talk {
	if l.keys == "" {
		l.keys = "[]"
	}
	t.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"listing.published","time":"%s","data":{"account":"` + l.who + `","listing":"l` + fmt.Sprint(len(t.events)) +
		`","text":"` + l.text + `","place":"` + l.place + `","keys":` + l.keys + `}}`)
	return t
}

// adverts folds the log in batches of n and returns what was told of advertisements, one line each, and the last leaflet.
func (t *talk) adverts(n int) (told []string, last *detect.Leaflet, k *pipeline.Knowledge) {
	k = pipeline.NewKnowledge(2, secret)
	for at := 0; at < len(t.events); at += n {
		var tr pipeline.Trace
		k.Fold(t.events[at:min(at+n, len(t.events))], nil, &tr)
		for _, f := range tr.Facts {
			if f.Kind != detect.Advertised {
				continue
			}
			a := f.Advert
			if a == nil {
				told = append(told, f.Account.ID+" unread")
				continue
			}
			told = append(told, fmt.Sprintf("%s %v contact %d/%d/%d text %d", f.Account.ID, a.Own, a.Contact.Accounts, a.Contact.Names, a.Contact.Cities, a.Text.Accounts))
			if a.Own {
				last = a.Leaflet
			}
		}
	}
	return told, last, k
}

const offer = "tables for sale this week, write to this number 01001234567"

func TestAdvertsBecomeFacts(t *testing.T) {
	for _, tt := range []struct {
		name string
		log  *talk
		want string // of the last advertisement
	}{
		{"one", newTalk().list(listing{who: "a", text: offer, place: "Cairo"}), "a true contact 1/0/1 text 1"},
		{"twice the same", newTalk().list(listing{who: "a", text: offer}).list(listing{who: "a", text: offer}), "a true contact 1/0/0 text 1"},
		{
			"the number in digits of another script, another text", newTalk().list(listing{who: "a", text: offer}).list(listing{who: "c", text: "٠١٠٠ ١٢٣ ٤٥٦٧"}),
			"c true contact 2/0/0 text 0",
		},
		{
			"hidden characters", newTalk().list(listing{who: "a", text: offer}).list(listing{who: "c", text: strings.ReplaceAll(offer, "e", "e\u200b")}),
			"c true contact 2/0/0 text 2",
		},
		{
			"the number as a key", newTalk().list(listing{who: "a", text: offer}).list(listing{who: "d", text: "bike", keys: `[{"kind":"phone","value":"+201001234567"}]`}),
			"d true contact 2/0/0 text 0",
		},
		{"the text with another number", newTalk().list(listing{who: "a", text: offer}).list(listing{who: "c", text: strings.Replace(offer, "4567", "9876", 1)}), "c true contact 1/0/0 text 2"},
		{"cities in two languages", newTalk().list(listing{who: "a", text: offer, place: "Cairo"}).list(listing{who: "a", text: offer, place: "القاهرة"}), "a true contact 1/0/1 text 1"},
		{"a city in the text", newTalk().list(listing{who: "a", text: offer + " in Giza"}).list(listing{who: "a", text: offer + " in Cairo"}), "a true contact 1/0/2 text 1"},
		{"two weeks apart", newTalk().list(listing{who: "a", text: offer, place: "Cairo"}).wait(14 * 24 * time.Hour).list(listing{who: "a", text: offer, place: "Giza"}), "a true contact 1/0/1 text 1"},
		{"two months apart", newTalk().list(listing{who: "a", text: offer}).wait(61 * 24 * time.Hour).list(listing{who: "c", text: offer}), "c true contact 1/0/0 text 1"},
		{"no contact detail", newTalk().list(listing{who: "a", text: "a bike, almost new, and a table for the garden"}), ""},
		{"nothing to read", newTalk().list(listing{who: "a"}), "a unread"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 100} {
				told, _, _ := tt.log.adverts(n)
				if got := strings.Join(told[max(0, len(told)-1):], ""); got != tt.want {
					t.Errorf("in batches of %d: %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// TestAdvertsOfSeveral: when a third account advertises with a number, the first two are told; what several texts say is shown, with the number masked.
func TestAdvertsOfSeveral(t *testing.T) {
	l := newTalk()
	for i, who := range []string{"a", "c", "d"} {
		l.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"account.updated","time":"%s","data":{"account":"` + who + `","region":"EG","display_name":"` + who + `"}}`)
		l.list(listing{who: who, text: "I am " + []string{"Mona", "Rita", "Lena"}[i] + " and " + offer, place: []string{"Cairo", "Giza", "Alexandria"}[i]})
	}
	told, last, k := l.adverts(100)
	want := []string{"a true contact 1/1/1 text 1", "c true contact 2/2/2 text 2", "a false contact 3/3/3 text 3", "c false contact 3/3/3 text 3", "d true contact 3/3/3 text 3"}
	if !cmp.Equal(told, want) {
		t.Errorf("%q", told)
	}
	if last.Text != "i am ⟨any⟩ and tables for sale this week , write to this number ⟨phone⟩" || len(last.Slots) != 1 || last.Slots[0].Ways != 3 ||
		last.Contacts[0].Masked != "…67" || len(last.Cities) != 3 || last.Cities[2].Name != "Alexandria, EG" {
		t.Errorf("%+v", last)
	}
	rows, err := k.Rows()
	if err != nil {
		t.Fatal(err)
	}
	for key, body := range rows {
		for _, secret := range []string{"1001234567", "mona", "Mona", "lena"} {
			if strings.Contains(body, secret) {
				t.Errorf("%q holds %s", key[:min(12, len(key))], secret)
			}
		}
	}
}

// TestPostsAreReadWhenPublic: what goes to a group or to friends is not.
func TestPostsAreReadWhenPublic(t *testing.T) {
	for surface, want := range map[string]int{"public": 1, "group": 0, "": 0} {
		l := newTalk()
		l.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"post.published","time":"%s","data":{"account":"a","post":"p","text":"` + offer + `"` +
			map[bool]string{true: `,"surface":"` + surface + `"`}[surface != ""] + `}}`)
		if told, _, _ := l.adverts(10); len(told) != want {
			t.Errorf("%q: %q", surface, told)
		}
	}
}

// market is a log of many advertisements of people whose region becomes known on the way.
func market(events int) *talk {
	r := rand.New(rand.NewPCG(8, 9))
	l := newTalk()
	words := strings.Fields("apple river candle window garden silver mountain pencil winter bottle kitchen thunder violin paper orange ladder")
	for range events {
		who := string(rune('a' + r.IntN(12)))
		text := offer
		if r.IntN(3) > 0 {
			text = ""
			for range 6 + r.IntN(8) {
				text += words[r.IntN(len(words))] + " "
			}
			text += []string{"01001234567", "snap: blue_bird99", "", "+201112345678"}[r.IntN(4)]
		}
		l.list(listing{who: who, text: text, place: []string{"", "Cairo", "Paris", "somewhere"}[r.IntN(4)]})
		if r.IntN(9) == 0 {
			l.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"account.updated","time":"%s","data":{"account":"` + who + `","region":"` + []string{"EG", "US"}[r.IntN(2)] +
				`","display_name":"` + words[r.IntN(5)] + `"}}`)
		}
		l.wait(time.Duration(r.IntN(7200)) * time.Second)
	}
	return l
}

func TestAdvertsDependNotOnBatches(t *testing.T) {
	if testing.Short() {
		t.Skip("the race run has others of its kind")
	}
	l := market(700)
	want, _, know := l.adverts(len(l.events))
	wantRows, err := know.Rows()
	if err != nil || len(want) < 500 {
		t.Fatal(err, len(want))
	}
	for _, n := range []int{1, 3, 100, 511} {
		got, _, k := l.adverts(n)
		rows, err := k.Rows()
		if err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(got, want) || !cmp.Equal(rows, wantRows) {
			t.Errorf("batches of %d differ", n)
		}
	}
}

// TestAdvertsDependNotOnOthers: events that have nothing to do with advertisements, wherever they stand, change nothing of what is told.
func TestAdvertsDependNotOnOthers(t *testing.T) {
	l := market(300)
	want, _, _ := l.adverts(100)
	r := rand.New(rand.NewPCG(2, 2))
	mixed := &talk{at: l.at}
	for _, e := range l.events {
		if r.IntN(2) == 0 {
			mixed.at = e.Time
			mixed.say("a", "c", "is the bus late again").wait(-30 * time.Second)
		}
		e.Seq = uint64(len(mixed.events) + 1) //nolint:gosec // small
		mixed.events = append(mixed.events, e)
	}
	if got, _, _ := mixed.adverts(100); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

// TestOneAccountFillsNothing: an account that writes thousands of different advertisements is kept with 24 texts and 24 contact details.
func TestOneAccountFillsNothing(t *testing.T) {
	l := newTalk()
	r := rand.New(rand.NewPCG(6, 6))
	for range 2000 {
		text := ""
		for range 9 {
			text += string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26))) + " "
		}
		l.list(listing{who: "a", text: text + fmt.Sprintf("0100%07d", r.IntN(10_000_000))}).wait(-25 * time.Second)
	}
	told, _, k := l.adverts(500)
	if len(told) < 1900 {
		t.Fatalf("%d advertisements: the test shows little", len(told))
	}
	if contacts, texts := k.Advertised(); contacts != 24 || texts != 24 {
		t.Errorf("%d contact details and %d texts", contacts, texts)
	}
}
