package detect

import "haris/internal/taxonomy"

// Match says on which list of known material a media was found, and how near it came.
type Match struct {
	Bank           string            `json:"bank"`
	Name           string            `json:"name"`
	Kind           string            `json:"kind"` // algorithm: md5, sha1, sha256, pdq, vpdq …
	Distance       int               `json:"distance"`
	Radius         int               `json:"radius,omitempty"` // greatest distance that counts; 0 where only equal counts
	Share          float64           `json:"share,omitempty"`  // of the frames of a video
	Classification string            `json:"classification,omitempty"`
	Entry          uint64            `json:"entry"`
	Origin         string            `json:"origin,omitempty"` // the exchange or list behind the bank
	Picture        string            `json:"picture"`          // the same for every copy of one known picture
	Media          string            `json:"media"`            // the platform's id
	Hashes         []string          `json:"hashes,omitempty"` // of the media, as kind:value
	Typology       taxonomy.Typology `json:"-"`
}
