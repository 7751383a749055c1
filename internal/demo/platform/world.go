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
	// Simulated says that all of it was made up, and that figures from it are no accuracy.
	Simulated bool `json:"simulated,omitempty"`
}

// Positive is one planted matter that should be noticed.
type Positive struct {
	// Kind is grooming, sextortion or one of trafficking_control, trafficking_recruitment, trafficking_advertisement, trafficking_buyer and
	// trafficking_proceeds.
	Kind string `json:"kind"`
	// Subjects are the accounts the matter is about. Where nobody but the child's own account shows, it is that account.
	Subjects []string `json:"subjects"`
	// Victims are the children's accounts: everyone approached, or the one that is controlled.
	Victims []string `json:"victims"`
	// Start is the time of the first event of the matter.
	Start time.Time `json:"start"`
	// Others take part and are not what is looked for, such as strangers who wrote to a controlled account: finding them is no mistake.
	Others []string `json:"others,omitempty"`
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
	if cfg.Accounts > MaxHeld {
		return nil, fmt.Errorf("%w: accounts is %d, expected %d to %d for a world that is held in memory", ErrConfig, cfg.Accounts, MinAccounts, MaxHeld)
	}
	events := make([]Event, 0, cfg.Accounts*cfg.Days*3/2)
	m := newMaker(cfg, func(e Event) error {
		events = append(events, e)
		return nil
	})
	if err := m.make(nil); err != nil {
		return nil, err
	}
	return m.world(events), nil
}

// Stream makes the same world without holding its events: put gets each one, in no order, and may keep it; [Event.Compare] is the order
// of the world. told, which may be nil, hears how many accounts have lived their days. What put returns ends the world.
func Stream(cfg Config, put func(Event) error, told func(accounts int)) (Truth, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return Truth{}, err
	}
	m := newMaker(cfg, put)
	if err := m.make(told); err != nil {
		return Truth{}, err
	}
	return m.truth, nil
}

// make lets the world happen.
func (m *maker) make(told func(int)) error {
	m.populate()
	scenes := m.castScenes()
	if m.err != nil {
		return m.err
	}
	m.befriend()
	m.announce()
	m.liveDays(told)
	m.meetStrangers()
	for _, scene := range scenes {
		scene()
	}
	m.complain()
	return m.err
}

// cast gives a scene its accounts and returns what it will do.
type cast func(*random) scene

// castScenes gives every hard case and every planted matter its accounts before any friendship exists, so that casting can still shape
// an account, and returns what each will do. The number of a kind is in the name of its stream of chance: append new kinds.
func (m *maker) castScenes() (out []scene) {
	hard := []cast{
		m.teacher, m.coach, m.tutor, m.youthWorker,
		m.creator, m.teenCreator, m.business, m.gamer, m.spammer, m.shyAdult,
		m.siblings, m.travellingChild, m.handleSwappers, m.prankReporters, m.childrenOfWrongAge,
	}
	matters := []cast{m.chain, m.patientGroomer, m.recruiter, m.sextortion, m.controlledAccount}
	hards, planted := 1, 1
	if r := m.cfg.Rates; r != nil {
		hard = append(hard, m.lettingAgency, m.jobAgency, m.familyShop, m.charity, m.schoolTablets, m.viralPost)
		matters = append(matters, m.ring, m.collector, m.holder)
		hards, planted = scenes(r.Hard, m.cfg.Accounts), scenes(r.Matters, m.cfg.Accounts)
	}
	for i, c := range hard {
		if i >= firstMatter { // matters were numbered first
			i += 100
		}
		out = append(out, m.play(c, fmt.Sprintf("scene %d", i), hards)...)
	}
	for i, c := range matters {
		out = append(out, m.play(c, fmt.Sprintf("scene %d", firstMatter+i), planted)...)
	}
	return out
}

// firstMatter is the number of the first planted matter, behind the hard cases that haris demo has.
const firstMatter = 15

// play casts one kind of scene a number of times.
func (m *maker) play(c cast, label string, times int) (out []scene) {
	for m.copy = range times {
		if m.copy > 0 {
			out = append(out, c(newRandom(m.cfg.Seed, fmt.Sprintf("%s copy %d", label, m.copy))))
			continue
		}
		out = append(out, c(newRandom(m.cfg.Seed, label)))
	}
	return out
}

// Compare is the order of events in a world: by time, then id.
func (e *Event) Compare(f *Event) int {
	if c := e.Time.Compare(f.Time); c != 0 {
		return c
	}
	return strings.Compare(e.ID, f.ID)
}

// world sorts and hands over what was made.
func (m *maker) world(events []Event) *World {
	slices.SortFunc(events, func(a, b Event) int { return a.Compare(&b) })
	accounts := make([]Account, len(m.people))
	for i, p := range m.people {
		accounts[i] = p.Account
	}
	slices.SortFunc(accounts, func(a, b Account) int { return strings.Compare(a.ID, b.ID) })
	return &World{Events: events, Truth: m.truth, Accounts: accounts}
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
