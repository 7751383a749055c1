// Package media reads files for comparison: it takes the exact hashes of any file, the PDQ hash of a picture in all eight positions, and
// the vPDQ hashes of a video. What it cannot read is told with the reason and is never empty-handed clean: the exact hashes are there
// whatever the file is. It compares nothing; internal/bank does.
package media

import (
	"context"
	"crypto/md5"  //nolint:gosec // lists of others have it; it proves nothing here
	"crypto/sha1" //nolint:gosec // likewise
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"haris/internal/bank"
	"haris/pdq"
	"haris/pdq/decode"
	"haris/vpdq"
)

// Options are how files are read and what they may cost.
type Options struct {
	Picture decode.Limits
	Video   vpdq.Options
}

// Kind is what a file turned out to be.
type Kind string

// The kinds.
const (
	Image Kind = "image"
	Video Kind = "video"
	Other Kind = "file"
)

// File is what was read of one file.
type File struct {
	Kind    Kind   `json:"kind"`
	Format  string `json:"format,omitempty"` // jpeg, png … of a picture
	Bytes   int64  `json:"bytes"`
	Quality int    `json:"quality"` // of the PDQ hash; -1 when there is none
	// Media is what there is to compare.
	Media bank.Media `json:"-"`
	// Left says why something of it could not be looked at; Detail says it in words, without content.
	Left   []bank.Reason `json:"left,omitempty"`
	Detail string        `json:"detail,omitempty"`
}

// Reader reads files, one at a time.
type Reader struct {
	o      Options
	hasher *pdq.Hasher
}

// NewReader makes a Reader.
func NewReader(o Options) *Reader { return &Reader{o, pdq.New(pdq.Options{})} }

// pictureBytes is the size of a picture's file when the limits say nothing.
const pictureBytes = 64 << 20

// headBytes is how much of a file tells what it is.
const headBytes = 64

// Read reads a file from its beginning. The error is of reading the file itself: what the file is and whether it is whole stands in the
// result.
func (r *Reader) Read(ctx context.Context, f *os.File) (File, error) {
	out := File{Kind: Other, Quality: bank.Unrated, Media: bank.Media{Quality: bank.Unrated}}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return out, fmt.Errorf("media: %w", err)
	}
	sums := []struct {
		kind bank.Kind
		hash hash.Hash
	}{{bank.MD5, md5.New()}, {bank.SHA1, sha1.New()}, {bank.SHA256, sha256.New()}} //nolint:gosec // see above
	n, err := io.Copy(io.MultiWriter(sums[0].hash, sums[1].hash, sums[2].hash), reader{ctx, f})
	if err != nil {
		return out, fmt.Errorf("media: %w", err)
	}
	out.Bytes = n
	for _, s := range sums {
		out.Media.Hashes = append(out.Media.Hashes, bank.Hash{Kind: s.kind, Value: hex.EncodeToString(s.hash.Sum(nil))})
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return out, fmt.Errorf("media: %w", err)
	}
	head := make([]byte, headBytes)
	if n, err = readHead(f, head); err != nil {
		return out, fmt.Errorf("media: %w", err)
	}
	if isVideo(head[:n]) {
		out.Kind = Video
		return out, r.video(ctx, f, &out, r.o.Video)
	}
	return out, r.picture(ctx, f, &out)
}

func readHead(f *os.File, head []byte) (int64, error) {
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return 0, err
	}
	_, err = f.Seek(0, io.SeekStart)
	return int64(n), err
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}

func (f *File) leave(why bank.Reason, err error) {
	f.Left = append(f.Left, why)
	if err != nil {
		f.Detail = err.Error()
	}
}

