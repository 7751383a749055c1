package storetest

import (
	"slices"
	"testing"
	"time"

	"haris/internal/store"
)

// EventFields checks that the engine remembers what platforms have ever sent as store.EventFields promises.
func EventFields(t *testing.T, e Engine) {
	b := newBench(t, e)
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	first := []store.EventField{{Type: "message.sent", Field: "port", Seq: 3, At: at}, {Seq: 1, At: at.Add(-time.Hour)}, {Type: "account.created", Field: "keys.email", Seq: 2, At: at}}
	later := []store.EventField{{Type: "message.sent", Field: "port", Seq: 9, At: at.Add(time.Hour)}, {Type: "message.sent", Field: "ip", Seq: 9, At: at}}
	for _, list := range [][]store.EventField{first, later} {
		b.write(func(tx *store.Tx) error { return tx.EventFields().Add(b.ctx, list) })
	}
	b.write(func(tx *store.Tx) error {
		got, err := tx.EventFields().List(b.ctx)
		if want := []store.EventField{first[1], first[2], later[1], first[0]}; !slices.Equal(got, want) {
			b.Errorf("the first place stands, in order: %+v, want %+v", got, want)
		}
		if err != nil {
			return err
		}
		sent, err := tx.EventFields().Sent(b.ctx)
		if !sent.Since.Equal(first[1].At) || !slices.Equal(sent.Fields["message.sent"], []string{"ip", "port"}) || len(sent.Fields) != 2 {
			b.Errorf("%+v", sent)
		}
		return err
	})
}
