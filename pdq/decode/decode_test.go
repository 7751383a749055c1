package decode_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"haris/pdq"
	"haris/pdq/decode"
)

// small is a picture of two gradients.
func small() *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, 70, 60))
	for i := range 70 * 60 {
		img.Set(i%70, i/70, color.NRGBA{uint8(i % 70 * 3), uint8(i / 70 * 4), uint8(i), 255})
	}
	return img
}

func encoded(t testing.TB, encode func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// moving is a GIF of two frames, the first in a corner.
func moving(t testing.TB) []byte {
	t.Helper()
	palette := color.Palette{color.Black, color.White, color.Gray{90}}
	g := gif.GIF{Config: image.Config{Width: 40, Height: 30, ColorModel: palette}}
	for i := range 2 {
		frame := image.NewPaletted(image.Rect(10*i, 5, 30, 25), palette)
		for k := range frame.Pix {
			frame.Pix[k] = uint8((k + i) % 3)
		}
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 5)
	}
	return encoded(t, func(w io.Writer) error { return gif.EncodeAll(w, &g) })
}

// every is a whole file of every kind.
func every(t testing.TB) map[string][]byte {
	t.Helper()
	img := small()
	return map[string][]byte{
		"png":  encoded(t, func(w io.Writer) error { return png.Encode(w, img) }),
		"jpeg": encoded(t, func(w io.Writer) error { return jpeg.Encode(w, img, nil) }),
		"gif":  moving(t),
		"bmp":  encoded(t, func(w io.Writer) error { return bmp.Encode(w, img) }),
		"tiff": encoded(t, func(w io.Writer) error { return tiff.Encode(w, img, nil) }),
		"webp": read(t, "derived/f_lossless.webp"),
	}
}

