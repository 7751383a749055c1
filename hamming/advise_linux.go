package hamming

import (
	"syscall"
	"unsafe"
)

// huge makes a slice of zeroes and asks for large pages behind it when it is large: searches jump about in it, and would else wait
// for the translation of addresses as long as for the data.
func huge[T any](n int) []T {
	s := make([]T, n)
	size := uintptr(n) * unsafe.Sizeof(*new(T))
	const page, adviseHuge = 2 << 20, 14
	if size < 4*page {
		return s
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), size)
	skip := (page - uintptr(unsafe.Pointer(&b[0]))%page) % page
	_ = syscall.Madvise(b[skip:(size-skip)/page*page+skip], adviseHuge) // only speed depends on it
	return s
}

// settle says of a mapped file that has been read once from end to end that from now on single pages of it will be wanted, and gives
// back those that the reading took.
func settle(b []byte) {
	_ = syscall.Madvise(b, syscall.MADV_RANDOM) // only speed and memory depend on it
	_ = syscall.Madvise(b, syscall.MADV_DONTNEED)
}
