//go:build unix

package hamming

import (
	"fmt"
	"os"
	"syscall"
)

// mapped maps a file for reading.
func mapped(f *os.File) (b []byte, release func() error, err error) {
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if info.Size() < page {
		return nil, nil, fmt.Errorf("%w: %d bytes", ErrCorrupt, info.Size())
	}
	b, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, fmt.Errorf("map: %w", err)
	}
	return b, func() error { return syscall.Munmap(b) }, nil
}
