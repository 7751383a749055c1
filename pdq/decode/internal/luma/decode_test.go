package luma

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// files is every JPEG of the vectors: sequential and progressive, 4:4:4, 4:2:2, 4:2:0 and grey.
func files(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, dir := range []string{"images", "derived"} {
		names, err := filepath.Glob("../../../testdata/" + dir + "/*.jpg")
		if err != nil || len(names) < 6 {
			t.Fatal(names, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.Base(name)] = b
		}
	}
	return all
}

// far is the largest and the mean difference of samples from those of image/jpeg.
func far(t *testing.T, got *image.Gray, want image.Image) (most int, mean float64) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%v, of %v", got.Bounds(), want.Bounds())
	}
	var y []uint8
	var stride int
	switch w := want.(type) {
	case *image.YCbCr:
		y, stride = w.Y, w.YStride
	case *image.Gray:
		y, stride = w.Pix, w.Stride
	default:
		t.Fatalf("%T", want)
	}
	sum := 0
	for i := range got.Rect.Dy() {
		for j := range got.Rect.Dx() {
			d := int(got.Pix[i*got.Stride+j]) - int(y[i*stride+j])
			d = max(d, -d)
			most, sum = max(most, d), sum+d
		}
	}
	return most, float64(sum) / float64(got.Rect.Dx()*got.Rect.Dy())
}

func decoded(t *testing.T, b []byte) (*image.Gray, image.Image, error) {
	t.Helper()
	want, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Decode(b, want.Bounds().Dx(), want.Bounds().Dy(), false)
	return got, want, err
}

