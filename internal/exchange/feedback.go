package exchange

import (
	"context"

	"haris/internal/bank"
)

// Feedback is what a disposition says of one record of an exchange.
type Feedback struct {
	Exchange string    `json:"exchange"`
	Key      string    `json:"key"`
	Handle   string    `json:"handle,omitempty"` // what the exchange must be told to speak of the record; Key when it is empty
	Hash     bank.Hash `json:"hash"`             // that matched
	// Right says that the record is what the exchange is about, wrong that it is not.
	Right bool `json:"right"`
	// Case and Act name the disposition it comes from.
	Case string `json:"case"`
	Act  int    `json:"act"`
}

// Sender sends feedback to an exchange. Sending the same again changes nothing there. Errors are *Error, or the context's.
type Sender interface {
	Send(ctx context.Context, f Feedback) error
}
