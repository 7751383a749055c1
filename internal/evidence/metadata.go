package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // formats whose heads are read
	_ "image/png"
	"strings"
	"time"
	"unicode"

	"github.com/bep/imagemeta"
	_ "golang.org/x/image/webp"
)

// The bounds of what a picture may say of itself.
const (
	maxTags     = 200
	maxTagBytes = 500
	tagsTimeout = 5 * time.Second
)

// errUntold says that a kind of picture has no metadata that haris reads.
var errUntold = errors.New("this kind of picture has no metadata that haris reads")

// Metadata is what a picture says of itself (EXIF), as software has read it. No person has seen it by that.
type Metadata struct {
	Tags []Tag `json:"tags,omitempty"`
	More int   `json:"more,omitempty"` // tags beyond the bound
	// Unread says why it could not be read; empty when it was.
	Unread string `json:"unread,omitempty"`
}

// Tag is one statement of a picture about itself.
type Tag struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ReadMetadata reads what a picture says of itself, at most 200 statements. What cannot be read says so and is not the same as nothing.
func ReadMetadata(b []byte) (m Metadata) {
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
				m.Tags = append(m.Tags, Tag{Name: printable(t.Tag), Value: printable(fmt.Sprint(t.Value))})
				return nil
			},
		})
	}
	if _, _, bad := image.DecodeConfig(bytes.NewReader(b)); err == nil && len(m.Tags) == 0 && bad != nil {
		err = errors.New("the picture is damaged") // nothing was found because nothing could be read
	}
	if err != nil && !imagemeta.IsInvalidFormat(err) || errors.Is(err, errUntold) {
		m.Unread = printable(err.Error())
	} else if err != nil {
		m.Unread = "the metadata is damaged"
	}
	return m
}

// TellsOfItself reports whether ReadMetadata can read files of a media type.
func TellsOfItself(mediaType string) bool {
	switch mediaType {
	case "image/jpeg", "image/png", "image/webp":
		return true
	}
	return false
}

func formatOf(b []byte) (imagemeta.ImageFormat, error) {
	switch Sniff(b) {
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
