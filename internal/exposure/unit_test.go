package exposure_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"haris/internal/evidence"
	"haris/internal/exposure"
)

func TestFold(t *testing.T) {
	at := func(n int) time.Time { return time.Date(2026, 3, 1, 9, n, 0, 0, time.UTC) }
	line := func(n int, who string, act exposure.Act, how exposure.How, from, to int64) exposure.Entry {
		return exposure.Entry{Who: who, Form: exposure.Image, Size: 100, Act: act, How: how, Span: evidence.Span{From: from, To: to}, At: at(n)}
	}
	clear := exposure.Clear
	for name, c := range map[string]struct {
		in               []exposure.Entry
		entire, metadata string
	}{
		"nothing":             {nil, "", ""},
		"sent and said":       {[]exposure.Entry{line(1, "ada", exposure.Contents, clear, 0, 100), line(2, "ada", exposure.Declared, clear, 0, 0)}, "ada", ""},
		"sent only":           {[]exposure.Entry{line(1, "ada", exposure.Contents, clear, 0, 100)}, "", ""},
		"said only":           {[]exposure.Entry{line(2, "ada", exposure.Declared, clear, 0, 0)}, "", ""},
		"said before sent":    {[]exposure.Entry{line(3, "ada", exposure.Contents, clear, 0, 100), line(2, "ada", exposure.Declared, clear, 0, 0)}, "", ""},
		"a byte is missing":   {[]exposure.Entry{line(1, "ada", exposure.Contents, clear, 1, 100), line(2, "ada", exposure.Declared, clear, 0, 0)}, "", ""},
		"two halves":          {[]exposure.Entry{line(1, "ada", exposure.Contents, clear, 40, 100), line(1, "ada", exposure.Contents, clear, 0, 60), line(2, "ada", exposure.Declared, clear, 0, 0)}, "ada", ""},
		"halves of two":       {[]exposure.Entry{line(1, "ada", exposure.Contents, clear, 0, 50), line(1, "ben", exposure.Contents, clear, 50, 100), line(2, "ada", exposure.Declared, clear, 0, 0)}, "", ""},
		"blurred":             {[]exposure.Entry{line(1, "ada", exposure.Contents, exposure.Blurred, 0, 100), line(2, "ada", exposure.Declared, exposure.Blurred, 0, 0)}, "", ""},
		"metadata first":      {[]exposure.Entry{line(0, "ada", exposure.Metadata, exposure.Panel, 0, 0), line(1, "ada", exposure.Contents, clear, 0, 100), line(2, "ada", exposure.Declared, clear, 0, 0)}, "ada", "ada"},
		"metadata of another": {[]exposure.Entry{line(0, "ben", exposure.Metadata, exposure.Panel, 0, 0), line(1, "ada", exposure.Contents, clear, 0, 100), line(2, "ada", exposure.Declared, clear, 0, 0)}, "ada", ""},
		"metadata alone":      {[]exposure.Entry{line(0, "ada", exposure.Metadata, exposure.Panel, 0, 0)}, "", ""},
		"the newest": {[]exposure.Entry{
			line(1, "ada", exposure.Contents, clear, 0, 100), line(2, "ada", exposure.Declared, clear, 0, 0),
			line(3, "ben", exposure.Contents, clear, 0, 100), line(4, "ben", exposure.Declared, clear, 0, 0),
		}, "ben", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := exposure.Fold(c.in)
			var entire, metadata string
			if v.Entire != nil {
				entire = v.Entire.Who
			}
			if v.Metadata != nil {
				metadata = v.Metadata.Who
			}
			if entire != c.entire || metadata != c.metadata {
				t.Errorf("entire %q, metadata %q; want %q, %q", entire, metadata, c.entire, c.metadata)
			}
		})
	}
}

