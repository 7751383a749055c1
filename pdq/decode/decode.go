// Package decode reads picture files for hashing: JPEG, PNG, GIF, WebP, BMP and TIFF, told apart by what they contain and not by
// what they are called. Dimensions are checked before anything is decoded, and a file that ends early, is damaged or is of another
// kind is an error that says which: a picture is whole or it is not there.
//
// HEIC, AVIF and moving WebP are ErrUnsupported. Of a moving GIF or PNG and of a TIFF of several pages the first picture is read and
// More is set; vpdq hashes the others of what moves. Bytes and Decode give the picture as it is, Luma and Half as little of it as PDQ
// needs, which is faster for JPEG.
package decode

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"haris/pdq/decode/internal/luma"
)

// What every error of Decode is, next to those of the reader.
var (
	ErrTooLarge    = errors.New("picture is larger than allowed")
	ErrTruncated   = errors.New("picture ends before it is complete")
	ErrUnsupported = errors.New("kind of picture is not supported")
	ErrDamaged     = errors.New("picture is damaged")
)

// Limits are what a picture may cost. A field of 0 takes the value of the comment. In memory a pixel takes at most 8 bytes, twice that
// while a PNG of interlaced rows is decoded, and up to 24 while a progressive JPEG of four colours is; where only the luma is
// decoded, 3.
type Limits struct {
	Bytes  int64 // of the file: 64 MiB
	Pixels int64 // width times height: 100 million
	Side   int   // of each side: 32,768
	Scans  int   // of a JPEG, each of which may cost as much time as a whole picture: 100
}

func (l Limits) orDefault() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 64 << 20
	}
	if l.Pixels <= 0 {
		l.Pixels = 100e6
	}
	if l.Side <= 0 {
		l.Side = 32768
	}
	if l.Scans <= 0 {
		l.Scans = 100
	}
	return l
}

// Picture is a decoded file.
type Picture struct {
	Image  image.Image
	Format string // jpeg, png, gif, webp, bmp, tiff
	More   bool   // there are frames or pages after the one in Image
}

// want is how much of a picture is decoded.
type want int

const (
	all  want = iota // its colours
	grey             // of a JPEG the luma
	half             // of a large JPEG the luma at half its size
)

// halved is how wide and high a picture must be to be decoded at half its size. The vectors then differ by up to 6 bits; those of
// 512 pixels would by up to 10, which is all that implementations may, and smaller ones by more.
const halved = 1000

