package exposure

import (
	"slices"
	"strings"

	"haris/internal/evidence"
)

// Form is how contents can be taken in.
type Form string

// The forms. Other cannot be shown.
const (
	Image Form = "image"
	Video Form = "video"
	Audio Form = "audio"
	Text  Form = "text"
	Other Form = "other"
)

// FormOf says how an item can be taken in, by the media type in the manifest. Markup, also that of pictures (SVG), is Other: it is
// never given to a browser.
func FormOf(mediaType string) Form {
	t, _, _ := strings.Cut(mediaType, ";")
	switch t = strings.ToLower(strings.TrimSpace(t)); t {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return Image
	case "video/mp4", "video/webm":
		return Video
	case "audio/mpeg", "audio/wave", "audio/mp4", "audio/aiff", "application/ogg":
		return Audio
	case "text/plain", "application/json", "application/x-ndjson":
		return Text
	}
	return Other
}

// Offers lists in which ways an item of a form can be shown.
func (f Form) Offers() []How {
	switch f {
	case Image:
		return []How{Blurred, Clear, Panel}
	case Video:
		return []How{Clear, Sound}
	case Audio:
		return []How{Sound}
	case Text:
		return []How{Clear}
	}
	return nil
}

// offers reports whether an item of the form can be shown like this.
func (f Form) offers(h How) bool { return slices.Contains(f.Offers(), h) }

// Whole reports whether being shown everything in this way can be a viewing of the entire contents. Sound is part of a video and
// all of a recording: mute, neither was taken in whole. A blurred likeness is never a viewing.
func (f Form) Whole(h How) bool {
	switch f {
	case Image, Text:
		return h == Clear
	case Video, Audio:
		return h == Sound
	}
	return false
}

// confirms reports whether the first bytes are what the form says, so that a wrong line in the manifest gives a browser nothing that
// it could run.
func (f Form) confirms(head []byte) bool {
	found := evidence.Sniff(head)
	if f == Text {
		return FormOf(found) == Text || len(head) == 0
	}
	return FormOf(found) == f
}
