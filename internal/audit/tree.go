package audit

import (
	"errors"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// Head is a log's length and the hash of its Merkle tree, which fixes every entry and their order.
type Head struct {
	Size int64
	Hash tlog.Hash
}

// Tree is a growing Merkle tree of which only the right edge is kept: the hashes of its complete subtrees, largest first. That
// is all an append needs. The zero Tree is empty.
type Tree struct {
	Size int64
	Edge []tlog.Hash
}

// Append adds a record. It returns the tree after it and the hashes to store, which get the numbers from
// tlog.StoredHashIndex(0, t.Size) on. t is left as it was.
func (t Tree) Append(record []byte) (Tree, []tlog.Hash) {
	h := tlog.RecordHash(record)
	stored := []tlog.Hash{h}
	edge := t.Edge
	for n := t.Size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(edge[len(edge)-1], h)
		edge = edge[:len(edge)-1]
		stored = append(stored, h)
	}
	grown := make([]tlog.Hash, 0, len(edge)+1)
	return Tree{t.Size + 1, append(append(grown, edge...), h)}, stored
}

// Head returns the head of the tree.
func (t Tree) Head() (Head, error) {
	if len(t.Edge) == 0 {
		h, err := tlog.TreeHash(0, nil)
		return Head{0, h}, err
	}
	h := t.Edge[len(t.Edge)-1]
	for i := len(t.Edge) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.Edge[i], h)
	}
	return Head{t.Size, h}, nil
}

// EncodeEdge returns the edge as bytes.
func (t Tree) EncodeEdge() []byte {
	b := make([]byte, 0, len(t.Edge)*tlog.HashSize)
	for _, h := range t.Edge {
		b = append(b, h[:]...)
	}
	return b
}

// ErrHead says that the stored head of a log contradicts itself.
var ErrHead = errors.New("audit: the stored head is damaged; run audit verify")

// DecodeTree is the inverse of EncodeEdge for a tree that must have the head h. ErrHead.
func DecodeTree(h Head, edge []byte) (Tree, error) {
	if h.Size < 0 || len(edge) != bits.OnesCount64(uint64(h.Size))*tlog.HashSize {
		return Tree{}, fmt.Errorf("%w: %d bytes of edge for %d entries", ErrHead, len(edge), h.Size)
	}
	t := Tree{Size: h.Size}
	for len(edge) > 0 {
		t.Edge = append(t.Edge, tlog.Hash(edge[:tlog.HashSize]))
		edge = edge[tlog.HashSize:]
	}
	got, err := t.Head()
	if err != nil {
		return Tree{}, err
	}
	if got != h {
		return Tree{}, fmt.Errorf("%w: its edge gives another hash", ErrHead)
	}
	return t, nil
}
