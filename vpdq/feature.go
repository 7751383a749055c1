package vpdq

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"haris/pdq"
)

// Feature is one hashed frame.
type Feature struct {
	Frame   int // counted from 0 in the order of decoding
	Quality int // 0 to 100
	Hash    pdq.Hash
	Seconds float32 // from the beginning
}

// ErrSyntax is what every error of Read and ParseSignal about the text wraps.
var ErrSyntax = errors.New("vpdq: not a list of features")

// Write writes features as lines of number, quality, hash and seconds with three decimals.
func Write(w io.Writer, features []Feature) error {
	b := bufio.NewWriter(w)
	for _, f := range features {
		fmt.Fprintf(b, "%d,%d,%s,%.3f\n", f.Frame, f.Quality, f.Hash, f.Seconds)
	}
	return b.Flush()
}

// Read reads what Write writes. Empty lines are passed over.
func Read(r io.Reader) (features []Feature, err error) {
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		line := strings.TrimSpace(s.Text())
		if line == "" {
			continue
		}
		part := strings.Split(line, ",")
		if len(part) != 4 {
			return nil, fmt.Errorf("%w: line %d has %d fields, of 4: frame, quality, hash, seconds", ErrSyntax, n, len(part))
		}
		f, err := feature(part[2], part[1], part[3])
		if err == nil {
			f.Frame, err = strconv.Atoi(part[0])
		}
		if err == nil && f.Frame < 0 {
			err = errors.New("frame is below 0")
		}
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrSyntax, n, err)
		}
		features = append(features, f)
	}
	if err := s.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	} else if err != nil {
		return nil, fmt.Errorf("read features: %w", err)
	}
	return features, nil
}

// feature reads the parts that both formats have.
func feature(hash, quality, seconds string) (f Feature, err error) {
	if f.Hash, err = pdq.Parse(hash); err != nil {
		return f, err
	}
	if f.Quality, err = strconv.Atoi(quality); err != nil {
		return f, fmt.Errorf("quality: %w", err)
	}
	if f.Quality < 0 || f.Quality > 100 {
		return f, fmt.Errorf("quality %d is not within 0 and 100", f.Quality)
	}
	at, err := strconv.ParseFloat(seconds, 32)
	if err != nil {
		return f, fmt.Errorf("seconds: %w", err)
	}
	if !(at >= 0) || math.IsInf(at, 0) {
		return f, fmt.Errorf("seconds %v are below 0 or no number", at)
	}
	f.Seconds = float32(at)
	return f, nil
}

// Signal writes features as python-threatexchange does: a JSON list of strings of hash, quality and seconds with three
// significant digits. Frame numbers are not part of it.
func Signal(features []Feature) string {
	all := make([]string, len(features))
	for i, f := range features {
		all[i] = f.Hash.String() + "," + strconv.Itoa(f.Quality) + "," + threeDigits(float64(f.Seconds))
	}
	b, _ := json.Marshal(all) // strings do not fail
	return string(b)
}

// ParseSignal reads what Signal writes. Frames are numbered in their order.
func ParseSignal(s string) ([]Feature, error) {
	var all []string
	if err := json.Unmarshal([]byte(s), &all); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSyntax, err)
	}
	features := make([]Feature, len(all))
	for i, text := range all {
		part := strings.Split(text, ",")
		if len(part) != 3 {
			return nil, fmt.Errorf("%w: entry %d has %d fields, of 3: hash, quality, seconds", ErrSyntax, i, len(part))
		}
		f, err := feature(part[0], part[1], part[2])
		if err != nil {
			return nil, fmt.Errorf("%w: entry %d: %w", ErrSyntax, i, err)
		}
		f.Frame = i
		features[i] = f
	}
	return features, nil
}

// threeDigits writes a number as Python's format(v, ".3") does: three significant digits, with an exponent when more than two
// stand before the point or four noughts after it, and always with a point or an exponent.
func threeDigits(v float64) string {
	e := strconv.FormatFloat(v, 'e', 2, 64)
	mantissa, exponent, _ := strings.Cut(e, "e")
	if x, _ := strconv.Atoi(exponent); x < -4 || x >= 2 {
		return strings.TrimSuffix(strings.TrimRight(mantissa, "0"), ".") + "e" + exponent
	}
	s := strconv.FormatFloat(v, 'g', 3, 64)
	if v >= 1 || !strings.ContainsAny(s, "e") {
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	x, _ := strconv.Atoi(exponent)
	return strings.TrimRight(strconv.FormatFloat(v, 'f', 2-x, 64), "0")
}
