package action_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"haris/internal/action"
	"haris/internal/job"
	"haris/webhook"
)

func delivered(b *bench) {
	a := b.ask()
	var body []byte
	b.answers = []http.HandlerFunc{func(w http.ResponseWriter, q *http.Request) {
		var err error
		if body, err = io.ReadAll(q.Body); err != nil {
			b.Error(err)
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
		if got := q.Header.Get("Content-Type"); got != "application/json" {
			b.Errorf("content type %q", got)
		}
		b.platform.ServeHTTP(w, q)
	}}
	b.work()
	b.is(a.ID, action.Acknowledged)
	b.same("payload", action.Payload{Type: action.TypeAsked, Timestamp: a.AskedAt, Data: action.Data{
		Action: a.ID, Sequence: 1, Kind: action.LimitMessages, Account: "u1", Case: "c1", By: "rule", Rule: "r1", Reason: "many new minors", ExpiresAt: a.ExpiresAt,
	}}, decodeStrictly(b, body))
	list := b.receipts(a.ID)
	if len(list) != 1 || list[0].Message != a.ID+"-ask" || !list[0].Signed || list[0].Code != 200 || list[0].Size == 0 || !list[0].At.Equal(b.clock()) {
		b.Errorf("receipts %+v", list)
	}
	b.same("audit", []string{"action.asked", "action.delivered"}, b.acts(a.ID))
}

func failuresThenSuccess(b *bench) {
	a := b.ask()
	b.answers = []http.HandlerFunc{
		answer(500), answer(503),
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, // the connection breaks
		answer(404),
	}
	b.work()
	if got := b.is(a.ID, action.Failed); got.LastError != "answered 500" || got.Attempts != 1 || !got.Sent {
		b.Errorf("after the first attempt: %+v", got)
	}
	b.workFor(10*time.Minute, 5*time.Second)
	got := b.is(a.ID, action.Acknowledged)
	id := a.ID + "-ask"
	b.same("webhook ids", []string{id, id, id, id, id}, b.ids)
	b.same("receipts", 1, len(b.receipts(a.ID)))
	b.same("attempts", 5, got.Attempts)
	b.same("what the platform did", []string{"limit_messages"}, b.taken())
}

// The platform answered, and haris died before it could write that down.
func crashed(b *bench) {
	a := b.ask()
	b.answers = []http.HandlerFunc{func(w http.ResponseWriter, q *http.Request) {
		b.platform.ServeHTTP(w, q)
		panic(http.ErrAbortHandler)
	}}
	b.work()
	b.workFor(time.Minute, 5*time.Second)
	b.is(a.ID, action.Acknowledged)
	b.same("requests", 2, len(b.ids))
	b.same("what the platform did", []string{"limit_messages"}, b.taken())
	b.same("receipts", 1, len(b.receipts(a.ID)))
}

func gone(b *bench) {
	a := b.ask()
	b.answers = []http.HandlerFunc{answer(410)}
	b.workFor(time.Hour, time.Minute)
	if got := b.is(a.ID, action.Dead); got.Attempts != 1 {
		b.Errorf("%d attempts", got.Attempts)
	}
	b.same("dead jobs", 1, len(b.jobs(action.JobDeliver, job.Dead)))
	b.same("audit", []string{"action.asked", "action.gave_up"}, b.acts(a.ID))
}

func deadLetters(b *bench) {
	r := b.request()
	r.ExpiresAt = b.clock().Add(20 * 24 * time.Hour)
	a, _, err := b.tryAsk(r)
	if err != nil {
		b.Fatal(err)
	}
	for range job.DefaultMax {
		b.answers = append(b.answers, answer(500))
	}
	b.workFor(4*24*time.Hour, time.Hour)
	if got := b.is(a.ID, action.Dead); got.Attempts != job.DefaultMax {
		b.Errorf("%d attempts", got.Attempts)
	}
	var list []action.DeadLetter
	b.read(func(tx action.Tx) (err error) {
		list, err = action.DeadLetters(b.Context(), tx, 10)
		return err
	})
	if len(list) != 1 || list[0].Action.ID != a.ID || list[0].Job.LastError != "answered 500" || list[0].Problem != "" {
		b.Fatalf("dead letters %+v", list)
	}
	if err := b.write(func(tx action.Tx) error { return tx.Jobs.Requeue(b.Context(), b.clock(), list[0].Job.ID) }); err != nil {
		b.Fatal(err)
	}
	b.work()
	b.is(a.ID, action.Acknowledged)
}

func redirected(b *bench) {
	a := b.ask()
	elsewhere := false
	b.answers = []http.HandlerFunc{
		func(w http.ResponseWriter, q *http.Request) {
			http.Redirect(w, q, "/elsewhere", http.StatusTemporaryRedirect)
		},
		func(w http.ResponseWriter, q *http.Request) { elsewhere = q.URL.Path != "/hook"; w.WriteHeader(500) },
	}
	b.work()
	if got := b.is(a.ID, action.Failed); !strings.Contains(got.LastError, "redirects are not followed") {
		b.Errorf("reason %q", got.LastError)
	}
	b.same("requests", 1, len(b.ids))
	b.workFor(time.Minute, 5*time.Second)
	b.same("followed", false, elsewhere)
}

func unsignedAnswer(b *bench) {
	a := b.ask()
	b.answers = []http.HandlerFunc{func(w http.ResponseWriter, q *http.Request) {
		for _, h := range []string{webhook.HeaderID, webhook.HeaderTimestamp, webhook.HeaderSignature} {
			w.Header().Set(h, q.Header.Get(h))
		}
		if _, err := io.Copy(w, q.Body); err != nil { // an echo carries a signature that fits
			b.Error(err)
		}
	}}
	b.work()
	b.is(a.ID, action.Delivered)
	list := b.receipts(a.ID)
	if len(list) != 1 || list[0].Signed {
		b.Fatalf("receipts %+v", list)
	}
	other := list[0]
	other.Code = 299
	if err := b.write(func(tx action.Tx) error { return tx.AddReceipt(b.Context(), other) }); err != nil {
		b.Errorf("a second receipt for the message: %v", err)
	}
	b.same("the first receipt stays", list, b.receipts(a.ID))
}

func retryAfter(b *bench) {
	a := b.ask()
	b.answers = []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "600")
		w.WriteHeader(http.StatusTooManyRequests)
	}}
	b.workFor(9*time.Minute, time.Minute)
	b.same("requests", 1, len(b.ids))
	b.pass(time.Minute)
	b.work()
	b.is(a.ID, action.Acknowledged)
}

