package bank_test

import (
	"fmt"
	"strings"
	"testing"

	"haris/internal/bank"
	"haris/internal/job"
)

// The frames of a video are compared with the pictures on lists, too; what was cleared speaks against its own frame alone.
func TestFramesNearPictures(t *testing.T) {
	f := setup(t)
	known, other, cleared := f.pdq(), f.pdq(), f.pdq()
	f.put(list("list"), list("no", negative, func(b *bank.Bank) { b.Radius = 31 }))
	f.add("list", ofPDQ(known), ofPDQ(f.pdq()))
	f.add("no", ofPDQ(cleared))
	m := f.loaded()
	says := func(v bank.Hash, more ...bank.Hash) string {
		d := f.one(m, bank.Media{ID: "v", Quality: 10, Hashes: append([]bank.Hash{v}, more...)})
		out := []string{string(d.Answer)}
		for i := range d.Results {
			r := &d.Results[i]
			out = append(out, fmt.Sprintf("%s %s %s %d %d of %d", r.Bank, r.Outcome(), r.Kind, r.Distance, r.Frame, r.Near))
		}
		return strings.Join(out, ", ")
	}
	for name, c := range map[string]struct{ got, want string }{
		"one frame is near":           {says(f.video(other, f.near(known, 9), f.near(known, 20))), "match, list match pdq 9 2 of 1"},
		"none is":                     {says(f.video(other, f.near(known, 60))), "clean"},
		"another frame was cleared":   {says(f.video(f.near(cleared, 3), f.near(known, 9))), "match, list match pdq 9 2 of 1, no cleared pdq 3 1 of 1"},
		"with a first frame too dark": {says(f.video(other, f.near(known, 9)), ofPDQ(f.pdq())), "match, list match pdq 9 2 of 1"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", name, c.got, c.want)
		}
	}
	// The very frame was cleared; of an entry that another frame is near, too, that one counts.
	f.add("no", ofPDQ(f.near(known, 9)))
	both := f.near(known, 9)
	f.add("no", ofPDQ(both))
	if got := says(f.video(both)); !strings.HasPrefix(got, "clean, list vetoed pdq 9 1") {
		t.Error(got)
	}
	far := f.near(known, 5)
	if got := says(f.video(both, far)); !strings.HasPrefix(got, "match, list match pdq 5 2") {
		t.Error(got)
	}
}

// A sweep finds videos that were seen before a picture in them was listed.
func TestSweepFindsFrames(t *testing.T) {
	f := sweeper(t)
	known := f.pdq()
	f.put(list("list"))
	f.see("ali", f.video(f.pdq(), f.near(known, 9)))
	f.see("bea", f.video(f.pdq()))
	f.add("list", ofPDQ(known))
	if !f.due() {
		t.Fatal("no sweep")
	}
	if o := f.run(); o.State != job.Done || len(f.told) != 1 {
		t.Fatalf("%+v, told %+v", o, f.told)
	}
	for _, o := range f.told {
		if o.Account != "ali" || o.Answer != bank.Match || o.Results[0].Frame != 2 {
			t.Errorf("%+v", o)
		}
	}
}
