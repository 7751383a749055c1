package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"strings"

	"haris/internal/bank"
	"haris/internal/media"
	"haris/internal/taxonomy"
)

// Hashes that stand in tests.
const (
	anMD5  = "0123456789abcdef0123456789abcdef"
	anSHA1 = "0123456789abcdef0123456789abcdef01234567"
	anSHA  = "ab0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd"
	aPDQ   = "f8f8f0cee0f4a84f06370a2c038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
)

// picture is what a desk reads.
func picture() media.File {
	return media.File{
		Kind: media.Image, Format: "png", Bytes: 8, Quality: 77, Media: bank.Media{Quality: 77, Hashes: []bank.Hash{
			{Kind: bank.MD5, Value: anMD5}, {Kind: bank.SHA1, Value: anSHA1}, {Kind: bank.SHA256, Value: anSHA}, {Kind: bank.PDQ, Value: aPDQ},
		}},
	}
}

// desk reads every file as the one it has, and finds a match in a PDQ hash. Not safe for concurrent use.
type desk struct {
	file    media.File
	err     error
	answer  *bank.Decision // of every media; nil means by its hashes
	notYet  bool           // the index is not loaded
	took    []byte
	url     string
	matched []bank.Media
}

func (d *desk) asked() bool { return d.took != nil || d.url != "" || d.matched != nil }

func (d *desk) Take(_ context.Context, r io.Reader) (media.File, error) {
	b, err := io.ReadAll(r)
	d.took = append([]byte{}, b...)
	if err != nil {
		return media.File{}, fmt.Errorf("spool: %w", err)
	}
	return d.file, d.err
}

func (d *desk) Bring(_ context.Context, url string) (media.File, error) {
	d.url = url
	return d.file, d.err
}

func (d *desk) Match(_ context.Context, list []bank.Media) []bank.Decision {
	d.matched = list
	out := make([]bank.Decision, len(list))
	for i := range list {
		switch {
		case d.notYet:
			out[i] = bank.Decision{Answer: bank.Unscanned, Reasons: []bank.Reason{bank.NotLoaded}}
		case d.answer != nil:
			out[i] = *d.answer
		default:
			out[i] = decided(&list[i])
		}
		out[i].Version = 7
	}
	return out
}

func (d *desk) Index() bank.Status {
	return bank.Status{Ready: !d.notYet, Version: 7, Near: 3, Frames: 2, Equal: 1}
}

// decided finds a PDQ hash on a list, vetoed in another; what has none is clean.
func decided(m *bank.Media) bank.Decision {
	for _, h := range m.Hashes {
		if h.Kind == bank.PDQ {
			return bank.Decision{Answer: bank.Match, Results: []bank.Result{result("hotline", nil), result("other", &bank.Veto{Bank: "own-cleared", Entry: 9, Kind: bank.PDQ, Distance: 2})}}
		}
	}
	d := bank.Decision{Answer: bank.Clean}
	if len(m.Hashes) == 0 {
		return d.With(bank.NoHash)
	}
	return d
}

func result(id string, veto *bank.Veto) bank.Result {
	e := bank.Entry{ID: 5, Bank: id, Hash: bank.Hash{Kind: bank.PDQ, Value: aPDQ}}
	return bank.Result{
		Bank: id, Name: "List " + id, Label: taxonomy.TypologyAbuseMaterial, Mode: taxonomy.ModeEnforce, Polarity: bank.Positive, Verdict: taxonomy.VerdictHold,
		Kind: bank.PDQ, Distance: 9, Radius: 31, Classification: "B2", Entry: 5, Near: 2, VetoedBy: veto,
		Provenance: bank.Provenance{Source: bank.File, Origin: "list-1", Key: "r-5", Owner: "NGO", Case: private, About: private, Who: private, At: noon()},
		All:        []bank.Hit{{Entry: e, Distance: 9, Share: 1}, {Entry: bank.Entry{ID: 6, Bank: id}, Distance: 12, Share: 1}},
	}
}

// inParts is a body in parts with a field and a file, and its Content-Type.
func inParts(field, content string) (body, kind string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	must(w.WriteField("note", private))
	part, err := w.CreateFormFile(field, "picture.png")
	must(err)
	_, err = io.WriteString(part, content)
	must(err)
	must(w.Close())
	return b.String(), w.FormDataContentType()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// goodBodies are bodies of the paths that take something other than events.
func goodBodies() map[string]string {
	return map[string]string{
		"/v1/media/hash":                   `{"url":"https://media.example.org/1"}`,
		"/v1/media/lookup":                 `{"pdq":"` + aPDQ + `"}`,
		"/v1/media/lookup/batch":           `{"media":[{"id":"m-1","pdq":"` + aPDQ + `"},{"md5":"` + anMD5 + `"}]}`,
		"/v1/banks/list/entries":           `{"media":[{"pdq":"` + aPDQ + `","pdq_quality":60},{"md5":"` + anMD5 + `"}],"reason":"lina looked at it"}`,
		"/v1/banks/list/entries/5/remove":  `{"reason":"lina looked at it"}`,
		"/v1/banks/list/entries/5/confirm": `{"media":{"pdq":"` + aPDQ + `"},"reason":"lina looked at it"}`,
		"/v1/banks/list/entries/5/deny":    `{"media":{"md5":"` + anMD5 + `"},"reason":"lina looked at it"}`,
		"/m/compare":                       `{"pdq":["` + aPDQ + `","` + strings.Repeat("0f", 32) + `"]}`,
		"/v1/media/compare":                `{"kind":"pdq","hashes":["` + aPDQ + `","` + strings.Repeat("0f", 32) + `"]}`,
	}
}

// ask is a good call of a path, by the key that has every scope.
func asking(path string) call {
	return call{method: "POST", path: path, key: "all", media: string(formAny), body: goodBodies()[path]}
}