func longAnswer(b *bench) {
	a := b.ask()
	b.answers = []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
		for err := error(nil); err == nil; { // until the reader has had enough
			_, err = io.WriteString(w, strings.Repeat("x", 1<<20))
		}
	}}
	b.work()
	b.is(a.ID, action.Delivered)
	if list := b.receipts(a.ID); len(list) != 1 || !list[0].Truncated || list[0].Size != 64<<10 {
		b.Errorf("receipts %+v", list)
	}
}

func waiting(b *bench) {
	with := b.d
	b.endpoint(nil)
	a := b.ask()
	b.workFor(time.Hour, time.Minute)
	got := b.is(a.ID, action.NoEndpoint)
	if !strings.Contains(got.LastError, "no endpoint configured") || got.Events != 2 {
		b.Errorf("got %+v, want it said once", got)
	}
	list := b.jobs(action.JobDeliver, job.Queued)
	if len(list) != 1 || !strings.Contains(list[0].LastError, "no endpoint configured") {
		b.Fatalf("jobs %+v", list)
	}
	b.d = with
	b.workFor(10*time.Minute, time.Minute)
	b.is(a.ID, action.Acknowledged)
}

func expires(b *bench) {
	a := b.ask()
	b.work()
	b.pass(24*time.Hour - time.Second)
	b.work()
	b.is(a.ID, action.Acknowledged)
	b.answers = []http.HandlerFunc{answer(500), func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			b.Error(err)
		}
		var p action.Payload
		if err := json.Unmarshal(body, &p); err != nil {
			b.Error(err)
		}
		if !p.Data.Reverse || p.Type != action.TypeReversed || p.Data.Sequence != 2 || !p.Timestamp.Equal(a.ExpiresAt) {
			b.Errorf("payload %+v", p)
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
		b.platform.ServeHTTP(w, q)
	}}
	b.pass(time.Second)
	b.work()
	b.is(a.ID, action.Expiring)
	b.workFor(time.Hour, time.Minute)
	got := b.is(a.ID, action.Expired)
	if got.ReversedBy != action.Software || !got.ReversedAt.Equal(a.ExpiresAt) {
		b.Errorf("reversed by %q at %s", got.ReversedBy, got.ReversedAt)
	}
	b.same("webhook ids", []string{a.ID + "-ask", a.ID + "-reverse", a.ID + "-reverse"}, b.ids)
	b.same("what the platform did", []string{"limit_messages", "reverse limit_messages"}, b.taken())
	b.same("receipts", 2, len(b.receipts(a.ID)))
	b.same("audit", []string{"action.asked", "action.delivered", "action.expiry_reached", "action.reversal_delivered"}, b.acts(a.ID))
}

