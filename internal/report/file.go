package report

import (
	"time"

	"haris/cybertip"
	"haris/internal/evidence"
)

// File is a sealed item of the case that can be uploaded with the report.
type File struct {
	Item      string                 `json:"item"` // id in the manifest
	Name      string                 `json:"name"`
	Kind      evidence.Kind          `json:"kind"`
	MediaType string                 `json:"media_type"`
	Size      int64                  `json:"size"`
	MD5       string                 `json:"md5"`
	SHA256    string                 `json:"sha256"`
	Chosen    bool                   `json:"chosen,omitempty"`
	Relevance cybertip.FileRelevance `json:"relevance,omitempty"`
	Note      string                 `json:"note,omitempty"`
	// Viewed is the record that a person was shown all of it; it comes from the log of exposures alone and cannot be edited.
	Viewed *Viewing `json:"viewed,omitempty"`
	// MetadataViewed is the like record for what the file says of itself (EXIF); nobody has viewed that without the file.
	MetadataViewed *Viewing `json:"metadata_viewed,omitempty"`

	// What a person says of it, and nobody else.
	Annotations    cybertip.FileAnnotations        `json:"annotations,omitzero"`
	Classification cybertip.IndustryClassification `json:"classification,omitempty"` // written only when Company.Classifies

	Upload *Upload `json:"upload,omitempty"` // nil when no event names the contents
	// Match is the entry of a list of known material that the contents came near to.
	Match    *evidence.Match    `json:"match,omitempty"`
	Metadata *evidence.Metadata `json:"metadata,omitempty"` // nil until haris has looked, which it does when a picture is chosen
}

// Upload is what the platform said of a file when it came in. Nothing here is computed again.
type Upload struct {
	Media    string    `json:"media"`             // the platform's id of it
	Account  string    `json:"account,omitempty"` // who uploaded it, or sent it first when no upload was told
	Itself   bool      `json:"itself,omitempty"`  // the upload was told by an event of its own
	Name     string    `json:"name,omitempty"`    // as the account named it
	At       time.Time `json:"at,omitzero"`       // when it was uploaded, if the platform said so or sent an upload event
	URL      string    `json:"url,omitempty"`     // where it was, as the platform gave it
	Hashes   []Hash    `json:"hashes,omitempty"`
	Surfaces []string  `json:"surfaces,omitempty"` // where it was shown or sent
	// Public says whether everybody could see all of it; nil when no surface is known.
	Public  *bool     `json:"public,omitempty"`
	Seen    *Sighting `json:"seen,omitempty"` // the one address of the upload itself
	Devices []Device  `json:"devices,omitempty"`
	// Differs says that the sealed bytes are not the uploaded ones, by the platform's own hash.
	Differs bool     `json:"differs,omitempty"`
	Events  []uint64 `json:"events,omitempty"` // places in the log
}

// Hash is a fingerprint with its algorithm.
type Hash struct {
	Algorithm string `json:"algorithm"` // MD5, SHA1, SHA256, PDQ
	Value     string `json:"value"`
}

// Viewing records who was shown the entire contents of a file, and when.
type Viewing struct {
	Who string    `json:"who"`
	At  time.Time `json:"at"`
}

// Views is what the log of exposures knows of one item; nil means that there is no record.
type Views struct {
	Entire   *Viewing // the entire contents were shown
	Metadata *Viewing // what the file says of itself was shown
}
