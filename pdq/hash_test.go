package pdq_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"haris/pdq"
)

func TestTextForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := pdq.Hash{rapid.Uint64().Draw(t, "0"), rapid.Uint64().Draw(t, "1"), rapid.Uint64().Draw(t, "2"), rapid.Uint64().Draw(t, "3")}
		text := h.String()
		for _, s := range []string{text, strings.ToUpper(text)} {
			if got, err := pdq.Parse(s); err != nil || got != h {
				t.Fatal(got, err)
			}
		}
		k := rapid.IntRange(0, 255).Draw(t, "bit")
		var digit int
		fmt.Sscanf(text[63-k/4:64-k/4], "%x", &digit)
		if h.Bit(k) != (digit>>(k%4)&1 == 1) {
			t.Fatal("bit", k, "of", text)
		}
		b, err := json.Marshal(map[string]pdq.Hash{"h": h})
		if err != nil || string(b) != `{"h":"`+text+`"}` {
			t.Fatal(string(b), err)
		}
		var back map[string]pdq.Hash
		if err := json.Unmarshal(b, &back); err != nil || back["h"] != h {
			t.Fatal(back, err)
		}
		o := h
		o[k/64] ^= 1 << (k % 64)
		if h.Distance(h) != 0 || h.Distance(o) != 1 {
			t.Fatal("distance")
		}
	})
	if d := (pdq.Hash{}).Distance(pdq.Hash{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}); d != 256 {
		t.Error("distance", d)
	}
}

func TestParseRefuses(t *testing.T) {
	ok := strings.Repeat("0", 64)
	for _, s := range []string{"", ok[1:], ok + "0", ok[1:] + "g", " " + ok[1:], "0x" + ok[2:]} {
		if _, err := pdq.Parse(s); !errors.Is(err, pdq.ErrSyntax) {
			t.Errorf("%q: %v", s, err)
		}
	}
	kept := pdq.Hash{1}
	if err := kept.UnmarshalText([]byte("zz")); err == nil || kept != (pdq.Hash{1}) {
		t.Error("changed by what is refused")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(strings.Repeat("0123456789abcdef", 4))
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := pdq.Parse(s); err == nil && h.String() != strings.ToLower(s) {
			t.Error(h)
		}
	})
}

// opaque hides the kind of a picture, so that it is read pixel by pixel.
type opaque struct{ image.Image }

// TestKindsOfPicture has every kind of picture hash as the same colours in NRGBA, also as a part of a larger one.
func TestKindsOfPicture(t *testing.T) {
	const w, h = 150, 130
	frame := image.Rect(-7, 9, w-7+20, h+9+20)
	part := image.Rect(3, 14, w+3, h+14)
	palette := color.Palette{}
	for i := range 250 {
		palette = append(palette, color.NRGBA{uint8(i), uint8(i * 7), uint8(255 - i), 255})
	}
	hasher := pdq.New(pdq.Options{ConvertChroma: true})
	for name, img := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
		SubImage(image.Rectangle) image.Image
	}{
		"gray": image.NewGray(frame), "gray16": image.NewGray16(frame), "rgba": image.NewRGBA(frame), "nrgba": image.NewNRGBA(frame), "rgba64": image.NewRGBA64(frame),
		"nrgba64": image.NewNRGBA64(frame), "paletted": image.NewPaletted(frame, palette), "cmyk": image.NewCMYK(frame),
	} {
		t.Run(name, func(t *testing.T) {
			for y := frame.Min.Y; y < frame.Max.Y; y++ {
				for x := frame.Min.X; x < frame.Max.X; x++ {
					img.Set(x, y, color.NRGBA{uint8(x * y / 9), uint8(x*3 + y), uint8(y*y/40 + x), 255})
				}
			}
			sub := img.SubImage(part)
			plain := image.NewNRGBA(image.Rect(0, 0, w, h))
			for y := range h {
				for x := range w {
					plain.Set(x, y, sub.At(part.Min.X+x, part.Min.Y+y))
				}
			}
			got, want, slow := hasher.Image(sub), hasher.Image(plain), hasher.Image(opaque{sub})
			if got != slow {
				t.Errorf("%v, and pixel by pixel %v", got, slow)
			}
			if strings.HasPrefix(name, "gray") {
				if d := got.Hash.Distance(want.Hash); d > 2 { // grey is taken as it is, not weighed
					t.Error("distance", d)
				}
			} else if got != want {
				t.Errorf("%v, of %v", got, want)
			}
		})
	}
}

