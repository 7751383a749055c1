package exchangetest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"haris/internal/bank"
)

// Hash is the n-th made-up hash of a kind that has digits.
func Hash(k bank.Kind, n int) bank.Hash {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", k, n))
	return bank.Hash{Kind: k, Value: hex.EncodeToString(sum[:map[bank.Kind]int{bank.MD5: 16, bank.SHA1: 20, bank.SHA256: 32, bank.PDQ: 32}[k]])}
}

// MakeItem makes the n-th item, which was changed at a time: a picture with three hashes, or every fifth a video with one.
func MakeItem(n int, changed time.Time) Item {
	i := Item{
		ID: fmt.Sprintf("i%06d", n), Owner: fmt.Sprint(100 + n%7), Class: string(bank.Classifications()[n%4]), Video: n%5 == 0, Changed: changed, Odd: n%50 == 49,
		Hashes: []bank.Hash{Hash(bank.MD5, n)},
	}
	if !i.Video {
		i.Hashes = append(i.Hashes, Hash(bank.PDQ, n), Hash(bank.SHA1, n))
	}
	return i
}

// Fill puts n items on the shelf that were changed one after another, a second apart, the last one at a time.
func (s *Server) Fill(n int, last time.Time) {
	for i := range n {
		s.Put(MakeItem(i, last.Add(time.Duration(i+1-n)*time.Second).UTC().Truncate(time.Second)))
	}
}