// TestFoldNeverBelievesTooMuch marks bytes one by one and compares.
func TestFoldNeverBelievesTooMuch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 40).Draw(t, "size")
		bytes := make([]bool, size)
		var in []exposure.Entry
		at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		for range rapid.IntRange(0, 8).Draw(t, "parts") {
			from := rapid.Int64Range(0, size-1).Draw(t, "from")
			to := rapid.Int64Range(from+1, size).Draw(t, "to")
			how := rapid.SampledFrom(exposure.Hows()).Draw(t, "how")
			for i := from; i < to && how == exposure.Sound; i++ {
				bytes[i] = true
			}
			in = append(in, exposure.Entry{Who: "ada", Form: exposure.Video, Size: size, Act: exposure.Contents, How: how, Span: evidence.Span{From: from, To: to}, At: at})
		}
		in = append(in, exposure.Entry{Who: "ada", Form: exposure.Video, Size: size, Act: exposure.Declared, How: exposure.Sound, At: at.Add(time.Hour)})
		all := true
		for _, b := range bytes {
			all = all && b
		}
		if got := exposure.Fold(in).Entire != nil; got != all {
			t.Fatalf("viewed %t, every byte sent %t", got, all)
		}
	})
}

func TestTally(t *testing.T) {
	at := func(m int) time.Time { return time.Date(2026, 3, 1, 9, m, 0, 0, time.UTC) }
	line := func(m int, showing, item string, act exposure.Act, how exposure.How) exposure.Entry {
		return exposure.Entry{Who: "ada", Showing: showing, Item: item, Act: act, How: how, At: at(m), Until: at(m), Severity: item}
	}
	for name, c := range map[string]struct {
		in    []exposure.Entry
		items int
		min   int
	}{
		"ended":            {[]exposure.Entry{line(0, "s", "i", exposure.Begun, exposure.Clear), line(3, "s", "i", exposure.Ended, exposure.Clear)}, 1, 3},
		"left open":        {[]exposure.Entry{line(0, "s", "i", exposure.Begun, exposure.Clear), line(2, "s", "i", exposure.Contents, exposure.Clear)}, 1, 12},
		"the next one":     {[]exposure.Entry{line(0, "s", "i", exposure.Begun, exposure.Clear), line(4, "t", "j", exposure.Begun, exposure.Sound), line(5, "t", "j", exposure.Ended, exposure.Sound)}, 2, 5},
		"blurred":          {[]exposure.Entry{line(0, "s", "i", exposure.Begun, exposure.Blurred), line(3, "s", "i", exposure.Ended, exposure.Blurred)}, 0, 0},
		"the same again":   {[]exposure.Entry{line(0, "s", "i", exposure.Begun, exposure.Clear), line(1, "s", "i", exposure.Ended, exposure.Clear), line(5, "t", "i", exposure.Begun, exposure.Clear), line(6, "t", "i", exposure.Ended, exposure.Clear)}, 1, 2},
		"still on":         {[]exposure.Entry{line(55, "s", "i", exposure.Begun, exposure.Clear)}, 1, 4},
		"of another":       {[]exposure.Entry{{Who: "ben", Showing: "s", Item: "i", Act: exposure.Begun, How: exposure.Clear, At: at(0), Until: at(0)}}, 0, 0},
		"nothing was seen": {nil, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := exposure.Tally("ada", c.in, at(59))
			if got.Items != c.items || got.Time != time.Duration(c.min)*time.Minute {
				t.Errorf("%d items, %s; want %d, %d minutes", got.Items, got.Time, c.items, c.min)
			}
		})
	}
}

func TestParseRange(t *testing.T) {
	for header, want := range map[string]evidence.Span{
		"": {To: 100}, "bytes=0-": {To: 100}, "bytes=10-19": {From: 10, To: 20}, "bytes=90-200": {From: 90, To: 100}, "bytes=-5": {From: 95, To: 100}, "bytes=-500": {To: 100},
		"bytes=0-9,20-29": {To: 100}, "lines=1-2": {To: 100}, "bytes=5-9223372036854775807": {From: 5, To: 100},
	} {
		if got, err := exposure.ParseRange(header, 100); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", header, got, err, want)
		}
	}
	for _, header := range []string{"bytes=100-", "bytes=20-10", "bytes=-", "bytes=a-b", "bytes=-0", "bytes=5", "bytes=+1-2", "bytes=99999999999999999999-"} {
		if got, err := exposure.ParseRange(header, 100); !errors.Is(err, exposure.ErrRange) {
			t.Errorf("%q: %v, %v; want ErrRange", header, got, err)
		}
	}
}

