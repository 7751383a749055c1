package console

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"haris/internal/evidence"
)

// maxField bounds a field of an upload, in bytes.
const maxField = 4 << 10

// readTime is how long a browser may be silent while it sends a file.
const readTime = 2 * time.Minute

// evidenceAdd takes a file as it comes: nothing of it is kept in memory or in a file of its own, and nothing is read before the form
// has shown its token.
func (c *console) evidenceAdd(w http.ResponseWriter, r *request) error {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := c.checkForm(w, r); err != nil {
			return err
		}
		return c.addAgain(w, r, mistakes{"file": "required"}, nil)
	}
	if err := c.cross.Check(r.Request); err != nil {
		return errForged
	}
	r.Body = patient{r.Body, http.NewResponseController(w)}
	parts, err := r.MultipartReader()
	if err != nil {
		return errForm
	}
	fields, file, err := readFields(parts)
	switch {
	case err != nil:
		return errForm
	case !r.sess.TakesForm(r.cookie, fields["token"]):
		return errForged
	case file == nil || file.FileName() == "":
		return c.addAgain(w, r, mistakes{"file": "required"}, fields)
	}
	a := evidence.Addition{
		Case: r.PathValue("id"), Who: r.person.ID, Name: file.FileName(), Claimed: file.Header.Get("Content-Type"), Body: file,
		Origin: evidence.Origin{Media: fields["media"], URL: fields["url"]},
	}
	if bad := readMatch(fields, &a.Origin); len(bad) > 0 {
		return c.addAgain(w, r, bad, fields)
	}
	added, err := c.Evidence.Add(r.Context(), a)
	switch {
	case errors.Is(err, evidence.ErrTooLarge):
		return c.addAgain(w, r, mistakes{"file": "too_large"}, fields)
	case errors.Is(err, evidence.ErrInvalid):
		return c.addAgain(w, r, invalidFields(err), fields)
	case err != nil:
		return err
	}
	q := url.Values{"added": {added.Item.ID}}
	if added.Differs {
		q.Set("differs", "1")
	}
	return c.see(w, r, "/case/"+a.Case+"/evidence?"+q.Encode())
}

// addAgain shows the form again with what is wrong. The file itself must be chosen again: a browser does not give it back. What it
// still sends is thrown away first, because a browser shows no answer that comes before it has sent everything.
func (c *console) addAgain(w http.ResponseWriter, r *request, bad mistakes, fields map[string]string) error {
	if _, err := io.Copy(io.Discard, io.LimitReader(r.Body, max(c.MaxFile, maxForm))); err != nil {
		return errForm
	}
	return c.listEvidence(w, r, http.StatusUnprocessableEntity, evidenceView{bad: bad, form: fields})
}

// readFields reads the fields that stand before the file, and returns the file unread.
func readFields(parts *multipart.Reader) (fields map[string]string, file *multipart.Part, err error) {
	fields = map[string]string{}
	for len(fields) < 20 {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if p.FormName() == "file" {
			return fields, p, nil
		}
		b, err := io.ReadAll(io.LimitReader(p, maxField+1))
		if err != nil {
			return nil, nil, err
		}
		if len(b) > maxField {
			return nil, nil, errForm
		}
		fields[p.FormName()] = strings.TrimSpace(string(b))
	}
	return nil, nil, errForm
}

// readMatch reads how a file was found on a list of known material, if it was.
func readMatch(fields map[string]string, o *evidence.Origin) mistakes {
	m := evidence.Match{List: fields["list"], Algorithm: fields["algorithm"], Classification: fields["classification"]}
	if m == (evidence.Match{}) && fields["distance"] == "" {
		return nil
	}
	bad := mistakes{}
	if m.List == "" {
		bad["list"] = "required"
	}
	if m.Algorithm == "" {
		bad["algorithm"] = "required"
	}
	if d := fields["distance"]; d != "" {
		n, err := strconv.Atoi(d)
		if err != nil || n < 0 {
			bad["distance"] = "number"
		}
		m.Distance = n
	}
	o.Match = &m
	return bad
}

// originFields are the fields that say where a file comes from.
func originFields() []string {
	return []string{"media", "url", "list", "algorithm", "distance", "classification"}
}

// invalidFields says what is wrong with the field that an evidence.ErrInvalid names.
func invalidFields(err error) mistakes {
	for _, f := range originFields() {
		if strings.Contains(err.Error(), ": "+f+":") {
			return mistakes{f: "evidence_" + f}
		}
	}
	return mistakes{"file": "evidence_file"}
}

// patient lets a body come for as long as it keeps coming: the time limit of the server is for requests of one piece.
type patient struct {
	io.ReadCloser
	line *http.ResponseController
}

func (p patient) Read(b []byte) (int, error) {
	now := time.Now()
	for _, set := range []func(time.Time) error{p.line.SetReadDeadline, p.line.SetWriteDeadline} {
		if err := set(now.Add(readTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return 0, err
		}
	}
	return p.ReadCloser.Read(b)
}
