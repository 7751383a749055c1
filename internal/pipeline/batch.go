package pipeline

import (
	"errors"
	"time"

	"haris/internal/event"
	"haris/internal/taxonomy"
)

// Errors of Ingest.
var (
	// ErrFull says that the queue of batches is full; nothing of the batch was taken. Try again after RetryAfter.
	ErrFull = errors.New("pipeline: the queue of batches is full")
	// ErrClosed says that the pipeline is stopping; nothing of the batch was taken.
	ErrClosed = errors.New("pipeline: stopping")
)

// RetryAfter is how long a caller who was told ErrFull should wait.
const RetryAfter = time.Second

// Batch is what one caller sent, in the order in which it was sent.
type Batch struct {
	Events   []event.Event // decoded; their sequence numbers are given by the pipeline
	Letters  []Letter      // events that could not be read; they become dead letters in the same transaction
	Verdicts bool          // whether the answer must hold verdicts
}

// Letter is an event that could not be read, as it came.
type Letter struct {
	Source, Event string // the event's own source and id, as far as they could be read
	Reason        string // what is wrong and how to mend it; never content
	Place         string // where: line, JSON pointer
	Body          []byte
}

// Answer says what became of a batch. Everything in it is durable.
type Answer struct {
	New       []bool    // for each event of the batch: false when it had been seen before
	Verdicts  []Verdict // for each event, when the batch asked for them; the zero Verdict for an event seen before
	FirstSeq  uint64    // sequence number of the first new event; 0 when there is none
	Cases     int       // cases opened or grown
	Duplicate int       // how many events had been seen before
}

// Verdict is the answer to a platform that waits: what it should do with the event, and why.
type Verdict struct {
	Verdict taxonomy.Verdict // "allow", "hold" or "block"; empty for an event seen before
	Reasons []Reason
}

// Reason is one rule's part in a verdict.
type Reason struct {
	Rule string
	Why  string
}
