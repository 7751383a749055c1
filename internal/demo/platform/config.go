package platform

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Bounds and defaults of a [Config].
const (
	DefaultAccounts = 3000
	DefaultDays     = 21

	// MinAccounts is the smallest platform on which every class, team and planted matter finds enough children who do not know each other.
	MinAccounts = 1000
	// MaxAccounts bounds what [Stream] makes; accounts and friendships stay in memory, about 4 KB an account, events do not.
	MaxAccounts = 1_000_000
	// MaxHeld bounds what [Generate] makes, so that a world fits the memory of a small machine: 50,000 accounts make about two million events.
	MaxHeld = 50_000
	// MinDays leaves room for the longest planted matters, which last two weeks, and for a start that differs with the seed.
	MinDays = 18
	// MaxDays bounds the size of a world.
	MaxDays = 120
)

// ErrConfig is wrapped by every error that [Generate] returns about its configuration.
var ErrConfig = errors.New("platform: configuration")

// Config says which world to make. The zero value of every field but Seed stands for its default.
type Config struct {
	// Seed chooses the world: other names, other numbers, other days on which matters start.
	Seed uint64
	// Accounts is how many accounts exist at the end, MinAccounts to MaxAccounts; 0 means DefaultAccounts.
	Accounts int
	// Start is the first instant of the world, taken in UTC and cut to the millisecond; zero means Monday 2 March 2026, 00:00 UTC.
	Start time.Time
	// Days is how long the world lasts, MinDays to MaxDays; 0 means DefaultDays.
	Days int
	// Wordless leaves out every text, bio and note, as if all were end-to-end encrypted. What happens is the same.
	Wordless bool
	// Rates says how many hard cases and planted matters there are, of every kind that the generator knows. Nil is the world of
	// haris demo, with one of each of the kinds of its story, whatever its size.
	Rates *Rates
}

// Rates are how often each kind of scene is played, in scenes of that kind per 10,000 accounts. A rate above 0 gives at least one.
type Rates struct {
	Matters float64 // planted matters
	Hard    float64 // hard cases
}

// maxRate is the most scenes of one kind per 10,000 accounts for which there are children enough.
const maxRate = 10

// scenes is how many scenes a rate gives among a number of accounts.
func scenes(rate float64, accounts int) int {
	if rate == 0 {
		return 0
	}
	return max(1, int(math.Round(rate*float64(accounts)/10_000)))
}

// check returns an error that wraps ErrConfig for a rate that cannot be.
func (r *Rates) check() error {
	if r == nil {
		return nil
	}
	for name, v := range map[string]float64{"matters": r.Matters, "hard": r.Hard} {
		if !(v >= 0 && v <= maxRate) {
			return fmt.Errorf("%w: the rate of %s is %g, expected 0 to %d per 10,000 accounts", ErrConfig, name, v, maxRate)
		}
	}
	return nil
}

// complete returns c with its defaults filled in, or an error that wraps ErrConfig and names the field, its value and its range.
func (c Config) complete() (Config, error) {
	if c.Accounts == 0 {
		c.Accounts = DefaultAccounts
	}
	if c.Days == 0 {
		c.Days = DefaultDays
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	}
	c.Start = c.Start.UTC().Truncate(time.Millisecond)
	if c.Accounts < MinAccounts || c.Accounts > MaxAccounts {
		return c, fmt.Errorf("%w: accounts is %d, expected %d to %d (0 means %d)", ErrConfig, c.Accounts, MinAccounts, MaxAccounts, DefaultAccounts)
	}
	if c.Days < MinDays || c.Days > MaxDays {
		return c, fmt.Errorf("%w: days is %d, expected %d to %d (0 means %d)", ErrConfig, c.Days, MinDays, MaxDays, DefaultDays)
	}
	if err := c.Rates.check(); err != nil {
		return c, err
	}
	// RFC 3339 writes a year in four digits, and accounts are up to six years older than the start.
	if y := c.Start.Year(); y < 1970 || y > 9000 {
		return c, fmt.Errorf("%w: start is in the year %d, expected 1970 to 9000", ErrConfig, y)
	}
	return c, nil
}
