package console

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"haris/internal/evidence"
	"haris/internal/exposure"
)

// sealedPolicy is the policy of served contents: should a browser ever take them for a page, it is one that can do nothing.
const sealedPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// sendTime is how long one piece may take on a slow line.
const sendTime = 10 * time.Minute

// evidenceContents serves the clear contents of what is on the person's screen.
func (c *console) evidenceContents(w http.ResponseWriter, r *request) error {
	asked := r.Header.Get("Range")
	return c.sent(w, r, func() error {
		return c.Exposure.Send(r.Context(), look(r), asked, func(p exposure.Piece) error {
			h := w.Header()
			h.Set("Accept-Ranges", "bytes")
			status := http.StatusOK
			if whole := (evidence.Span{To: p.Size}); asked != "" || p.Span != whole {
				h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", p.Span.From, p.Span.To-1, p.Size))
				status = http.StatusPartialContent
			}
			return write(w, status, p.MediaType, p.Body)
		})
	})
}

// evidenceLikeness serves the blurred, grey, small likeness of a picture.
func (c *console) evidenceLikeness(w http.ResponseWriter, r *request) error {
	return c.sent(w, r, func() error {
		return c.Exposure.Likeness(r.Context(), look(r), func(jpeg []byte) error { return write(w, http.StatusOK, "image/jpeg", jpeg) })
	})
}

// sent runs something that serves contents. A request for the head alone would be recorded as if the contents had been sent, so it
// is refused. What failed after the first byte cannot be told to the browser any more, and a person who left is no fault of ours.
func (c *console) sent(w http.ResponseWriter, r *request, send func() error) error {
	if r.Method != http.MethodGet {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return nil
	}
	err := send()
	if rec, ok := w.(*recorder); ok && err != nil && rec.status != 0 {
		if r.Context().Err() != nil {
			return nil
		}
		c.Logger.WarnContext(r.Context(), "a piece of evidence was not sent to its end", "error", err)
		return nil
	}
	return err
}

// write hands contents on to their last byte, or fails.
func write(w http.ResponseWriter, status int, mediaType string, body []byte) error {
	h := w.Header()
	h.Set("Content-Security-Policy", sealedPolicy)
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Content-Disposition", "inline")
	line := http.NewResponseController(w)
	if err := line.SetWriteDeadline(time.Now().Add(sendTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return err
	}
	return line.Flush()
}