// chunk inserts a chunk into a PNG after its header.
func chunk(b []byte, name string, content []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	c = append(append(c, name...), content...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	return append(append(bytes.Clone(b[:33]), c...), b[33:]...)
}

// sized is a PNG that claims another size.
func sized(b []byte, w, h uint32) []byte {
	b = bytes.Clone(b)
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// movingWebP is a container whose flags announce frames.
func movingWebP() []byte {
	b := append([]byte("RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), 2, 0, 0, 0, 9, 0, 0, 9, 0, 0)
	return b
}

// pages is a TIFF that names another directory after its first.
func pages(b []byte) []byte {
	b = bytes.Clone(b)
	at := binary.LittleEndian.Uint32(b[4:])
	at += 2 + 12*uint32(binary.LittleEndian.Uint16(b[at:]))
	binary.LittleEndian.PutUint32(b[at:], 8)
	return b
}

func TestWhatIsNotDecoded(t *testing.T) {
	files := every(t)
	bomb := sized(files["png"], 60_000, 60_000)
	scans := bytes.Clone(files["jpeg"][:2])
	for range 101 {
		scans = append(scans, "\xff\xfe\x00\x04\xff\xda"...) // a comment that looks like one
	}
	scans = append(scans, files["jpeg"][2:]...)
	for name, c := range map[string]struct {
		data   []byte
		limits decode.Limits
		want   error
	}{
		"nothing":                 {nil, decode.Limits{}, decode.ErrTruncated},
		"text":                    {[]byte("keep this between us"), decode.Limits{}, decode.ErrUnsupported},
		"heic":                    {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1"), decode.Limits{}, decode.ErrUnsupported},
		"a bomb by size":          {bomb, decode.Limits{}, decode.ErrTooLarge},
		"a bomb by its side":      {sized(files["png"], 1<<20, 2), decode.Limits{}, decode.ErrTooLarge},
		"a bomb of a GIF":         {append([]byte("GIF89a\xff\xff\xff\xff"), files["gif"][10:]...), decode.Limits{}, decode.ErrTooLarge},
		"more pixels than there":  {sized(files["png"], 700, 600), decode.Limits{}, decode.ErrDamaged},
		"too many pixels":         {files["jpeg"], decode.Limits{Pixels: 70*60 - 1}, decode.ErrTooLarge},
		"too wide":                {files["bmp"], decode.Limits{Side: 69}, decode.ErrTooLarge},
		"too many bytes":          {files["png"], decode.Limits{Bytes: 100}, decode.ErrTooLarge},
		"many scans":              {scans, decode.Limits{}, decode.ErrTooLarge},
		"a WebP that moves":       {movingWebP(), decode.Limits{}, decode.ErrUnsupported},
		"damage in a PNG":         {flip(files["png"], len(files["png"])/2), decode.Limits{}, decode.ErrDamaged},
		"a GIF of other blocks":   {append(bytes.Clone(files["gif"][:len(files["gif"])-1]), 0x99), decode.Limits{}, decode.ErrDamaged},
		"a frame off the canvas":  {append([]byte("GIF89a\x05\x00\x05\x00"), files["gif"][10:]...), decode.Limits{}, decode.ErrDamaged},
		"an arithmetic JPEG":      {bytes.Replace(files["jpeg"], []byte("\xff\xc0"), []byte("\xff\xc9"), 1), decode.Limits{}, decode.ErrUnsupported},
		"a JPEG with no pictures": {[]byte("\xff\xd8\xff\xd9"), decode.Limits{}, decode.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			for kind, f := range map[string]func([]byte, decode.Limits) (decode.Picture, error){"Bytes": decode.Bytes, "Luma": decode.Luma, "Half": decode.Half} {
				if p, err := f(c.data, c.limits); !errors.Is(err, c.want) || p.Image != nil {
					t.Errorf("%s: %v, of %v", kind, err, c.want)
				}
			}
			if p, err := decode.Decode(bytes.NewReader(c.data), c.limits); !errors.Is(err, c.want) || p.Image != nil {
				t.Errorf("Decode: %v, of %v", err, c.want)
			}
		})
	}
	if _, err := decode.Bytes(scans, decode.Limits{Scans: 102}); err != nil {
		t.Error("as many scans as allowed:", err)
	}
	if _, err := decode.Bytes(files["png"], decode.Limits{Pixels: 70 * 60, Side: 70, Bytes: int64(len(files["png"]))}); err != nil {
		t.Error("as large as allowed:", err)
	}
}

func flip(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 0x55
	return b
}

// TestNothingComesOfAPart cuts whole files at many places.
func TestNothingComesOfAPart(t *testing.T) {
	files := every(t)
	lossy, err := os.ReadFile("testdata/lossy.webp")
	if err != nil {
		t.Fatal(err)
	}
	files["webp, lossy"] = lossy
	for name, whole := range files {
		t.Run(name, func(t *testing.T) {
			p, err := decode.Luma(whole, decode.Limits{})
			if err != nil || !strings.HasPrefix(name, p.Format) || p.Image == nil {
				t.Fatal(p.Format, err)
			}
			for n := 0; n < len(whole); n += 1 + len(whole)/500 {
				p, err := decode.Luma(whole[:n], decode.Limits{})
				if err == nil || p.Image != nil {
					t.Errorf("%d of %d bytes are a picture", n, len(whole))
				} else if !errors.Is(err, decode.ErrTruncated) && !errors.Is(err, decode.ErrDamaged) && !errors.Is(err, decode.ErrUnsupported) {
					t.Errorf("%d bytes: %v", n, err)
				}
			}
			// A TIFF ends with its resolution, which no picture needs.
			if _, err := decode.Luma(whole[:len(whole)-1], decode.Limits{}); err == nil && name != "tiff" {
				t.Error("without its last byte it is a picture")
			}
		})
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestReader(t *testing.T) {
	if _, err := decode.Decode(failing{}, decode.Limits{}); !errors.Is(err, io.ErrClosedPipe) || errors.Is(err, decode.ErrTruncated) {
		t.Error("a reader that fails:", err)
	}
	endless := io.MultiReader(bytes.NewReader(every(t)["png"]), zeroes{})
	if _, err := decode.Decode(endless, decode.Limits{Bytes: 1 << 20}); !errors.Is(err, decode.ErrTooLarge) {
		t.Error("a reader without end:", err)
	}
}

type zeroes struct{}

func (zeroes) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestFirstOfMany: of what moves or has pages the first is read, where it stands, and More says so.
func TestFirstOfMany(t *testing.T) {
	files := every(t)
	if p, err := decode.Bytes(files["gif"], decode.Limits{}); err != nil || !p.More {
		t.Error("gif:", p.More, err)
	} else if b := p.Image.Bounds(); b != image.Rect(0, 0, 40, 30) {
		t.Error("gif:", b)
	} else if r, _, _, _ := p.Image.At(1, 5).RGBA(); r != 0xffff && p.Image.At(35, 28) != (color.NRGBA{}) {
		t.Error("gif: the first frame is not in its place")
	}
	for name, c := range map[string]struct {
		data []byte
		more bool
	}{
		"png": {files["png"], false}, "png that moves": {chunk(files["png"], "acTL", make([]byte, 8)), true}, "png with text": {chunk(files["png"], "tEXt", []byte("a\x00b")), false},
		"tiff": {files["tiff"], false}, "tiff of two pages": {pages(files["tiff"]), true}, "jpeg": {files["jpeg"], false}, "webp": {files["webp"], false},
		"still gif": {read(t, "derived/f_pal64.gif"), false},
	} {
		if p, err := decode.Bytes(c.data, decode.Limits{}); err != nil || p.More != c.more {
			t.Errorf("%s: %v, %v", name, p.More, err)
		}
	}
}

// TestDeepSamples: 16 bits are rounded to 8, so that white stays white and the hash that of the same picture in 8 bits.
func TestDeepSamples(t *testing.T) {
	img := small()
	deep := image.NewNRGBA64(img.Rect)
	for y := range 60 {
		for x := range 70 {
			deep.Set(x, y, img.At(x, y))
		}
	}
	h := pdq.New(pdq.Options{})
	for name, b := range map[string][]byte{
		"png":  encoded(t, func(w io.Writer) error { return png.Encode(w, deep) }),
		"tiff": encoded(t, func(w io.Writer) error { return tiff.Encode(w, deep, nil) }),
	} {
		p, err := decode.Bytes(b, decode.Limits{})
		if err != nil {
			t.Fatal(name, err)
		}
		if got, want := h.Image(p.Image), h.Image(img); got != want {
			t.Errorf("%s: %v, of %v", name, got, want)
		}
	}
}

// TestLossyWebP: its narrow samples are widened, so that it is as bright and as full of contrast as the picture it was made from.
func TestLossyWebP(t *testing.T) {
	b, err := os.ReadFile("testdata/lossy.webp")
	if err != nil {
		t.Fatal(err)
	}
	got, err := decode.Bytes(b, decode.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := decode.Bytes(read(t, "derived/g22_333x222_rgb.png"), decode.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	spread := func(img image.Image) (mean, deviation float64) {
		b, squares := img.Bounds(), 0.0
		n := float64(b.Dx() * b.Dy())
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				v := float64(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
				mean, squares = mean+v/n, squares+v*v/n
			}
		}
		return mean, math.Sqrt(squares - mean*mean)
	}
	m, d := spread(got.Image)
	if wm, wd := spread(want.Image); math.Abs(m-wm) > 1 || math.Abs(d/wd-1) > 0.03 {
		t.Errorf("mean %v, deviation %v, of %v, %v", m, d, wm, wd)
	}
	for _, chroma := range []bool{false, true} {
		h := pdq.New(pdq.Options{ConvertChroma: chroma})
		if g, w := h.Image(got.Image), h.Image(want.Image); g.Hash.Distance(w.Hash) > 4 {
			t.Errorf("%v, of %v", g, w)
		}
	}
}

// TestNamesSayNothing: a file is what it contains.
func TestNamesSayNothing(t *testing.T) {
	p, err := decode.Bytes(append(every(t)["png"], "\xff\xd8\xff"...), decode.Limits{})
	if err != nil || p.Format != "png" {
		t.Error(p.Format, err)
	}
}

func FuzzBytes(f *testing.F) {
	for _, b := range every(f) {
		f.Add(b)
	}
	f.Add(read(f, "images/misc-images__small.jpg"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := decode.Limits{Pixels: 1 << 18}
		a, err := decode.Bytes(b, l)
		y, yErr := decode.Luma(b, l)
		for _, e := range []error{err, yErr} {
			if e != nil && !errors.Is(e, decode.ErrTooLarge) && !errors.Is(e, decode.ErrTruncated) && !errors.Is(e, decode.ErrUnsupported) && !errors.Is(e, decode.ErrDamaged) {
				t.Error(e)
			}
		}
		if (err == nil) != (a.Image != nil) || (yErr == nil) != (y.Image != nil) {
			t.Error("a picture with an error, or neither")
		}
		if err == nil && yErr == nil && a.Image.Bounds().Size() != y.Image.Bounds().Size() {
			t.Error("two sizes")
		}
		if err == nil {
			pdq.New(pdq.Options{ConvertChroma: true}).Dihedral(a.Image)
		}
		if yErr == nil {
			pdq.New(pdq.Options{Family: pdq.NN512}).Image(y.Image)
		}
	})
}
