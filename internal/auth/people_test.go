package auth_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"haris/internal/auth"
)

// TestTable writes the promises of the permission table down a second time, as sentences.
func TestTable(t *testing.T) {
	can := func(r auth.Role) func(auth.Permission) bool {
		p := &auth.Person{ID: "x", Roles: []auth.Role{r}}
		return p.Can
	}
	for _, p := range auth.Permissions() {
		read := strings.HasSuffix(string(p), ".read")
		if can(auth.Auditor)(p) != read {
			t.Errorf("auditor, %s: %v; the auditor reads everything and changes nothing", p, !read)
		}
		if caseContent := strings.HasPrefix(string(p), "case.") || strings.HasPrefix(string(p), "report.") ||
			strings.HasPrefix(string(p), "action.") || strings.HasPrefix(string(p), "evidence.") || strings.HasPrefix(string(p), "legal.") || strings.HasPrefix(string(p), "exposure."); caseContent && can(auth.Admin)(p) {
			t.Errorf("admin may %s; the admin sees no case", p)
		}
		if can(auth.Reviewer)(p) && !can(auth.Lead)(p) {
			t.Errorf("reviewer may %s and lead may not", p)
		}
		if p == auth.LegalHandle {
			for _, r := range auth.Roles() {
				if can(r)(p) != (r == auth.Legal) {
					t.Errorf("%s, %s: %v; only the legal team handles process", r, p, can(r)(p))
				}
			}
		}
		if p == auth.RuleEdit || p == auth.RulePublish {
			for _, r := range auth.Roles() {
				if want := r == auth.Lead || r == auth.Admin && p == auth.RulePublish; can(r)(p) != want {
					t.Errorf("%s, %s: %v; a lead changes rules, and a lead or an admin is the second person", p, r, !want)
				}
			}
		}
		if can(auth.Reviewer)(p) && strings.HasPrefix(string(p), "legal.") {
			t.Errorf("reviewer may %s", p)
		}
		if decides := slices.Contains([]auth.Permission{auth.CaseDispose, auth.CaseSecond, auth.ReportEdit, auth.ReportSubmit, auth.ActionAsk}, p); decides && can(auth.Legal)(p) {
			t.Errorf("legal may %s; the legal team decides no case and files no report", p)
		}
		if slices.Contains([]auth.Permission{auth.PeopleManage, auth.KeysManage}, p) != (can(auth.Admin)(p) && strings.HasSuffix(string(p), ".manage")) {
			t.Errorf("%s: only the admin manages", p)
		}
		for _, r := range auth.Roles() {
			if r != auth.Admin && strings.HasSuffix(string(p), ".manage") && can(r)(p) {
				t.Errorf("%s may %s", r, p)
			}
			if r != auth.Auditor && p == auth.AuditRead && can(r)(p) {
				t.Errorf("%s may read the audit log", r)
			}
		}
	}
	if can("janitor")(auth.CaseRead) || (&auth.Person{ID: "x"}).Can(auth.HealthRead) || can(auth.Lead)("case.invented") {
		t.Error("what is not in the table must be denied")
	}
	if (&auth.Person{Roles: auth.Roles()}).Can(auth.CaseRead) {
		t.Error("nobody (no id) may do something")
	}
}

func TestCreatePerson(t *testing.T) {
	sequential(t)
	roles := []auth.Role{auth.Reviewer}
	for name, c := range map[string]struct {
		in    auth.NewPerson
		field string
	}{
		"good":              {auth.NewPerson{Name: "منى", Login: "Mona@example.org", Roles: roles, Lang: "ar"}, ""},
		"no name":           {auth.NewPerson{Name: "  ", Login: "mona", Roles: roles}, "name"},
		"control character": {auth.NewPerson{Name: "Mo\x1bna", Login: "mona", Roles: roles}, "name"},
		"no login":          {auth.NewPerson{Name: "Mona", Roles: roles}, "login"},
		"login with space":  {auth.NewPerson{Name: "Mona", Login: "mo na", Roles: roles}, "login"},
		"no role":           {auth.NewPerson{Name: "Mona", Login: "mona"}, "roles"},
		"unknown role":      {auth.NewPerson{Name: "Mona", Login: "mona", Roles: []auth.Role{"king"}}, "roles"},
		"unknown language":  {auth.NewPerson{Name: "Mona", Login: "mona", Roles: roles, Lang: "no language"}, "lang"},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			p, err := b.CreatePerson(t.Context(), "test", c.in)
			var bad *auth.InputError
			switch {
			case c.field == "" && err != nil:
				t.Fatal(err)
			case c.field != "" && (!errors.As(err, &bad) || bad.Field != c.field):
				t.Fatalf("got %v, want an InputError about %s", err, c.field)
			case c.field == "":
				if p.Login != "mona@example.org" || !b.log.has("person.created", "person/"+p.ID) {
					t.Errorf("stored %+v", p)
				}
				if _, err := b.CreatePerson(t.Context(), "test", c.in); !errors.Is(err, auth.ErrTaken) {
					t.Errorf("the same login again: %v, want ErrTaken", err)
				}
			}
		})
	}
}

func TestSomebodyCanAlwaysManagePeople(t *testing.T) {
	sequential(t)
	b := setup(t)
	admin := b.person("root", auth.Admin).Person
	if err := b.Disable(t.Context(), "test", admin.ID); !errors.Is(err, auth.ErrLastOne) {
		t.Errorf("disabling the last admin: %v, want ErrLastOne", err)
	}
	if err := b.SetRoles(t.Context(), "test", admin.ID, []auth.Role{auth.Reviewer}); !errors.Is(err, auth.ErrLastOne) {
		t.Errorf("taking the role: %v, want ErrLastOne", err)
	}
	if people, err := b.People(t.Context()); err != nil || people[0].Disabled() || !people[0].Can(auth.PeopleManage) {
		t.Error("a refused change was kept")
	}
	b.person("second", auth.Admin)
	if err := b.Disable(t.Context(), "test", admin.ID); err != nil {
		t.Errorf("with a second admin: %v", err)
	}
}

func TestChangePerson(t *testing.T) {
	b := setup(t)
	in := b.person("mona", auth.Reviewer)
	if err := b.SetRoles(t.Context(), "boss", in.Person.ID, []auth.Role{auth.Lead, auth.Lead, auth.Reviewer}); err != nil {
		t.Fatal(err)
	}
	if err := b.SetLang(t.Context(), in.Person.ID, "ar"); err != nil {
		t.Fatal(err)
	}
	p, err := b.Who(t.Context(), in.Token)
	if err != nil || !slices.Equal(p.Roles, []auth.Role{auth.Reviewer, auth.Lead}) || p.Lang != "ar" {
		t.Errorf("the running session sees %+v, %v", p, err)
	}
	if !b.log.has("person.roles_changed", "person/"+p.ID) {
		t.Error("the change of roles is not in the audit log")
	}
	for name, err := range map[string]error{
		"unknown person": b.Disable(t.Context(), "boss", "nobody"),
		"unknown lang":   b.SetLang(t.Context(), p.ID, "no lang"),
		"no roles":       b.SetRoles(t.Context(), "boss", p.ID, nil),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
