package exposure

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/bep/imagemeta"

	"haris/internal/evidence"
	"haris/internal/report"
)

// The bounds of what a picture may say of itself.
const (
	maxTags     = 200
	maxTagBytes = 500
	tagsTimeout = 5 * time.Second
)

// errUntold says that a kind of picture has no metadata that haris reads.
var errUntold = errors.New("this kind of picture has no metadata that haris reads")

// tags reads what a picture says of itself (EXIF). What cannot be read says so and is not the same as nothing.
func tags(b []byte) (m report.Metadata) {
	format, err := formatOf(b)
	if err == nil {
		_, err = imagemeta.Decode(imagemeta.Options{
			R: bytes.NewReader(b), ImageFormat: format, Sources: imagemeta.EXIF, Timeout: tagsTimeout,
			LimitNumTags: 10 * maxTags, LimitTagSize: 4 << 10,
			HandleTag: func(t imagemeta.TagInfo) error {
				if len(m.Tags) == maxTags {
					m.More++
					return nil
				}
				m.Tags = append(m.Tags, report.Tag{Name: printable(t.Tag), Value: printable(fmt.Sprint(t.Value))})
				return nil
			},
		})
	}
	if err != nil && !imagemeta.IsInvalidFormat(err) || errors.Is(err, errUntold) {
		m.Unread = printable(err.Error())
	} else if err != nil {
		m.Unread = "the metadata is damaged"
	}
	return m
}

func formatOf(b []byte) (imagemeta.ImageFormat, error) {
	switch evidence.Sniff(b) {
	case "image/jpeg":
		return imagemeta.JPEG, nil
	case "image/png":
		return imagemeta.PNG, nil
	case "image/webp":
		return imagemeta.WebP, nil
	}
	return 0, errUntold
}

// printable keeps what can be shown of a value, within the bound.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if s = strings.TrimSpace(s); len(s) > maxTagBytes {
		s = strings.ToValidUTF8(s[:maxTagBytes], "") + "…"
	}
	return s
}
