package state_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/detect"
	"haris/internal/state"
	"haris/internal/taxonomy"
)

func TestDirectoryApply(t *testing.T) {
	full := &detect.Profile{
		ID: "a", Band: taxonomy.Age13to15, BandFrom: "verified", Role: "coach", Region: "EG-C", Lang: "ar", Verified: true, CreatedAt: created, Known: true,
	}
	gone := *full
	gone.Deleted = true
	older := *full
	older.Band, older.Verified, older.Role = taxonomy.Age16to17, false, ""
	const everything = `{"account":"a","age_band":"13-15","age_source":"verified","role":"coach","region":"EG-C","lang":"ar","verified":true,"created_at":"2020-01-02T03:04:05Z"}`
	tests := []struct {
		name   string
		events [][2]string
		want   *detect.Profile
	}{
		{"nothing said", nil, &detect.Profile{ID: "a"}},
		{"little said", [][2]string{{"account.created", `{"account":"a"}`}}, &detect.Profile{ID: "a", Known: true}},
		{"everything said", [][2]string{{"account.created", everything}}, full},
		{"what an update leaves out stays", [][2]string{{"account.created", everything}, {"account.updated", `{"account":"a"}`}}, full},
		{"what an update says is so", [][2]string{
			{"account.created", everything},
			{"account.updated", `{"account":"a","age_band":"16-17","verified":false,"role":""}`},
		}, &older},
		{"deleted", [][2]string{{"account.created", everything}, {"account.deleted", `{"account":"a"}`}}, &gone},
		{"back again", [][2]string{{"account.created", everything}, {"account.deleted", `{"account":"a"}`}, {"account.updated", `{"account":"a"}`}}, full},
		{"somebody else", [][2]string{{"account.created", `{"account":"b","age_band":"25+"}`}}, &detect.Profile{ID: "a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := state.NewDirectory()
			for _, e := range tt.events {
				if !d.Apply(decode(t, e[0], e[1])) {
					t.Fatalf("%s was not taken for an account event", e[0])
				}
			}
			if diff := cmp.Diff(tt.want, d.Find("a")); diff != "" {
				t.Error(diff)
			}
			again := state.NewDirectory()
			for _, r := range changed(t, d.Table) {
				if err := again.Table.Load(r); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(tt.want, again.Find("a")); diff != "" {
				t.Errorf("stored and loaded: %s", diff)
			}
		})
	}
	if d := state.NewDirectory(); d.Apply(decode(t, "message.sent", `{"from":"a","to":["b"],"conversation":"c"}`)) || d.Table.Len() != 0 {
		t.Error("a message was taken for an account event")
	}
}

// A profile that was handed out stays as it was at its event.
func TestDirectoryProfilesDoNotChange(t *testing.T) {
	d := state.NewDirectory()
	d.Apply(decode(t, "account.created", `{"account":"a","age_band":"13-15"}`))
	before := d.Find("a")
	d.Apply(decode(t, "account.updated", `{"account":"a","age_band":"16-17"}`))
	if before.Band != taxonomy.Age13to15 || d.Find("a").Band != taxonomy.Age16to17 {
		t.Errorf("before %v, now %v", before.Band, d.Find("a").Band)
	}
}

// A name is known by a hash that does not depend on how it is written, and stays until another is said.
func TestDirectoryPersona(t *testing.T) {
	of := func(data ...string) uint32 {
		d := state.NewDirectory()
		for _, s := range data {
			d.Apply(decode(t, "account.updated", s))
		}
		return d.Find("a").Persona
	}
	mona := of(`{"account":"a","display_name":"Mona K"}`)
	if mona == 0 || mona != of(`{"account":"a","display_name":"MONA\u200b k"}`, `{"account":"a"}`) || mona != of(`{"account":"a","screen_name":"mona k"}`) {
		t.Error("one name, and not one hash")
	}
	if mona == of(`{"account":"a","display_name":"Rita K"}`) || of(`{"account":"a"}`) != 0 {
		t.Error("two names, or none, and one hash")
	}
}

func TestDirectoryLoadRefuses(t *testing.T) {
	d := state.NewDirectory()
	d.Apply(decode(t, "account.created", `{"account":"a","region":"EG-C"}`))
	good := changed(t, d.Table)[0]
	for name, spoil := range map[string]func(b []byte) []byte{
		"no such age band":       func(b []byte) []byte { b[20] = 99; return b },
		"a text beyond the end":  func(b []byte) []byte { b[34] = 99; return b },
		"a length beyond it all": func(b []byte) []byte { b[16]++; return b },
	} {
		t.Run(name, func(t *testing.T) {
			r := state.Row{Part: good.Part, Key: good.Key, Body: spoil([]byte(strings.Clone(string(good.Body))))}
			if err := state.NewDirectory().Table.Load(r); !errors.Is(err, detect.ErrState) {
				t.Errorf("%v", err)
			}
		})
	}
}

func FuzzDirectoryLoad(f *testing.F) {
	d := state.NewDirectory()
	d.Apply(decode(f, "account.created", `{"account":"a","region":"EG-C","verified":true}`))
	good := changed(f, d.Table)[0]
	f.Add(good.Key, good.Body)
	f.Fuzz(func(t *testing.T, k, body []byte) {
		d := state.NewDirectory()
		if d.Table.Load(state.Row{Part: "account", Key: k, Body: body}) != nil {
			return
		}
		d.Table.Each(func(k detect.Key, p *detect.Profile) bool { d.Table.Put(k, p); return true })
		for _, r := range changed(t, d.Table) {
			if err := state.NewDirectory().Table.Load(r); err != nil {
				t.Errorf("what was read cannot be read again: %v", err)
			}
		}
	})
}
