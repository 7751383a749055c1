package access_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"haris/internal/access"
)

var day = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func admin() access.Held {
	return access.Held{Roles: []string{"admin", "lead"}, Compartments: []access.Compartment{{ID: "c1", Name: "Europe"}}}
}

func TestWhatIsTheSameAccess(t *testing.T) {
	for name, tt := range map[string]struct {
		other access.Held
		same  bool
	}{
		"as it is":            {admin(), true},
		"in another order":    {access.Held{Roles: []string{"lead", "admin"}, Compartments: admin().Compartments}, true},
		"by another name":     {access.Held{Roles: admin().Roles, Compartments: []access.Compartment{{ID: "c1", Name: "EU"}}}, true},
		"a role less":         {access.Held{Roles: []string{"lead"}, Compartments: admin().Compartments}, false},
		"no compartment":      {access.Held{Roles: admin().Roles}, false},
		"another compartment": {access.Held{Roles: admin().Roles, Compartments: []access.Compartment{{ID: "c2", Name: "Europe"}}}, false},
		"confined":            {access.Held{Roles: admin().Roles, Compartments: admin().Compartments, Confined: true}, false},
		"gone":                {access.Held{Roles: admin().Roles, Compartments: admin().Compartments, Gone: true}, false},
	} {
		h := admin()
		if got := h.Same(&tt.other); got != tt.same {
			t.Errorf("%s: same %v", name, got)
		}
		if got := h.Mark() == tt.other.Mark(); got != tt.same {
			t.Errorf("%s: the same mark %v", name, got)
		}
	}
	one, two := access.Held{Gone: true}, access.Held{Roles: []string{"admin"}, Gone: true}
	if !one.Same(&two) || one.Mark() != two.Mark() {
		t.Error("what is gone allows nothing, whatever it was")
	}
}

