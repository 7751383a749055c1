package platform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// The services of the platform, as the source attribute names them.
const (
	fromAccounts = "/accounts"
	fromChat     = "/chat"
	fromSocial   = "/social"
	fromPosts    = "/posts"
	fromPayments = "/payments"
	fromSafety   = "/safety"
)

// stamp is RFC 3339 in UTC with milliseconds.
const stamp = "2006-01-02T15:04:05.000Z07:00"

// scene is what a hard case or a planted matter does once its accounts are cast.
type scene func()

// maker holds the world while it is being made.
type maker struct {
	cfg Config
	// open is when ordinary life begins, an hour after the start; end is the first instant that is not part of the world.
	open, end time.Time
	regions   []region
	words     map[string]phrases

	people        []*person
	classes       [][]*person
	taken, screen map[string]bool // account ids and screen names in use
	met           map[[2]int]bool // pairs who know each other or have been asked once
	posts         []postRef

	truth  Truth
	put    func(Event) error
	copy   int // of the scene that is being cast: how many of its kind came before
	serial uint64
	salt   uint64
	buffer bytes.Buffer
	// err is the first failure; later steps go on harmlessly and Generate returns it.
	err error
}

// envelope is the CloudEvents 1.0 object.
type envelope struct {
	SpecVersion string `json:"specversion"`
	ID          string `json:"id"`
	Source      string `json:"source"`
	Type        string `json:"type"`
	Time        string `json:"time"`
	Data        any    `json:"data"`
}

func newMaker(cfg Config, put func(Event) error) *maker {
	return &maker{
		cfg:     cfg,
		put:     put,
		open:    cfg.Start.Add(time.Hour),
		end:     cfg.Start.AddDate(0, 0, cfg.Days),
		regions: regions(),
		words:   allPhrases(),
		taken:   map[string]bool{},
		screen:  map[string]bool{},
		met:     map[[2]int]bool{},
		truth:   Truth{Positive: []Positive{}, BenignHard: []Benign{}},
		salt:    hash64("event id", fmt.Sprint(cfg.Seed)),
	}
}

// fail keeps the first failure.
func (m *maker) fail(format string, args ...any) {
	if m.err == nil {
		m.err = fmt.Errorf("platform: "+format, args...)
	}
}

// nextID returns an id that no other event, group or post of this world has and that tells nothing about what made it.
func (m *maker) nextID(prefix string) string {
	m.serial++
	return fmt.Sprintf("%s%016x", prefix, mix64(m.salt+m.serial))
}

// emit adds an event and returns its id. What would happen at or after the end of the world is left out; since causes come before
// their effects, nothing that stays refers to what was left out.
func (m *maker) emit(at time.Time, source, kind string, data any) string {
	at = at.Truncate(time.Millisecond)
	id := m.nextID("e")
	if !at.Before(m.end) {
		return id
	}
	if w, ok := data.(worded); ok && m.cfg.Wordless {
		data = w.wordless()
	}
	m.buffer.Reset()
	enc := json.NewEncoder(&m.buffer)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(envelope{"1.0", id, source, kind, at.Format(stamp), data}); err != nil {
		m.fail("encode %s: %w", kind, err)
		return id
	}
	line := bytes.Clone(bytes.TrimSuffix(m.buffer.Bytes(), []byte("\n")))
	if m.err == nil {
		m.err = m.put(Event{Time: at, ID: id, Source: source, Type: kind, JSON: line})
	}
	return id
}

// benign lists a hard case in the truth.
func (m *maker) benign(kind string, subjects ...*person) {
	m.truth.BenignHard = append(m.truth.BenignHard, Benign{Kind: kind, Subjects: ids(subjects)})
}

// positive lists a planted matter in the truth.
func (m *maker) positive(kind string, start time.Time, subjects, victims []*person, others ...*person) {
	p := Positive{Kind: kind, Subjects: ids(subjects), Victims: ids(victims), Start: start.Truncate(time.Millisecond)}
	if len(others) > 0 {
		p.Others = ids(others)
	}
	m.truth.Positive = append(m.truth.Positive, p)
}

// ids returns the account ids of people, never nil.
func ids(people []*person) []string {
	out := make([]string, len(people))
	for i, p := range people {
		out[i] = p.ID
	}
	return out
}
