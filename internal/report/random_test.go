package report_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"haris/cybertip"
	"haris/internal/event"
	"haris/internal/report"
	"haris/internal/report/neutral/neutraltest"
	"haris/internal/taxonomy"
)

// TestAnyDraftCanBeWritten: whatever the platform says and whatever a person chooses, the documents have no error of structure in any
// profile, and nothing of an account, message or file that is left out stands in them.
func TestAnyDraftCanBeWritten(t *testing.T) {
	check := neutraltest.Check(t)
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(matters()).Draw(t, "matter")
		m.material.Events = append(m.material.Events, anyEvents(t)...)
		d := report.Assemble(m.material)
		e := d.Edit()
		e.IncidentType, e.Narrative = m.incident, anyText(t, "narrative")
		e.TypeReason, e.Extra = anyText(t, "reason"), anyText(t, "extra")
		for id, p := range e.Parties {
			p.Role, p.Note = rapid.SampledFrom(report.Roles()).Draw(t, "role of "+id), anyText(t, "note of "+id)
			e.Parties[id] = p
		}
		e.Messages, e.Files = nil, map[string]report.FileEdit{}
		for i := range d.Messages {
			if rapid.Bool().Draw(t, "chosen") {
				e.Messages = append(e.Messages, d.Messages[i].Seq)
			}
		}
		for i := range d.Files {
			if rapid.Bool().Draw(t, "file") {
				e.Files[d.Files[i].Item] = report.FileEdit{Note: anyText(t, "file note")}
			}
		}
		d, err := d.Edited(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, profile := range cybertip.Profiles() {
			docs, findings := report.Check(d, profile, day())
			for _, f := range findings {
				if f.Severity == cybertip.SeveritySchema && f.Element != "incidentDateTime" { // a person gives it where no event does
					t.Fatalf("%s: %v\n%s", profile, f, docs.XML)
				}
			}
			leftOut(t, &d, docs)
		}
		neutralForm(t, &d, check)
	})
}

// neutralForm: the neutral form of any draft is what its schema says, and nothing left out stands in it.
func neutralForm(t *rapid.T, d *report.Draft, check func([]byte) (any, error)) {
	docs, findings := report.Other{Title: hotline, Contents: report.ContentsTranscripts}.Write(&report.Report{ID: "r", Case: "c", CreatedAt: day(), Draft: *d}, report.Assess(*d, report.Sent{}), day())
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	form, err := check(docs.JSON)
	if err != nil {
		t.Fatalf("%v\n%s", err, docs.JSON)
	}
	files, _ := form.(map[string]any)["files"].([]any)
	leftOut(t, d, report.Documents{XML: docs.JSON, Files: make([]report.FileDocument, len(files))})
}

// leftOut looks for what must not be there.
func leftOut(t *rapid.T, d *report.Draft, docs report.Documents) {
	all := string(docs.XML)
	for _, f := range docs.Files {
		all += string(f.XML)
	}
	for i := range d.Parties {
		if p := &d.Parties[i]; p.Role == report.RoleLeftOut && p.ScreenName != "" && strings.Contains(all, p.ScreenName) {
			t.Fatalf("%s is left out and named", p.Account)
		}
	}
	for i := range d.Messages {
		if m := &d.Messages[i]; !m.Chosen && strings.HasPrefix(m.Text, "only once ") && strings.Contains(all, m.Text) {
			t.Fatalf("message %d was not chosen and stands there", m.Seq)
		}
	}
	if len(docs.Files) != len(d.Edit().Files) {
		t.Fatalf("%d files of %d", len(docs.Files), len(d.Edit().Files))
	}
}

// anyText is text with everything that XML forbids, in any script.
func anyText(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.Just(""), rapid.String(), rapid.SampledFrom([]string{"\x00\x01", "]]>", "<b>&amp;", "بيننا", "a\u2028b", "\uFFFE", "keep this between us"})).Draw(t, label)
}

// anyEvents are messages, sessions and profiles that say anything.
func anyEvents(t *rapid.T) (out []event.Event) {
	n := rapid.IntRange(0, 8).Draw(t, "events")
	for i := range n {
		seq := uint64(1000 + i)
		text := fmt.Sprintf("only once %d %s", seq, anyText(t, "text"))
		e := act(seq, event.MessageSent, event.HasFrom|event.HasTo|event.HasConversation|event.HasText|event.HasSurface, event.Data{
			From: rapid.SampledFrom([]string{"u1", "kid", "stranger"}).Draw(t, "from"), To: []string{"kid"}, Conversation: rapid.SampledFrom([]string{"", "conv-1", "c\x02"}).Draw(t, "conversation"),
			Text: text, Surface: rapid.SampledFrom([]taxonomy.Surface{taxonomy.SurfaceUnknown, taxonomy.SurfaceGame, taxonomy.SurfaceDM}).Draw(t, "surface"), IP: rapid.SampledFrom([]string{"", "192.0.2.9", "not an address", "fe80::1%eth0"}).Draw(t, "ip"),
		})
		out = append(out, e)
	}
	return out
}
