package exposure

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"haris/internal/evidence"
)

// A video without sound is the same video with the tracks of sound marked as unused space, so that no player finds them: nothing on a
// page, no control of a browser and no missing script can turn the sound on. Nothing moves: a mark has the length of what it covers.

// mark is what stands in place of the bytes at a place of a file.
type mark struct {
	at int64
	is string
}

// The bounds of looking for tracks.
const (
	maxBoxes   = 20_000
	freeBox    = "free" // ISO 14496-12: a box whose contents are ignored
	ebmlVoid   = "\xec" // RFC 8794: an element whose contents are ignored
	videoTrack = 1      // RFC 9559: TrackType
)

// silence finds what is to be marked in a video of size bytes. Only what is known to be a track of pictures stays. ErrForm when that cannot
// be told.
func silence(r io.ReaderAt, size int64) (marks []mark, err error) {
	head := make([]byte, min(size, evidence.SniffBytes))
	if _, err := r.ReadAt(head, 0); err != nil {
		return nil, err
	}
	pictures := 0
	switch evidence.Sniff(head) {
	case "video/mp4":
		marks, pictures, err = silentBoxes(r, size)
	case "video/webm":
		marks, pictures, err = silentElements(r, size)
	}
	if err != nil {
		return nil, err
	}
	if pictures == 0 {
		return nil, fmt.Errorf("%w: no track of pictures can be found in it, so its sound cannot be taken out", ErrForm)
	}
	return marks, nil
}

// overlaid returns the part of a file that begins at from, with the marks on it.
func overlaid(b []byte, from int64, marks []mark) []byte {
	if len(marks) == 0 {
		return b
	}
	b = slices.Clone(b)
	for _, m := range marks {
		for i := range len(m.is) {
			if at := m.at + int64(i) - from; at >= 0 && at < int64(len(b)) {
				b[at] = m.is[i]
			}
		}
	}
	return b
}

// box is one part of a file that is made of parts: where it begins, where its contents begin, and where it ends.
type box struct {
	kind             string
	begin, body, end int64
}

// walker reads the parts of a file one after another, no more than it may.
type walker struct {
	r    io.ReaderAt
	left int
}

// each calls f with the boxes between two places. A box that would end beyond its place ends with it, as players take it.
func (w *walker) each(from, to int64, f func(box) error) error {
	for from+8 <= to {
		if w.left--; w.left < 0 {
			return fmt.Errorf("%w: it has too many parts", ErrForm)
		}
		head := make([]byte, min(16, to-from))
		if _, err := w.r.ReadAt(head, from); err != nil {
			return err
		}
		b := box{kind: string(head[4:8]), begin: from, body: from + 8}
		size := int64(binary.BigEndian.Uint32(head))
		switch {
		case size == 1 && len(head) == 16:
			b.body, size = from+16, int64(binary.BigEndian.Uint64(head[8:])) // one beyond is below 0 and refused
		case size == 0:
			size = to - from
		}
		if size < b.body-b.begin {
			return fmt.Errorf("%w: a part of it has no length", ErrForm)
		}
		b.end = to
		if size < to-from {
			b.end = from + size
		}
		if err := f(b); err != nil {
			return err
		}
		from = b.end
	}
	return nil
}

// silentBoxes marks every track of an MP4 file but those of pictures.
func silentBoxes(r io.ReaderAt, size int64) (marks []mark, pictures int, err error) {
	w := &walker{r, maxBoxes}
	err = w.each(0, size, func(movie box) error {
		if movie.kind != "moov" {
			return nil
		}
		return cmp.Or(w.each(movie.body, movie.end, func(track box) error {
			if track.kind != "trak" {
				return nil
			}
			handler, err := w.handler(track)
			switch {
			case err != nil:
				return err
			case handler == "vide":
				pictures++
			default:
				marks = append(marks, mark{track.begin + 4, freeBox})
			}
			return nil
		}), errFound) // players read the first list of tracks
	})
	return marks, pictures, unlessFound(err)
}

// handler says what a track holds: "vide", "soun" or something else.
func (w *walker) handler(track box) (kind string, err error) {
	err = w.each(track.body, track.end, func(media box) error {
		if media.kind != "mdia" {
			return nil
		}
		return w.each(media.body, media.end, func(b box) error {
			if b.kind != "hdlr" || b.end-b.body < 12 {
				return nil
			}
			head := make([]byte, 12)
			if _, err := w.r.ReadAt(head, b.body); err != nil {
				return err
			}
			if kind != "" && kind != string(head[8:]) {
				return fmt.Errorf("%w: a track of it says of itself that it is two things", ErrForm)
			}
			kind = string(head[8:])
			return nil
		})
	})
	return kind, err
}

