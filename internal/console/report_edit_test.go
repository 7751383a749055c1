package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/cybertip"
	"haris/internal/auth"
	"haris/internal/event"
	"haris/internal/report"
)

// leaves puts every value of an edit under its path: "Police.Officer.Email". Values of lists and maps share the path of their element,
// so that the paths are those of the type, whatever the draft holds.
func leaves(v reflect.Value, path string, out map[string][]string) {
	basic := func(t reflect.Type) bool { return t.Kind() != reflect.Struct }
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		out[path] = append(out[path], fmt.Sprint(v.Interface()))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			leaves(v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), out)
		}
	case v.Kind() == reflect.Pointer && v.Type().Elem().Kind() == reflect.Struct:
		if v.IsNil() {
			v = reflect.New(v.Type().Elem())
		}
		leaves(v.Elem(), path, out)
	case v.Kind() == reflect.Map && !basic(v.Type().Elem()):
		leaves(reflect.Zero(v.Type().Elem()), path, map[string][]string{}) // the type can be walked
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			out[path+".key"] = append(out[path+".key"], k.String())
			leaves(v.MapIndex(k), path, out)
		}
	case v.Kind() == reflect.Pointer:
		s := "nobody said"
		if !v.IsNil() {
			s = fmt.Sprint(v.Elem().Interface())
		}
		out[path] = append(out[path], s)
	default:
		out[path] = append(out[path], fmt.Sprint(v.Interface()))
	}
}

