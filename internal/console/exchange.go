package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"haris/internal/exchange"
)

// Exchange is a sharing programme or list from which known material comes, with how it does.
type Exchange struct {
	Type, From string // From is the server's name or the file
	// Condition is new, running, well, failing, held, stale, or left when it is not set up any more.
	Condition string
	Interval  time.Duration
	Feedback  bool // dispositions are told to it
	Live      []LiveEntries
	exchange.State
}

// LiveEntries counts the live entries of one kind in a bank.
type LiveEntries struct {
	Bank, Kind string
	Count      int
}

// Conditions lists the conditions of an exchange.
func Conditions() []string {
	return []string{"new", "running", "well", "failing", "held", "stale", "left"}
}

// Exchanges shows where known material comes from. Safe for concurrent use.
type Exchanges interface {
	// List returns the exchanges that are set up, in the order in which they are, and those of which only entries are left.
	List(ctx context.Context) ([]Exchange, error)
	// Hasten asks for a sync now, and Accept lets what was held back be withdrawn; both write the audit entry. ErrNotFound,
	// exchange.ErrNothingHeld, exchange.ErrConflict.
	Hasten(ctx context.Context, who, name string) error
	Accept(ctx context.Context, who, name string) error
}

func (c *console) exchanges(w http.ResponseWriter, r *request) error {
	list, err := c.Exchanges.List(r.Context())
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, exchangePage(c.view(r, "exchange.title"), list))
}

func (c *console) exchangeSync(w http.ResponseWriter, r *request) error {
	return c.exchangeDone(w, r, c.Exchanges.Hasten(r.Context(), r.person.ID, r.PathValue("name")))
}

func (c *console) exchangeAccept(w http.ResponseWriter, r *request) error {
	return c.exchangeDone(w, r, c.Exchanges.Accept(r.Context(), r.person.ID, r.PathValue("name")))
}

// exchangeDone shows the exchanges as they are now. What another got ahead of needs no word: the page tells.
func (c *console) exchangeDone(w http.ResponseWriter, r *request, err error) error {
	if err != nil && !errors.Is(err, exchange.ErrConflict) && !errors.Is(err, exchange.ErrNothingHeld) {
		return err
	}
	return c.see(w, r, "/exchanges")
}

// exchangeState is the class of a card.
func exchangeState(condition string) string {
	switch condition {
	case "stale":
		return string(Unwell)
	case "failing", "held", "left":
		return string(Warned)
	case "new", "running":
		return string(Unknown)
	}
	return string(Well)
}
