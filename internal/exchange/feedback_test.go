package exchange_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"haris/internal/bank"
	"haris/internal/casefile"
	"haris/internal/detect"
	"haris/internal/exchange"
	"haris/internal/job"
	"haris/internal/review"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// desk is a case about a media that matched entries of an exchange and of the own bank.
type desk struct {
	*bench
	review.Service
	id   string
	want map[string]bool
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{bench: setup(t), want: map[string]bool{"x": true}}
	r := record("a", 1, 2)
	r.Handle = "handle-a"
	d.source.then(exchange.Page{Records: []exchange.Record{r, record("b", 3)}, Begins: true, Ends: true})
	d.sync()
	d.Service = review.Service{
		Now: func() time.Time { return d.now },
		Write: func(ctx context.Context, f func(review.Tx) error) error {
			return d.db.Write(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Then: func(ctx context.Context, tx review.Tx, c casefile.Case, e casefile.Event) error {
			return exchange.Tell(ctx, tx.(*store.Tx), &c, &e, func(name string) bool { return d.want[name] }) //nolint:forcetypeassert // the desk's transactions are
		},
	}
	err := d.db.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Banks().Put(t.Context(), bank.OwnBank()); err != nil {
			return err
		}
		own := []bank.Entry{{Hash: md5(9), Provenance: bank.Provenance{Source: bank.Own, Who: "ada", Key: "case/1"}}}
		if _, _, err := tx.Banks().Add(t.Context(), bank.OwnID, own); err != nil {
			return err
		}
		var matches []detect.Match
		list, err := tx.Banks().List(t.Context(), bank.Filter{})
		if err != nil {
			return err
		}
		for _, e := range list {
			matches = append(matches, detect.Match{Bank: e.Bank, Kind: string(e.Kind), Entry: e.ID, Origin: e.Provenance.Origin})
		}
		ch, err := tx.Cases().Apply(t.Context(), d.now, casefile.Matter{
			Key: "k", Subject: "ali", Typology: taxonomy.TypologyAbuseMaterial, Priority: taxonomy.P1, Queue: "main", At: d.now,
			Signals: []detect.Signal{{Detector: "D18", Family: taxonomy.FamilyMedia, Subject: "ali", Strength: 3, Hard: true, At: d.now, Matches: matches}},
		})
		d.id = ch.Case
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) act(who string) review.Act {
	var c casefile.Case
	if err := d.db.Read(context.Background(), func(tx *store.Tx) (err error) {
		c, err = tx.Cases().Get(context.Background(), d.id)
		return err
	}); err != nil {
		d.Fatal(err)
	}
	return review.Act{Who: who, Case: d.id, Seen: c.Events}
}

func (d *desk) dispose(x casefile.Disposition) {
	d.Helper()
	x.Reason = "Seen."
	if _, err := d.Claim(context.Background(), d.act("ada")); err != nil {
		d.Fatal(err)
	}
	if _, err := d.Dispose(context.Background(), d.act("ada"), x); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) queued() (out []job.Job) {
	d.Helper()
	if err := d.db.Read(context.Background(), func(tx *store.Tx) (err error) {
		out, err = tx.Jobs().List(context.Background(), exchange.JobFeedback, "", 10)
		return err
	}); err != nil {
		d.Fatal(err)
	}
	return out
}

func TestDispositionsAreTold(t *testing.T) {
	confirmed := casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyAbuseMaterial}
	other := casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyGrooming}
	for name, tt := range map[string]struct {
		d     casefile.Disposition
		off   bool
		want  int
		right bool
	}{
		"confirmed":                    {confirmed, false, 2, true},
		"confirmed, and nobody wants":  {confirmed, true, 0, false},
		"confirmed as something else":  {other, false, 0, false},
		"cleared":                      {casefile.Disposition{Finding: casefile.FindingCleared}, false, 0, false},
		"cleared as wrongly matched":   {casefile.Disposition{Finding: casefile.FindingCleared, Wrong: true}, false, 2, false},
		"proposed, for another person": {casefile.Disposition{Finding: casefile.FindingNeedsSecond, Proposed: casefile.FindingConfirmed, Typology: taxonomy.TypologyAbuseMaterial}, false, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.want["x"] = !tt.off
			d.dispose(tt.d)
			list := d.queued()
			if len(list) != tt.want {
				t.Fatalf("%d are told: %+v", len(list), list)
			}
			handles := map[string]string{}
			for _, j := range list {
				var f exchange.Feedback
				if err := json.Unmarshal(j.Payload, &f); err != nil {
					t.Fatal(err)
				}
				handles[f.Key] = f.Handle
				if f.Right != tt.right || f.Case != d.id || f.Exchange != "x" || f.Hash.Kind != bank.MD5 {
					t.Errorf("%+v", f)
				}
			}
			if tt.want > 0 && (handles["a"] != "handle-a" || len(handles) != 2) {
				t.Errorf("%v", handles)
			}
		})
	}
}

// sent is a Sender that answers what a test says.
type sent struct {
	list []exchange.Feedback
	err  error
}

func (s *sent) Send(_ context.Context, f exchange.Feedback) error {
	s.list = append(s.list, f)
	return s.err
}

func TestFeedbackIsSent(t *testing.T) {
	d := newDesk(t)
	d.dispose(casefile.Disposition{Finding: casefile.FindingConfirmed, Typology: taxonomy.TypologyAbuseMaterial})
	j := d.queued()[0]
	j.Attempt = 1
	to := &sent{}
	var sender exchange.Sender = to
	p := &exchange.Postman{
		Read: func(ctx context.Context, f func(exchange.CaseTx) error) error {
			return d.db.Read(ctx, func(tx *store.Tx) error { return f(tx) })
		},
		Sender: func(string) exchange.Sender { return sender }, Now: func() time.Time { return d.now }, Random: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler),
	}
	busy := &exchange.Error{Op: "x", Text: "busy", Retry: true}
	for name, tt := range map[string]struct {
		err   error
		state job.State
		wait  time.Duration
		fails bool
	}{
		"taken":         {nil, job.Done, 0, false},
		"refused":       {exchange.Refused("x", "no"), job.Dead, 0, false},
		"busy":          {busy, "", 0, true},
		"asked to wait": {&exchange.Error{Op: "x", Text: "busy", Retry: true, After: time.Hour}, job.Queued, time.Hour, false},
	} {
		to.err = tt.err
		out, err := p.Handle(t.Context(), j)
		if out.State != tt.state || (err != nil) != tt.fails || tt.fails && !errors.Is(err, tt.err) || tt.wait > 0 && out.RunAt.Sub(d.now) != tt.wait {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	if len(to.list) != 4 || !to.list[0].Right {
		t.Errorf("%+v", to.list)
	}
	sender = nil
	if out, err := p.Handle(t.Context(), j); out.State != job.Dead || err != nil {
		t.Errorf("nobody to tell: %+v, %v", out, err)
	}
	sender = to
	if _, err := d.Reopen(t.Context(), d.act("lena"), "A mistake."); err != nil {
		t.Fatal(err)
	}
	if out, err := p.Handle(t.Context(), j); out.State != job.Done || err != nil || len(to.list) != 4 {
		t.Errorf("after the case was opened again: %+v, %v, %d sent", out, err, len(to.list))
	}
}