func FuzzParseRange(f *testing.F) {
	for _, s := range []string{"", "bytes=0-", "bytes=1-2", "bytes=-3", "bytes=9-1", "bytes=0-0,5-6"} {
		f.Add(s, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		s, err := exposure.ParseRange(header, size)
		if err == nil && (s.From < 0 || s.To <= s.From || s.To > size) {
			t.Errorf("%q of %d: %v", header, size, s)
		}
	})
}

func TestFormsOffer(t *testing.T) {
	for mediaType, want := range map[string]exposure.Form{
		"image/jpeg": exposure.Image, "IMAGE/PNG": exposure.Image, "image/svg+xml": exposure.Other, "text/html; charset=utf-8": exposure.Other, "text/xml": exposure.Other,
		"text/plain; charset=utf-8": exposure.Text, "video/mp4": exposure.Video, "audio/mpeg": exposure.Audio, "application/pdf": exposure.Other, "": exposure.Other,
	} {
		if got := exposure.FormOf(mediaType); got != want {
			t.Errorf("%s: %s, want %s", mediaType, got, want)
		}
	}
}

// TestPicturesThatCannotBeShown looks at what a browser must not be given.
func TestPicturesThatCannotBeShown(t *testing.T) {
	b := setup(t, sqliteEngine())
	huge := stripes(t, 60, 40)
	binary.BigEndian.PutUint32(huge[16:], 60_000) // the width that the head of the PNG claims
	binary.BigEndian.PutUint32(huge[20:], 60_000)
	crc(huge)
	for name, body := range map[string][]byte{"a small file that claims to be huge": huge, "a picture cut off in its head": stripes(t, 60, 40)[:30]} {
		i := b.add("c1", "x.png", body)
		for how, show := range map[exposure.How]func(exposure.Look) error{
			exposure.Clear: func(l exposure.Look) error {
				return b.Send(b.Context(), l, "", func(exposure.Piece) error { return nil })
			},
			exposure.Blurred: func(l exposure.Look) error { return b.Likeness(b.Context(), l, func([]byte) error { return nil }) },
		} {
			if err := show(b.begin("ada", i, how)); !errors.Is(err, exposure.ErrForm) {
				t.Errorf("%s, %s: %v, want ErrForm", name, how, err)
			}
		}
	}
	// A manifest that calls markup a picture gives a browser nothing.
	i, err := b.vault.Seal(t.Context(), evidence.New{
		Case: "c1", Kind: evidence.KindMedia, Name: "x.png", MediaType: "image/png", Who: "haris", Why: "test", Body: strings.NewReader("<svg xmlns='http://www.w3.org/2000/svg'/>"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Send(t.Context(), b.begin("ada", i, exposure.Clear), "", func(exposure.Piece) error { return nil }); !errors.Is(err, exposure.ErrForm) {
		t.Errorf("markup under the name of a picture: %v", err)
	}
	html := b.add("c1", "x.html", []byte("<!DOCTYPE html><p>plain</p>"))
	if _, err := b.Begin(t.Context(), exposure.Order{Who: "ada", Item: html.ID, How: exposure.Clear}); !errors.Is(err, exposure.ErrForm) {
		t.Errorf("markup: %v", err)
	}
}

// TestLikenessHidesThePicture decodes the likeness of stripes and finds no stripe.
func TestLikenessHidesThePicture(t *testing.T) {
	b := setup(t, sqliteEngine())
	i := b.add("c1", "a.png", stripes(t, 900, 600))
	var j []byte
	if err := b.Likeness(t.Context(), b.begin("ada", i, exposure.Blurred), func(got []byte) error { j = got; return nil }); err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds().Dx() != 240 || m.Bounds().Dy() != 160 {
		t.Errorf("the likeness is %v", m.Bounds())
	}
	if _, ok := m.(*image.Gray); !ok {
		t.Errorf("the likeness is a %T, want grey", m)
	}
	low, high := uint32(1<<16), uint32(0)
	for y := range 160 {
		for x := range 240 {
			v, _, _, _ := m.At(x, y).RGBA()
			low, high = min(low, v), max(high, v)
		}
	}
	if high-low > 0x3000 {
		t.Errorf("stripes can be told apart: from %#x to %#x", low, high)
	}
}