// The elements of a WebM file that lead to its tracks.
const (
	ebmlSegment   = "\x18\x53\x80\x67"
	ebmlTracks    = "\x16\x54\xae\x6b"
	ebmlCluster   = "\x1f\x43\xb6\x75"
	ebmlEntry     = "\xae"
	ebmlTrackType = "\x83"
)

// elements calls f with the elements between two places.
func (w *walker) elements(from, to int64, f func(e box, sized bool) error) error {
	for from < to {
		if w.left--; w.left < 0 {
			return fmt.Errorf("%w: it has too many parts", ErrForm)
		}
		head := make([]byte, min(12, to-from))
		if _, err := w.r.ReadAt(head, from); err != nil {
			return err
		}
		id, n := vint(head, 4)
		if n == 0 {
			return fmt.Errorf("%w: a part of it has no name", ErrForm)
		}
		_, m := vint(head[n:], 8)
		if m == 0 {
			return fmt.Errorf("%w: a part of it has no length", ErrForm)
		}
		e, sized := box{kind: id, begin: from, body: from + int64(n+m), end: to}, false
		if size, known := length(head[n : n+m]); known {
			sized = true
			if size < uint64(max(0, to-e.body)) {
				e.end = e.body + int64(size)
			}
		}
		if err := f(e, sized); err != nil {
			return err
		}
		from = max(e.end, e.body)
	}
	return nil
}

// vint returns the bytes of a number whose length its first byte says; n is 0 when there is none of at most longest bytes.
func vint(b []byte, longest int) (s string, n int) {
	if len(b) == 0 {
		return "", 0
	}
	for n = 1; n <= longest; n++ {
		if b[0]&(0x80>>(n-1)) != 0 {
			if n > len(b) {
				return "", 0
			}
			return string(b[:n]), n
		}
	}
	return "", 0
}

// length reads the number of a length; all bits set means that it is not known.
func length(b []byte) (size uint64, known bool) {
	size = uint64(b[0]) & (0xff >> len(b))
	all := size == 0xff>>len(b)
	for _, c := range b[1:] {
		size, all = size<<8|uint64(c), all && c == 0xff
	}
	return size, !all
}

// errFound ends a walk early.
var errFound = errors.New("exposure: found")

func unlessFound(err error) error {
	if errors.Is(err, errFound) {
		return nil
	}
	return err
}

// silentElements marks every track of a WebM file but those of pictures.
func silentElements(r io.ReaderAt, size int64) (marks []mark, pictures int, err error) {
	w := &walker{r, maxBoxes}
	err = w.elements(0, size, func(segment box, _ bool) error {
		if segment.kind != ebmlSegment {
			return nil
		}
		return w.elements(segment.body, segment.end, func(part box, sized bool) error {
			switch {
			case part.kind == ebmlCluster && !sized:
				return fmt.Errorf("%w: its tracks are not said before its contents", ErrForm)
			case part.kind != ebmlTracks:
				return nil
			}
			err := w.elements(part.body, part.end, func(entry box, _ bool) error {
				if entry.kind != ebmlEntry {
					return nil
				}
				is, err := w.trackType(entry)
				switch {
				case err != nil:
					return err
				case is == videoTrack:
					pictures++
				default:
					marks = append(marks, mark{entry.begin, ebmlVoid})
				}
				return nil
			})
			if err != nil {
				return err
			}
			return errFound // players read the first list of tracks
		})
	})
	return marks, pictures, unlessFound(err)
}

// trackType says what a track holds; 0 when it does not say so once.
func (w *walker) trackType(entry box) (is int, err error) {
	err = w.elements(entry.body, entry.end, func(e box, _ bool) error {
		if e.kind != ebmlTrackType {
			return nil
		}
		b := make([]byte, 1)
		if e.end-e.body != 1 {
			return fmt.Errorf("%w: a track of it does not say what it is", ErrForm)
		}
		if _, err := w.r.ReadAt(b, e.body); err != nil {
			return err
		}
		if is != 0 && is != int(b[0]) {
			return fmt.Errorf("%w: a track of it says of itself that it is two things", ErrForm)
		}
		is = int(b[0])
		return nil
	})
	return is, err
}
