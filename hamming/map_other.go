//go:build !unix

package hamming

import (
	"io"
	"os"
)

// mapped reads the file where files cannot be mapped.
func mapped(f *os.File) (b []byte, release func() error, err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	b = raw(huge[[8]uint64](int((info.Size() + 63) / 64)))[:info.Size()]
	_, err = io.ReadFull(f, b)
	return b, func() error { return nil }, err
}