// format is one kind of file.
type format struct {
	name   string
	is     func(head []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func formats() []format {
	begins := func(magic string) func([]byte) bool {
		return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
	}
	return []format{
		{"jpeg", begins("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode},
		{"png", begins("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode},
		{"gif", begins("GIF8"), gif.DecodeConfig, gif.Decode},
		{"webp", func(h []byte) bool { return len(h) >= 12 && string(h[:4]) == "RIFF" && string(h[8:12]) == "WEBP" }, webp.DecodeConfig, webp.Decode},
		{"bmp", begins("BM"), bmp.DecodeConfig, bmp.Decode},
		{"tiff", begins("II*\x00"), tiff.DecodeConfig, tiff.Decode},
		{"tiff", begins("MM\x00*"), tiff.DecodeConfig, tiff.Decode},
	}
}

// Decode reads one file to its end and decodes it as Bytes does. Errors of the reader are returned as they are, wrapped; all others
// are one of this package's.
func Decode(r io.Reader, l Limits) (Picture, error) {
	l = l.orDefault()
	data, err := io.ReadAll(io.LimitReader(r, l.Bytes+1))
	if err != nil {
		return Picture{}, fmt.Errorf("read picture: %w", err)
	}
	if int64(len(data)) > l.Bytes {
		return Picture{}, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, l.Bytes)
	}
	return Bytes(data, l)
}

// Bytes decodes a file that is in memory.
func Bytes(data []byte, l Limits) (Picture, error) { return decode(data, l, all) }

// Luma decodes a file that is in memory to what pdq.Options{} hashes: of a JPEG its Y as image.Gray, of others the picture. The hash
// is that of Bytes, but for a bit where the decoders round otherwise.
func Luma(data []byte, l Limits) (Picture, error) { return decode(data, l, grey) }

// Half decodes as Luma does, but a JPEG with both sides of at least 1,000 to half its width and height. Its hash differs by a few
// bits from that of the whole, within the ten by which implementations may differ.
func Half(data []byte, l Limits) (Picture, error) { return decode(data, l, half) }

func decode(data []byte, l Limits, w want) (Picture, error) {
	l = l.orDefault()
	if int64(len(data)) > l.Bytes {
		return Picture{}, fmt.Errorf("%w: %d bytes, of at most %d", ErrTooLarge, len(data), l.Bytes)
	}
	if len(data) == 0 {
		return Picture{}, fmt.Errorf("%w: it is empty", ErrTruncated)
	}
	for _, f := range formats() {
		if !f.is(data) {
			continue
		}
		p, err := f.read(data, l, w)
		if err != nil {
			return Picture{}, fmt.Errorf("%s: %w", f.name, err)
		}
		return p, nil
	}
	return Picture{}, fmt.Errorf("%w: it begins like no kind of picture that is read here", ErrUnsupported)
}

// read checks the size, then decodes. Decoders of others that panic have met a damaged file.
func (f format) read(data []byte, l Limits, w want) (p Picture, err error) {
	defer func() {
		if recover() != nil {
			p, err = Picture{}, fmt.Errorf("%w: the decoder gave up", ErrDamaged)
		}
	}()
	c, err := f.config(bytes.NewReader(data))
	if err != nil {
		return p, classify(err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return p, fmt.Errorf("%w: %d × %d pixels", ErrDamaged, c.Width, c.Height)
	}
	if c.Width > l.Side || c.Height > l.Side || int64(c.Width)*int64(c.Height) > l.Pixels {
		return p, fmt.Errorf("%w: %d × %d pixels, of at most %d and %d a side", ErrTooLarge, c.Width, c.Height, l.Pixels, l.Side)
	}
	p.Format = f.name
	if p.More, err = f.more(data, l); err != nil {
		return Picture{}, err
	}
	if f.name == "jpeg" && w != all {
		small := w == half && min(c.Width, c.Height) >= halved
		if y, err := luma.Decode(data, c.Width, c.Height, small); err == nil {
			p.Image = y
			return p, nil
		} // what it does not know or like is judged by the decoder that knows all
	}
	if p.Image, err = f.decode(bytes.NewReader(data)); err != nil {
		return Picture{}, classify(err)
	}
	switch f.name {
	case "gif":
		p.Image = onCanvas(p.Image, c.Width, c.Height)
	case "webp":
		widen(p.Image)
	}
	if size := p.Image.Bounds().Size(); size.X != c.Width || size.Y != c.Height {
		return Picture{}, fmt.Errorf("%w: header and picture differ in size", ErrDamaged)
	}
	return p, nil
}

// more tells whether there are pictures after the first, and finds what the decoders do not mind.
func (f format) more(data []byte, l Limits) (bool, error) {
	switch f.name {
	case "gif":
		frames, err := gifFrames(data)
		return frames > 1, err
	case "png":
		return pngMoves(data), nil
	case "tiff":
		return tiffPages(data), nil
	case "webp":
		if webpMoves(data) {
			return true, fmt.Errorf("%w: it moves", ErrUnsupported)
		}
	case "jpeg":
		if n := bytes.Count(data, []byte("\xff\xda")); n > l.Scans {
			return false, fmt.Errorf("%w: %d scans, of at most %d", ErrTooLarge, n, l.Scans)
		}
	}
	return false, nil
}

// classify tells what a decoder's error means.
func classify(err error) error {
	var j jpeg.UnsupportedError
	var g png.UnsupportedError
	var t tiff.UnsupportedError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %w", ErrTruncated, err)
	case errors.As(err, &j), errors.As(err, &g), errors.As(err, &t), errors.Is(err, bmp.ErrUnsupported):
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}