func expiresUnsent(b *bench) {
	with := b.d
	b.endpoint(nil)
	a := b.ask()
	b.work()
	b.d = with
	b.pass(25 * time.Hour)
	b.workFor(time.Hour, time.Minute)
	b.is(a.ID, action.Expired)
	b.same("requests", 0, len(b.ids))
	b.same("open jobs", 0, len(b.jobs("", job.Queued)))
}

func expiresUnheard(b *bench) {
	a := b.ask()
	b.answers = []http.HandlerFunc{func(w http.ResponseWriter, q *http.Request) {
		b.platform.ServeHTTP(w, q)
		panic(http.ErrAbortHandler)
	}}
	b.work()
	b.is(a.ID, action.Failed)
	b.pass(25 * time.Hour)
	b.work()
	b.is(a.ID, action.Expired)
	b.same("what the platform did", []string{"limit_messages", "reverse limit_messages"}, b.taken())
}

func (b *bench) reverse(who, id string) (a action.Action, err error) {
	err = b.write(func(tx action.Tx) error {
		a, err = action.Reverse(b.Context(), tx, b.clock(), who, "cleared", id)
		return err
	})
	return a, err
}

func reversed(b *bench) {
	a := b.ask()
	b.work()
	for range 2 {
		if got, err := b.reverse("p1", a.ID); err != nil || got.Status != action.Reversing {
			b.Fatalf("%+v, %v", got, err)
		}
	}
	b.work()
	if got := b.is(a.ID, action.Reversed); got.ReversedBy != "p1" {
		b.Errorf("reversed by %q", got.ReversedBy)
	}
	if got, err := b.reverse("p2", a.ID); err != nil || got.ReversedBy != "p1" {
		b.Errorf("again: %+v, %v", got, err)
	}
	b.pass(25 * time.Hour)
	b.work()
	b.is(a.ID, action.Reversed)
	b.same("what the platform did", []string{"limit_messages", "reverse limit_messages"}, b.taken())
	b.same("audit", []string{"action.asked", "action.delivered", "action.reversal_asked", "action.reversal_delivered"}, b.acts(a.ID))

	r := b.request()
	r.Key = "unsent"
	unsent, _, err := b.tryAsk(r)
	if err != nil {
		b.Fatal(err)
	}
	if got, err := b.reverse("p1", unsent.ID); err != nil || got.Status != action.Reversed {
		b.Errorf("what was never sent: %+v, %v", got, err)
	}
	n := len(b.ids)
	b.work()
	b.same("requests about what was never sent", n, len(b.ids))
}

func reversedWhileFailing(b *bench) {
	a := b.ask()
	b.answers = []http.HandlerFunc{answer(500)}
	b.work()
	if _, err := b.reverse("p1", a.ID); err != nil {
		b.Fatal(err)
	}
	b.workFor(time.Hour, time.Minute)
	b.is(a.ID, action.Reversed)
	b.same("webhook ids", []string{a.ID + "-ask", a.ID + "-reverse"}, b.ids)
	b.same("what the platform did", []string{"reverse limit_messages"}, b.taken())
}

func reversedBy(b *bench) {
	a := b.ask()
	for _, who := range []string{"", "haris", "key:7"} {
		if _, err := b.reverse(who, a.ID); err == nil {
			b.Errorf("%q took it back", who)
		}
	}
	if _, err := b.reverse("p1", "act_absent"); err == nil {
		b.Error("what is not there was taken back")
	}
	b.is(a.ID, action.Asked)
	b.work()
	b.pass(25 * time.Hour)
	b.work()
	if _, err := b.reverse("p1", a.ID); err == nil {
		b.Error("what had expired was taken back")
	}
}

func acknowledged(b *bench) {
	a := b.ask()
	ack := func(who string) error {
		return b.write(func(tx action.Tx) error {
			_, err := action.Acknowledge(b.Context(), tx, b.clock(), who, "seen in the platform's tool", a.ID)
			return err
		})
	}
	if err := ack("p1"); err == nil {
		b.Error("acknowledged before it was delivered")
	}
	b.answers = []http.HandlerFunc{answer(204)}
	b.work()
	b.is(a.ID, action.Delivered)
	if err := ack(" "); err == nil {
		b.Error("acknowledged by nobody")
	}
	if err := ack("p1"); err != nil {
		b.Error(err)
	}
	b.is(a.ID, action.Acknowledged)
	b.same("audit", []string{"action.asked", "action.delivered", "action.acknowledged"}, b.acts(a.ID))
}
