package report_test

import (
	"strings"
	"testing"
	"time"

	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/report"
)

// TestFilesAreToldApart: files of one name get the time of their sealing, and of transcripts that hold the same only one is chosen.
func TestFilesAreToldApart(t *testing.T) {
	item := func(id, name string, hours int, seqs ...uint64) evidence.Item {
		return evidence.Item{
			ID: id, Kind: evidence.KindTranscript, Name: name, MediaType: "text/plain; charset=utf-8", CreatedAt: day().Add(time.Duration(hours) * time.Hour), Origin: evidence.Origin{Sequences: seqs},
		}
	}
	d := report.Assemble(report.Material{Case: casefile.Case{ID: "c1", Subject: "u1"}, Company: company(), Items: []evidence.Item{
		item("a", "conversation-1.txt", 0, 1, 2), item("b", "conversation-1.txt", 5, 1, 2, 3), item("c", "conversation-2.txt", 6, 1, 2), item("d", "events.txt", 0, 9), item("e", "events.txt", 0, 10),
		item("f", "notes.txt", 0),
	}})
	chosen, names := "", map[string]bool{}
	for _, f := range d.Files {
		if f.Chosen {
			chosen += f.Item
		}
		if names[f.Name] {
			t.Errorf("two files are called %q", f.Name)
		}
		names[f.Name] = true
	}
	if chosen != "bdef" {
		t.Errorf("chosen are %s, want b, which holds a and c, and what nothing else holds", chosen)
	}
	for _, want := range []string{"conversation-1 sealed 2026-03-01 12.00.00.txt", "conversation-2.txt", "events sealed 2026-03-01 12.00.00 2.txt", "notes.txt"} {
		if !names[want] {
			t.Errorf("no file %q in %v", want, names)
		}
	}
}

// TestIncidentAtIsWhenItHappened: the newest act of the reported account, and never the moment at which somebody reported it without saying so.
func TestIncidentAtIsWhenItHappened(t *testing.T) {
	told := act(9, event.AccountReported, event.HasBy|event.HasAccount|event.HasReason, event.Data{By: "kid", Account: "u1", Reason: "grooming"})
	told.Time = day()
	m := report.Material{Case: casefile.Case{ID: "c1", Subject: "u1", Victims: []string{"kid"}, Signals: []detect.Signal{{Detector: "D3", Events: []uint64{5, 4, 9}}}}, Company: company()}
	m.Events = append(typicalWorld().events, told)
	d := report.Assemble(m)
	if want := day().Add(-3*time.Hour + 5*time.Minute); !d.IncidentAt.Equal(want) || !strings.Contains(d.IncidentAtMeans, "act of the reported account") {
		t.Errorf("%s %q, want %s", d.IncidentAt, d.IncidentAtMeans, want)
	}
	m.Case.Signals[0].Events = []uint64{9}
	if d = report.Assemble(m); !d.IncidentAt.Equal(day()) || !strings.Contains(d.IncidentAtMeans, "reported it") {
		t.Errorf("%s %q", d.IncidentAt, d.IncidentAtMeans)
	}
	m.Case.Signals[0].Events = []uint64{4}
	if d = report.Assemble(m); !strings.Contains(d.IncidentAtMeans, "not an act of the reported account") {
		t.Errorf("%q", d.IncidentAtMeans)
	}
}