func TestWhatMayBeDecided(t *testing.T) {
	same, less, gone := admin(), access.Held{Roles: []string{"lead"}}, access.Held{Gone: true}
	line := access.Line{N: 1, Ref: access.Ref{Kind: access.Person, ID: "ada"}, Then: admin()}
	for name, tt := range map[string]struct {
		d    access.Decision
		now  access.Held
		want error
	}{
		"kept":                          {access.Decision{By: "bea", Verdict: access.Kept}, same, nil},
		"kept, but changed":             {access.Decision{By: "bea", Verdict: access.Kept}, less, access.ErrMoved},
		"kept, but gone":                {access.Decision{By: "bea", Verdict: access.Kept}, gone, access.ErrMoved},
		"changed":                       {access.Decision{By: "bea", Verdict: access.Changed, Reason: "x"}, less, nil},
		"changed, shut out elsewhere":   {access.Decision{By: "bea", Verdict: access.Changed, Reason: "x"}, gone, nil},
		"changed, but nothing is":       {access.Decision{By: "bea", Verdict: access.Changed, Reason: "x"}, same, access.ErrSame},
		"changed without a reason":      {access.Decision{By: "bea", Verdict: access.Changed}, less, access.ErrReason},
		"taken":                         {access.Decision{By: "bea", Verdict: access.Taken, Reason: "x"}, same, nil},
		"taken after it was changed":    {access.Decision{By: "bea", Verdict: access.Taken, Reason: "x"}, less, nil},
		"taken without a reason":        {access.Decision{By: "bea", Verdict: access.Taken}, same, access.ErrReason},
		"one's own":                     {access.Decision{By: "ada", Verdict: access.Kept}, same, access.ErrOwn},
		"one's own, to be taken":        {access.Decision{By: "ada", Verdict: access.Taken, Reason: "x"}, same, access.ErrOwn},
		"something else than a verdict": {access.Decision{By: "bea", Verdict: "maybe"}, same, access.ErrVerdict},
	} {
		if err := line.Check(&tt.d, &tt.now); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	key := access.Line{N: 2, Ref: access.Ref{Kind: access.Key, ID: "ada"}, Then: same}
	if err := key.Check(&access.Decision{By: "ada", Verdict: access.Kept}, &same); err != nil {
		t.Errorf("a key whose id is a person's is nobody's own: %v", err)
	}
}

func TestWhatIsLeftToDecide(t *testing.T) {
	ada, bea := access.Ref{Kind: access.Person, ID: "ada"}, access.Ref{Kind: access.Person, ID: "bea"}
	l := access.Look{
		Review: access.Review{Lines: []access.Line{{N: 1, Ref: ada, Then: admin()}, {N: 2, Ref: bea, Then: admin()}}},
		Now:    map[access.Ref]access.Held{ada: admin(), bea: admin()}, Deciders: []string{"ada"},
	}
	if l.Left() != 2 || !l.Alone("ada") || l.Alone("bea") {
		t.Errorf("%d left, alone %v", l.Left(), l.Alone("ada"))
	}
	l.Lines[1].Decisions = []access.Decision{{Line: 2, Verdict: access.Kept, By: "ada", Now: admin()}}
	if l.Left() != 1 || l.Moved(&l.Lines[1]) {
		t.Errorf("%d left", l.Left())
	}
	l.Now[bea] = access.Held{Roles: []string{"lead"}}
	if l.Left() != 2 || !l.Moved(&l.Lines[1]) {
		t.Error("what has moved since it was decided must be decided again")
	}
	l.Lines[1].Decisions = append(l.Lines[1].Decisions, access.Decision{Line: 2, Verdict: access.Changed, By: "ada", Reason: "x", Now: l.Now[bea]})
	if got := l.Count(); l.Left() != 1 || got != (access.Count{Lines: 2, Changed: 1}) {
		t.Errorf("%d left, %+v: the last decision counts", l.Left(), got)
	}
	delete(l.Now, bea)
	if now := l.Of(bea); !now.Gone {
		t.Error("who is not there any more has access")
	}
	l.Deciders = []string{"ada", "cy"}
	if l.Alone("ada") {
		t.Error("somebody else can decide")
	}
	l.ClosedAt = day
	if l.Left() != 0 {
		t.Error("of a closed review nothing is left")
	}
}

func TestDue(t *testing.T) {
	const every = 90 * 24 * time.Hour
	closed := access.Summary{Head: access.Head{ID: "r1", BegunAt: day, ClosedAt: day.Add(48 * time.Hour)}}
	running := access.Summary{Head: access.Head{ID: "r2", BegunAt: day.Add(time.Hour)}}
	for name, tt := range map[string]struct {
		every time.Duration
		first time.Time
		list  []access.Summary
		at    time.Time
		runs  string
	}{
		"before the first":   {every, day, nil, day.Add(every), ""},
		"nobody has come":    {every, time.Time{}, nil, time.Time{}, ""},
		"never asked":        {0, day, nil, time.Time{}, ""},
		"after the last":     {every, day.Add(-time.Hour), []access.Summary{closed}, closed.ClosedAt.Add(every), ""},
		"while one runs":     {every, day, []access.Summary{running}, day.Add(every), "r2"},
		"while another runs": {every, day, []access.Summary{running, closed}, closed.ClosedAt.Add(every), "r2"},
	} {
		d := access.NewDue(tt.every, tt.first, tt.list)
		if !d.At.Equal(tt.at) || d.Running != tt.runs {
			t.Errorf("%s: %v %q, want %v %q", name, d.At, d.Running, tt.at, tt.runs)
		}
		if d.Overdue(d.At) || !tt.at.IsZero() && !d.Overdue(d.At.Add(time.Second)) {
			t.Errorf("%s: overdue is wrong", name)
		}
	}
}

func TestRows(t *testing.T) {
	r := access.Review{
		Head: access.Head{ID: "r1"},
		Lines: []access.Line{
			{
				N: 1, Ref: access.Ref{Kind: access.Person, ID: "ada"}, Name: "Ada", Then: admin(), Facts: access.Facts{Login: "ada", Factor: true, Since: day, Last: day},
				Decisions: []access.Decision{{Verdict: access.Kept, By: "bea", At: day}, {Verdict: access.Taken, By: "bea", At: day, Reason: "has left, yes", Now: access.Held{Gone: true}}},
			},
			{N: 2, Ref: access.Ref{Kind: access.Key, ID: "k1"}, Name: "/chat", Then: access.Held{Scopes: []string{"events.write"}}},
		},
		Came: []access.Newcomer{{Ref: access.Ref{Kind: access.Person, ID: "cy"}, Name: "Cy", Since: day, Held: access.Held{Roles: []string{"reviewer"}, Confined: true}}},
	}
	rows := access.Rows(&r, func(id string) string { return "<" + id + ">" })
	want := []string{
		"r1|1|person|ada|Ada|ada|roles admin, lead; compartments Europe|true|0|2026-03-01T09:00:00Z|2026-03-01T09:00:00Z|taken|none|bea|<bea>|2026-03-01T09:00:00Z|has left, yes",
		"r1|2|key|k1|/chat||scopes events.write|false|0||||||||",
		"r1||person|cy|Cy||roles reviewer; confined|||2026-03-01T09:00:00Z||came_since|||||",
	}
	if len(rows) != len(want)+1 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, w := range want {
		if got := strings.Join(rows[i+1], "|"); got != w || len(rows[i+1]) != len(rows[0]) {
			t.Errorf("row %d\n got %s\nwant %s", i+1, got, w)
		}
	}
}
