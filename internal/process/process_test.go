package process_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"haris/internal/audit"
	"haris/internal/casefile"
	"haris/internal/disclosure"
	"haris/internal/event"
	"haris/internal/evidence"
	"haris/internal/process"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/internal/taxonomy"
)

func TestWhatComesInIsWhole(t *testing.T) {
	d := setup(t, one())
	for name, f := range map[string]func(*process.Intake){
		"no kind":              func(i *process.Intake) { i.Kind = "wish" },
		"no agency":            func(i *process.Intake) { i.Agency = " " },
		"no officer":           func(i *process.Intake) { i.Officer = "" },
		"no number":            func(i *process.Intake) { i.Number = "" },
		"no jurisdiction":      func(i *process.Intake) { i.Jurisdiction = "" },
		"from the future":      func(i *process.Intake) { i.ReceivedAt = day().Add(time.Hour) },
		"no account":           func(i *process.Intake) { i.Scope.Accounts = []string{" "} },
		"no end":               func(i *process.Intake) { i.Scope.To = time.Time{} },
		"end before beginning": func(i *process.Intake) { i.Scope.To = i.Scope.From },
		"no data":              func(i *process.Intake) { i.Scope.Data = nil },
		"unknown data":         func(i *process.Intake) { i.Scope.Data = []process.Data{"everything"} },
		"too many accounts": func(i *process.Intake) {
			i.Scope.Accounts = strings.Split(strings.Repeat("a,b", 1), ",")
			i.Scope.Accounts = many(201)
		},
		"a bad key":             func(i *process.Intake) { i.Recipient = "age1nothing" },
		"preserve without end":  func(i *process.Intake) { i.Kind = process.Preservation },
		"warrant with an end":   func(i *process.Intake) { i.KeepUntil = day().AddDate(0, 3, 0) },
		"destroy without cases": func(i *process.Intake) { i.Kind = process.Destruction },
		"notice has ended":      func(i *process.Intake) { i.NoNotice, i.NoticeUntil = true, day() },
		"language":              func(i *process.Intake) { i.Lang = "fr" },
	} {
		t.Run(name, func(t *testing.T) {
			in := intake()
			f(&in)
			if _, err := d.s.Receive(t.Context(), "lena", in, nil); !errors.Is(err, process.ErrInvalid) {
				t.Errorf("%v, want ErrInvalid", err)
			}
		})
	}
}

func many(n int) (out []string) {
	for i := range n {
		out = append(out, "u"+string(rune('a'+i%26))+strings.Repeat("x", i))
	}
	return out
}

// TestLife goes the whole way on every engine and looks at what it leaves behind.
func TestLife(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		d := setup(t, e)
		d.log.say(t, event.MessageSent, time.Hour, `{"from":"u1","to":["u2"],"conversation":"c","text":"keep this between us"}`)
		r, err := d.s.Receive(t.Context(), "lena", intake(), &process.Document{Name: "warrant.pdf", MediaType: "application/pdf", Body: []byte("the warrant")})
		if err != nil || r.Status != process.Received || r.Document == "" {
			t.Fatalf("%+v, %v", r, err)
		}
		if r, err = d.s.Review(t.Context(), act("lena", &r), "fine"); err != nil || r.ReviewedBy != "lena" {
			t.Fatalf("%+v, %v", r, err)
		}
		if _, err := d.s.Produce(t.Context(), act("lena", &r)); !errors.Is(err, process.ErrTransition) {
			t.Errorf("produced before the approval: %v", err)
		}
		if _, err := d.s.Approve(t.Context(), act("lena", &r), r.Scope.Digest()); !errors.Is(err, process.ErrFourEyes) {
			t.Errorf("approved by who reviewed: %v", err)
		}
		if r.CreatedBy != "lena" || r.ScopedBy != "lena" {
			t.Errorf("received by %q, scope by %q", r.CreatedBy, r.ScopedBy)
		}
		if _, err := d.s.Approve(t.Context(), act("omar", &r), "another"); !errors.Is(err, process.ErrScope) {
			t.Errorf("approved another scope: %v", err)
		}
		if _, err := d.s.Approve(t.Context(), process.Act{Who: "omar", Process: r.ID, Seen: r.Events - 1}, r.Scope.Digest()); !errors.Is(err, process.ErrStale) {
			t.Errorf("approved what was not seen: %v", err)
		}
		for _, who := range []string{evidence.Software, "key:1", ""} {
			if _, err := d.s.Approve(t.Context(), act(who, &r), r.Scope.Digest()); !errors.Is(err, process.ErrPerson) {
				t.Errorf("approved by %q: %v", who, err)
			}
		}
		if r, err = d.s.Approve(t.Context(), act("omar", &r), r.Scope.Digest()); err != nil {
			t.Fatal(err)
		}
		if _, err := d.s.Produce(t.Context(), act(evidence.Software, &r)); !errors.Is(err, process.ErrPerson) {
			t.Errorf("produced by software: %v", err)
		}
		if _, err := d.s.Export(t.Context(), process.Outgoing{Who: "lena", Process: r.ID}, io.Discard); !errors.Is(err, process.ErrTransition) {
			t.Errorf("taken out before it was made: %v", err)
		}
		r, body := d.produce(r)
		if !bytes.Contains(body, []byte("keep this between us")) || r.Package.Files == 0 {
			t.Errorf("%+v", r.Package)
		}
		if r, err = d.s.Deliver(t.Context(), act("lena", &r), "by courier"); err != nil || r.Status != process.Delivered {
			t.Fatalf("%+v, %v", r, err)
		}
		d.left(r)
	})
}

