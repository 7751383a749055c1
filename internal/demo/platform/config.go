package platform

import (
	"errors"
	"fmt"
	"time"
)

// Bounds and defaults of a [Config].
const (
	DefaultAccounts = 3000
	DefaultDays     = 21

	// MinAccounts is the smallest platform on which every class, team and planted matter finds enough children who do not know each other.
	MinAccounts = 1000
	// MaxAccounts keeps one world in the memory of a small machine: 50,000 accounts make about two million events.
	MaxAccounts = 50_000
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
	// RFC 3339 writes a year in four digits, and accounts are up to six years older than the start.
	if y := c.Start.Year(); y < 1970 || y > 9000 {
		return c, fmt.Errorf("%w: start is in the year %d, expected 1970 to 9000", ErrConfig, y)
	}
	return c, nil
}
