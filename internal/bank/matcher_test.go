package bank_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/taxonomy"
	"haris/pdq"
	"haris/vpdq"
)

// TestMatcherFindsWhatALoopFinds compares the index with a loop over every entry, while entries come and go.
func TestMatcherFindsWhatALoopFinds(t *testing.T) {
	f := setup(t)
	banks := []bank.Bank{
		list("a"), list("b", func(b *bank.Bank) { b.Radius, b.Dihedral = 8, true }), list("no", negative),
		list("quiet", func(b *bank.Bank) { b.Mode = taxonomy.ModeShadow }), list("silent", func(b *bank.Bank) { b.Mode = taxonomy.ModeOff }),
	}
	f.put(banks...)
	m := f.loaded()
	centres := make([]pdq.Hash, 6)
	for i := range centres {
		centres[i] = f.pdq()
	}
	shas := []string{f.bytes(32), f.bytes(32), f.bytes(32)}
	for round := range 12 {
		b := banks[f.rnd.IntN(len(banks))].ID
		for range 5 {
			f.add(b, ofPDQ(f.near(centres[f.rnd.IntN(len(centres))], f.rnd.IntN(34))))
		}
		f.add(b, bank.Hash{Kind: bank.SHA256, Value: shas[f.rnd.IntN(len(shas))]}, f.video(f.near(centres[0], 9), f.near(centres[1], 20), f.pdq()))
		if all := f.entries(); round%3 == 2 {
			gone := all[f.rnd.IntN(len(all))]
			f.remove(gone.Bank, gone.Hash)
		}
		all := f.entries()
		var asked []bank.Media
		for range 20 {
			h := f.near(centres[f.rnd.IntN(len(centres))], f.rnd.IntN(30))
			media := picture(h, bank.Hash{Kind: bank.SHA256, Value: shas[f.rnd.IntN(len(shas))]}, f.video(f.near(centres[0], 3), f.near(centres[1], 3)))
			if f.rnd.IntN(3) == 0 {
				turned := bank.Turned(h)
				media.Hashes[0] = ofPDQ(turned[1+f.rnd.IntN(7)])
			}
			media.Quality = []int{bank.Unrated, 20, 90}[f.rnd.IntN(3)]
			asked = append(asked, media)
		}
		got := m.Match(t.Context(), asked)
		matches := 0
		for i := range asked {
			want := bank.Decide(asked[i], banks, loop(t, asked[i], all), noon)
			want.Version = got[i].Version
			if diff := cmp.Diff(want, got[i], cmp.Transformer("utc", time.Time.UTC)); diff != "" {
				t.Fatal(diff)
			}
			if want.Answer == bank.Match {
				matches++
			}
		}
		if round == 11 && matches == 0 {
			t.Error("nothing ever matched: the comparison is of nothing")
		}
	}
}

// frameHits are the distances of a picture on a list from every frame of a video.
func frameHits(t *testing.T, video bank.Hash, e bank.Entry) (hits []bank.Hit) {
	t.Helper()
	list, err := vpdq.ParseSignal(video.Value)
	k, errK := e.PDQ()
	if err != nil || errK != nil {
		t.Fatal(err, errK)
	}
	for i, frame := range list {
		hits = append(hits, bank.Hit{Entry: e, Distance: frame.Hash.Distance(k), Frame: i + 1, Share: 1})
	}
	return hits
}