// left looks at the history, the disclosures and the audit log of a process that was delivered.
func (d *desk) left(r process.Request) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		list, err := tx.Disclosures().List(d.Context(), disclosure.Filter{Process: r.ID})
		if err != nil {
			return err
		}
		if len(list) != 2 || list[0].How != "by courier" || list[0].Items[0].SHA256 != r.Package.SHA256 || list[0].Number != "W-2026-17" {
			d.Errorf("disclosures: %+v", list)
		}
		history, err := tx.Processes().History(d.Context(), r.ID)
		if err != nil {
			return err
		}
		var again process.Request
		for _, e := range history {
			if again, err = again.Apply(e); err != nil {
				return err
			}
		}
		if again.Status != r.Status || again.ApprovedBy != r.ApprovedBy || again.Package.SHA256 != r.Package.SHA256 {
			d.Errorf("the history folds to %+v", again)
		}
		entries, err := tx.Audit().List(d.Context(), audit.Filter{Object: "process/" + r.ID}, 0, 100)
		if err != nil {
			return err
		}
		var acts []string
		for _, e := range entries {
			acts = append(acts, strings.TrimPrefix(e.Act, "legal."))
			for _, word := range []string{"u1", "Haddad", "W-2026"} {
				for _, v := range e.Detail {
					if strings.Contains(v, word) {
						d.Errorf("the audit entry %s says %q", e.Act, word)
					}
				}
			}
		}
		if got := strings.Join(acts, " "); got != "delivered produced approved reviewed received" {
			d.Errorf("audit: %s", got)
		}
		return nil
	})
}

