package process

import "haris/internal/event"

// DataOf lets tests look at the table of types.
func DataOf(t event.Type) Data { return dataOf(t) }
