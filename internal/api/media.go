package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"

	"haris/internal/bank"
	"haris/internal/event"
	"haris/internal/fetch"
	"haris/internal/media"
)

// Desk reads files and compares media with the banks. Safe for concurrent use.
type Desk interface {
	// Take reads a file as it comes in. ErrBusy and media.ErrTooLarge; errors of the reader are returned wrapped.
	Take(ctx context.Context, r io.Reader) (media.File, error)
	// Bring reads the file behind a URL. ErrBusy, media.ErrTooLarge, and the errors of package fetch.
	Bring(ctx context.Context, url string) (media.File, error)
	// Match decides about each media; nothing follows from it.
	Match(ctx context.Context, list []bank.Media) []bank.Decision
	// Index says how far the index of the banks is.
	Index() bank.Status
}

// ErrBusy says that as many files are being read as may be.
var ErrBusy = errors.New("api: too many files are being read")

// maxBatch is how many media are compared in one request.
const maxBatch = 1000

// FileMedia is what can be compared of a file, in the fields that the media of an event has: with an id it can stand there.
type FileMedia struct {
	Kind       string            `json:"kind" enum:"image,video,file" doc:"What the file turned out to be, whatever it was called."`
	Bytes      int64             `json:"bytes" minimum:"0"`
	MD5        string            `json:"md5"`
	SHA1       string            `json:"sha1"`
	SHA256     string            `json:"sha256"`
	PDQ        string            `json:"pdq,omitempty" doc:"Of a picture."`
	PDQQuality *int              `json:"pdq_quality,omitempty" minimum:"0" maximum:"100" doc:"How much there is to see."`
	Hashes     map[string]string `json:"hashes,omitempty" doc:"vpdq, of a video and of a picture that moves."`
}

// Hashed is what was read of one file.
type Hashed struct {
	Media     FileMedia `json:"media" doc:"To be copied into an event, with an id."`
	Format    string    `json:"format,omitempty" doc:"Of a picture: jpeg, png, gif, webp, bmp, tiff."`
	Unscanned []string  `json:"unscanned" nullable:"false" doc:"Why something of the file could not be looked at. The hashes that are there hold all the same."`
	Detail    string    `json:"detail,omitempty" doc:"The same in words."`
}

// hashed writes a file down.
func hashed(f *media.File) Hashed {
	out := Hashed{Media: FileMedia{Kind: string(f.Kind), Bytes: f.Bytes}, Format: f.Format, Unscanned: words(f.Left), Detail: f.Detail}
	m := &out.Media
	for _, h := range f.Media.Hashes {
		switch h.Kind {
		case bank.MD5:
			m.MD5 = h.Value
		case bank.SHA1:
			m.SHA1 = h.Value
		case bank.SHA256:
			m.SHA256 = h.Value
		case bank.PDQ:
			m.PDQ, m.PDQQuality = h.Value, &f.Quality
		default:
			if m.Hashes == nil {
				m.Hashes = map[string]string{}
			}
			m.Hashes[string(h.Kind)] = h.Value
		}
	}
	return out
}

// words never is null.
func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = string(w)
	}
	return out
}

// hashMedia reads a file and answers with its hashes.
func (a *api) hashMedia(w http.ResponseWriter, r *request) error {
	in, err := a.incoming(w, r)
	if err != nil {
		return err
	}
	f, err := a.file(r, in)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, hashed(&f))
}

// MediaRef names a media: by the hashes that an event can have, or, where a single one is asked about, by a URL.
type MediaRef struct {
	ID         string            `json:"id,omitempty" maxLength:"256" doc:"Repeated in the answer."`
	URL        string            `json:"url,omitempty" doc:"Of the file, on a host that the configuration names; without any hash."`
	MD5        string            `json:"md5,omitempty"`
	SHA1       string            `json:"sha1,omitempty"`
	SHA256     string            `json:"sha256,omitempty"`
	PDQ        string            `json:"pdq,omitempty"`
	PDQQuality *int              `json:"pdq_quality,omitempty" minimum:"0" maximum:"100" doc:"Without it the PDQ hash is compared, however little there was to see."`
	Hashes     map[string]string `json:"hashes,omitempty" doc:"Hashes of other kinds, from kind to hash: vpdq, photodna (base64), tmk, netclean."`
}