// TestAWiderScopeNeedsANewApproval changes the scope after each step.
func TestAWiderScopeNeedsANewApproval(t *testing.T) {
	d := setup(t, one())
	r := d.approved(intake())
	r, _ = d.produce(r)
	wider := r.Scope
	wider.Accounts = []string{"u1", "u2"}
	if _, err := d.s.Rescope(t.Context(), act("lena", &r), wider, ""); !errors.Is(err, process.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := d.s.Rescope(t.Context(), act("lena", &r), process.Scope{Data: wider.Data, To: wider.To}, "wider"); !errors.Is(err, process.ErrInvalid) {
		t.Errorf("without accounts: %v", err)
	}
	r, err := d.s.Rescope(t.Context(), act("lena", &r), wider, "a second warrant names u2 as well")
	if err != nil || r.Status != process.Received || r.ApprovedBy != "" || r.Package != nil || r.Through != 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := d.s.Produce(t.Context(), act("lena", &r)); !errors.Is(err, process.ErrTransition) {
		t.Errorf("produced: %v", err)
	}
	if _, err := d.s.Export(t.Context(), process.Outgoing{Who: "lena", Process: r.ID}, io.Discard); !errors.Is(err, process.ErrTransition) {
		t.Errorf("taken out: %v", err)
	}
	if _, err := d.s.Approve(t.Context(), act("omar", &r), r.Scope.Digest()); !errors.Is(err, process.ErrTransition) {
		t.Errorf("approved without a review: %v", err)
	}
	if r = d.approve(r); r.Status != process.Approved {
		t.Errorf("%+v", r)
	}
}

// TestFourEyes says that whoever received it, wrote its scope or reviewed it cannot approve it.
func TestFourEyes(t *testing.T) {
	d := setup(t, one())
	r := d.receive(intake())
	r, err := d.s.Rescope(t.Context(), act("mona", &r), r.Scope, "the same scope, written anew")
	if err != nil {
		t.Fatal(err)
	}
	if r, err = d.s.Review(t.Context(), act("noor", &r), "fine"); err != nil {
		t.Fatal(err)
	}
	for _, who := range []string{"lena", "mona", "noor"} {
		if _, err := d.s.Approve(t.Context(), act(who, &r), r.Scope.Digest()); !errors.Is(err, process.ErrFourEyes) {
			t.Errorf("approved by %s: %v", who, err)
		}
	}
	if _, err := d.s.Approve(t.Context(), act("omar", &r), r.Scope.Digest()); err != nil {
		t.Error(err)
	}
}

// TestWhatIsDestroyedIsNamed says that media whose key is gone stand in the list without contents, and nothing else fails.
func TestWhatIsDestroyedIsNamed(t *testing.T) {
	d := setup(t, one())
	d.log.say(t, event.MediaUploaded, time.Hour, `{"account":"u1","media":[{"id":"m1","kind":"image"}]}`)
	i := d.seal("case-1", evidence.Origin{Media: "m1"}, "a pattern")
	if err := d.vault.Destroy(t.Context(), "omar", "over", "case-1"); err != nil {
		t.Fatal(err)
	}
	in := intake()
	in.Scope.Data, in.Scope.Cases = []process.Data{process.Media}, []string{"case-1"}
	_, body := d.produce(d.approved(in))
	if !bytes.Contains(body, []byte(`{"destroyed":true,"item":"`+i.ID)) || bytes.Contains(body, []byte("a pattern")) {
		t.Error("a destroyed item is not named as such")
	}
}

func TestPreservationProducesNothing(t *testing.T) {
	d := setup(t, one())
	d.log.say(t, event.MessageSent, time.Hour, `{"from":"u1","to":["u2"],"conversation":"c","text":"keep this between us"}`)
	in := intake()
	in.Kind, in.KeepUntil = process.Preservation, day().AddDate(0, 0, 90)
	r := d.approved(in)
	if _, err := d.s.Produce(t.Context(), act("lena", &r)); !errors.Is(err, process.ErrKind) {
		t.Errorf("produced: %v", err)
	}
	d.work()
	d.work() // again changes nothing
	r, history, err := d.s.View(t.Context(), "lena", r.ID)
	if err != nil || r.Status != process.Preserved || r.Package == nil || len(history) != 4 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := d.s.Export(t.Context(), process.Outgoing{Who: "lena", Process: r.ID}, io.Discard); !errors.Is(err, process.ErrKind) {
		t.Errorf("taken out: %v", err)
	}
	kept, err := d.vault.Kept(t.Context(), r.ID)
	if err != nil || len(kept) != 1 || !kept[0].Ends(d.now).Equal(in.KeepUntil) {
		t.Errorf("%+v, %v", kept, err)
	}
	if err := d.vault.Destroy(t.Context(), "lena", "over", r.ID); !errors.Is(err, evidence.ErrHeld) {
		t.Errorf("destroyed: %v", err)
	}
}

// TestHolds says that what a process is about is held from the day it comes until it is over.
func TestHolds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		d := setup(t, e)
		d.seal("case-1", evidence.Origin{}, "x")
		d.seal("case-2", evidence.Origin{}, "y")
		in := intake()
		in.Scope.Cases = []string{"case-1"}
		r := d.receive(in)
		if err := d.vault.Destroy(t.Context(), "omar", "over", "case-1"); !errors.Is(err, evidence.ErrHeld) {
			t.Errorf("case-1 while the process is open: %v", err)
		}
		next := r.Scope
		next.Cases = []string{"case-2"}
		r, err := d.s.Rescope(t.Context(), act("lena", &r), next, "the other case is meant")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.vault.Destroy(t.Context(), "omar", "over", "case-1"); err != nil {
			t.Errorf("case-1 is no longer meant: %v", err)
		}
		if err := d.vault.Destroy(t.Context(), "omar", "over", "case-2"); !errors.Is(err, evidence.ErrHeld) {
			t.Errorf("case-2: %v", err)
		}
		if _, err = d.s.Refuse(t.Context(), act("lena", &r), "not signed"); err != nil {
			t.Fatal(err)
		}
		if err := d.vault.Destroy(t.Context(), "omar", "over", "case-2"); err != nil {
			t.Errorf("case-2 after the refusal: %v", err)
		}
	})
}

