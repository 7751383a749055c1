package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"

	"golang.org/x/image/draw"

	"haris/pdq"
	"haris/pdq/decode"
)

// reference is how long the reference in C++ takes to hash luma, in milliseconds, as measured by this project on one core of an AMD
// EPYC of 2.6 GHz in the same kind of machine. It is not run here.
var reference = map[string]float64{"64x64": 0.05, "256x256": 0.89, "512x512": 5.5, "1024x1024": 38.9, "1600x1004": 13.3, "2048x2048": 195, "4032x3024": 397}

// pictures hashes a photograph at several sizes, as luma and as a JPEG of 4:2:0 and quality 85.
func pictures(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%w (run it from the root of the repository, or give -photo)", err)
	}
	photo, err := decode.Bytes(data, decode.Limits{})
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	fmt.Println("PDQ, one core, the least of several rounds")
	fmt.Printf("%-10s %12s %22s   %s\n", "size", "luma", "reference, not run", "ratio")
	sizes := []image.Point{{64, 64}, {256, 256}, {512, 512}, {1024, 1024}, {1600, 1004}, {2048, 2048}, {4032, 3024}}
	h := pdq.New(pdq.Options{})
	for _, size := range sizes {
		grey := image.NewGray(image.Rectangle{Max: size})
		draw.BiLinear.Scale(grey, grey.Rect, photo.Image, photo.Image.Bounds(), draw.Src, nil)
		var luma image.Image = grey
		took, err := least(rounds(size), func() error { h.Image(luma); return nil })
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%dx%d", size.X, size.Y)
		fmt.Printf("%-10s %12s %19.2f ms   %.1f times as fast\n", name, ms(took), reference[name], reference[name]/(float64(took)/1e6))
	}
	fmt.Println("\nfrom a JPEG file to the hash")
	fmt.Printf("%-10s %-24s %10s %10s %10s   %s\n", "size", "way", "decode", "hash", "together", "distance from the plain way")
	for _, size := range sizes[2:] {
		if err := files(photo.Image, size); err != nil {
			return err
		}
	}
	return nil
}

func rounds(size image.Point) int { return max(7, 20_000_000/(size.X*size.Y)) }

// files encodes a picture and brings it to its hash in every way.
func files(photo image.Image, size image.Point) error {
	scaled := image.NewRGBA(image.Rectangle{Max: size})
	draw.BiLinear.Scale(scaled, scaled.Rect, photo, photo.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, scaled, &jpeg.Options{Quality: 85}); err != nil {
		return err
	}
	plain := func() (image.Image, error) { return jpeg.Decode(bytes.NewReader(b.Bytes())) }
	by := func(f func([]byte, decode.Limits) (decode.Picture, error)) func() (image.Image, error) {
		return func() (image.Image, error) { p, err := f(b.Bytes(), decode.Limits{}); return p.Image, err }
	}
	var first pdq.Hash
	for i, way := range []struct {
		name   string
		colour bool
		decode func() (image.Image, error)
	}{
		{"image/jpeg, its colours", true, plain}, {"image/jpeg, its Y", false, plain}, {"decode.Luma", false, by(decode.Luma)}, {"decode.Half", false, by(decode.Half)},
	} {
		h := pdq.New(pdq.Options{ConvertChroma: way.colour})
		var img image.Image
		decoded, err := least(max(5, rounds(size)/4), func() (err error) { img, err = way.decode(); return err })
		if err != nil {
			return err
		}
		hashed, err := least(max(5, rounds(size)/4), func() error { h.Image(img); return nil })
		if err != nil {
			return err
		}
		hash := h.Image(img).Hash
		if i == 0 {
			first = hash
		}
		fmt.Printf("%-10s %-24s %10s %10s %10s   %d\n", fmt.Sprintf("%dx%d", size.X, size.Y), way.name, ms(decoded), ms(hashed), ms(decoded+hashed), hash.Distance(first))
	}
	return nil
}
