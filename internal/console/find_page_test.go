package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"haris/internal/auth"
	"haris/internal/casefile"
	"haris/internal/console"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// finder finds cases by id, accounts that begin with acc-, and acc-1 by a telephone number.
type finder struct{ b *bundle }

func (f finder) Find(ctx context.Context, l console.Look) (out console.Found, err error) {
	words := l.Words
	f.b.out.asked = append(f.b.out.asked, l.Who+" "+words)
	err = f.b.db.Read(ctx, func(tx *store.Tx) (err error) {
		out.Texts, err = tx.Search().Search(ctx, casefile.Asked(words), l.Reports, 50)
		return err
	})
	if err != nil {
		return out, err
	}
	all, _, err := cases{f.b.db}.List(ctx, casefile.Filter{Limit: 20})
	if err != nil {
		return out, err
	}
	if words == "+201001234567" {
		out.Accounts = []console.FoundAccount{{ID: "acc-1", By: "phone"}}
	}
	for _, k := range all {
		if k.ID == words {
			return console.Found{Case: k.ID}, nil
		}
		if k.Subject == words || k.Subject == "acc-1" && len(out.Accounts) > 0 {
			out.Cases = append(out.Cases, k)
		}
	}
	if strings.HasPrefix(words, "acc-") {
		out.Accounts = []console.FoundAccount{{ID: words}}
	}
	return out, nil
}

func TestFind(t *testing.T) {
	b := setup(t)
	id := b.open("a", "acc-1", taxonomy.P1)
	w := b.as(auth.Reviewer)
	look := func(words string) page {
		return w.post("/find", "/find", url.Values{"words": {words}})
	}
	for _, tt := range []struct{ words, want string }{
		{"acc-1", "/case/" + id},
		{"+201001234567", "uses it as"},
		{"+201001234567", "/case/" + id},
		{"acc-404", "No case is about these accounts"},
		{"<b>nobody</b>", "Nothing of that name is known"},
		{"<b>nobody</b>", "&lt;b&gt;nobody"},
		{"", "Please fill this in"},
		{strings.Repeat("x", 300), "That cannot be looked for: expected one line of text of at most 256 bytes."},
		{"acc\x00", "That cannot be looked for: expected one line of text of at most 256 bytes."},
		{"acc\nacc", "That cannot be looked for"},
		{"a\xffc", "That cannot be looked for"},
	} {
		if got := look(tt.words); !strings.Contains(got.body, tt.want) {
			t.Errorf("%.20q: no %q on the page", tt.words, tt.want)
		}
	}
	if got := look(id); got.status != http.StatusSeeOther && !strings.Contains(got.body, `id="case"`) {
		t.Errorf("a case by its id: %d", got.status)
	}
	asked := len(b.out.asked)
	if got := w.get("/find?words=acc-1"); strings.Contains(got.body, id) || len(b.out.asked) != asked {
		t.Error("what stands in an address was looked for")
	}
	if got := b.as(auth.Admin).get("/find"); got.status != http.StatusForbidden {
		t.Errorf("somebody who sees no case: %d", got.status)
	}
}
