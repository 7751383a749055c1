package media

import (
	"context"
	"fmt"
	"os"
)

// Pool reads several files at a time. Safe for concurrent use.
type Pool struct{ free chan *Reader }

// NewPool makes a Pool that reads n files at a time, at least one.
func NewPool(o Options, n int) *Pool {
	p := &Pool{make(chan *Reader, max(n, 1))}
	for range cap(p.free) {
		p.free <- NewReader(o)
	}
	return p
}

// Read reads a file as a Reader does, once one is free.
func (p *Pool) Read(ctx context.Context, f *os.File) (File, error) {
	if err := ctx.Err(); err != nil {
		return File{}, fmt.Errorf("media: %w", err)
	}
	select {
	case r := <-p.free:
		defer func() { p.free <- r }()
		return r.Read(ctx, f)
	case <-ctx.Done():
		return File{}, fmt.Errorf("media: %w", context.Cause(ctx))
	}
}
