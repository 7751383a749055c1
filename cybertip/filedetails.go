package cybertip

import "time"

// FileDetails describes one uploaded file.
type FileDetails struct {
	ReportID int64 `xml:"reportId" json:"reportId,omitzero"`
	// FileID is what the upload answered.
	FileID   string `xml:"fileId" json:"fileId,omitzero"`
	FileName string `xml:"fileName" json:"fileName,omitzero"`
	// OriginalFileName is the name when the reported user uploaded it, ≤ 2056 characters.
	OriginalFileName string    `xml:"originalFileName" json:"originalFileName,omitzero"`
	UploadedToESP    time.Time `xml:"uploadedToEspTimestamp" json:"uploadedToEspTimestamp,omitzero"`
	// LocationOfFile is a URL, ≤ 2083 characters.
	LocationOfFile string `xml:"locationOfFile" json:"locationOfFile,omitzero"`
	// FileViewedByESP is true only when a person of the company viewed the entire contents. It is a statement to an authority.
	FileViewedByESP *bool `xml:"fileViewedByEsp" json:"fileViewedByEsp,omitzero"`
	// EXIFViewedByESP requires FileViewedByESP.
	EXIFViewedByESP *bool `xml:"exifViewedByEsp" json:"exifViewedByEsp,omitzero"`
	// PubliclyAvailable says that the entire contents were publicly accessible.
	PubliclyAvailable *bool         `xml:"publiclyAvailable" json:"publiclyAvailable,omitzero"`
	FileRelevance     FileRelevance `xml:"fileRelevance" json:"fileRelevance,omitzero"`
	// PotentialMeme is the old form of the annotation; not together with Annotations.
	PotentialMeme          *bool                  `xml:"potentialMeme" json:"potentialMeme,omitzero"`
	Annotations            *FileAnnotations       `xml:"fileAnnotations" json:"fileAnnotations,omitzero"`
	IndustryClassification IndustryClassification `xml:"industryClassification" json:"industryClassification,omitzero"`
	OriginalFileHashes     []OriginalFileHash     `xml:"originalFileHash" json:"originalFileHash,omitzero"`
	// IPCaptureEvent is the one address the file came from; NCMEC takes one.
	IPCaptureEvent *IPCaptureEvent `xml:"ipCaptureEvent" json:"ipCaptureEvent,omitzero"`
	DeviceIDs      []DeviceID      `xml:"deviceId" json:"deviceId,omitzero"`
	Details        []Details       `xml:"details" json:"details,omitzero"`
	AdditionalInfo []string        `xml:"additionalInfo" json:"additionalInfo,omitzero"`
}

// FileAnnotations are remarks about a file that are true by being there.
type FileAnnotations struct {
	AnimeDrawingVirtualHentai bool `xml:"animeDrawingVirtualHentai" json:"animeDrawingVirtualHentai,omitzero"`
	PotentialMeme             bool `xml:"potentialMeme" json:"potentialMeme,omitzero"`
	Viral                     bool `xml:"viral" json:"viral,omitzero"`
	PossibleSelfProduction    bool `xml:"possibleSelfProduction" json:"possibleSelfProduction,omitzero"`
	PhysicalHarm              bool `xml:"physicalHarm" json:"physicalHarm,omitzero"`
	ViolenceGore              bool `xml:"violenceGore" json:"violenceGore,omitzero"`
	Bestiality                bool `xml:"bestiality" json:"bestiality,omitzero"`
	LiveStreaming             bool `xml:"liveStreaming" json:"liveStreaming,omitzero"`
	Infant                    bool `xml:"infant" json:"infant,omitzero"`
	GenerativeAI              bool `xml:"generativeAi" json:"generativeAi,omitzero"`
}

// OriginalFileHash is a hash of a file at the time of the user's upload.
type OriginalFileHash struct {
	Value string `xml:",chardata" json:"value,omitzero"`
	// HashType is required, for example MD5 or SHA1; ≤ 64 characters.
	HashType string `xml:"hashType,attr" json:"hashType,omitzero"`
}

// Details is a list of names and values about a file.
type Details struct {
	Type DetailsType `xml:"type,attr" json:"type,omitzero"`
	// Pairs needs at least one entry.
	Pairs []NameValuePair `xml:"nameValuePair" json:"nameValuePair,omitzero"`
}

// NameValuePair is one name and its value.
type NameValuePair struct {
	// Name is ≤ 64 characters.
	Name  string `xml:"name" json:"name,omitzero"`
	Value string `xml:"value" json:"value,omitzero"`
}
