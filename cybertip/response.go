package cybertip

// ReportResponse is the answer to every call but finish.
type ReportResponse struct {
	ResponseCode        int    `xml:"responseCode" json:"responseCode,omitzero"`
	ResponseDescription string `xml:"responseDescription" json:"responseDescription,omitzero"`
	ReportID            int64  `xml:"reportId" json:"reportId,omitzero"`
	FileID              string `xml:"fileId" json:"fileId,omitzero"`
	// Hash is the MD5 of the bytes that were received, in hexadecimal.
	Hash string `xml:"hash" json:"hash,omitzero"`
}

// ReportDoneResponse is the answer to finish. Its bytes prove the report and start the preservation clock.
type ReportDoneResponse struct {
	ResponseCode int        `xml:"responseCode" json:"responseCode,omitzero"`
	ReportID     int64      `xml:"reportId" json:"reportId,omitzero"`
	Files        *DoneFiles `xml:"files" json:"files,omitzero"`
}

// DoneFiles lists the files of a finished report.
type DoneFiles struct {
	FileIDs []string `xml:"fileId" json:"fileId,omitzero"`
}
