//go:build !linux

package hamming

func huge[T any](n int) []T { return make([]T, n) }

func settle([]byte) {}
