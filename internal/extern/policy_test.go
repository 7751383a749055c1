package extern_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"haris/internal/event"
	"haris/internal/extern"
)

func TestStandardPolicy(t *testing.T) {
	p, err := extern.LoadPolicy("")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Digest) != 64 || len(p.Stages) != 9 {
		t.Errorf("%d stages, digest %q", len(p.Stages), p.Digest)
	}
	for _, s := range p.Stages {
		if len(s.Examples) == 0 || len(s.Not) == 0 {
			t.Errorf("%s: no example of what it is, or of what it is not", s.Name)
		}
	}
}

func TestReadPolicy(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", "policy: expected a name"},
		{"no stage", "policy: x\n", "stages: expected at least one"},
		{"a stage that is none", "policy: x\nstages: {S99: {definition: d}}\n", "stages.S99: expected one of S1"},
		{"a stage that is not told", "policy: x\nstages: {S4: {examples: [a]}}\n", "stages.S4.definition: expected a text"},
		{"a key that is none", "policy: x\nstages: {S4: {definition: d, words: [a]}}\n", "unknown field"},
		{"too many examples", "policy: x\nstages: {S4: {definition: d, examples: [" + strings.Repeat("a,", 13) + "]}}\n", "at most 12 examples"},
		{"too long", strings.Repeat("#", 65<<10), "longer than"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := extern.ReadPolicy([]byte(tt.text)); !errors.Is(err, extern.ErrPolicy) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v; want %q in it", err, tt.want)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(file, extern.Standard(), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := extern.LoadPolicy(file)
	b, _ := extern.LoadPolicy("")
	if err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("the printed policy is another one: %v", err)
	}
	if _, err := extern.LoadPolicy(file + "x"); !errors.Is(err, extern.ErrPolicy) {
		t.Errorf("%v", err)
	}
}

func TestTold(t *testing.T) {
	at := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	told := extern.Told{
		Account: "a", Other: "c", Of: 7, Text: extern.Mark([]byte("secret"), message, "en"), Model: "m", Policy: "d", Asked: at,
		Stages: extern.Answer{{Stage: "S4", Nats: 2, Quote: `keep "this"`, Rationale: "لا"}, {Stage: "S5", Unscanned: extern.Unsure}},
	}
	e, err := told.Event(at)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := extern.Read(&e)
	if !ok || !reflect.DeepEqual(got, told) {
		t.Errorf("%+v", got)
	}
	if e.Actor() != "" || len(e.Targets()) > 0 || e.Data.Text != "" {
		t.Error("the event counts as an act of the account")
	}
	if _, p := event.Decode(e.Raw, 1, event.Limits{}); p == nil {
		t.Error("a platform may send it")
	}
	later := told
	later.Asked = at.Add(48 * time.Hour)
	if later.ID() != told.ID() {
		t.Error("the same answer has another identity on another day")
	}
	blind, again := told, later
	blind.Unscanned, again.Unscanned = extern.Late, extern.Late
	if blind.ID() == told.ID() || again.ID() == blind.ID() {
		t.Error("what was not answered keeps an answer from being told later")
	}
	if extern.Mark([]byte("other"), message, "en") == told.Text || extern.Mark([]byte("secret"), message, "ar") == told.Text {
		t.Error("the digest does not depend on the key and the language")
	}
	e.Source = "urn:haris:model"
	if _, ok := extern.Read(&e); ok {
		t.Error("an event of another source was read")
	}
}
