package report_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/report"
	"haris/internal/taxonomy"
)

// told is one event of each type with every field that the wire format gives it, each with a value that stands nowhere else. Accounts
// are u1, kid and u2, who are in the case.
func told() map[event.Type]string {
	shown := `"account":"u1","age_band":"16-17","age_source":"estimated","created_at":"2019-02-03T04:05:06Z","display_name":"Shown Name","screen_name":"screen_name_1",` +
		`"profile_url":"https://app.example.com/u/profile1","bio":"about bio one","region":"FR-IDF","lang":"tlh","verified":true,"role":"choirmaster",` +
		`"keys":[{"kind":"email","value":"key1@mail.example.com"},{"kind":"phone","value":"+1 555 555 0155"},{"kind":"handle","value":"handle_one"},{"kind":"payout","value":"payout-one"},{"kind":"recovery","value":"old@mail.example.com"},{"kind":"device","value":"IMEI-490154203237518"},{"kind":"ip","value":"203.0.113.7"}]`
	media := `"media":[{"id":"media-1","kind":"image","mime":"image/x-one","bytes":424242,"md5":"` + strings.Repeat("1a", 16) + `","sha1":"` + strings.Repeat("2b", 20) + `","sha256":"` +
		strings.Repeat("3c", 32) + `","pdq":"` + strings.Repeat("4d", 32) + `","pdq_quality":97,"url":"https://cdn.example.com/media1","uploaded_at":"2026-02-27T01:02:03Z","name":"attached.jpg"}]`
	return map[event.Type]string{
		event.AccountCreated: shown, event.AccountUpdated: shown, event.AccountDeleted: `"account":"u1"`,
		event.SessionStarted: `"account":"u1","keys":[{"kind":"device","value":"IMEI-490154203237518"},{"kind":"ip","value":"203.0.113.7"}],"ip":"203.0.113.9","port":40404,"asn":64555,"country":"FR","region":"FR-IDF",` +
			`"user_agent":"Agent/9","auth":"passkey","recovery_used":true`,
		event.CredentialChanged: `"account":"u1","what":"recovery","keys":[{"kind":"recovery","value":"new@mail.example.com"}]`,
		event.ContactRequested:  `"from":"u1","to":"kid","surface":"game","relation":"one_way","text":"request text"`,
		event.ContactAccepted:   `"from":"kid","to":"u1"`, event.ContactDeclined: `"from":"kid","to":"u1"`, event.ContactIgnored: `"from":"kid","to":"u1"`,
		event.MessageSent: `"from":"u1","to":["kid"],"group":"group-1","conversation":"conv-9","message":"msg-1","surface":"dm","relation":"one_way","text":"message text","lang":"tlh",` + media +
			`,"reply_to":"msg-0","stage_scores":{"isolation":2.5},"ip":"203.0.113.9","port":40404,"keys":[{"kind":"device","value":"IMEI-490154203237518"}]`,
		event.MessageUnsent: `"account":"u1","conversation":"conv-9","message":"msg-1"`, event.EphemeralEnabled: `"account":"u1","conversation":"conv-9","message":"msg-1"`,
		event.CallStarted:  `"from":"u1","to":["kid"],"conversation":"conv-9","video":true,"seconds":4321`,
		event.GroupInvited: `"account":"kid","group":"group-1","by":"u1"`, event.GroupJoined: `"account":"u1","group":"group-1","by":"kid"`, event.GroupLeft: `"account":"u1","group":"group-1","by":"kid"`,
		event.ProfileViewed: `"by":"u1","account":"kid"`, event.PeopleSearched: `"by":"u1","filters":{"school":"River School"}`,
		event.PostPublished: `"account":"u1","post":"post-1","surface":"public","text":"post text","lang":"tlh",` + media + `,"url":"https://app.example.com/p/1"`,
		event.PostRemoved:   `"account":"u1","post":"post-1","surface":"public","text":"post text","lang":"tlh",` + media + `,"url":"https://app.example.com/p/1"`,
		event.ListingPublished: `"account":"u1","listing":"listing-1","text":"listing text","lang":"tlh","price":{"amount":4321,"currency":"XTS"},"place":"Rivertown","keys":[{"kind":"phone","value":"+1 555 555 0155"},{"kind":"handle","value":"handle_one"}],` + media +
			`,"url":"https://app.example.com/l/1"`,
		event.MediaUploaded:  `"account":"u1",` + media,
		event.PaymentSent:    `"from":"u1","to":"u2","amount":4321,"currency":"XTS","instrument":"gift_card","note":"payment note"`,
		event.LocationShared: `"from":"u1","to":["kid"],"precision":"area"`,
		event.AccountBlocked: `"by":"kid","account":"u1"`, event.AccountMuted: `"by":"kid","account":"u1"`,
		event.AccountReported:   `"by":"kid","account":"u1","content":"content-1","reason":"minor_safety","text":"report text"`,
		event.ContentReported:   `"by":"kid","account":"u1","content":"content-1","reason":"minor_safety","text":"report text"`,
		event.ModerationApplied: `"account":"u1","action":"shadow_limit","content":"content-1","by":"moderator-1","reason":"reason words"`,
	}
}

