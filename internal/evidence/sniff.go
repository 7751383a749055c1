package evidence

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
)

// SniffBytes is how much of the beginning Sniff looks at.
const SniffBytes = 512

// Unknown is the media type of contents that Sniff does not recognise.
const Unknown = "application/octet-stream"

// Sniff says what contents are by their first bytes alone. What somebody says they are is not asked: see Differs.
func Sniff(head []byte) string {
	head = head[:min(len(head), SniffBytes)]
	if len(head) >= 12 && bytes.Equal(head[4:8], []byte("ftyp")) {
		return brand(string(head[8:12]))
	}
	if len(head) >= 2 && head[0] == 0xff && head[1]&0xe6 == 0xe2 { // an MPEG layer 3 frame without a tag before it
		return "audio/mpeg"
	}
	found := http.DetectContentType(head)
	if text := bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"); strings.HasPrefix(found, "text/") && bytes.HasPrefix(text, []byte("<")) && bytes.Contains(bytes.ToLower(text), []byte("<svg")) {
		return "image/svg+xml" // a drawing: reading its source is not seeing it
	}
	return found
}

// brand is the media type of a file in boxes, by the name it gives its kind.
func brand(b string) string {
	switch b {
	case "heic", "heix", "mif1", "msf1", "heim", "heis":
		return "image/heic"
	case "avif", "avis":
		return "image/avif"
	case "M4A ", "M4B ":
		return "audio/mp4"
	case "qt  ":
		return "video/quicktime"
	}
	return "video/mp4"
}

// Differs reports whether contents are something else than was claimed. Nothing claimed, or only "some bytes", claims nothing. What
// cannot be recognised differs from every claim, because the claim is not confirmed.
func Differs(claimed, found string) bool {
	c, f := plainType(claimed), plainType(found)
	if c == "" || c == Unknown || c == f {
		return false
	}
	// Text of every kind begins like any text.
	return f != "text/plain" || !strings.HasPrefix(c, "text/") && c != "application/json" || c == "text/html"
}

// plainType is a media type without parameters, under the one name that Sniff gives it.
func plainType(s string) string {
	t, _, err := mime.ParseMediaType(s)
	if err != nil {
		return strings.ToLower(strings.TrimSpace(s))
	}
	switch t {
	case "image/jpg", "image/pjpeg":
		return "image/jpeg"
	case "image/heif":
		return "image/heic"
	case "audio/x-wav", "audio/wav", "audio/vnd.wave":
		return "audio/wave"
	case "audio/mp3":
		return "audio/mpeg"
	case "audio/x-m4a", "audio/m4a":
		return "audio/mp4"
	case "audio/ogg", "video/ogg":
		return "application/ogg"
	case "video/x-msvideo":
		return "video/avi"
	case "application/x-gzip", "application/gzip":
		return "application/x-gzip"
	}
	return t
}
