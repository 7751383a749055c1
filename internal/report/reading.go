package report

import (
	"encoding/json"
	"fmt"

	"haris/cybertip"
	"haris/internal/report/neutral"
)

// Reading is what would be sent, or was, as the authority reads it: every element and attribute of each document, in its order, and
// nothing that is not sent. Pages and paper are made from it, never from the draft.
type Reading struct {
	Report cybertip.Part
	Files  []FileReading
}

// FileReading is the description of one file, and what is known of the file itself.
type FileReading struct {
	Name string
	Size int64
	MD5  string
	cybertip.Part
}

// Reading reads the documents. Those of a draft that cannot be written yet have no report, which reads as an empty one.
func (d *Documents) Reading() (r Reading, err error) {
	if len(d.JSON) > 0 {
		var form neutral.Report
		if err := json.Unmarshal(d.JSON, &form); err != nil {
			return r, fmt.Errorf("report: %w", err)
		}
		r.Report.Parts = neutral.Read(&form)
		return r, nil
	}
	if len(d.XML) == 0 {
		return r, nil
	}
	if r.Report, err = cybertip.Outline(d.XML); err != nil {
		return r, fmt.Errorf("report: %w", err)
	}
	for _, f := range d.Files {
		p, err := cybertip.Outline(f.XML)
		if err != nil {
			return r, fmt.Errorf("report: file %s: %w", f.Item, err)
		}
		r.Files = append(r.Files, FileReading{Name: f.Name, Size: f.Size, MD5: f.MD5, Part: p})
	}
	return r, nil
}