// paths lists every field of report.Edit.
func paths() (out []string) {
	all := map[string][]string{}
	e := report.Edit{Parties: map[string]report.PartyEdit{"a": {}}, Files: map[string]report.FileEdit{"f": {}}}
	leaves(reflect.ValueOf(e), "", all)
	for p := range all {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// traded is a world with a draft about trafficking in which everything that a person can say can be said.
func traded(t *testing.T) (b *bundle, w *browser, id string) {
	b, caseID := furnished(t)
	e := event.Event{Seq: 21, ID: "p1", Source: "/pay", Type: event.PaymentSent, Time: time.Date(2026, 2, 27, 22, 0, 0, 0, time.UTC)}
	e.Data.From, e.Data.To, e.Data.Amount, e.Data.Currency, e.Data.Instrument = "acc-1", []string{"kid-a"}, 20, "USD", "gift_card"
	b.out.events = append(b.out.events, e)
	b.addTo(caseID, "stripes.png", stripes(t, 64, 48))
	s := b.deps.Reports.(*report.Service)
	s.Profile, s.Company.Classifies = cybertip.Profile202608, true
	w = b.as(auth.Reviewer)
	r, err := s.Create(t.Context(), w.person.ID, caseID)
	if err != nil {
		t.Fatal(err)
	}
	d := r.Draft.Edit()
	d.IncidentType = cybertip.IncidentTrafficking
	linked := d.Parties["kid2-a"]
	linked.Role = report.RoleLinked
	d.Parties["kid2-a"] = linked
	for i := range r.Draft.Files {
		if f := &r.Draft.Files[i]; f.Name == "stripes.png" {
			d.Files[f.Item] = report.FileEdit{Relevance: cybertip.RelevanceReported}
		}
	}
	if _, err := s.Save(t.Context(), report.Act{Who: w.person.ID, Report: r.ID, Seen: r.Events}, d); err != nil {
		t.Fatal(err)
	}
	return b, w, r.ID
}

// fieldSaid is a field of the form with what to write into it. In a field, item stands for the id of the picture.
type fieldSaid struct{ field, value string }

// onPages says for every field of an edit by which field of the page a person says it.
func onPages() map[string]fieldSaid {
	yes := "yes"
	return map[string]fieldSaid{
		"IncidentType": {"incident_type", string(cybertip.IncidentMolestation)},
		"TypeReason":   {"type_reason", "a price was named"}, "Narrative": {"narrative", "He offered her."}, "Urgent": {"urgent", "a meeting tonight"},
		"NoDanger": {"no_danger", yes}, "Extra": {"extra", "nothing else"}, "IncidentAt": {"incident_at", "2026-02-27T12:00:00"},
		"IncidentAtMeans": {"incident_at_means", "the offer"}, "EarlierReports": {"earlier", "77"}, "ThirdPartyPages": {"third_party_pages", yes},
		"Annotations.Sextortion": {"annotation", "sextortion"}, "Annotations.CSAMSolicitation": {"annotation", "solicitation"},
		"Annotations.MinorToMinorInteraction": {"annotation", "minors"}, "Annotations.Spam": {"annotation", "spam"},
		"Annotations.SadisticOnlineExploitation": {"annotation", "sadistic"}, "Annotations.Informational": {"annotation", "informational"},
		"Annotations.PotentialAggravatingFactors": {"annotation", "aggravating"}, "Annotations.InstrumentalUse": {"annotation", "instrumental"},
		"Police.Agency": {"agency", "Test PD"}, "Police.Number": {"agency_number", "T-1"}, "Police.Reported": {"reported_to_police", yes},
		"Police.Officer.FirstName": {"officer_first", "Amal"}, "Police.Officer.LastName": {"officer_last", "Haddad"},
		"Police.Officer.Email": {"officer_email", "amal@example.org"}, "Police.Officer.Phone": {"officer_phone", "+1 555 0100"},
		"Police.ServedDomestic": {"served_domestic", "no"}, "Police.ServedForeign": {"served_foreign", "no"}, "Police.Country": {"served_country", "fr"},
		"Trafficking.Act.Kinds": {"act", "advertise"}, "Trafficking.Act.Note": {"act_note", "offered"}, "Trafficking.Act.Events": {"act_more", "#21, 9"},
		"Trafficking.Means.Kinds": {"means", "payment"}, "Trafficking.Means.Note": {"means_note", "paid"}, "Trafficking.Means.Events": {"means_event", "21"},
		"Trafficking.Purpose.Kinds": {"purpose", "commercial_sex_act"}, "Trafficking.Purpose.Note": {"purpose_note", "for money"},
		"Trafficking.Purpose.Events": {"purpose_event", "9"}, "Trafficking.Parts": {"part.0", "profits"}, "Traces": {"trace", "trace"},
		"Reporter.FirstName": {"reporter_first", "Lina"}, "Reporter.LastName": {"reporter_last", "Nasser"}, "Reporter.Email": {"reporter_email", "lina@example.com"},
		"Reporter.Phone": {"reporter_phone", "+1 555 0101"}, "Contact.FirstName": {"contact_first", "Sam"}, "Contact.LastName": {"contact_last", "Legal"},
		"Contact.Email": {"contact_email", "legal@example.com"}, "Contact.Phone": {"contact_phone", "+1 555 0102"},
		"Parties.Role": {"role.2", "recipient"}, "Parties.FirstName": {"first.0", "A"}, "Parties.LastName": {"last.0", "B"}, "Parties.School": {"school.1", "by the river"},
		"Parties.Note": {"note.0", "known"}, "Parties.Vehicle": {"vehicle.0", "blue car"}, "Parties.Association": {"association.2", string(cybertip.AssociationBusiness)},
		"Parties.Of": {"of.2", "kid-a"}, "Parties.Compromised": {"compromised.1", yes}, "Parties.ThirdParty": {"third.0", "no"},
		"Messages": {"message", "5"}, "Files.key": {"file", "transcript"}, "Files.Relevance": {"relevance.item", string(cybertip.RelevanceSupplemental)},
		"Files.Note": {"file_note.item", "a pattern"}, "Files.Classification": {"classification.item", "B2"},
		"Files.Annotations.AnimeDrawingVirtualHentai": {"file_annotation.item", "drawing"}, "Files.Annotations.PotentialMeme": {"file_annotation.item", "meme"},
		"Files.Annotations.Viral": {"file_annotation.item", "viral"}, "Files.Annotations.PossibleSelfProduction": {"file_annotation.item", "self"},
		"Files.Annotations.PhysicalHarm": {"file_annotation.item", "harm"}, "Files.Annotations.ViolenceGore": {"file_annotation.item", "violence"},
		"Files.Annotations.Bestiality": {"file_annotation.item", "bestiality"}, "Files.Annotations.LiveStreaming": {"file_annotation.item", "live"},
		"Files.Annotations.Infant": {"file_annotation.item", "infant"}, "Files.Annotations.GenerativeAI": {"file_annotation.item", "generated"},
	}
}

// notOnPages are fields that no page offers, each with the reason.
func notOnPages() map[string]string {
	return map[string]string{"Parties.key": "an account is left out by its part; none is added by hand"}
}

// TestEveryFieldOfAnEditIsOnAPage walks report.Edit: what a person may say can be said on the page, and what is said arrives and changes
// nothing else.
func TestEveryFieldOfAnEditIsOnAPage(t *testing.T) {
	table, without := onPages(), notOnPages()
	for _, p := range paths() {
		if _, ok := table[p]; ok == (without[p] != "") {
			t.Errorf("%s: expected on a page or among the exceptions with a reason, and not both", p)
		}
	}
	b, w, id := traded(t)
	at := "/report/" + id
	now := func() (report.Report, map[string][]string) {
		r, err := b.deps.Reports.(*report.Service).Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string][]string{}
		leaves(reflect.ValueOf(r.Draft.Edit()), "", out)
		return r, out
	}
	r, _ := now()
	base := r.Draft.Edit()
	item, transcript := "", ""
	for _, f := range r.Draft.Files {
		if f.Name == "stripes.png" {
			item = f.Item
		} else if !f.Chosen {
			transcript = f.Item
		}
	}
	also := map[string][]string{ // what else a field changes, and why that is right
		"Police.Country": {"Police.ServedForeign"},                                  // the form says both
		"Files.key":      {"Files.Relevance", "Files.Note", "Files.Classification"}, // of the file that is added
	}
	for path, said := range table {
		t.Run(path, func(t *testing.T) {
			field := strings.Replace(said.field, ".item", "."+item, 1)
			value := map[string]string{"transcript": transcript, "trace": r.Draft.Traces[0].ID}[said.value]
			if value == "" {
				value = said.value
			}
			body := w.get(at).body
			if !strings.Contains(body, `name="`+field+`"`) {
				t.Fatalf("the page has no field %q", field)
			}
			_, before := now()
			form := filled(body)
			if slices.Contains([]string{"annotation", "act", "means", "purpose", "message", "trace", "file", "part.0", "file_annotation." + item, "means_event", "purpose_event"}, field) {
				form.Add(field, value)
			} else {
				form.Set(field, value)
			}
			if path == "Police.Country" {
				form.Set("served_foreign", "yes")
			}
			if got := w.post(at, at, form); got.status != http.StatusSeeOther {
				t.Fatalf("%d", got.status)
			}
			_, after := now()
			if reflect.DeepEqual(before[path], after[path]) {
				t.Errorf("%s = %q changes nothing: %q", field, value, after[path])
			}
			for p := range after {
				if p != path && (path != "Files.key" || !strings.HasPrefix(p, "Files.Annotations.")) && !slices.Contains(also[path], p) && !reflect.DeepEqual(before[p], after[p]) {
					t.Errorf("%s = %q also changes %s: %q to %q", field, value, p, before[p], after[p])
				}
			}
			last, _ := now()
			if _, err := b.deps.Reports.Save(t.Context(), report.Act{Who: w.person.ID, Report: id, Seen: last.Events}, base); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestElementsNameTheirEvidence: each element says what it rests on, with the way there, or that it rests on nothing.
func TestElementsNameTheirEvidence(t *testing.T) {
	_, w, id := traded(t)
	at := "/report/" + id
	const nothing = "No evidence is named for this element"
	body := w.get(at).body
	if n := strings.Count(body, nothing); n != 3 {
		t.Errorf("%d of 3 elements say that they rest on nothing", n)
	}
	form := filled(body)
	form.Add("act_event", "9")     // what a signal rests on
	form.Set("means_more", "21")   // a payment, by its number
	form.Set("purpose_more", "#7") // a line that no signal rests on
	if got := w.post(at, at, form); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	body = w.get(at).body
	for _, want := range []string{
		`name="act_event" value="9" checked`, `name="means_event" value="21" checked`, `name="purpose_event" value="7" checked`,
		`href="#m9"`, `id="m9"`, `href="#m7"`, `id="m7"`, `href="#trace-`, `id="trace-`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(body, nothing) {
		t.Error("an element with evidence says that it rests on nothing")
	}
	for name, bad := range map[string]url.Values{
		"a line of another case": {"act_more": {"4242"}}, "no number": {"act_more": {"the first"}}, "a forged tick": {"act_event": {"4242"}},
	} {
		form := filled(body)
		for k, v := range bad {
			form[k] = append(form[k], v...)
			if k == "act_more" {
				form[k] = v
			}
		}
		got := w.post(at, at, form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "numbers of lines or traces of this draft") {
			t.Errorf("%s: %d", name, got.status)
		}
		if s := bad.Get("act_more"); s != "" && !strings.Contains(got.body, `value="`+s+`"`) {
			t.Errorf("%s: what was written is lost", name)
		}
	}
	if body := w.get(at + "/preview").body; !strings.Contains(body, "rests on the entries of the platform") {
		t.Error("the document does not name the evidence")
	}
}

// TestRemarksOfALaterProfile are offered only where the profile in use has them, and one that it lacks can be taken out.
func TestRemarksOfALaterProfile(t *testing.T) {
	b, w, id := traded(t)
	s, at := b.deps.Reports.(*report.Service), "/report/"+id
	body := w.get(at).body
	for _, want := range []string{"NCMEC has not published what it means", "two or more public clients", "one public source only", `value="instrumental"`} {
		if !strings.Contains(body, want) {
			t.Errorf("2026-08: the page lacks %q", want)
		}
	}
	form := filled(body)
	form.Add("annotation", "informational")
	if got := w.post(at, at, form); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	s.Profile = cybertip.Profile202506
	body = w.get(at).body
	if strings.Contains(body, `value="instrumental"`) || !strings.Contains(body, `value="informational" checked`) || !strings.Contains(body, "The profile in use does not have it") {
		t.Error("2025-06: the page offers what the profile lacks, or hides what was chosen")
	}
	form = filled(body)
	form.Del("annotation")
	form.Add("annotation", "instrumental") // not offered, so not taken
	if got := w.post(at, at, form); got.status != http.StatusSeeOther {
		t.Fatalf("%d", got.status)
	}
	r, err := s.Get(t.Context(), id)
	if err != nil || r.Draft.Annotations != (cybertip.ReportAnnotations{}) {
		t.Errorf("%+v, %v", r.Draft.Annotations, err)
	}
}

// TestServedFromAbroad: a country is two letters, and stands with the word that process from abroad was served.
func TestServedFromAbroad(t *testing.T) {
	_, w, id := traded(t)
	at := "/report/" + id
	for name, c := range map[string]struct {
		served, country string
		status          int
	}{
		"both": {"yes", "fr", http.StatusSeeOther}, "a country alone": {"", "FR", http.StatusUnprocessableEntity}, "a name": {"yes", "F1", http.StatusUnprocessableEntity},
	} {
		form := filled(w.get(at).body)
		form.Set("served_foreign", c.served)
		form.Set("served_country", c.country)
		if got := w.post(at, at, form); got.status != c.status {
			t.Errorf("%s: %d, want %d", name, got.status, c.status)
		}
	}
}
