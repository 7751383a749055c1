package exposure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"haris/internal/evidence"
)

// The bounds of what is read into memory at once, in bytes.
const (
	maxPicture = 64 << 20
	maxText    = 16 << 20
)

// Piece is contents on their way to a person.
type Piece struct {
	MediaType string
	Size      int64 // of the whole
	Span      evidence.Span
	Body      []byte
}

// Send gives the contents of an item to the person who is being shown it: a picture whole, of a video or recording a part of what the
// header of a range asks for ("" asks for all; a part is never longer than evidence.MaxPart). to hands the piece on; only when it
// returns nil does the log say that these bytes were sent. ErrShowing, ErrForm, ErrRange and the errors of the vault.
func (s *Service) Send(ctx context.Context, l Look, header string, to func(Piece) error) error {
	begun, err := s.Showing(ctx, l)
	if err != nil {
		return err
	}
	if begun.How != Clear && begun.How != Sound {
		return fmt.Errorf("%w: the clear contents in a showing that is %s", ErrForm, begun.How)
	}
	var p Piece
	switch begun.Form {
	case Image:
		p, err = s.picture(ctx, l, begun)
	case Video, Audio:
		p, err = s.part(ctx, l, begun, header)
	default:
		err = fmt.Errorf("%w: %s", ErrForm, begun.Form)
	}
	if err != nil {
		return err
	}
	defer s.under.begin(l.Showing)()
	start := s.follows(begun, Contents)
	start.Span = p.Span
	if err := to(p); err != nil {
		return err
	}
	return s.record(ctx, start)
}

// record writes an entry of something that was sent. The person may have left the page meanwhile, which does not undo what they saw.
func (s *Service) record(ctx context.Context, e Entry) error {
	e.Until = s.at()
	ctx = context.WithoutCancel(ctx)
	return s.Keeper.Write(ctx, func(tx Tx) error {
		_, err := tx.Add(ctx, e)
		return err
	})
}

// all reads an item whole, to its proven end.
func (s *Service) all(ctx context.Context, l Look, why string, limit int64) (evidence.Item, []byte, error) {
	i, body, err := s.Vault.Open(ctx, l.Who, why, l.Item)
	if err != nil {
		return i, nil, err
	}
	b, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err = errors.Join(err, body.Close()); err != nil {
		return i, nil, err
	}
	if int64(len(b)) > limit {
		return i, nil, fmt.Errorf("%w: it is longer than %d bytes", ErrForm, limit)
	}
	return i, b, nil
}

// picture reads a picture that a browser can be given.
func (s *Service) picture(ctx context.Context, l Look, begun Entry) (Piece, error) {
	if begun.Size > maxPicture {
		return Piece{}, fmt.Errorf("%w: it is longer than %d bytes", ErrForm, maxPicture)
	}
	_, b, err := s.all(ctx, l, "shown "+string(begun.How), maxPicture)
	if err != nil {
		return Piece{}, err
	}
	if err := sizable(b); err != nil {
		return Piece{}, err
	}
	return Piece{MediaType: evidence.Sniff(b), Size: begun.Size, Span: evidence.Span{To: begun.Size}, Body: b}, nil
}

// part reads a part of a video or recording.
func (s *Service) part(ctx context.Context, l Look, begun Entry, header string) (Piece, error) {
	span, err := ParseRange(header, begun.Size)
	if err != nil {
		return Piece{}, err
	}
	span.To = min(span.To, span.From+evidence.MaxPart)
	why := fmt.Sprintf("shown %s, bytes %d to %d", begun.How, span.From, span.To-1)
	b, err := s.Vault.OpenPart(ctx, l.Who, why, l.Item, span)
	if err != nil {
		return Piece{}, err
	}
	if begun.Form == Video && begun.How == Clear {
		var marks []mark
		err := s.Vault.Scan(ctx, l.Who, "look at where its sound is, to leave it out", l.Item, func(r io.ReaderAt) error {
			marks, err = silence(r, begun.Size)
			return err
		})
		if err != nil {
			return Piece{}, err
		}
		b = overlaid(b, span.From, marks)
	}
	head := b
	if span.From > 0 {
		if head, err = s.Vault.OpenPart(ctx, l.Who, "look at what kind of file it is", l.Item, evidence.Span{To: min(begun.Size, evidence.SniffBytes)}); err != nil {
			return Piece{}, err
		}
	}
	if !begun.Form.confirms(head) {
		return Piece{}, fmt.Errorf("%w: its bytes are not those of %s", ErrForm, begun.Form)
	}
	return Piece{MediaType: evidence.Sniff(head), Size: begun.Size, Span: span, Body: b}, nil
}

// Likeness gives a blurred, grey, small JPEG of a picture; the clear bytes do not leave the server. The log says so once to has
// returned nil.
func (s *Service) Likeness(ctx context.Context, l Look, to func(jpeg []byte) error) error {
	begun, err := s.Showing(ctx, l)
	if err != nil {
		return err
	}
	if begun.How != Blurred || begun.Form != Image || begun.Size > maxPicture {
		return fmt.Errorf("%w: blurred, %s", ErrForm, begun.Form)
	}
	_, b, err := s.all(ctx, l, "shown blurred", maxPicture)
	if err != nil {
		return err
	}
	blurred, err := blur(b)
	if err != nil {
		return err
	}
	e := s.follows(begun, Preview)
	if err := to(blurred); err != nil {
		return err
	}
	return s.record(ctx, e)
}

// Tags gives what a picture says of itself. Only when it says anything, and once show has returned nil, does the log say that
// the person was shown it.
func (s *Service) Tags(ctx context.Context, l Look, show func(evidence.Metadata) error) error {
	begun, err := s.Showing(ctx, l)
	if err != nil {
		return err
	}
	if begun.How != Panel || begun.Form != Image || begun.Size > maxPicture {
		return fmt.Errorf("%w: metadata, %s", ErrForm, begun.Form)
	}
	_, b, err := s.all(ctx, l, "what it says of itself was shown", maxPicture)
	if err != nil {
		return err
	}
	m := evidence.ReadMetadata(b)
	e := s.follows(begun, Metadata)
	if err := show(m); err != nil {
		return err
	}
	if len(m.Tags) == 0 {
		return nil
	}
	return s.record(ctx, e)
}

// Page is one page of a text.
type Page struct {
	N, Of int // from 1
	Text  string
}

// Read gives one page of a text, from 1; the log says so once show has returned nil.
func (s *Service) Read(ctx context.Context, l Look, n int, show func(Page) error) error {
	begun, err := s.Showing(ctx, l)
	if err != nil {
		return err
	}
	if begun.How != Clear || begun.Form != Text || begun.Size > maxText {
		return fmt.Errorf("%w: as text, %s", ErrForm, begun.Form)
	}
	_, b, err := s.all(ctx, l, fmt.Sprintf("shown as text, page %d", n), maxText)
	if err != nil {
		return err
	}
	if !Text.confirms(b[:min(len(b), evidence.SniffBytes)]) {
		return fmt.Errorf("%w: its bytes are not those of text", ErrForm)
	}
	pages := paginate(b)
	if n < 1 || n > len(pages) {
		return fmt.Errorf("%w: page %d of %d", ErrRange, n, len(pages))
	}
	span := pages[n-1]
	defer s.under.begin(l.Showing)()
	e := s.follows(begun, Contents)
	e.Span = span
	if err := show(Page{n, len(pages), string(bytes.ToValidUTF8(b[span.From:span.To], []byte("\uFFFD")))}); err != nil {
		return err
	}
	return s.record(ctx, e)
}
