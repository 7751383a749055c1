package exposure

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"haris/internal/bank"
	"haris/internal/evidence"
	"haris/pdq"
	"haris/pdq/decode"
)

// fingerprints remembers what was computed of contents, so that they are not opened again for it. The zero value is ready.
type fingerprints struct {
	mu   sync.Mutex
	made map[string]fingerprint // by SHA-256
}

// fingerprint is the PDQ hash of a picture, or why there is none.
type fingerprint struct {
	set pdq.Set
	why bank.Reason
}

// maxFingerprints bounds what is remembered.
const maxFingerprints = 10_000

func (f *fingerprints) get(sha256 string) (fingerprint, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.made[sha256]
	return p, ok
}

func (f *fingerprints) put(sha256 string, p fingerprint) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.made == nil || len(f.made) >= maxFingerprints {
		f.made = map[string]fingerprint{}
	}
	f.made[sha256] = p
}

// Recognise says what the banks say of the contents of an item: by its digests, and of a picture by its PDQ hash, for which haris opens it
// once, in the name of who asks. Of a video only the digests are compared, so that it is never clean. Of a text, or without banks, nothing
// is said.
func (s *Service) Recognise(ctx context.Context, who string, i evidence.Item) (bank.Decision, error) {
	form := FormOf(i.MediaType)
	if s.Banks == nil || form != Image && form != Video && form != Audio {
		return bank.Decision{}, nil
	}
	m, left := bank.Media{ID: i.ID, Quality: bank.Unrated}, []bank.Reason(nil)
	for _, h := range []struct {
		kind bank.Kind
		text string
	}{{bank.SHA256, i.SHA256}, {bank.MD5, i.MD5}} {
		if hash, err := bank.Parse(h.kind, h.text); err == nil {
			m.Hashes = append(m.Hashes, hash)
		}
	}
	if d := s.Banks(ctx, []bank.Media{m})[0]; slices.Contains(d.Reasons, bank.NoBank) {
		return d, nil // nothing to open it for
	}
	if form == Image {
		p, err := s.fingerprint(ctx, Look{Who: who, Item: i.ID}, i)
		switch {
		case err != nil:
			return bank.Decision{}, err
		case p.why != "":
			left = append(left, p.why)
		default:
			m.Hashes = append(m.Hashes, bank.Hash{Kind: bank.PDQ, Value: p.set.Hashes[pdq.Original].String()})
			m.Quality, m.Turned = p.set.Quality, &p.set.Hashes
		}
	}
	if form == Video {
		left = append(left, bank.NoFrames)
	}
	d := s.Banks(ctx, []bank.Media{m})[0]
	if len(left) > 0 {
		d = d.With(left...)
	}
	return d, nil
}

// known reports whether a bank in force has what somebody wants to be shown clear without having said why.
func (s *Service) known(ctx context.Context, o Order) (bool, error) {
	if s.Banks == nil || o.Why != "" || o.How != Clear && o.How != Sound {
		return false, nil
	}
	var i evidence.Item
	err := s.Keeper.Read(ctx, func(tx Tx) (err error) {
		i, err = tx.Evidence.Item(ctx, o.Item)
		return err
	})
	if err != nil {
		return false, err
	}
	d, err := s.Recognise(ctx, o.Who, i)
	return d.Answer == bank.Match, err
}

// fingerprint computes the PDQ hash of a picture.
func (s *Service) fingerprint(ctx context.Context, l Look, i evidence.Item) (fingerprint, error) {
	if p, ok := s.made.get(i.SHA256); ok {
		return p, nil
	}
	if i.Size > maxPicture {
		return fingerprint{why: bank.TooLarge}, nil
	}
	_, b, err := s.all(ctx, l, "compare with the banks whether it is known", maxPicture)
	if err != nil {
		return fingerprint{}, err
	}
	p := hashPicture(b)
	s.made.put(i.SHA256, p)
	return p, nil
}

func hashPicture(b []byte) fingerprint {
	if err := sizable(b); err != nil {
		return fingerprint{why: bank.Unsupported}
	}
	in, err := decode.Luma(b, decode.Limits{})
	if err != nil {
		return fingerprint{why: reasonOf(err)}
	}
	return fingerprint{set: pdq.New(pdq.Options{}).Dihedral(in.Image)}
}

// again checks the reason for which somebody wants to be shown what is known.
func (o *Order) again() error {
	if o.Why = strings.TrimSpace(o.Why); len(o.Why) > maxWhy {
		return fmt.Errorf("%w: a reason of at most %d bytes", ErrInvalid, maxWhy)
	}
	return nil
}

// maxWhy bounds a reason, in bytes.
const maxWhy = 4000

// reasonOf says why a picture could not be hashed.
func reasonOf(err error) bank.Reason {
	switch {
	case errors.Is(err, decode.ErrTooLarge):
		return bank.TooLarge
	case errors.Is(err, decode.ErrTruncated):
		return bank.Truncated
	case errors.Is(err, decode.ErrUnsupported):
		return bank.Unsupported
	}
	return bank.Damaged
}
