package cybertip

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // The service compares files by MD5; nothing here relies on it for security.
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Upload is a file on its way into a report.
type Upload struct {
	ReportID int64
	// Name is the file name sent along; only its last path element is used. Empty means "file".
	Name string
	// Content is read once, from start to end, and never held in memory as a whole. The caller closes it.
	Content io.Reader
	// Size is the number of bytes Content holds, or -1 when it is not known.
	Size int64
}

// UploadReply is the answer to an upload whose hash was found right.
type UploadReply struct {
	Reply
	FileID string
	MD5    string // hexadecimal, of what was sent; the server has the same
	SHA256 string // hexadecimal, of what was sent
	Size   int64
}

// Upload streams a file into an open report and compares the server's MD5 with that of the bytes it sent; a difference is a
// [*HashMismatchError]. After a lost answer the file may or may not be in the report.
func (c *Client) Upload(ctx context.Context, up Upload) (*UploadReply, error) {
	x := c.newExchange(ctx, EndpointUpload)
	x.want = up.ReportID
	stallable, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, contentType, err := newUploadBody(up)
	if err != nil {
		return nil, err
	}
	idle := time.AfterFunc(c.opt.UploadIdle, func() { cancel(ErrStalled) })
	defer idle.Stop()
	body.progress = func() { idle.Reset(c.opt.UploadIdle) }
	req, err := http.NewRequestWithContext(stallable, http.MethodPost, c.base+"/"+string(EndpointUpload), io.NopCloser(body))
	if err != nil {
		return nil, x.problem("the request could not be built", err)
	}
	req.Header.Set("Content-Type", contentType)
	req.ContentLength = body.length
	c.send(x, req)
	// An early answer may arrive while the transport still reads; what it reads from here on does not count.
	body.stop()
	x.call.RequestSHA256, x.call.RequestBytes = hex.EncodeToString(body.sha.Sum(nil)), body.read
	return c.uploadReply(x, up, body)
}

func (c *Client) uploadReply(x *exchange, up Upload, body *uploadBody) (*UploadReply, error) {
	x.classify()
	sent := hex.EncodeToString(body.md5.Sum(nil))
	if x.err == nil {
		x.err = x.checkUpload(up, body, sent)
	}
	if x.err != nil {
		return nil, c.record(x)
	}
	return &UploadReply{
		Reply:  Reply{ReportID: up.ReportID, Text: x.text, RequestID: x.call.RequestID, Body: x.call.Response},
		FileID: x.fileID, MD5: sent, SHA256: x.call.RequestSHA256, Size: body.read,
	}, c.record(x)
}

// checkUpload compares what the server says it has with what was sent.
func (x *exchange) checkUpload(up Upload, body *uploadBody, sent string) error {
	switch {
	case body.err != nil:
		return x.problem("the file could not be read to its end", body.err)
	case !body.complete:
		return x.problem("the server answered before it had the whole file", ErrUnexpectedAnswer)
	case x.fileID == "":
		return x.problem("the file was taken but its id is missing", ErrUnexpectedAnswer)
	case !strings.EqualFold(x.hash, sent):
		return &HashMismatchError{ReportID: up.ReportID, FileID: x.fileID, SentMD5: sent, ServerMD5: x.hash}
	}
	return nil
}

// uploadBody is the multipart form: a head with the report's id, the file, and a tail. The service documents the id before the file.
type uploadBody struct {
	head, tail io.Reader
	file       io.Reader
	size       int64 // -1 when unknown
	length     int64 // of the whole body, -1 when unknown
	progress   func()
	fileDone   bool // touched by the transport's goroutine only

	mu       sync.Mutex // guards what the caller reads while the transport may still be at work
	over     bool
	md5, sha hash.Hash
	read     int64 // bytes of the file
	complete bool
	err      error
}

func newUploadBody(up Upload) (*uploadBody, string, error) {
	if up.Content == nil || up.ReportID <= 0 {
		return nil, "", fmt.Errorf("cybertip: upload: content and a report id are required, got report %d", up.ReportID)
	}
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	err := w.WriteField("id", strconv.FormatInt(up.ReportID, 10))
	if err == nil {
		_, err = w.CreateFormFile("file", uploadName(up.Name))
	}
	headLen := form.Len()
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, "", fmt.Errorf("cybertip: build form: %w", err)
	}
	all := form.Bytes()
	b := &uploadBody{
		head: bytes.NewReader(all[:headLen]), tail: bytes.NewReader(all[headLen:]), file: up.Content,
		size: up.Size, length: -1, md5: md5.New(), sha: sha256.New(),
	}
	if up.Size >= 0 {
		b.length = int64(len(all)) + up.Size
	}
	return b, w.FormDataContentType(), nil
}

// uploadName keeps the last element of a path, without characters that could break out of the form's header.
func uploadName(name string) string {
	clean, _ := CleanText(path.Base(strings.ReplaceAll(name, `\`, "/")))
	clean = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || (r >= 0x2400 && r <= 0x241f) {
			return '_'
		}
		return r
	}, clean)
	if clean == "." || clean == "/" || clean == "" {
		return "file"
	}
	return clean
}

var errUploadOver = errors.New("cybertip: the exchange is over")

// stop makes every later read fail. The transport may still be inside a read of the file, which is not waited for.
func (b *uploadBody) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.over = true
}

// Read implements io.Reader for the transport.
func (b *uploadBody) Read(p []byte) (int, error) {
	n, err := b.head.Read(p)
	if n > 0 || !errors.Is(err, io.EOF) {
		return n, err
	}
	for !b.fileDone {
		if n, err = b.file.Read(p); n == 0 && err == nil {
			continue
		}
		if n, err = b.count(p[:n], err); n > 0 || err != nil {
			return n, err
		}
	}
	return b.tail.Read(p)
}

// count takes note of what was read from the file. It returns 0, nil once the file is complete.
func (b *uploadBody) count(p []byte, err error) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.over {
		return 0, errUploadOver
	}
	n := len(p)
	if n > 0 {
		b.progress()
		b.read += int64(n)
		b.md5.Write(p)
		b.sha.Write(p)
	}
	switch {
	case b.size >= 0 && b.read > b.size:
		b.err = fmt.Errorf("cybertip: the file is longer than the %d bytes announced", b.size)
	case errors.Is(err, io.EOF) && b.size >= 0 && b.read < b.size:
		b.err = fmt.Errorf("cybertip: the file has %d bytes, %d were announced: %w", b.read, b.size, io.ErrUnexpectedEOF)
	case errors.Is(err, io.EOF):
		b.complete, b.fileDone = true, true
		return n, nil
	case err != nil:
		b.err = fmt.Errorf("cybertip: read the file: %w", err)
	}
	return n, b.err
}