func TestChromaIsConvertedOnRequest(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio410} {
		img := image.NewYCbCr(image.Rect(0, 0, 140, 133), ratio)
		for i := range img.Y {
			img.Y[i] = uint8(i * i / 999)
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = uint8(i*5), uint8(i*3)
		}
		gray := &image.Gray{Pix: img.Y, Stride: img.YStride, Rect: img.Rect}
		fast, exact := pdq.New(pdq.Options{}), pdq.New(pdq.Options{ConvertChroma: true})
		if fast.Image(img) != fast.Image(gray) {
			t.Error(ratio, "is not its Y")
		}
		if got, want := exact.Image(img), exact.Image(opaque{img}); got != want {
			t.Errorf("%v: %v, of %v", ratio, got, want)
		}
		alpha := &image.NYCbCrA{YCbCr: *img, A: make([]uint8, len(img.Y)), AStride: img.YStride}
		if exact.Image(alpha) != exact.Image(img) {
			t.Error(ratio, "alpha counts")
		}
	}
}

func TestTransparencyIsDropped(t *testing.T) {
	a, b := image.NewNRGBA(image.Rect(0, 0, 90, 90)), image.NewRGBA(image.Rect(0, 0, 90, 90))
	solid := image.NewNRGBA(a.Rect)
	for i := range 90 * 90 {
		c := color.NRGBA{uint8(i), uint8(i / 5), uint8(i / 9), uint8(128 + i%128)}
		a.Set(i%90, i/90, c)
		b.Set(i%90, i/90, c)
		c.A = 255
		solid.Set(i%90, i/90, c)
	}
	h := pdq.New(pdq.Options{})
	want := h.Image(solid)
	if got := h.Image(a); got != want {
		t.Error("straight:", got, want)
	}
	if got := h.Image(b); got.Hash.Distance(want.Hash) > 4 { // what was multiplied has lost bits
		t.Error("multiplied:", got.Hash.Distance(want.Hash))
	}
}

func TestNothingIsAllocated(t *testing.T) {
	for _, o := range []pdq.Options{{}, {Family: pdq.NN512}} {
		h, img := pdq.New(o), noise(700, 300)
		var i image.Image = img
		h.Image(i)
		if n := testing.AllocsPerRun(5, func() { h.Image(i); h.Dihedral(i) }); n != 0 {
			t.Errorf("%+v: %v allocations", o, n)
		}
	}
}

// TestWorkspaceForgets has one workspace hash pictures of rising and falling size as new ones do.
func TestWorkspaceForgets(t *testing.T) {
	old := pdq.New(pdq.Options{})
	for _, size := range [][2]int{{5, 5}, {700, 9}, {64, 64}, {9, 700}, {4, 9}, {130, 257}, {6, 6}, {0, 0}, {512, 300}, {65, 64}} {
		img := noise(max(1, size[0]), max(1, size[1]))
		img.Rect.Max = image.Pt(size[0], size[1])
		if got, want := old.Image(img), pdq.New(pdq.Options{}).Image(img); got != want {
			t.Errorf("%v: %v, of %v", size, got, want)
		}
	}
}

func ExampleHasher() {
	h := pdq.New(pdq.Options{})
	a, b := noise(640, 480), noise(640, 480)
	for i := range b.Pix {
		b.Pix[i] = b.Pix[i]/2 + 60 // less contrast
	}
	one, other := h.Image(a), h.Image(b)
	fmt.Println(one.Quality >= pdq.MinQuality, one.Hash.Distance(other.Hash) <= pdq.MatchDistance)
	// Output: true true
}
