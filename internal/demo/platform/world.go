package platform

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Event is one event of the world, ready to be sent.
type Event struct {
	// Time is when it happened, in UTC, in whole milliseconds.
	Time time.Time
	// ID is unique in the whole world, hence within its Source. For message.sent it is also the message's own id.
	ID string
	// Source names the sending service, such as "/chat".
	Source string
	// Type is one of the event types of the wire format.
	Type string
	// JSON is the whole CloudEvents 1.0 object in structured mode, on one line, without a line end.
	JSON []byte
}

// Account is what is true about one account, including what the platform does not know.
type Account struct {
	// ID is the platform's own id.
	ID string
	// AgeBand is what the platform says: u13, 13-15, 16-17, 18-24, 25+ or unknown.
	AgeBand string
	// ActualBand is what is so; it is never "unknown" and never sent.
	ActualBand string
	// AgeSource is declared, estimated, verified or unknown.
	AgeSource string
	// CreatedAt is when the account was made; up to six years before the world's start, or within the world.
	CreatedAt time.Time
	// DisplayName and ScreenName are made up; ScreenName is unique and ASCII.
	DisplayName, ScreenName string
	// Country is ISO 3166-1 alpha-2, Region is ISO 3166-2, Lang is en, ar, fr or es.
	Country, Region, Lang string
	// Verified says that the platform checked who it is.
	Verified bool
	// Role is empty, teacher, coach, creator or business.
	Role string
}

// Truth tells what was planted. Its JSON form is what the demo prints and compares with.
type Truth struct {
	Positive   []Positive `json:"positive"`
	BenignHard []Benign   `json:"benign_hard"`
}

// Positive is one planted matter that should be noticed.
type Positive struct {
	// Kind is grooming, trafficking_control, trafficking_recruitment or sextortion.
	Kind string `json:"kind"`
	// Subjects are the accounts the matter is about. Where nobody but the child's own account shows, it is that account.
	Subjects []string `json:"subjects"`
	// Victims are the children's accounts: everyone approached, or the one that is controlled.
	Victims []string `json:"victims"`
	// Start is the time of the first event of the matter.
	Start time.Time `json:"start"`
}

// Benign is one hard case: it looks like a matter and is none.
type Benign struct {
	Kind     string   `json:"kind"`
	Subjects []string `json:"subjects"`
}

// World is a finished world.
type World struct {
	// Events are sorted by Time, then ID.
	Events []Event
	Truth  Truth
	// Accounts are sorted by ID.
	Accounts []Account
}

// Generate makes the world that cfg describes. An error about cfg wraps [ErrConfig]; any other error means that the generator itself
// could not cast or encode the world, and no part of it is returned.
func Generate(cfg Config) (*World, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	m := newMaker(cfg)
	m.populate()
	scenes := m.castScenes()
	if m.err != nil {
		return nil, m.err
	}
	m.befriend()
	m.announce()
	m.liveDays()
	m.meetStrangers()
	for _, scene := range scenes {
		scene()
	}
	m.complain()
	if m.err != nil {
		return nil, m.err
	}
	return m.world(), nil
}

// castScenes gives every hard case and every planted matter its accounts before any friendship exists, so that casting can still shape
// an account, and returns what each will do.
func (m *maker) castScenes() []scene {
	casts := []func(*random) scene{
		m.teacher, m.coach, m.tutor, m.youthWorker,
		m.creator, m.teenCreator, m.business, m.gamer, m.spammer, m.shyAdult,
		m.siblings, m.travellingChild, m.handleSwappers, m.prankReporters, m.childrenOfWrongAge,
		m.chain, m.patientGroomer, m.recruiter, m.sextortion, m.controlledAccount,
	}
	scenes := make([]scene, 0, len(casts))
	for i, cast := range casts {
		scenes = append(scenes, cast(newRandom(m.cfg.Seed, fmt.Sprintf("scene %d", i))))
	}
	return scenes
}

// world sorts and hands over what was made.
func (m *maker) world() *World {
	slices.SortFunc(m.events, func(a, b Event) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	accounts := make([]Account, len(m.people))
	for i, p := range m.people {
		accounts[i] = p.Account
	}
	slices.SortFunc(accounts, func(a, b Account) int { return strings.Compare(a.ID, b.ID) })
	return &World{Events: m.events, Truth: m.truth, Accounts: accounts}
}

// WriteNDJSON writes the events in order, one a line, each line ended by "\n". The error is the writer's, wrapped with the number of
// the line, counted from 1, at which it came up.
func (w *World) WriteNDJSON(out io.Writer) error {
	buffered := bufio.NewWriterSize(out, 1<<16)
	for i, e := range w.Events {
		if _, err := buffered.Write(e.JSON); err != nil {
			return fmt.Errorf("platform: write event at line %d: %w", i+1, err)
		}
		if err := buffered.WriteByte('\n'); err != nil {
			return fmt.Errorf("platform: write event at line %d: %w", i+1, err)
		}
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("platform: write event at line %d: %w", len(w.Events), err)
	}
	return nil
}
