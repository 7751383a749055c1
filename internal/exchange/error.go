package exchange

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Error says why an exchange could not be read or told something. Its text holds no credentials and no address.
type Error struct {
	Op     string        // what was being done: "entries", "token"
	Status int           // of HTTP; 0 when there was no answer
	Text   string        // what is wrong, and how to mend it
	Retry  bool          // trying again later can help without anybody doing anything
	After  time.Duration // how long the exchange asks to wait; 0 when it does not say
	Err    error
}

// Error implements error.
func (e *Error) Error() string {
	out := "exchange: " + e.Op + ": " + e.Text
	if e.Status != 0 {
		out += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Err != nil {
		out += ": " + e.Err.Error()
	}
	return out
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Malformed says that an answer is not what the protocol says. Trying again can help: proxies answer pages of their own on a bad day.
func Malformed(op string, err error) error {
	return &Error{Op: op, Text: "the answer is not one of this protocol", Retry: true, Err: err}
}

// Refused says that something is not to be done at all until a person changes something.
func Refused(op, text string) error { return &Error{Op: op, Text: text} }

// StatusOf is the HTTP status of an error; 0 when it has none.
func StatusOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// Short quotes a word of an answer, of which only the beginning is repeated.
func Short(s string) string {
	const most = 40
	if len(s) > most {
		s = s[:most]
	}
	return strconv.QuoteToASCII(s)
}

// What callers test for.
var (
	// ErrConflict says that another process has taken something in meanwhile.
	ErrConflict = errors.New("exchange: another process has gone on from here")
	// ErrNotFound says that nothing is known of an exchange of this name.
	ErrNotFound = errors.New("exchange: no such exchange")
	// ErrBank says that a bank with the name that the exchange needs is somebody else's.
	ErrBank = errors.New("exchange: its bank is in other use")
	// ErrNothingHeld says that nothing waits for a person's word.
	ErrNothingHeld = errors.New("exchange: nothing is held back")
)
