package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/media"
	"haris/pdq/decode"
	"haris/vpdq"
)

// pattern is a picture of blocks.
func pattern(seed uint64, w, h int) *image.Paletted {
	r := rand.New(rand.NewPCG(seed, 1))
	palette := make(color.Palette, 64)
	for i := range palette {
		palette[i] = color.Gray{Y: uint8(r.UintN(256))} //nolint:gosec // below 256
	}
	img := image.NewPaletted(image.Rect(0, 0, w, h), palette)
	cells := make([]uint8, 256)
	for i := range cells {
		cells[i] = uint8(r.UintN(64)) //nolint:gosec // below 64
	}
	for y := range h {
		for x := range w {
			img.SetColorIndex(x, y, cells[(y*16/h)*16+x*16/w])
		}
	}
	return img
}

func encoded(t *testing.T, how string, img *image.Paletted) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch how {
	case "jpeg":
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 90})
	case "png":
		err = png.Encode(&b, img)
	case "gif":
		err = gif.Encode(&b, img, nil)
	case "moving":
		err = gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{img, pattern(99, 160, 160)}, Delay: []int{100, 100}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, ctx context.Context, b []byte, o media.Options) (media.File, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return media.NewReader(o).Read(ctx, f)
}

func kinds(f media.File) (out []bank.Kind) {
	for _, h := range f.Media.Hashes {
		out = append(out, h.Kind)
	}
	return out
}

func TestRead(t *testing.T) {
	exact := []bank.Kind{bank.MD5, bank.SHA1, bank.SHA256}
	withPDQ := append(slices.Clone(exact), bank.PDQ)
	img := pattern(1, 160, 160)
	whole := encoded(t, "jpeg", img)
	noVideo := vpdq.Options{FFmpeg: "/nowhere/ffmpeg", FFprobe: "/nowhere/ffprobe"}
	tests := []struct {
		name string
		file []byte
		o    media.Options
		kind media.Kind
		has  []bank.Kind
		left []bank.Reason
	}{
		{"jpeg", whole, media.Options{}, media.Image, withPDQ, nil},
		{"png", encoded(t, "png", img), media.Options{}, media.Image, withPDQ, nil},
		{"gif", encoded(t, "gif", img), media.Options{}, media.Image, withPDQ, nil},
		{"moving, without the programs", encoded(t, "moving", img), media.Options{Video: noVideo}, media.Image, withPDQ, []bank.Reason{bank.Partial}},
		{"cut off", encoded(t, "png", img)[:200], media.Options{}, media.Image, exact, []bank.Reason{bank.Truncated}},
		{"too large", whole, media.Options{Picture: decode.Limits{Pixels: 100}}, media.Image, exact, []bank.Reason{bank.TooLarge}},
		{"empty", nil, media.Options{}, media.Image, exact, []bank.Reason{bank.Truncated}},
		{"text", []byte("a note about the weather"), media.Options{}, media.Other, exact, []bank.Reason{bank.Unsupported}},
		{"a picture in a container of videos", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"), media.Options{}, media.Other, exact, []bank.Reason{bank.Unsupported}},
		{"video, without the programs", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), media.Options{Video: noVideo}, media.Video, exact, []bank.Reason{bank.NoFFmpeg}},
		{"damaged", append([]byte("\xff\xd8\xff\xe0"), bytes.Repeat([]byte{7}, 300)...), media.Options{}, media.Image, exact, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := read(t, t.Context(), tt.file, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if f.Kind != tt.kind || !slices.Equal(kinds(f), tt.has) || f.Bytes != int64(len(tt.file)) {
				t.Errorf("%s, %v, %d bytes", f.Kind, kinds(f), f.Bytes)
			}
			if tt.left != nil && !slices.Equal(f.Left, tt.left) {
				t.Errorf("left %v (%s), want %v", f.Left, f.Detail, tt.left)
			}
			// What was left is never clean.
			b := bank.New("a", "A")
			b.Mode = "enforce"
			if d := bank.Decide(f.Media, []bank.Bank{b}, nil, time.Now()).With(f.Left...); (d.Answer == bank.Clean) != (len(f.Left) == 0 && len(tt.has) == 4) {
				t.Errorf("the answer is %s with %v left", d.Answer, f.Left)
			}
		})
	}
}

func TestAMovingPictureIsLookedAtAsAVideoIs(t *testing.T) {
	f, err := read(t, t.Context(), encoded(t, "moving", pattern(1, 160, 160)), media.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(f.Left, []bank.Reason{bank.Partial}) {
		t.Skip("ffmpeg is not installed, or does not read it")
	}
	if !slices.Contains(kinds(f), bank.VPDQ) || len(f.Left) > 0 {
		t.Errorf("%v, left %v", kinds(f), f.Left)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := read(t, ctx, []byte("x"), media.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// FuzzRead: whatever a file is, its exact hashes are there, and it is hashed or something is left.
func FuzzRead(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Add([]byte("GIF89a"))
	f.Add([]byte("\x00\x00\x00\x18ftypisom"))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := read(t, t.Context(), b, media.Options{
			Picture: decode.Limits{Pixels: 1 << 16}, Video: vpdq.Options{FFmpeg: "/nowhere/ffmpeg", FFprobe: "/nowhere/ffprobe"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(file.Media.Hashes) < 3 || len(file.Media.Hashes) == 3 && len(file.Left) == 0 {
			t.Fatalf("%+v", file)
		}
	})
}