// ends says where a field of an event ends: in the report, or in the transcript that goes with it. What ends in neither needs a reason.
type ends string

const (
	inReport     ends = "report"
	inTranscript ends = "transcript"
)

// nowhere says why a field stands in nothing that an authority gets.
func nowhere() map[string]string {
	return map[string]string{
		"keys.payout":           "that the platform holds a payout account is said, with a mark by which two are told apart; its number is personal data of payment, which legal process gets",
		"media.pdq_quality":     "a measure of the fingerprint, which says nothing about the matter; the fingerprint is given",
		"stage_scores":          "a model's numbers, which are no facts; the signal that rests on them is in the case",
		"moderation.applied by": "who of the company's staff did it does not matter to an officer, and is in the log of events",
	}
}

// shownAs is how a value is written that does not stand there to the letter.
func shownAs(typ event.Type, field, value string) []string {
	switch {
	case field == "verified":
		return []string{"marks the account as verified"}
	case field == "video":
		return []string{"video: true", "video call", "with video"}
	case field == "recovery_used":
		return []string{"recovery"}
	case field == "account" || field == "from" || field == "by" && typ != event.ModerationApplied:
		return []string{value, "u1"}
	case field == "age_band":
		return []string{"16 to 17", "16-17", value}
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return []string{at.UTC().Format("2006-01-02")}
	}
	return []string{value, strings.ReplaceAll(value, "_", " ")}
}

// leavesOf lists the fields of a data object: "ip", "keys.email", "media.sha1", "filters.school".
func leavesOf(v any, path string, out map[string]string) {
	switch x := v.(type) {
	case map[string]any:
		if kind, ok := x["kind"].(string); ok && x["value"] != nil {
			out[path+"."+kind] = x["value"].(string)
			return
		}
		for name, c := range x {
			leavesOf(c, strings.Trim(path+"."+name, "."), out)
		}
	case []any:
		for _, c := range x {
			leavesOf(c, path, out)
		}
	default:
		out[path] = fmt.Sprint(x)
	}
}

// allDocuments is everything that an authority gets of a case of which the event is all that is known: the documents, and the transcript.
func allDocuments(t *testing.T, e event.Event) (documents, transcript string) {
	t.Helper()
	m := report.Material{
		Case: casefile.Case{
			ID: "c1", Subject: "u1", Subjects: []string{"u2"}, Victims: []string{"kid"}, Typology: taxonomy.TypologyTrafficking, Signals: []detect.Signal{{Detector: "D1", Events: []uint64{e.Seq}}},
		},
		Company: company(), Events: []event.Event{e},
		Items: []evidence.Item{{
			ID: "i1", Kind: evidence.KindMedia, Name: "x.jpg", MediaType: "image/jpeg", Size: 5, MD5: strings.Repeat("1a", 16), SHA256: strings.Repeat("3c", 32),
			Origin: evidence.Origin{Media: "media-1"},
		}},
	}
	for _, id := range []string{"u1", "kid", "u2"} {
		a := report.Account{Profile: detect.Profile{ID: id}}
		if id == "u1" { // as the state of the pipeline has it
			a.Profile.CreatedAt, a.Profile.Role, a.Profile.Region = e.Data.CreatedAt, e.Data.Role, e.Data.Region
			a.Profile.Band, a.Profile.BandFrom = e.Data.AgeBand, e.Data.AgeSource
		}
		if e.Data.Account == id || e.Actor() == id {
			a.Events = []event.Event{e}
		}
		m.Accounts = append(m.Accounts, a)
	}
	d := report.Assemble(m)
	edit := written(d)
	edit.IncidentType, edit.Trafficking, edit.IncidentAt = cybertip.IncidentTrafficking, &report.Trafficking{}, at(5)
	edit.Files["i1"] = report.FileEdit{}
	for _, x := range d.Traces {
		edit.Traces = append(edit.Traces, x.ID)
	}
	d, err := d.Edited(edit)
	if err != nil {
		t.Fatal(err)
	}
	docs, findings := report.Check(d, cybertip.Profile202608, day())
	for _, f := range cybertip.Blocking(findings) {
		t.Fatal(f)
	}
	documents = string(docs.XML)
	for _, f := range docs.Files {
		documents += string(f.XML)
	}
	if len(d.Messages) > 0 { // what tells only of an account is no part of a transcript
		transcript = string(evidence.NewTranscript("c", []event.Event{e}).Text())
	}
	return documents, transcript
}

