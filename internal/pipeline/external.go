package pipeline

import (
	"encoding/json"
	"time"

	"github.com/zeebo/xxh3"

	"haris/internal/decide"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/extern"
	"haris/internal/taxonomy"
)

// Candidate is an account that stands high enough for a model of somebody else to be asked about what it wrote.
type Candidate struct {
	Account string
	At      time.Time // event time
}

// candidate notes the account of a conclusion when what stands about it is at least watched. What a minor writes is sent to nobody.
func (k *Knowledge) candidate(out *Effects, c *conclusion, f *decide.Fusion) {
	who := c.who
	if who == nil || who.ID != c.account.id {
		who = k.directory.Find(c.account.id)
	}
	if f.Priority >= taxonomy.P3 && who.Band.AdultOrUnknown() {
		out.Candidates = append(out.Candidates, Candidate{c.account.id, c.at})
	}
}

// share counts, for each of the last 30 days of event time, the texts that came and those that a model of somebody else was asked about.
type share struct {
	Texts [askDays]uint32 `json:"texts"` // by day modulo askDays
	Asked [askDays]uint32 `json:"asked"`
	Day   int64           `json:"day"` // newest
}

const askDays = 30

// to moves on to the day of an event and returns its place; false for one before what is counted.
func (a *share) to(e *event.Event) (int, bool) {
	day := e.Time.UnixMilli() / dayMillis
	if day > a.Day {
		for d := max(a.Day+1, day-askDays+1); d <= day; d++ {
			a.Texts[d%askDays], a.Asked[d%askDays] = 0, 0
		}
		a.Day = day
	}
	return int(((day % askDays) + askDays) % askDays), day > a.Day-askDays && day >= 0
}

// counted notes that a text came.
func (a *share) counted(e *event.Event) {
	if e.Type != event.MessageSent || e.Data.Text == "" {
		return
	}
	if i, ok := a.to(e); ok {
		a.Texts[i]++
	}
}

// AskRoom is how many more texts may be asked about when of a thousand that came in the last 30 days at most perThousand may be.
func (k *Knowledge) AskRoom(perThousand int) int {
	texts, asked := 0, 0
	for i := range askDays {
		texts, asked = texts+int(k.asked.Texts[i]), asked+int(k.asked.Asked[i])
	}
	return max(0, texts*perThousand/1000-asked)
}

// opinion is what was answered about a text before.
type opinion struct {
	At     int64         `json:"at"` // event time, Unix milliseconds
	Stages extern.Answer `json:"stages"`
}

// keepAnswers is how long an answer stands for the same text.
const keepAnswers = 7 * 24 * time.Hour

func answerKey(text, model, policy string) detect.Key {
	return xxh3.Hash128([]byte("answer\x00" + text + "\x00" + model + "\x00" + policy)).Bytes()
}

// Answer is what the model answered about a text within a week, by the keyed digest of the text.
func (k *Knowledge) Answer(text, model, policy string) (extern.Answer, bool) {
	a, ok := k.opinions.Get(answerKey(text, model, policy))
	return a.Stages, ok && k.watermark-a.At <= keepAnswers.Milliseconds()
}

func (k *Knowledge) forgetOpinions() {
	k.opinions.Drop(func(_ detect.Key, a opinion) bool { return k.watermark-a.At > keepAnswers.Milliseconds() })
}

// answered takes in what a model of somebody else answered, and tells the account.
func (p *piece) answered(e *event.Event) {
	t, ok := extern.Read(e)
	if !ok {
		return
	}
	if i, ok := p.k.asked.to(e); ok && !t.Repeat && t.Text != "" {
		p.k.asked.Asked[i]++
	}
	if t.Unscanned == "" && !t.Repeat {
		p.k.opinions.Put(answerKey(t.Text, t.Model, t.Policy), opinion{e.Time.UnixMilli(), t.Stages})
	}
	o := &detect.Opinion{Model: t.Model, Policy: t.Policy, Unscanned: t.Unscanned}
	for _, f := range t.Stages {
		o.Stages = append(o.Stages, detect.Claim{Stage: f.Stage, Nats: f.Nats, Quote: f.Quote, Rationale: f.Rationale, Unscanned: f.Unscanned})
	}
	other := &detect.Profile{}
	if t.Other != "" {
		other = p.k.directory.Find(t.Other)
	}
	p.known = append(p.known, detect.Fact{
		Kind: detect.Answered, Key: detect.AccountKey(t.Account), Seq: e.Seq, At: e.Time.UnixMilli(), Account: p.k.directory.Find(t.Account), Other: other,
		Opinion: o, Of: t.Of,
	})
}

func appendOpinion(b []byte, a opinion) []byte { return appendJSON(b, a) }

func decodeOpinion(b []byte) (a opinion, err error) {
	if json.Unmarshal(b, &a) != nil || len(a.Stages) > len(taxonomy.Stages()) {
		return opinion{}, detect.ErrState
	}
	return a, nil
}

// textMark is the keyed digest of a text.
func textMark(secret []byte, e *event.Event) string {
	return extern.Mark(secret, e.Data.Text, e.Data.Lang)
}

// conversationWith is the minor to whom a message of an account that may be an adult's went, outside the family; nil for what a model of somebody
// else is never asked about.
func (k *Knowledge) conversationWith(account string, e *event.Event) *detect.Profile {
	if e.Type != event.MessageSent || e.Data.Text == "" || e.Actor() != account || e.Data.Relation == taxonomy.RelationFamily || len(e.Targets()) > maxPairs ||
		!k.directory.Find(account).Band.AdultOrUnknown() {
		return nil
	}
	for _, id := range e.Targets() {
		if o := k.directory.Find(id); o.Band.Minor() {
			key, _ := detect.PairKey(account, id)
			if pair, ok := k.pairs.Get(key); !ok || !pair.Family() {
				return o
			}
		}
	}
	return nil
}
