package exposure

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // the kinds of pictures that can be shown
	"image/jpeg"
	_ "image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"haris/internal/evidence"
)

// maxPixels bounds a picture before it is decoded, here or in a browser: a small file can claim to be a huge picture.
const maxPixels = 40_000_000

// sizable refuses what is no picture, or a picture too large to be decoded. It reads the head of the picture alone.
func sizable(b []byte) error {
	if !Image.confirms(b[:min(len(b), evidence.SniffBytes)]) {
		return fmt.Errorf("%w: its bytes are not those of a picture", ErrForm)
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	switch {
	case err != nil:
		return fmt.Errorf("%w: the picture cannot be read", ErrForm)
	case c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height:
		return fmt.Errorf("%w: a picture of %d × %d is too large to be shown", ErrForm, c.Width, c.Height)
	}
	return nil
}

// The sides of a likeness: what little is kept of the picture, and how large that is shown.
const (
	keptSide  = 20
	shownSide = 240
)

// blur makes the likeness of a picture: scaled down to a few grey points and up again, so that what was taken away cannot be
// brought back.
func blur(b []byte) ([]byte, error) {
	if err := sizable(b); err != nil {
		return nil, err
	}
	in, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: the picture cannot be read", ErrForm)
	}
	kept := image.NewGray(fit(in.Bounds(), keptSide))
	draw.BiLinear.Scale(kept, kept.Bounds(), in, in.Bounds(), draw.Src, nil)
	out := image.NewGray(fit(in.Bounds(), shownSide))
	draw.CatmullRom.Scale(out, out.Bounds(), kept, kept.Bounds(), draw.Src, nil)
	var j bytes.Buffer
	if err := jpeg.Encode(&j, out, &jpeg.Options{Quality: 70}); err != nil {
		return nil, fmt.Errorf("exposure: likeness: %w", err)
	}
	return j.Bytes(), nil
}

// fit scales bounds so that the longer side has n points and the shorter at least one.
func fit(b image.Rectangle, n int) image.Rectangle {
	w, h := b.Dx(), b.Dy()
	if w >= h {
		return image.Rect(0, 0, n, max(1, h*n/w))
	}
	return image.Rect(0, 0, max(1, w*n/h), n)
}
