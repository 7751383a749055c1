package auth_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/casefile"
)

func TestScopeOfAPerson(t *testing.T) {
	w := auth.Walls{
		All: []auth.Compartment{
			{ID: "A", Queues: []string{"a"}, Labels: []string{"la"}, Closed: true},
			{ID: "B", Queues: []string{"b"}, Closed: true},
			{ID: "O", Queues: []string{"o"}},
		},
		Held: map[string][]string{"ada": {"A"}, "ola": {"O"}, "all": {"A", "B", "O"}},
	}
	cases := map[string]casefile.Case{
		"a": {Queue: "a"}, "by label": {Queue: "x", Labels: []string{"la"}}, "a and b": {Queue: "b", Labels: []string{"la"}}, "b": {Queue: "b"}, "o": {Queue: "o"}, "none": {Queue: "x"},
	}
	for _, tt := range []struct {
		who      string
		confined bool
		sees     []string
	}{
		{"ada", false, []string{"a", "by label", "none", "o"}},
		{"ada", true, []string{"a", "by label"}},
		{"ola", true, []string{"o"}},
		{"all", false, []string{"a", "a and b", "b", "by label", "none", "o"}},
		{"nobody", false, []string{"none", "o"}},
		{"nobody", true, nil},
	} {
		s := w.Scope(&auth.Person{ID: tt.who, Confined: tt.confined})
		var got []string
		for name, c := range cases {
			if s.Sees(&c) {
				got = append(got, name)
			}
		}
		if slices.Sort(got); !slices.Equal(got, tt.sees) {
			t.Errorf("%s, confined %v, sees %v, want %v", tt.who, tt.confined, got, tt.sees)
		}
	}
	none := (&auth.Walls{}).Scope(&auth.Person{ID: "ada"})
	if !none.All() {
		t.Error("without compartments something is hidden")
	}
}

func TestCompartmentsAreChecked(t *testing.T) {
	b := setup(t)
	many := make([]string, 101)
	for i := range many {
		many[i] = fmt.Sprint("w", i)
	}
	for name, c := range map[string]auth.Compartment{
		"name": {Queues: []string{"x"}}, "queues": {Name: "Empty", Queues: []string{" "}}, "labels": {Name: "Long", Labels: []string{strings.Repeat("x", 101)}},
	} {
		var in *auth.InputError
		if _, err := b.PutCompartment(t.Context(), "test", c); !errors.As(err, &in) || in.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	var in *auth.InputError
	if _, err := b.PutCompartment(t.Context(), "test", auth.Compartment{Name: "Many", Queues: many}); !errors.As(err, &in) {
		t.Errorf("101 words: %v", err)
	}
	if _, err := b.PutCompartment(t.Context(), "test", auth.Compartment{ID: "none", Name: "X", Queues: []string{"x"}}); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("changing none: %v", err)
	}
	c, err := b.PutCompartment(t.Context(), "test", auth.Compartment{Name: " Vault ", Queues: []string{"b", "a", "b", ""}, Closed: true})
	if err != nil || c.Name != "Vault" || !slices.Equal(c.Queues, []string{"a", "b"}) {
		t.Fatalf("%+v, %v", c, err)
	}
	p, err := b.CreatePerson(t.Context(), "test", auth.NewPerson{Name: "Mona", Login: "mona", Roles: []auth.Role{auth.Lead}})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.SetCompartments(t.Context(), "test", p.ID, []string{"none"}, false); !errors.Is(err, auth.ErrNotFound) {
		t.Errorf("giving none: %v", err)
	}
	if err := b.SetCompartments(t.Context(), "test", p.ID, []string{c.ID, c.ID}, true); err != nil {
		t.Fatal(err)
	}
	if s, err := b.Scope(t.Context(), p.ID); err != nil || !s.Confined || !slices.Equal(s.Queues, c.Queues) {
		t.Errorf("%+v, %v", s, err)
	}
	if err := b.RemoveCompartment(t.Context(), "test", c.ID); err != nil {
		t.Fatal(err)
	}
	if s, err := b.Scope(t.Context(), p.ID); err != nil || s.All() || len(s.Queues) != 0 {
		t.Errorf("who was confined to what is gone sees nothing, and not everything: %+v, %v", s, err)
	}
}
