package evidence

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrTooLarge says that a file is longer than may be added.
var ErrTooLarge = errors.New("evidence: the file is too large")

// Addition asks to seal a file that a person puts into the evidence of a case.
type Addition struct {
	Case, Who string
	Name      string // as it came; it is cleaned
	Claimed   string // media type as it came; it is compared and never trusted
	Origin    Origin
	Max       int64 // longest body in bytes; 0 means no bound
	Body      io.Reader
}

// Added is what came of it.
type Added struct {
	Item    Item   `json:"item"`
	Claimed string `json:"claimed,omitempty"`
	Differs bool   `json:"differs,omitempty"` // the contents are not what was claimed
}

// Add seals a file as KindMedia under the media type that its bytes show. What it was claimed to be stands in custody when that is
// something else. Nothing of it is run or rendered. Of a file that is too large, empty or cut off nothing is kept. ErrInvalid,
// ErrTooLarge, ErrDestroyed.
func (v *Vault) Add(ctx context.Context, a Addition) (Added, error) {
	if err := a.check(); err != nil {
		return Added{}, err
	}
	body := bufio.NewReaderSize(&bounded{r: a.Body, left: a.Max, limited: a.Max > 0}, 1<<16)
	head, err := body.Peek(SniffBytes)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return Added{}, fmt.Errorf("evidence: read the file: %w", err)
	case len(head) == 0:
		return Added{}, invalid("file", "contents; it is empty")
	}
	out := Added{Claimed: claim(a.Claimed)}
	found := Sniff(head)
	why := "added by a person"
	if out.Differs = Differs(out.Claimed, found); out.Differs {
		why += "; it claims to be " + out.Claimed + " and looks like " + found
	}
	out.Item, err = v.Seal(ctx, New{
		Case: a.Case, Kind: KindMedia, Name: CleanName(a.Name), MediaType: found, Origin: a.Origin, Who: a.Who, Why: why, Body: body,
	})
	return out, err
}

func (a Addition) check() error {
	switch {
	case a.Body == nil:
		return invalid("file", "contents")
	case len(a.Origin.Media) > 256:
		return invalid("media", "the platform's id, of at most 256 bytes")
	case a.Origin.URL != "" && !isWeb(a.Origin.URL):
		return invalid("url", "an http or https address of at most 2,083 bytes")
	}
	m := a.Origin.Match
	switch {
	case m == nil:
		return nil
	case m.List == "" || len(m.List) > 200:
		return invalid("list", "the name of the list, of 1 to 200 bytes")
	case m.Algorithm == "" || len(m.Algorithm) > 40:
		return invalid("algorithm", "such as md5, sha256 or pdq")
	case m.Distance < 0:
		return invalid("distance", "0 or more")
	case len(m.Classification) > 40:
		return invalid("classification", "as the list gives it, for example A1")
	}
	return nil
}

func isWeb(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2083 && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// claim keeps what can be a media type.
func claim(s string) string {
	t, _, err := mime.ParseMediaType(s)
	if err != nil || len(t) > 100 {
		return ""
	}
	return t
}

// maxCleanName bounds a cleaned name, in bytes.
const maxCleanName = 255

// CleanName makes a file name that can be stored, shown and sent: without directories, control characters and the marks that
// turn the direction of writing, which could make a name look like another.
func CleanName(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, `\`, "/"), "\uFFFD")
	s = path.Base(s)
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || r == '/' {
			return -1
		}
		return r
	}, s)
	s = strings.Trim(strings.TrimSpace(s), ".")
	if ext := path.Ext(s); len(s) > maxCleanName && len(ext) < 20 {
		s = cut(strings.TrimSuffix(s, ext), maxCleanName-len(ext)) + ext
	}
	if s = strings.TrimSpace(cut(s, maxCleanName)); s == "" {
		return "file"
	}
	return s
}

// cut shortens a text to at most n bytes without cutting a character in two.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// bounded fails with ErrTooLarge instead of giving more than it may.
type bounded struct {
	r       io.Reader
	left    int64
	limited bool
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if !b.limited {
		return n, err
	}
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}