func TestSamplesAreThoseOfImageJPEG(t *testing.T) {
	for name, b := range files(t) {
		t.Run(name, func(t *testing.T) {
			got, want, err := decoded(t, b)
			if _, cmyk := want.(*image.CMYK); cmyk {
				if !errors.Is(err, ErrRefused) {
					t.Error(err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if most, mean := far(t, got, want); most > 1 || mean > 0.05 {
				t.Errorf("off by %d, on average %v", most, mean)
			}
		})
	}
}

// TestHalf compares with the mean of every four samples, which is near for a picture without sharp edges.
func TestHalf(t *testing.T) {
	full := image.NewGray(image.Rect(0, 0, 203, 117))
	for i := range full.Pix {
		full.Pix[i] = uint8(i%203 + i/203/4)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, full, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	half, err := Decode(b.Bytes(), 203, 117, true)
	if err != nil {
		t.Fatal(err)
	}
	if half.Rect != image.Rect(0, 0, 102, 59) {
		t.Fatal(half.Rect)
	}
	for y := range 58 {
		for x := range 101 {
			want := 0
			for i := range 4 {
				want += int(full.GrayAt(2*x+i%2, 2*y+i/2).Y)
			}
			if d := int(half.GrayAt(x, y).Y) - want/4; d > 4 || d < -4 {
				t.Errorf("%d, %d is off by %d", x, y, d)
			}
		}
	}
}

// TestSizes encodes pictures of sizes around those of blocks and units.
func TestSizes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, w := range []int{1, 7, 8, 9, 15, 16, 17, 40} {
		for _, h := range []int{1, 8, 9, 16, 17, 33} {
			img := image.NewRGBA(image.Rect(0, 0, w, h))
			for i := range img.Pix {
				img.Pix[i] = uint8(rnd.Uint32())
			}
			for _, picture := range []image.Image{img, func() image.Image { g := image.NewGray(img.Rect); copy(g.Pix, img.Pix); return g }()} {
				var b bytes.Buffer
				if err := jpeg.Encode(&b, picture, &jpeg.Options{Quality: 1 + rnd.IntN(100)}); err != nil {
					t.Fatal(err)
				}
				got, want, err := decoded(t, b.Bytes())
				if err != nil {
					t.Fatal(w, h, err)
				}
				if most, _ := far(t, got, want); most > 2 {
					t.Errorf("%d × %d: off by %d", w, h, most)
				}
			}
		}
	}
}

func TestRefused(t *testing.T) {
	all := files(t)
	for _, name := range []string{"f_420.jpg", "f_prog420.jpg", "f_gray.jpg"} {
		whole := all[name]
		c, err := jpeg.DecodeConfig(bytes.NewReader(whole))
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(whole); n += 1 + len(whole)/80 {
			if _, err := Decode(whole[:n], c.Width, c.Height, false); !errors.Is(err, ErrRefused) {
				t.Errorf("%s, %d of %d bytes: %v", name, n, len(whole), err)
			}
			if _, err := Decode(append(bytes.Clone(whole[:n]), 0xff, eoi), c.Width, c.Height, false); !errors.Is(err, ErrRefused) {
				t.Errorf("%s, %d of %d bytes and an end: %v", name, n, len(whole), err)
			}
		}
		for _, more := range []string{"\x00", "\x00\x00", "\x12\x34\x56\x78\x9a\xbc\xde\xf1\x12"} {
			b := append(append(bytes.Clone(whole[:len(whole)-2]), more...), 0xff, eoi)
			if _, err := Decode(b, c.Width, c.Height, false); !errors.Is(err, ErrRefused) {
				t.Errorf("%s with %d bytes more before its end: %v", name, len(more), err)
			}
		}
		if _, err := Decode(whole, c.Width+1, c.Height, false); !errors.Is(err, ErrRefused) {
			t.Error("another size:", err)
		}
		if _, err := Decode(append(bytes.Clone(whole), "more"...), c.Width, c.Height, false); err != nil {
			t.Error("more after the end:", err)
		}
	}
}

// TestEveryBitMustCome takes scans out of a progressive file, and a piece out of the data.
func TestEveryBitMustCome(t *testing.T) {
	whole := files(t)["f_prog420.jpg"]
	c, err := jpeg.DecodeConfig(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	var begins []int
	for i := range len(whole) - 1 {
		if whole[i] == 0xff && whole[i+1] == sos {
			begins = append(begins, i)
		}
	}
	if len(begins) < 5 {
		t.Fatal("scans:", begins)
	}
	refused := 0
	for i, from := range begins {
		to := len(whole) - 2
		if i+1 < len(begins) {
			to = begins[i+1]
		}
		mine := whole[from+5] == 1 // it begins with the luma
		for _, b := range [][]byte{append(bytes.Clone(whole[:from]), whole[to:]...), append(bytes.Clone(whole[:to]), whole[from:]...)} {
			_, err := Decode(b, c.Width, c.Height, false)
			if mine && !errors.Is(err, ErrRefused) {
				t.Errorf("scan %d left out or doubled: %v", i, err)
			}
			if err != nil {
				refused++
			}
		}
	}
	if refused == 0 {
		t.Error("nothing was refused")
	}
}

// TestDamageIsNotOverlooked changes bytes of the data of interleaved scans: what is decoded here image/jpeg decodes as well, and to the
// same samples.
func TestDamageIsNotOverlooked(t *testing.T) {
	rnd, decoded := rand.New(rand.NewPCG(7, 7)), 0
	for _, name := range []string{"f_420.jpg", "f_gray.jpg", "f_422q60.jpg"} {
		whole := files(t)[name]
		begin := bytes.Index(whole, []byte{0xff, sos}) + 14
		c, err := jpeg.DecodeConfig(bytes.NewReader(whole))
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			b := bytes.Clone(whole)
			for range 1 + rnd.IntN(2) {
				b[begin+rnd.IntN(len(b)-begin)] = uint8(rnd.Uint32())
			}
			got, err := Decode(b, c.Width, c.Height, false)
			if err != nil {
				continue
			}
			decoded++
			want, err := jpeg.Decode(bytes.NewReader(b))
			if err != nil {
				t.Fatalf("%s: only here is it a picture: %v", name, err)
			}
			if _, mean := far(t, got, want); mean > 0.1 {
				t.Errorf("%s: off by %v on average", name, mean)
			}
		}
	}
	if decoded == 0 {
		t.Error("nothing was decoded")
	}
	t.Log(decoded, "decoded")
}

// TestRestarts decodes a file whose data is cut by restart markers, and one where such a marker is another.
func TestRestarts(t *testing.T) {
	// Ten units of grey: each is a mean of no difference (code 0) and an end of block (code 0), then ones to fill the byte.
	head := "\xff\xd8\xff\xdb\x00\x43\x00" + strings.Repeat("\x01", 64) + "\xff\xc0\x00\x0b\x08\x00\x08\x00\x50\x01\x01\x11\x00" +
		"\xff\xc4\x00\x14\x00\x01" + strings.Repeat("\x00", 15) + "\x00" + "\xff\xc4\x00\x14\x10\x01" + strings.Repeat("\x00", 15) + "\x00" +
		"\xff\xdd\x00\x04\x00\x01\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
	data := func(change int) (b []byte) {
		b = []byte(head)
		for i := range 10 {
			if b = append(b, 0x3f); i < 9 {
				m := rst0 + i%8
				if i == change {
					m = rst0 + (i+1)%8
				}
				b = append(b, 0xff, uint8(m))
			}
		}
		return append(b, 0xff, eoi)
	}
	img, err := Decode(data(-1), 80, 8, false)
	if err != nil || img.Pix[0] != 128 || img.Pix[639] != 128 {
		t.Fatal(err)
	}
	for i := range 9 {
		if _, err := Decode(data(i), 80, 8, false); !errors.Is(err, ErrRefused) {
			t.Errorf("marker %d is another: %v", i, err)
		}
	}
	if _, err := Decode(bytes.Replace(data(-1), []byte{0x3f, 0xff, rst0}, []byte{0x3f, 0x3f, 0xff, rst0}, 1), 80, 8, false); !errors.Is(err, ErrRefused) {
		t.Error("a byte too many before a marker:", err)
	}
}

func FuzzDecode(f *testing.F) {
	small := image.NewYCbCr(image.Rect(0, 0, 33, 18), image.YCbCrSubsampleRatio420)
	for i := range small.Y {
		small.Y[i] = uint8(i * 7)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), true)
	g := image.NewGray(image.Rect(0, 0, 9, 9))
	g.Set(3, 3, color.White)
	b.Reset()
	if err := jpeg.Encode(&b, g, nil); err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Clone(b.Bytes()), false)
	f.Add(files(f)["f_prog420.jpg"], false)
	f.Add(files(f)["misc-images__small.jpg"], true)
	f.Fuzz(func(t *testing.T, b []byte, half bool) {
		c, err := jpeg.DecodeConfig(bytes.NewReader(b))
		if err != nil || c.Width*c.Height > 1<<20 {
			return
		}
		got, err := Decode(b, c.Width, c.Height, half)
		if err != nil {
			if !errors.Is(err, ErrRefused) || got != nil {
				t.Error(got, err)
			}
			return
		}
		want := image.Rect(0, 0, c.Width, c.Height)
		if half {
			want.Max = image.Pt((c.Width+1)/2, (c.Height+1)/2)
		}
		if got.Rect != want {
			t.Error(got.Rect)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	data, err := os.ReadFile("../../../testdata/images/bridge-mods__aaa-orig.jpg")
	if err != nil {
		b.Fatal(err)
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"image-jpeg": func() error { _, err := jpeg.Decode(bytes.NewReader(data)); return err },
		"luma":       func() error { _, err := Decode(data, c.Width, c.Height, false); return err },
		"half":       func() error { _, err := Decode(data, c.Width, c.Height, true); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
