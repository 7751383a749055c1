package evidencetest

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"testing"
)

// Tagged is a picture whose EXIF says one thing: who made the camera.
func Tagged(t testing.TB) []byte {
	t.Helper()
	var j bytes.Buffer
	if err := jpeg.Encode(&j, image.NewGray(image.Rect(0, 0, 16, 16)), nil); err != nil {
		t.Fatal(err)
	}
	// A TIFF header, one directory with one entry: Make, text of eight bytes behind it.
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x0f\x00\x02\x00\x00\x00\x08\x00\x00\x00\x1a\x00\x00\x00\x00Example\x00")
	app := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(app)+2))...)
	return append(append(out, app...), j.Bytes()[2:]...)
}
