package pdq_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"haris/pdq"
)

// noise is a grey picture of smooth patterns with noise, the same every time.
func noise(w, h int) *image.Gray {
	rnd := rand.New(rand.NewPCG(1, 2))
	p := image.NewGray(image.Rect(0, 0, w, h))
	for i := range p.Pix {
		p.Pix[i] = uint8(i%w*97/w + i/w*101/h + rnd.IntN(50))
	}
	return p
}

func BenchmarkLuma(b *testing.B) {
	h := pdq.New(pdq.Options{})
	for _, size := range [][2]int{{64, 64}, {256, 256}, {512, 512}, {1024, 1024}, {1600, 1004}, {2048, 2048}, {4032, 3024}} {
		img := noise(size[0], size[1])
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				h.Image(img)
			}
		})
	}
}
