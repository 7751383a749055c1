package console

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
)

func at(days, hours int) time.Time {
	return time.Date(2026, 3, 2, hours, 0, 0, 0, time.UTC).AddDate(0, 0, days)
}

func wrote(seq uint64, when time.Time, from, to string, marked bool) line {
	e := event.Event{Seq: seq, Time: when, Type: event.MessageSent}
	e.Data.From, e.Data.To = from, []string{to}
	return line{Event: e, marked: marked}
}

func TestPaceCountsByDayAndDirection(t *testing.T) {
	k := &casefile.Case{Subject: "a", Subjects: []string{"a", "b"}}
	p := paceOf(k, []line{
		wrote(1, at(0, 1), "a", "c", true), wrote(2, at(0, 23), "c", "a", false), wrote(3, at(2, 0), "b", "c", false), wrote(4, at(2, 5), "a", "c", true),
	})
	want := []pacePart{{at(0, 0), 1, 1, 1, "e1", "e2", "e1"}, {from: at(1, 0)}, {at(2, 0), 2, 0, 1, "e3", "", "e4"}}
	if d := cmp.Diff(want, p.parts, cmp.AllowUnexported(pacePart{})); d != "" || p.most != 2 || p.total() != 4 {
		t.Errorf("most %d, total %d %s", p.most, p.total(), d)
	}
	if one := paceOf(k, []line{wrote(1, at(0, 1), "a", "c", true)}); len(one.parts) != 0 {
		t.Errorf("one day is drawn: %+v", one)
	}
	long := paceOf(k, []line{wrote(1, at(0, 1), "a", "c", true), wrote(2, at(130, 1), "c", "a", true)})
	if len(long.parts) > maxDays || long.every != 3*24*time.Hour || long.parts[len(long.parts)-1].in != 1 {
		t.Errorf("%d parts of %s", len(long.parts), long.every)
	}
}

func TestWebKeepsWhatIsShared(t *testing.T) {
	account := func(id string, keys ...AccountKey) accountView {
		return accountView{Account: Account{Profile: detect.Profile{ID: id}, Keys: keys}}
	}
	device, phone := AccountKey{Kind: "device", Mark: "d1", Count: 4}, AccountKey{Kind: "phone", Mark: "p1", Count: 1}
	w := webOf([]accountView{account("a", device, phone), account("b", device), account("c", phone, AccountKey{Kind: "email", Mark: "e"}), account("d", device)})
	want := web{
		accounts: []string{"a", "b", "d", "c"},
		keys:     []webKey{{"device", "d1", []int{0, 1, 2}, 2}, {"phone", "p1", []int{0, 3}, 0}},
	}
	if d := cmp.Diff(want, w, cmp.AllowUnexported(web{}, webKey{})); d != "" {
		t.Error(d)
	}
	if alone := webOf([]accountView{account("a", device), account("b", phone)}); len(alone.keys) != 0 || len(alone.accounts) != 0 {
		t.Errorf("%+v", alone)
	}
}

func TestFlowsNeverAddCurrencies(t *testing.T) {
	pay := func(seq uint64, from, to, currency string, amount float64) line {
		l := wrote(seq, at(int(seq), 0), from, to, true)
		l.Type, l.Data.Currency, l.Data.Amount = event.PaymentSent, currency, amount
		return l
	}
	got := flowsOf([]line{pay(1, "x", "c", "EUR", 10), pay(2, "c", "a", "USD", 5), pay(3, "x", "c", "EUR", 30), pay(4, "c", "a", "EUR", 36), wrote(5, at(5, 0), "a", "c", false)})
	want := []flow{
		{"x", "c", "EUR", 40, 2, at(1, 0), at(3, 0), []string{"e1", "e3"}},
		{"c", "a", "EUR", 36, 1, at(4, 0), at(4, 0), []string{"e4"}},
		{"c", "a", "USD", 5, 1, at(2, 0), at(2, 0), []string{"e2"}},
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(flow{})); d != "" {
		t.Error(d)
	}
	if most := mostOf(got, "EUR"); most != 40 {
		t.Error(most)
	}
}
