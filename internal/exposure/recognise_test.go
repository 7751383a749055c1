package exposure_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/evidence"
	"haris/internal/exposure"
	"haris/internal/store"
	"haris/pdq"
)

// cells is an ordinary pattern with enough to see: cells of random grey.
func cells(seed uint64) image.Image {
	r := rand.New(rand.NewPCG(seed, seed))
	m := image.NewGray(image.Rect(0, 0, 256, 256))
	for y := range 16 {
		for x := range 16 {
			c := color.Gray{uint8(r.IntN(256))}
			for i := range 256 {
				m.SetGray(16*x+i%16, 16*y+i/16, c)
			}
		}
	}
	return m
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJPEG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 40}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// banked puts a picture into the own bank, as a case that was confirmed does, and has showings compared with it.
func (b *bench) banked(m image.Image) {
	b.Helper()
	err := b.db.Write(b.Context(), func(tx *store.Tx) error {
		if _, err := tx.Banks().Put(b.Context(), bank.OwnBank()); err != nil {
			return err
		}
		h := bank.Hash{Kind: bank.PDQ, Value: pdq.New(pdq.Options{}).Image(m).Hash.String()}
		_, _, err := tx.Banks().Add(b.Context(), bank.OwnID, []bank.Entry{{Hash: h, Provenance: bank.Provenance{Source: bank.Own, Case: "c0", Who: "ada", At: b.now}}})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	m2 := bank.NewMatcher(bank.Config{
		Read: func(ctx context.Context, f func(bank.Follow) error) error {
			return b.db.Read(ctx, func(tx *store.Tx) error { return f(tx.Banks()) })
		},
		Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler),
	})
	b.Cleanup(func() {
		if err := m2.Close(); err != nil {
			b.Error(err)
		}
	})
	if err := m2.Follow(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Banks = m2.Match
}

func (b *bench) custody(item string) (n int) {
	b.Helper()
	list, err := b.vault.Custody(b.Context(), item)
	if err != nil {
		b.Fatal(err)
	}
	return len(list)
}

// What was confirmed before is not shown clear again without a reason, whether it is the same file or only the same picture.
func TestKnownToABankIsNotShownAgain(t *testing.T) {
	b := setup(t, sqliteEngine())
	b.banked(cells(1))
	near, other := b.add("c1", "near.jpg", asJPEG(t, cells(1))), b.add("c1", "other.png", asPNG(t, cells(2)))
	before := b.custody(near.ID)
	for range 2 {
		d, err := b.Recognise(t.Context(), "ben", near)
		if err != nil || d.Answer != bank.Match || len(d.Counting()) != 1 || d.Counting()[0].Provenance.Case != "c0" || d.Counting()[0].Provenance.Who != "ada" {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	if n := b.custody(near.ID) - before; n != 1 {
		t.Errorf("it was opened %d times to be compared, want once", n)
	}
	order := exposure.Order{Who: "ben", Item: near.ID, How: exposure.Clear}
	for _, why := range []string{"", "  "} {
		order.Why = why
		if _, err := b.Begin(t.Context(), order); !errors.Is(err, exposure.ErrKnown) {
			t.Errorf("for %q: %v", why, err)
		}
	}
	if _, err := b.Begin(t.Context(), exposure.Order{Who: "ben", Item: near.ID, How: exposure.Blurred}); err != nil {
		t.Errorf("blurred: %v", err)
	}
	order.Why = "the report needs its place"
	begun, err := b.Begin(t.Context(), order)
	if err != nil || begun.Why != order.Why {
		t.Fatalf("for a reason: %+v, %v", begun, err)
	}
	err = b.Keeper.Read(t.Context(), func(tx exposure.Tx) error {
		list, err := tx.OfShowing(t.Context(), begun.Showing)
		if len(list) != 1 || list[0].Why != order.Why {
			t.Errorf("the log holds %+v", list)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Begin(t.Context(), exposure.Order{Who: "ben", Item: other.ID, How: exposure.Clear}); err != nil {
		t.Errorf("another picture: %v", err)
	}
	order.Why = string(make([]byte, 5000))
	if _, err := b.Begin(t.Context(), order); !errors.Is(err, exposure.ErrInvalid) {
		t.Errorf("a reason without end: %v", err)
	}
}

// What cannot be compared is unscanned with its reason, never clean, and is not kept from being shown.
func TestWhatCannotBeRecognised(t *testing.T) {
	b := setup(t, sqliteEngine())
	if d, err := b.Recognise(t.Context(), "ben", b.add("c1", "a.png", asPNG(t, cells(1)))); err != nil || d.Answer != "" {
		t.Errorf("without banks: %+v, %v", d, err)
	}
	b.banked(cells(1))
	whole := asPNG(t, cells(3))
	cut := b.add("c1", "cut.png", whole[:len(whole)/2])
	d, err := b.Recognise(t.Context(), "ben", cut)
	if err != nil || d.Answer != bank.Unscanned || len(d.Reasons) != 1 || d.Reasons[0] != bank.Truncated && d.Reasons[0] != bank.Damaged {
		t.Errorf("cut off: %+v, %v", d, err)
	}
	if _, err := b.Begin(t.Context(), exposure.Order{Who: "ben", Item: cut.ID, How: exposure.Clear}); err != nil {
		t.Errorf("cut off, shown: %v", err)
	}
	if d, err := b.Recognise(t.Context(), "ben", b.add("c1", "clip.mp4", film(1000))); err != nil || d.Answer != bank.Unscanned || !slices.Equal(d.Reasons, []bank.Reason{bank.NoFrames}) {
		t.Errorf("a video of which only the digests are compared: %+v, %v", d, err)
	}
	if d, err := b.Recognise(t.Context(), "ben", b.transcript("hello")); err != nil || d.Answer != "" {
		t.Errorf("a text: %+v, %v", d, err)
	}
	if _, err := b.Begin(t.Context(), exposure.Order{Who: "ben", Item: "none", How: exposure.Clear}); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("what is not there: %v", err)
	}
}
