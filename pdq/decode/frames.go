package decode

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"math"
)

// gifFrames counts the frames of a GIF by walking its blocks to the trailer, without decoding any.
func gifFrames(data []byte) (int, error) {
	short := fmt.Errorf("%w: no end of the file", ErrTruncated)
	if len(data) < 13 {
		return 0, short
	}
	at := 13 + table(data[10])
	frames := 0
	for {
		if at >= len(data) {
			return 0, short
		}
		switch data[at] {
		case 0x3b:
			return frames, nil
		case 0x21: // an extension: its label, then blocks
			at += 2
		case 0x2c: // a frame: position, flags, colours, the width of codes, then blocks
			if at+9 >= len(data) {
				return 0, short
			}
			frames++
			at += 11 + table(data[at+9])
		case 0: // padding that decoders skip
			at++
			continue
		default:
			return 0, fmt.Errorf("%w: block 0x%02x", ErrDamaged, data[at])
		}
		for {
			if at >= len(data) {
				return 0, short
			}
			n := int(data[at])
			at += 1 + n
			if n == 0 {
				break
			}
		}
	}
}

// table is how many bytes the colours take that flags announce.
func table(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (1 + flags&7)
}

// onCanvas puts a first frame that is smaller than the picture where it stands, on black.
func onCanvas(img image.Image, w, h int) image.Image {
	canvas := image.Rect(0, 0, w, h)
	if img.Bounds() == canvas {
		return img
	}
	to := image.NewNRGBA(canvas)
	draw.Draw(to, img.Bounds(), img, img.Bounds().Min, draw.Src)
	return to
}

// pngMoves tells whether a PNG announces frames before its picture.
func pngMoves(data []byte) bool {
	for at := 8; at+8 <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[at:]))
		switch string(data[at+4 : at+8]) {
		case "acTL":
			return true
		case "IDAT", "IEND":
			return false
		}
		if n > int64(len(data)) {
			return false
		}
		at += 12 + int(n)
	}
	return false
}

// tiffPages tells whether a TIFF has a directory after its first.
func tiffPages(data []byte) bool {
	if len(data) < 8 {
		return false
	}
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(data[4:]))
	if at+2 > int64(len(data)) {
		return false
	}
	at += 2 + 12*int64(order.Uint16(data[at:]))
	return at+4 <= int64(len(data)) && order.Uint32(data[at:]) != 0
}

// webpMoves tells whether the first chunk of a WebP announces frames.
func webpMoves(data []byte) bool {
	const flags, animation = 20, 1 << 1
	return len(data) > flags && string(data[12:16]) == "VP8X" && data[flags]&animation != 0
}

// widen brings the samples of a lossy WebP, where black is 16 and white 235 (RFC 9649, by way of ITU-R BT.601), to the whole range,
// which is what image.YCbCr means. Left narrow they would cost a seventh of the quality.
func widen(img image.Image) {
	var p *image.YCbCr
	switch i := img.(type) {
	case *image.YCbCr:
		p = i
	case *image.NYCbCrA:
		p = &i.YCbCr
	default:
		return
	}
	var luma, chroma [256]uint8
	for v := range luma {
		luma[v] = stretched(v, 16, 219, 0)
		chroma[v] = stretched(v, 128, 224, 128)
	}
	for i, v := range p.Y {
		p.Y[i] = luma[v]
	}
	for _, plane := range [][]uint8{p.Cb, p.Cr} {
		for i, v := range plane {
			plane[i] = chroma[v]
		}
	}
}

// stretched takes a sample from a narrow range, of which zero stands at from, to 255 steps around to.
func stretched(v, from, narrow, to int) uint8 {
	return uint8(max(0, min(255, math.Round(float64(v-from)*255/float64(narrow)+float64(to)))))
}