// TestEveryFieldOfEventsEndsSomewhere: what the platform tells ends in the report or in the transcript that goes with it, or a reason is
// written down. docs/report-events.md says which.
func TestEveryFieldOfEventsEndsSomewhere(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Where each field of an event ends\n\n" +
		"This page is made by a test (`TestEveryFieldOfEventsEndsSomewhere` in `internal/report`). It sends one event of each type with every field of the wire format, writes a report of which that\n" +
		"event is all that is known, and looks for each value. *report*: NCMEC's documents have it, when the person lets it stand. *transcript*: the transcript that goes with the report has it. The\n" +
		"other direction, from the schema's side, is [report-fields.md](report-fields.md). The neutral form for other authorities ([handover.md](handover.md)) is made from the same draft.\n\n" +
		"| event | in the report | in the transcript only | in neither |\n|---|---|---|---|\n")
	fields, reasons := map[string]bool{}, map[string]bool{}
	for _, typ := range event.Types() {
		raw := fmt.Sprintf(`{"specversion":"1.0","id":"e1","source":"/app","type":%q,"time":"2026-02-28T10:11:12Z","data":{%s}}`, typ, told()[typ])
		e, problem := event.Decode(raw, 1, event.Limits{Bytes: 1 << 20, Depth: 16, Latest: day()})
		if problem != nil {
			t.Fatal(typ, problem)
		}
		e.Seq = 7
		var data map[string]any
		if err := json.Unmarshal([]byte("{"+told()[typ]+"}"), &data); err != nil {
			t.Fatal(typ, err)
		}
		values := map[string]string{}
		leavesOf(data, "", values)
		documents, transcript := allDocuments(t, e)
		row := map[ends][]string{}
		for _, field := range slices.Sorted(maps.Keys(values)) {
			fields[strings.Split(field, ".")[0]] = true
			where := whereOf(typ, field, values[field], documents, transcript)
			row[where] = append(row[where], field)
			if why := reasonOf(typ, field); where == "" && why == "" {
				t.Errorf("%s %s: %q stands in nothing that an authority gets, and no reason is written down", typ, field, values[field])
			} else if where == "" {
				reasons[why] = true
			}
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", typ, list(row[inReport]), list(row[inTranscript]), list(row[""]))
	}
	b.WriteString("\nWhy some stand in neither:\n\n")
	for _, field := range slices.Sorted(maps.Keys(nowhere())) {
		why := nowhere()[field]
		if !reasons[why] {
			t.Errorf("%s stands somewhere, and a reason says why it does not", field)
		}
		fmt.Fprintf(&b, "* `%s`: %s.\n", field, why)
	}
	for _, name := range (^event.Fields(0)).Names() {
		if !fields[name] && name != "amount" && name != "currency" {
			t.Errorf("no event of the test has the field %s", name)
		}
	}
	golden(t, filepath.Join("..", "..", "docs", "report-events.md"), []byte(b.String()))
}

func whereOf(typ event.Type, field, value, documents, transcript string) ends {
	for _, text := range []struct {
		where ends
		text  string
	}{{inReport, documents}, {inTranscript, transcript}} {
		if slices.ContainsFunc(shownAs(typ, field, value), func(s string) bool { return strings.Contains(text.text, s) }) {
			return text.where
		}
	}
	return ""
}

func reasonOf(typ event.Type, field string) string {
	if why, ok := nowhere()[string(typ)+" "+field]; ok {
		return why
	}
	for name, why := range nowhere() {
		if field == name || strings.HasPrefix(field, name+".") {
			return why
		}
	}
	return ""
}

func list(fields []string) string {
	if len(fields) == 0 {
		return ""
	}
	return "`" + strings.Join(fields, "`, `") + "`"
}
