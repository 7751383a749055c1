package app

import (
	"errors"
	"net/url"

	"haris/internal/action"
	"haris/internal/review"
	"haris/internal/store"
)

// Asker asks the platform for people; wake has the runner of jobs look for work and may be nil.
func (c *Core) Asker(desk *review.Service, wake func()) *action.Desk {
	d := &action.Desk{Review: desk, Wake: wake, Tx: func(tx review.Tx) (action.Tx, error) {
		own, ok := tx.(*store.Tx)
		if !ok {
			return action.Tx{}, errors.New("app: a transaction without actions")
		}
		return own.Actions(), nil
	}}
	if u, err := url.Parse(c.Config.Actions.URL); err == nil {
		d.Endpoint = u.Host
	}
	return d
}
