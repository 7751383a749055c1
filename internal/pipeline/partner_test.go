package pipeline_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"haris/internal/detect"
	"haris/internal/partner"
	"haris/internal/pipeline"
)

// told puts what a partner told into the log, about a phone number.
func (t *talk) told(signal, number string, expires time.Time) *talk {
	sum := sha256.Sum256([]byte(number))
	f := partner.File{Provider: "one", Issued: t.at, Signals: []partner.Signal{{
		ID: signal, Type: "grooming", Date: "2026-02-02", Expires: expires, Keys: []partner.Key{{Kind: "phone", Hash: hex.EncodeToString(sum[:])}},
	}}}
	return t.batch(partner.BatchOf(&f, func(kind, hash string) string { return pipeline.Rekey(secret, kind, hash) }))
}

func (t *talk) batch(b partner.Batch) *talk {
	t.at = t.at.Add(30 * time.Second)
	events, err := b.Events(t.at)
	if err != nil {
		panic(err)
	}
	for _, e := range events {
		e.Seq = uint64(len(t.events) + 1) //nolint:gosec // small
		t.events = append(t.events, e)
	}
	return t
}

// uses says that an account uses a number.
func (t *talk) uses(who, number string) *talk {
	t.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"account.updated","time":"%s","data":{"account":"` + who + `","keys":[{"kind":"phone","value":"` + number + `"}]}}`)
	return t
}

// clues folds the log in batches of n and lists the facts about clues, and what stands at the end of D16's signals.
func (t *talk) clues(n int) (facts string, last map[string]float64) {
	k := pipeline.NewKnowledge(2, secret)
	var out []string
	last = map[string]float64{}
	for at := 0; at < len(t.events); at += n {
		var tr pipeline.Trace
		k.Fold(t.events[at:min(at+n, len(t.events))], nil, &tr)
		for _, f := range tr.Facts {
			if f.Kind == detect.Clued {
				out = append(out, fmt.Sprint(f.Account.ID, len(f.Clues)))
			}
		}
		for _, s := range tr.Signals {
			if s.Detector == "D16" {
				last[s.Subject] = s.Strength
			}
		}
	}
	return strings.Join(out, " "), last
}

func TestPartnersTell(t *testing.T) {
	const number = "+201001234567"
	later := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	var crowd talk
	crowd = *newTalk().told("s1", number, later)
	for i := range 10 {
		crowd.uses(fmt.Sprint("p", i), number)
	}
	for _, tt := range []struct {
		name  string
		log   *talk
		facts string
		of    string
		want  float64
	}{
		{"told before the number is used", newTalk().told("s1", number, later).uses("a", number), "a1", "a", 1.5},
		{"told after", newTalk().uses("a", number).told("s1", number, later), "a1", "a", 1.5},
		{"the number is written in a message", newTalk().told("s1", number, later).say("a", "c", "my number is 01001234567"), "a1", "a", 1.5},
		{"told twice", newTalk().uses("a", number).told("s1", number, later).told("s1", number, later), "a1 a1", "a", 1.5},
		{"another number", newTalk().uses("a", "+201112345678").told("s1", number, later), "", "a", 0},
		{"taken back", newTalk().uses("a", number).told("s1", number, later).batch(partner.Batch{Provider: "one", Told: []partner.Told{{Provider: "one", Signal: "s1", Gone: true}}}), "a1 a0", "a", 0},
		{"everything taken back", newTalk().uses("a", number).told("s1", number, later).batch(partner.Removal("one", later)), "a1 a0", "a", 0},
		{"another partner takes back", newTalk().uses("a", number).told("s1", number, later).batch(partner.Removal("two", later)), "a1", "a", 1.5},
		{"expired", newTalk().told("s1", number, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)).uses("a", number), "a0", "a", 0},
		{"so many use it that it says nothing", &crowd, "", "p9", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 100} {
				facts, last := tt.log.clues(n)
				if tt.facts != "" && facts != tt.facts || last[tt.of] != tt.want {
					t.Errorf("in batches of %d: facts %q, strength %.2f", n, facts, last[tt.of])
				}
			}
		})
	}
	if _, last := crowd.clues(10); last["p0"] != 0 {
		t.Errorf("who used it first still stands at %.2f", last["p0"])
	}
}

// TestAPartnerOpensNoCase: the clue alone is watched.
func TestAPartnerOpensNoCase(t *testing.T) {
	l := newTalk().uses("a", "+201001234567").told("s1", "+201001234567", time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)).told("s2", "+201001234567", time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))
	k := pipeline.NewKnowledge(1, secret)
	if out := k.Fold(l.events, nil, nil); len(out.Decisions) > 0 {
		t.Errorf("%+v", out.Decisions)
	}
}
