package action_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"haris/internal/action"
	"haris/internal/job"
	"haris/internal/store"
	"haris/internal/store/storetest"
	"haris/webhook"
)

func TestNotify(t *testing.T) {
	secret, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var got []byte
	code := http.StatusNoContent
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := webhook.Verify(r.Header, body, now, secret); err != nil {
			t.Error("the message is not signed:", err)
		}
		got = body
		w.WriteHeader(code)
	}))
	defer srv.Close()
	sender, err := action.NewSender(action.Endpoint{URL: srv.URL, Secrets: []webhook.Secret{secret}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := action.NewNotifyJob("k", now, action.Notify{Case: "c1", To: []string{"lead"}, Priority: "P1"})
	if err != nil {
		t.Fatal(err)
	}
	keeper := store.ActionKeeper(storetest.SQLite(t))
	run := func(s *action.Sender, attempt int, payload []byte) job.Outcome {
		d := action.NewDeliverer(action.Config{Keeper: keeper, Sender: s, Now: func() time.Time { return now }, Random: func() float64 { return 0 }})
		o, err := d.Handlers()[action.JobNotify](context.Background(), job.Job{ID: "j1", Kind: made.Kind, Payload: payload, Attempt: attempt, Max: 3, CreatedAt: now})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	if o := run(sender, 1, made.Payload); o.State != job.Done {
		t.Fatalf("%+v", o)
	}
	var body struct {
		Type string
		Data action.Notify
	}
	if err := json.Unmarshal(got, &body); err != nil || body.Type != action.TypeNotify || body.Data.Case != "c1" || body.Data.To[0] != "lead" {
		t.Errorf("sent %s (%v)", got, err)
	}
	if o := run(nil, 1, made.Payload); o.State != job.Queued || !o.Snooze {
		t.Errorf("without an endpoint it must wait: %+v", o)
	}
	code = http.StatusInternalServerError
	if o := run(sender, 1, made.Payload); o.State != job.Queued || o.Snooze || !o.RunAt.After(now) {
		t.Errorf("a refusal must be tried again later: %+v", o)
	}
	if o := run(sender, 3, made.Payload); o.State != job.Dead || o.Error == "" {
		t.Errorf("the last attempt must give up: %+v", o)
	}
	if o := run(sender, 1, []byte("{")); o.State != job.Dead {
		t.Errorf("a broken job must give up: %+v", o)
	}
}