// loop is the plain way.
func loop(t *testing.T, m bank.Media, all []bank.Entry) (hits []bank.Hit) {
	t.Helper()
	for _, e := range all {
		for _, h := range m.Hashes {
			switch {
			case h.Kind == bank.VPDQ && e.Kind == bank.PDQ:
				hits = append(hits, frameHits(t, h, e)...)
			case h.Kind != e.Kind:
			case h.Kind == bank.PDQ:
				q, errQ := h.PDQ()
				k, errK := e.PDQ()
				if errQ != nil || errK != nil {
					t.Fatal(errQ, errK)
				}
				turned := bank.Turned(q)
				best := bank.Hit{Entry: e, Distance: 257, Share: 1}
				for turn := 1; turn < 8; turn++ {
					if d := turned[turn].Distance(k); d < best.Distance {
						best.Distance, best.Turn = d, turn
					}
				}
				hits = append(hits, bank.Hit{Entry: e, Distance: q.Distance(k), Share: 1}, best)
			case h.Kind == bank.VPDQ:
				q, errQ := vpdq.ParseSignal(h.Value)
				k, errK := vpdq.ParseSignal(e.Value)
				if errQ != nil || errK != nil {
					t.Fatal(errQ, errK)
				}
				if o := vpdq.Threat().Compare(q, k); max(o.QueryShare(), o.TargetShare()) > 0 {
					hits = append(hits, bank.Hit{Entry: e, Share: max(o.QueryShare(), o.TargetShare())})
				}
			case h == e.Hash:
				hits = append(hits, bank.Hit{Entry: e, Share: 1})
			}
		}
	}
	return hits
}

func TestEveryKindOfHashIsFoundWhenItIsEqual(t *testing.T) {
	f := setup(t)
	f.put(list("a"))
	m := f.loaded()
	photo := strings.TrimSuffix(strings.Repeat("9,", 144), ",")
	for k, text := range map[bank.Kind]string{
		bank.MD5: f.bytes(16), bank.SHA1: f.bytes(20), bank.SHA256: f.bytes(32), bank.PhotoDNA: photo, bank.TMK: f.bytes(32), bank.NetClean: "Abc12345",
	} {
		h, err := bank.Parse(k, text)
		if err != nil {
			t.Fatal(err)
		}
		media := bank.Media{ID: "m", Quality: bank.Unrated, Hashes: []bank.Hash{h}}
		if d := f.one(m, media); d.Answer != bank.Clean {
			t.Errorf("%s before it was added: %+v", k, d)
		}
		f.add("a", h)
		if d := f.one(m, media); d.Answer != bank.Match || d.Results[0].Kind != k || d.Results[0].Provenance.Who != "ada" {
			t.Errorf("%s: %+v", k, d)
		}
		f.remove("a", h)
		if d := f.one(m, media); d.Answer != bank.Clean {
			t.Errorf("%s after it was removed: %+v", k, d)
		}
		f.add("a", h)
		if d := f.one(m, media); d.Answer != bank.Match {
			t.Errorf("%s added again: %+v", k, d)
		}
	}
}

// What is added counts at once in another process, also after a restart with the file of an earlier run.
func TestRestartFindsWhatCameMeanwhile(t *testing.T) {
	f := setup(t)
	f.put(list("a"))
	path := filepath.Join(t.TempDir(), "pdq.index")
	withFile := func(c *bank.Config) { c.Path = path }
	first, gone, later := f.pdq(), f.pdq(), f.pdq()
	f.add("a", ofPDQ(first), ofPDQ(gone))
	m := f.loaded(withFile)
	if err := m.Rebuild(); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if d := f.one(m, picture(first)); d.Answer != bank.Unscanned || d.Reasons[0] != bank.NotLoaded {
		t.Errorf("a closed matcher says %+v", d)
	}
	f.remove("a", ofPDQ(gone))
	f.add("a", ofPDQ(later))
	check := func(m *bank.Matcher) {
		t.Helper()
		for h, want := range map[pdq.Hash]bank.Answer{first: bank.Match, gone: bank.Clean, later: bank.Match} {
			if d := f.one(m, picture(f.near(h, 20))); d.Answer != want {
				t.Errorf("%s, want %s", d.Answer, want)
			}
		}
	}
	check(f.loaded(withFile))
	if err := os.WriteFile(path, []byte("cut off"), 0o600); err != nil {
		t.Fatal(err)
	}
	check(f.loaded(withFile)) // read anew
	// The file of another store: it holds more than the store does.
	other := setup(t)
	other.rnd = rand.New(rand.NewPCG(8, 9))
	other.put(list("a"))
	strange := other.pdq()
	other.add("a", ofPDQ(strange), ofPDQ(other.pdq()), ofPDQ(other.pdq()))
	om := other.loaded(withFile)
	if err := om.Rebuild(); err != nil {
		t.Fatal(err)
	}
	check(f.loaded(withFile))
}

