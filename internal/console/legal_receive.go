package console

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"haris/internal/process"
)

// maxDocument bounds the file of a process, which is read whole and never written to a disk in the clear.
const maxDocument = 32 << 20

// legalReceive writes a process down with its document.
func (c *console) legalReceive(w http.ResponseWriter, r *request) error {
	doc, err := c.checkUpload(w, r)
	if err != nil {
		return err
	}
	in, bad := readIntake(r, c.Now())
	if len(bad) == 0 {
		var k process.Request
		if k, err = c.Legal.Receive(r.Context(), r.person.ID, in, doc); err == nil {
			return c.see(w, r, "/legal/"+k.ID)
		}
		if bad = legalMistake(err); bad == nil {
			return err
		}
	}
	return c.showLegal(w, r, http.StatusUnprocessableEntity, legalForm{bad, r.PostForm})
}

// checkUpload is checkForm for a form with one file, which may be left out.
func (c *console) checkUpload(w http.ResponseWriter, r *request) (*process.Document, error) {
	if err := c.cross.Check(r.Request); err != nil {
		return nil, errForged
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxDocument)
	if err := r.ParseMultipartForm(maxDocument); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return nil, errForm
	}
	if !r.sess.TakesForm(r.cookie, r.PostForm.Get("token")) {
		return nil, errForged
	}
	f, head, err := r.FormFile("document")
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return nil, nil
	case err != nil:
		return nil, errForm
	}
	body, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return &process.Document{Name: head.Filename, MediaType: head.Header.Get("Content-Type"), Body: body}, nil
}

// readIntake reads the form. What the service checks it leaves to the service.
func readIntake(r *request, now time.Time) (in process.Intake, bad mistakes) {
	in = process.Intake{
		Kind: process.Kind(text(r, "kind")), Agency: text(r, "agency"), Officer: text(r, "officer"), Email: text(r, "email"), Phone: text(r, "phone"),
		Number: text(r, "number"), Jurisdiction: text(r, "jurisdiction"), ReceivedAt: now.UTC(), NoNotice: text(r, "no_notice") != "", Lang: text(r, "lang"), Recipient: text(r, "recipient"),
	}
	in.Scope, bad = readScope(r)
	readDays(r, bad, map[string]*time.Time{"received_at": &in.ReceivedAt, "due_at": &in.DueAt, "keep_until": &in.KeepUntil, "notice_until": &in.NoticeUntil})
	return in, bad
}

// readScope reads the fields of a scope.
func readScope(r *request) (process.Scope, mistakes) {
	bad := mistakes{}
	s := process.Scope{Accounts: strings.Fields(text(r, "accounts")), Cases: strings.Fields(text(r, "cases"))}
	for _, d := range r.PostForm["data"] {
		s.Data = append(s.Data, process.Data(d))
	}
	readDays(r, bad, map[string]*time.Time{"from": &s.From, "to": &s.To})
	return s, bad
}

// readDays reads days, which mean their beginning in UTC; an empty field leaves what is there.
func readDays(r *request, bad mistakes, fields map[string]*time.Time) {
	for name, into := range fields {
		s := text(r, name)
		if s == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			if t, err = time.Parse(time.RFC3339, s); err != nil {
				bad[name] = "day"
				continue
			}
		}
		*into = t.UTC()
	}
}

// scopeFields is a scope as its form has it.
func scopeFields(s *process.Scope) url.Values {
	v := url.Values{"accounts": {strings.Join(s.Accounts, "\n")}, "cases": {strings.Join(s.Cases, "\n")}}
	for _, d := range s.Data {
		v.Add("data", string(d))
	}
	for name, t := range map[string]time.Time{"from": s.From, "to": s.To} {
		switch {
		case t.IsZero():
		case t.Equal(t.Truncate(24 * time.Hour)):
			v.Set(name, t.Format(time.DateOnly))
		default:
			v.Set(name, t.Format(time.RFC3339))
		}
	}
	return v
}

// legalMistake puts what is wrong with an intake or a scope beside its field; nil when it is something else.
func legalMistake(err error) mistakes {
	var in *process.InvalidError
	if !errors.As(err, &in) {
		return nil
	}
	field := strings.TrimPrefix(in.Field, "scope.")
	for _, code := range legalCodes() {
		if code == field {
			return mistakes{field: "legal_" + code}
		}
	}
	return mistakes{field: "required"}
}

// legalCodes are the fields with words of their own for what is wrong with them.
func legalCodes() []string {
	return []string{"accounts", "cases", "data", "from", "to", "kind", "received_at", "keep_until", "notice_until", "recipient", "text"}
}