func TestDestroyOnRequest(t *testing.T) {
	d := setup(t, one())
	d.seal("case-1", evidence.Origin{}, "x")
	hold := evidence.HoldOrder{Who: "haris", Why: "18 U.S.C. 2258A(h)", Case: "case-1", Kind: evidence.Preservation, Until: day().AddDate(1, 0, 0)}
	if err := d.vault.SetHold(t.Context(), hold); err != nil {
		t.Fatal(err)
	}
	in := intake()
	in.Kind, in.Scope = process.Destruction, process.Scope{Cases: []string{"case-1"}}
	r := d.receive(in)
	if _, _, err := d.s.Destroy(t.Context(), act("lena", &r)); !errors.Is(err, process.ErrTransition) {
		t.Errorf("before the approval: %v", err)
	}
	r = d.approve(r)
	other := evidence.HoldOrder{Who: "omar", Why: "another agency asks", Case: "case-1", Kind: evidence.LegalHold}
	if err := d.vault.SetHold(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.s.Destroy(t.Context(), act("lena", &r)); !errors.Is(err, evidence.ErrHeld) {
		t.Errorf("against another hold: %v", err)
	}
	other.Until = day()
	if err := d.vault.SetHold(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	r, certificates, err := d.s.Destroy(t.Context(), act("lena", &r))
	if err != nil || len(certificates) != 1 || r.Status != process.Destroyed {
		t.Fatalf("%+v, %v", r, err)
	}
	if !bytes.Contains(certificates[0].Body, []byte("law_enforcement")) {
		t.Error("the certificate does not say on what ground")
	}
}

// TestDestroyWaitsForReports says that not even law enforcement's request erases a report that is not at its end.
func TestDestroyWaitsForReports(t *testing.T) {
	d := setup(t, one())
	var id string
	d.write(func(tx *store.Tx) error {
		c, err := tx.Cases().Apply(t.Context(), day(), casefile.Matter{Key: "k", Subject: "u1", Typology: taxonomy.TypologyGrooming, Priority: taxonomy.P1, Queue: "main", At: day()})
		if err != nil {
			return err
		}
		id = c.Case
		_, err = tx.Reports().Add(t.Context(), report.Report{Case: id, Subject: "u1", CreatedAt: day(), CreatedBy: "ada"},
			report.Event{N: 1, At: day(), Who: "ada", Kind: report.WasDrafted, Draft: &report.Draft{Narrative: "n"}})
		return err
	})
	d.seal(id, evidence.Origin{}, "x")
	in := intake()
	in.Kind, in.Scope = process.Destruction, process.Scope{Cases: []string{id}}
	r := d.approved(in)
	if _, _, err := d.s.Destroy(t.Context(), act("lena", &r)); !errors.Is(err, evidence.ErrNotDue) {
		t.Errorf("while a report is drafted: %v", err)
	}
}

// TestSilence says that the account of a process with an order is not told, and that the order outlives the process.
func TestSilence(t *testing.T) {
	d := setup(t, one())
	in := intake()
	in.NoNotice, in.NoticeUntil = true, day().Add(72*time.Hour)
	r := d.receive(in)
	silent := func(account string) bool {
		_, ok, err := d.vault.Silent(t.Context(), "any", account)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if !silent("u1") || silent("u2") {
		t.Error("the order is about u1 and nobody else")
	}
	if _, err := d.s.Refuse(t.Context(), act("lena", &r), "not signed"); err != nil || !silent("u1") {
		t.Errorf("the order ended with the process (%v)", err)
	}
	d.now = d.now.Add(72 * time.Hour)
	if silent("u1") {
		t.Error("the order stands after its end")
	}
}

func TestEncryptedToTheOfficer(t *testing.T) {
	d := setup(t, one())
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	in := intake()
	in.Recipient = id.Recipient().String()
	r, plain := d.produce(d.approved(in))
	var b bytes.Buffer
	if _, err := d.s.Export(t.Context(), process.Outgoing{Who: "lena", Process: r.ID, Encrypt: true}, &b); err != nil {
		t.Fatal(err)
	}
	out, err := age.Decrypt(&b, id)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, io.NopCloser(out)); got != string(plain) {
		t.Error("decrypted it is another package")
	}
	r2 := d.approved(intake())
	r2, _ = d.produce(r2)
	if _, err := d.s.Export(t.Context(), process.Outgoing{Who: "lena", Process: r2.ID, Encrypt: true}, io.Discard); !errors.Is(err, process.ErrInvalid) {
		t.Errorf("without a key: %v", err)
	}
}