func TestAnIndexThatIsNotThereIsNeverClean(t *testing.T) {
	f := setup(t)
	f.put(list("a"))
	h := f.pdq()
	f.add("a", ofPDQ(h))
	m := f.matcher()
	if d := f.one(m, picture(h)); d.Answer != bank.Unscanned || d.Reasons[0] != bank.NotLoaded || !m.Any() {
		t.Errorf("before it is loaded: %+v", d)
	}
	f.read = 1
	if err := m.Follow(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("loaded from a store that cannot be read: %v", err)
	}
	if err := m.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.read = 1
	if d := f.one(m, picture(h)); d.Answer != bank.Unscanned || d.Reasons[0] != bank.ReadFailed {
		t.Errorf("while the store cannot be read: %+v", d)
	}
	if d := f.one(m, picture(h)); d.Answer != bank.Match {
		t.Errorf("%+v", d)
	}
}

// The settings of a bank count at once too.
func TestModeCountsAtOnce(t *testing.T) {
	f := setup(t)
	b := list("a")
	f.put(b)
	h := f.pdq()
	f.add("a", ofPDQ(h))
	m := f.loaded()
	b.Mode = taxonomy.ModeOff
	f.put(b)
	if d := f.one(m, picture(h)); d.Answer == bank.Match || m.Any() {
		t.Errorf("%+v", d)
	}
}

// TestTurned compares what the bits tell of a turned picture with what the picture tells.
func TestTurned(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 200, 160))
	blocks := make([]uint8, 25*20)
	r := rand.New(rand.NewPCG(5, 6))
	for i := range blocks {
		blocks[i] = uint8(r.UintN(256)) //nolint:gosec // below 256
	}
	for y := range 160 {
		for x := range 200 {
			img.SetGray(x, y, color.Gray{Y: blocks[y/8*25+x/8]})
		}
	}
	set := pdq.New(pdq.Options{}).Dihedral(img)
	for turn, h := range bank.Turned(set.Hashes[0]) {
		if d := h.Distance(set.Hashes[turn]); d > 6 {
			t.Errorf("turn %d is off by %d bits", turn, d)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	f := setup(b)
	f.put(list("a"))
	hashes := make([]bank.Hash, 5000)
	for i := range hashes {
		hashes[i] = ofPDQ(f.pdq())
	}
	f.add("a", hashes...)
	m := f.loaded()
	media := []bank.Media{picture(f.pdq())}
	for b.Loop() {
		m.Match(b.Context(), media)
	}
}

// liar is a store whose entries are not what they were when the index was loaded: two hashes can share what the index keeps of them.
type liar struct {
	bank.Follow
	entry bank.Entry
}

func (l liar) Get(context.Context, []uint64) ([]bank.Entry, error) { return []bank.Entry{l.entry}, nil }

func TestWhatOnlySharesAKeyIsNoMatch(t *testing.T) {
	f := setup(t)
	f.put(list("a"))
	h := bank.Hash{Kind: bank.SHA256, Value: f.bytes(32)}
	f.add("a", h)
	other := f.entries()[0]
	other.Value = f.bytes(32)
	m := f.loaded(func(c *bank.Config) {
		honest := c.Read
		c.Read = func(ctx context.Context, do func(bank.Follow) error) error {
			return honest(ctx, func(f bank.Follow) error { return do(liar{f, other}) })
		}
	})
	if d := f.one(m, bank.Media{Quality: bank.Unrated, Hashes: []bank.Hash{h}}); d.Answer != bank.Clean {
		t.Errorf("%+v", d)
	}
}