// media turns the hashes into what banks compare, and tells which kinds cannot be read.
func (m *MediaRef) media() (bank.Media, []bank.Kind) {
	e := event.Media{ID: m.ID, MD5: m.MD5, SHA1: m.SHA1, SHA256: m.SHA256, PDQ: m.PDQ, Hashes: m.Hashes}
	if m.PDQQuality != nil {
		e.PDQQuality, e.Rated = int64(*m.PDQQuality), true
	}
	out, bad := bank.MediaOf(&e)
	for k := range m.Hashes {
		if _, err := bank.ParseKind(k); err != nil {
			bad = append(bad, "")
		}
	}
	if m.PDQQuality != nil && (*m.PDQQuality < 0 || *m.PDQQuality > 100) {
		bad = append(bad, bank.PDQ)
	}
	return out, bad
}

// badHash says which hash cannot be read.
func badHash(bad []bank.Kind) *Problem {
	k := bad[0]
	if k == "" {
		p := badRequest("bad_hash", "hashes has a kind that there is not", "one of those allowed")
		p.Allowed = words(bank.Kinds())
		return p
	}
	return badRequest("bad_hash", "the "+string(k)+" cannot be read", hashForm(k))
}

// hashForm says what a hash of a kind looks like.
func hashForm(k bank.Kind) string {
	switch k {
	case bank.MD5:
		return "32 hexadecimal digits"
	case bank.SHA1:
		return "40 hexadecimal digits"
	case bank.SHA256:
		return "64 hexadecimal digits"
	case bank.PDQ:
		return "64 hexadecimal digits, and where there is a pdq_quality a whole number from 0 to 100"
	case bank.VPDQ:
		return "the JSON of python-threatexchange, or lines of frame,quality,hash,seconds"
	case bank.PhotoDNA:
		return "144 bytes as base64"
	case bank.TMK:
		return "a .tmk file as base64, or its SHA-256 as 64 hexadecimal digits"
	}
	return "8 to 4096 printable characters without spaces"
}

// incoming is what a request brings: a file, or the name of one.
type incoming struct {
	ref  MediaRef
	body *watched // nil when it names one
}

// file reads the file that a request brings or names by its URL.
func (a *api) file(r *request, in incoming) (f media.File, err error) {
	if in.body != nil {
		f, err = a.Desk.Take(r.Context(), in.body)
	} else {
		if in.ref.URL == "" {
			return f, badRequest("no_file", "the body names no file", `a file, or {"url": …}`)
		}
		f, err = a.Desk.Bring(r.Context(), in.ref.URL)
	}
	if err != nil {
		return f, a.unread(r, in, err)
	}
	a.metrics.file(&f)
	r.note(slog.Int64("bytes", f.Bytes), slog.String("kind", string(f.Kind)), slog.Int("left", len(f.Left)))
	return f, nil
}

// unread says why a file could not be read.
func (a *api) unread(r *request, in incoming, err error) error {
	var long *http.MaxBytesError
	switch {
	case r.Context().Err() != nil:
		return errGone
	case errors.Is(err, ErrBusy):
		return &Problem{
			Status: http.StatusTooManyRequests, Code: "busy", Detail: "as many files are being read as may be", Expected: "the same request again after the time in Retry-After",
			header: retryAfter(closingAfter),
		}
	case errors.Is(err, media.ErrTooLarge), errors.Is(err, fetch.ErrTooLarge), errors.As(err, &long):
		return a.fileTooLarge()
	case in.body != nil && in.body.err != nil:
		return badRequest("body_cut_short", "the file ended before it was complete", "a whole file")
	case errors.Is(err, fetch.ErrRefused):
		return badRequest("url_refused", "a file of this URL is not fetched", "https, on a host that media.hosts of the configuration names, at a public address, without a password")
	case errors.Is(err, fetch.ErrStatus), errors.Is(err, fetch.ErrFailed):
		return &Problem{
			Status: http.StatusBadGateway, Code: "fetch_failed", Detail: "the server of the URL did not give the file; it is neither clean nor a match",
			Expected: "a URL that gives the file, or the same request later", cause: err,
		}
	}
	return unavailable(err, "the file could not be read here", 0)
}

func (a *api) fileTooLarge() *Problem {
	return &Problem{
		Status: http.StatusRequestEntityTooLarge, Code: "file_too_large", Detail: "the file is longer than " + strconv.FormatInt(a.Limits.MediaBytes, 10) + " bytes; it is neither clean nor a match",
		Expected: "a shorter file, or its hashes alone", Limit: a.Limits.MediaBytes,
	}
}

// sorted lists reasons once each.
func sorted(list []bank.Reason) []string {
	out := words(list)
	slices.Sort(out)
	return slices.Compact(out)
}
