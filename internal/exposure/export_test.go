package exposure

import (
	"bytes"
	"io"
)

// Silenced returns what of a video is sent without sound.
func Silenced(b []byte) ([]byte, error) {
	var r io.ReaderAt = bytes.NewReader(b)
	marks, err := silence(r, int64(len(b)))
	if err != nil {
		return nil, err
	}
	return overlaid(b, 0, marks), nil
}
