package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"haris/cybertip"
)

// DuplicateError says that a report tells nothing that an earlier one of the same case does not tell.
type DuplicateError struct {
	Earlier string // id of that report
	Status  Status
	Number  int64 // at NCMEC; 0 while it has none
}

// Error names the earlier report, and how to file this one all the same.
func (e *DuplicateError) Error() string {
	number := ""
	if e.Number != 0 {
		number = fmt.Sprintf(", number %d", e.Number)
	}
	return fmt.Sprintf("report: report %s (%s%s) says the same of this case; write what is new into this one, or say with the submission what is new",
		e.Earlier, e.Status, number)
}

// underWay lists the statuses of reports that NCMEC has or may get.
func underWay() []Status { return []Status{Submitting, Held, Failed, Filed} }

// again fails with a *DuplicateError when a report of the same case that was filed in this environment, or may be, sends the same.
// It runs in the transaction that submits, and every submission writes to its case, so that of two at the same time one sees the
// other. Compared are the newest 500 of each status.
func again(ctx context.Context, tx Tx, r *Report, filing *cybertip.Filing) error {
	want, err := likeness(filing)
	if err != nil {
		return err
	}
	for _, status := range underWay() {
		list, err := tx.List(ctx, Filter{Case: r.Case, Environment: r.Environment, Status: status, Limit: 500})
		if err != nil {
			return err
		}
		for i := range list {
			old := &list[i]
			if old.ID == r.ID || old.Filing == nil {
				continue
			}
			got, err := likeness(old.Filing)
			if err != nil {
				return err
			}
			if got == want {
				e := &DuplicateError{Earlier: old.ID, Status: old.Status, Number: old.Number}
				if e.Number == 0 {
					e.Number = old.Filing.ReportID
				}
				return e
			}
		}
	}
	return nil
}

// likeness is a digest of what a filing tells: its documents without times and without the numbers of earlier reports, which differ
// in a second report about the same, and its files by what is in them.
func likeness(f *cybertip.Filing) (string, error) {
	whole := sha256.New()
	if err := tell(whole, f.Report); err != nil {
		return "", fmt.Errorf("report: compare with earlier reports: %w", err)
	}
	var files []string
	for i := range f.Files {
		one := sha256.New()
		fmt.Fprintf(one, "%q %q", strings.ToLower(f.Files[i].MD5), f.Files[i].Name)
		if details := f.Files[i].Details; details != nil {
			d := *details
			d.ReportID, d.FileID = 1, "0"
			body, err := cybertip.Encode(f.Profile, &d)
			if err == nil {
				err = tell(one, body)
			}
			if err != nil {
				return "", fmt.Errorf("report: compare with earlier reports: %w", err)
			}
		}
		files = append(files, hex.EncodeToString(one.Sum(nil)))
	}
	slices.Sort(files)
	fmt.Fprintf(whole, "%q", files)
	return hex.EncodeToString(whole.Sum(nil)), nil
}

// tell writes what a document says to w.
func tell(w io.Writer, document []byte) error {
	in := xml.NewDecoder(bytes.NewReader(document))
	for {
		t, err := in.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "priorCTReports" || t.Name.Local == "priorCTReport" {
				if err := in.Skip(); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(w, "<%s", t.Name.Local)
			for _, a := range t.Attr {
				fmt.Fprintf(w, " %s=%q", a.Name.Local, timeless(a.Value))
			}
		case xml.EndElement:
			fmt.Fprint(w, ">")
		case xml.CharData:
			if s := strings.TrimSpace(timeless(string(t))); s != "" { // what was left out leaves its indentation behind
				fmt.Fprintf(w, "%q", s)
			}
		}
	}
}

// timeless leaves out a value that is a time, and of a text the part with the numbers of earlier reports.
func timeless(s string) string {
	if _, err := time.Parse(time.RFC3339, s); err == nil {
		return ""
	}
	parts := slices.DeleteFunc(strings.Split(s, "\n\n"), func(p string) bool { return strings.HasPrefix(p, earlierWords) })
	return strings.Join(parts, "\n\n")
}