func (r *Reader) picture(ctx context.Context, f *os.File, out *File) error {
	p, err := decode.Picture{}, error(nil)
	limit := r.o.Picture.Bytes
	if limit <= 0 {
		limit = pictureBytes
	}
	if out.Bytes > limit {
		err = fmt.Errorf("%w: %d bytes, of at most %d", decode.ErrTooLarge, out.Bytes, limit)
	} else {
		var data []byte
		if data, err = io.ReadAll(reader{ctx, f}); err != nil {
			return fmt.Errorf("media: %w", err)
		}
		p, err = decode.Luma(data, r.o.Picture)
	}
	if err != nil {
		why, ok := pictureReason(err)
		if !ok {
			return fmt.Errorf("media: %w", err)
		}
		if why != bank.Unsupported {
			out.Kind = Image
		}
		out.leave(why, err)
		return nil
	}
	out.Kind, out.Format = Image, p.Format
	set := r.hasher.Dihedral(p.Image)
	out.Quality = set.Quality
	turned := set.Hashes
	out.Media.Quality, out.Media.Turned = set.Quality, &turned
	out.Media.Hashes = append(out.Media.Hashes, bank.Hash{Kind: bank.PDQ, Value: set.Hashes[pdq.Original].String()})
	if !p.More {
		return nil
	}
	// The first frame or page may be harmless: all of them are looked at as a video is, where that is possible, and none is passed over.
	every := r.o.Video
	every.All = true
	if err := r.video(ctx, f, out, every); err != nil {
		return err
	}
	if len(out.Left) > 0 {
		out.Left = []bank.Reason{bank.Partial}
	}
	return nil
}

func pictureReason(err error) (bank.Reason, bool) {
	for _, t := range []struct {
		err error
		why bank.Reason
	}{
		{decode.ErrTooLarge, bank.TooLarge},
		{decode.ErrTruncated, bank.Truncated},
		{decode.ErrUnsupported, bank.Unsupported},
		{decode.ErrDamaged, bank.Damaged},
	} {
		if errors.Is(err, t.err) {
			return t.why, true
		}
	}
	return "", false
}

func (r *Reader) video(ctx context.Context, f *os.File, out *File, o vpdq.Options) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	list, err := vpdq.Hash(ctx, f, o)
	if err != nil {
		why, ok := videoReason(err)
		if !ok {
			return fmt.Errorf("media: %w", err)
		}
		out.leave(why, err)
		return nil
	}
	h, err := bank.Parse(bank.VPDQ, vpdq.Signal(list))
	if err != nil {
		out.leave(bank.Damaged, err)
		return nil
	}
	out.Media.Hashes = append(out.Media.Hashes, h)
	return nil
}

func videoReason(err error) (bank.Reason, bool) {
	for _, t := range []struct {
		err error
		why bank.Reason
	}{
		{vpdq.ErrNoFFmpeg, bank.NoFFmpeg},
		{vpdq.ErrTooLarge, bank.TooLarge},
		{vpdq.ErrLimit, bank.TooLarge},
		{vpdq.ErrUnsupported, bank.Unsupported},
		{vpdq.ErrDamaged, bank.Damaged},
	} {
		if errors.Is(err, t.err) {
			return t.why, true
		}
	}
	return "", false
}

// isVideo looks at how a file begins. A picture in a container of videos (HEIC, AVIF) is none.
func isVideo(head []byte) bool {
	at := func(i int, s string) bool { return len(head) >= i+len(s) && string(head[i:i+len(s)]) == s }
	switch {
	case at(4, "ftyp"):
		for _, brand := range []string{"heic", "heix", "hevc", "heim", "mif1", "msf1", "avif", "avis"} {
			if at(8, brand) {
				return false
			}
		}
		return true
	case at(4, "moov"), at(4, "mdat"), at(4, "wide"), at(4, "free"):
		return true
	case at(0, "\x1a\x45\xdf\xa3"), at(0, "FLV\x01"), at(0, "OggS"), at(0, "\x00\x00\x01\xba"), at(0, "\x00\x00\x01\xb3"),
		at(0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"), at(0, "RIFF") && at(8, "AVI "):
		return true
	}
	return at(0, "G") && !at(0, "GIF8") // the first byte of a transport stream; the programs know for sure
}
