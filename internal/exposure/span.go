package exposure

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"haris/internal/evidence"
)

// ErrRange says that a part was asked for that the item does not have.
var ErrRange = errors.New("exposure: the item has no such part")

// ParseRange reads the header of a request for a part: "bytes=a-b", "bytes=a-" or "bytes=-n". No header, another unit and several
// ranges at once mean the whole, as a server may answer. ErrRange.
func ParseRange(header string, size int64) (evidence.Span, error) {
	all := evidence.Span{To: size}
	text, ok := strings.CutPrefix(strings.TrimSpace(header), "bytes=")
	if !ok || strings.Contains(text, ",") {
		return all, some(all)
	}
	first, last, ok := strings.Cut(strings.TrimSpace(text), "-")
	if !ok {
		return evidence.Span{}, fmt.Errorf("%w: %q", ErrRange, header)
	}
	from, errFrom := number(first)
	to, errTo := number(last)
	out := all
	switch {
	case errFrom != nil || errTo != nil || from < 0 && to < 0:
		return evidence.Span{}, fmt.Errorf("%w: %q", ErrRange, header)
	case from < 0: // the last bytes
		out.From = max(0, size-to)
	case to < 0:
		out.From = from
	case to < from:
		return evidence.Span{}, fmt.Errorf("%w: %q", ErrRange, header)
	default:
		out.From = from
		if to < size { // else to+1 could overflow
			out.To = to + 1
		}
	}
	return out, some(out)
}

// some refuses an empty span.
func some(s evidence.Span) error {
	if s.Len() == 0 {
		return fmt.Errorf("%w: %d to %d", ErrRange, s.From, s.To)
	}
	return nil
}

// number reads digits; nothing is -1.
func number(s string) (int64, error) {
	if s == "" {
		return -1, nil
	}
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err
}
