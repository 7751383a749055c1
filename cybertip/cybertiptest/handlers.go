package cybertiptest

import (
	"bytes"
	"crypto/md5" //nolint:gosec // The service names files by MD5.
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"haris/cybertip"
)

func (s *Server) status(user string, r *http.Request) answer {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	return respond(cybertip.CodeSuccess, fmt.Sprintf("Remote User : %s, Remote Ip : %s", user, ip))
}

func (s *Server) xsd(string, *http.Request) answer {
	var b bytes.Buffer
	if err := cybertip.WriteXSD(&b, s.opt.Profile); err != nil {
		return respond(cybertip.CodeServerError, err.Error())
	}
	return answer{status: http.StatusOK, raw: b.Bytes()}
}

// readXML reads and checks an XML body. A nil answer means that the document may be used.
func (s *Server) readXML(kind cybertip.Kind, r *http.Request) ([]byte, *answer) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || (media != "text/xml" && media != "application/xml") {
		drain(r)
		a := respond(cybertip.CodeInvalidRequest, "the content type must be text/xml")
		a.status = http.StatusUnsupportedMediaType
		return nil, &a
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, s.opt.MaxBody+1))
	if err != nil || int64(len(body)) > s.opt.MaxBody {
		drain(r)
		a := respond(cybertip.CodeInvalidRequest, "the body could not be read or is too large")
		a.status = http.StatusRequestEntityTooLarge
		return nil, &a
	}
	if a := s.refuseDocument(kind, body); a != nil {
		return nil, a
	}
	return body, nil
}

// refuseDocument answers as the service does to a document that is not well-formed, breaks the schema or breaks a rule.
func (s *Server) refuseDocument(kind cybertip.Kind, body []byte) *answer {
	var text strings.Builder
	text.WriteString(cybertip.CodeValidationFailed.String())
	findings := cybertip.Blocking(cybertip.Validate(s.opt.Profile, kind, body, s.opt.Clock()))
	schema := slices.ContainsFunc(findings, func(f cybertip.Finding) bool { return f.Severity == cybertip.SeveritySchema })
	for _, f := range findings {
		switch f.Rule {
		case cybertip.RuleMalformed, cybertip.RuleDoctype, cybertip.RuleEncoding, cybertip.RuleTooLarge:
			a := respond(cybertip.CodeMalformedXML, fmt.Sprintf("%s\n[%d,%d] - %s", cybertip.CodeMalformedXML, f.Line, f.Column, f.Message))
			return &a
		}
		switch {
		case f.Severity == cybertip.SeveritySchema:
			fmt.Fprintf(&text, "\n[%d,%d] - %s", f.Line, f.Column, f.Detail)
		case !schema:
			fmt.Fprintf(&text, "\n[%d,%d] - %s", f.Line, f.Column, f.Message)
		}
	}
	if len(findings) == 0 {
		return nil
	}
	a := respond(cybertip.CodeValidationFailed, text.String())
	return &a
}

func (s *Server) submit(user string, r *http.Request) answer {
	body, bad := s.readXML(cybertip.KindReport, r)
	if bad != nil {
		return *bad
	}
	doc, err := cybertip.DecodeReport(body)
	if err != nil {
		return respond(cybertip.CodeValidationFailed, err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := s.unknownPrior(doc); s.opt.CheckPriorReports && !ok {
		return respond(cybertip.CodeValidationFailed, fmt.Sprintf("%s\npriorCTReports: report %d does not exist", cybertip.CodeValidationFailed, id))
	}
	id := s.nextID
	if bad := s.commit(entry{
		At: s.opt.Clock(), Act: cybertip.EndpointSubmit, Report: id, User: user, Batched: doc.BatchedReport != nil, Digest: digest(body),
	}); bad != nil {
		return *bad
	}
	if !s.opt.DigestsOnly {
		s.reports[id].Document = body
	}
	return success(id, "", "")
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// unknownPrior returns the first prior report that this server has not finished.
func (s *Server) unknownPrior(doc *cybertip.Report) (int64, bool) {
	var ids []int64
	for _, p := range doc.PersonsReported {
		ids = append(ids, p.PriorReports...)
		for _, a := range p.AssociatedAccounts {
			ids = append(ids, a.PriorReports...)
		}
	}
	for _, p := range doc.IntendedRecipients {
		ids = append(ids, p.PriorReports...)
	}
	for _, p := range doc.Victims {
		ids = append(ids, p.PriorReports...)
		for _, a := range p.AssociatedAccounts {
			ids = append(ids, a.PriorReports...)
		}
	}
	for _, id := range ids {
		if r := s.reports[id]; r == nil || r.State != StateFinished {
			return id, false
		}
	}
	return 0, true
}

func success(reportID int64, fileID, hash string) answer {
	return answer{status: http.StatusOK, reportID: reportID, doc: &cybertip.ReportResponse{
		ResponseDescription: cybertip.CodeSuccess.String(), ReportID: reportID, FileID: fileID, Hash: hash,
	}}
}

func (s *Server) upload(user string, r *http.Request) answer {
	id, file, err := s.readUpload(r)
	if err != nil {
		drain(r)
		return respond(cybertip.CodeMalformedFile, cybertip.CodeMalformedFile.String()+": "+err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rep, code := s.open(user, id)
	if rep == nil {
		return refuse(code).about(id)
	}
	fileID := s.hex32()
	if bad := s.commit(entry{
		At: s.opt.Clock(), Act: cybertip.EndpointUpload, Report: id, FileID: fileID, Name: file.Name, MD5: file.MD5, Content: file.SHA256, Size: file.Size,
	}); bad != nil {
		return bad.about(id)
	}
	rep.file(fileID).Content = file.Content
	return success(id, fileID, file.MD5)
}

// readUpload streams the form; only the first bytes of the file are kept.
func (s *Server) readUpload(r *http.Request) (int64, *File, error) {
	form, err := r.MultipartReader()
	if err != nil {
		return 0, nil, err
	}
	var id int64
	var file *File
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF) && (id == 0 || file == nil):
			return 0, nil, errors.New("the form needs an id and one file")
		case errors.Is(err, io.EOF):
			return id, file, nil
		case err != nil:
			return 0, nil, err
		}
		switch part.FormName() {
		case "id":
			if id, err = readID(part); err != nil {
				return 0, nil, err
			}
		case "file":
			if file != nil || part.FileName() == "" {
				return 0, nil, errors.New("the form must have exactly one file, with a name")
			}
			if file, err = s.readFile(part); err != nil {
				return 0, nil, err
			}
		default:
			return 0, nil, fmt.Errorf("unknown form field %q", part.FormName())
		}
	}
}

func readID(r io.Reader) (int64, error) {
	text, err := io.ReadAll(io.LimitReader(r, 32))
	if err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || id <= 0 {
		return 0, errors.New("the id is not a report id")
	}
	return id, nil
}

func (s *Server) readFile(part *multipart.Part) (*File, error) {
	sum5, sum256 := md5.New(), sha256.New()
	kept := &bytes.Buffer{}
	n, err := io.Copy(io.MultiWriter(sum5, sum256, &firstBytes{kept, s.opt.KeepFile}), part)
	if err != nil {
		return nil, err
	}
	return &File{
		Name: part.FileName(), Size: n, MD5: hex.EncodeToString(sum5.Sum(nil)), SHA256: hex.EncodeToString(sum256.Sum(nil)), Content: kept.Bytes(),
	}, nil
}

// firstBytes keeps the beginning of what is written to it.
type firstBytes struct {
	to   *bytes.Buffer
	left int64
}

func (f *firstBytes) Write(p []byte) (int, error) {
	keep := min(int64(len(p)), max(f.left, 0))
	f.left -= keep
	if _, err := f.to.Write(p[:keep]); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *Server) fileInfo(user string, r *http.Request) answer {
	body, bad := s.readXML(cybertip.KindFileDetails, r)
	if bad != nil {
		return *bad
	}
	doc, err := cybertip.DecodeFileDetails(body)
	if err != nil {
		return respond(cybertip.CodeValidationFailed, err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rep, code := s.open(user, doc.ReportID)
	if rep == nil {
		return refuse(code).about(doc.ReportID)
	}
	if rep.Batched {
		if a := s.refuseDocument(cybertip.KindBatchedFileDetails, body); a != nil {
			return a.about(rep.ID)
		}
	}
	file := rep.file(doc.FileID)
	switch {
	case file == nil:
		return refuse(cybertip.CodeNoSuchFile).about(rep.ID)
	case file.DetailsSHA256 != "":
		// The real code is unknown; see the package comment.
		return respond(cybertip.CodeValidationFailed, cybertip.CodeValidationFailed.String()+"\nfile details were already submitted for this file").about(rep.ID)
	}
	if bad := s.commit(entry{At: s.opt.Clock(), Act: cybertip.EndpointFileInfo, Report: rep.ID, FileID: file.ID, Digest: digest(body)}); bad != nil {
		return bad.about(rep.ID)
	}
	if !s.opt.DigestsOnly {
		file.Details = body
	}
	return success(rep.ID, file.ID, "")
}

// formID reads the id from a multipart or URL-encoded form.
func (s *Server) formID(r *http.Request) (int64, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return 0, err
	}
	r.Body = http.MaxBytesReader(nil, r.Body, s.opt.MaxBody)
	switch media {
	case "multipart/form-data":
		err = r.ParseMultipartForm(1 << 16)
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
	default:
		err = fmt.Errorf("content type %s is not a form", media)
	}
	if err != nil {
		return 0, err
	}
	return readID(strings.NewReader(r.PostFormValue("id")))
}

func (s *Server) finish(user string, r *http.Request) answer {
	id, err := s.formID(r)
	if err != nil {
		return respond(cybertip.CodeInvalidRequest, err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rep, code := s.open(user, id)
	if rep == nil {
		return refuse(code).about(id)
	}
	if rep.Batched && len(rep.Files) > 1 {
		return respond(cybertip.CodeValidationFailed, cybertip.CodeValidationFailed.String()+"\na batched report takes one file").about(id)
	}
	if bad := s.commit(entry{At: s.opt.Clock(), Act: cybertip.EndpointFinish, Report: id}); bad != nil {
		return bad.about(id)
	}
	done := &cybertip.ReportDoneResponse{ReportID: id, Files: &cybertip.DoneFiles{}}
	for i := range rep.Files {
		done.Files.FileIDs = append(done.Files.FileIDs, rep.Files[i].ID)
	}
	return answer{status: http.StatusOK, reportID: id, doc: done}
}

func (s *Server) retract(user string, r *http.Request) answer {
	id, err := s.formID(r)
	if err != nil {
		return respond(cybertip.CodeInvalidRequest, err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	rep, code := s.open(user, id)
	if rep == nil {
		return refuse(code).about(id)
	}
	if bad := s.commit(entry{At: s.opt.Clock(), Act: cybertip.EndpointRetract, Report: id}); bad != nil {
		return bad.about(id)
	}
	return success(id, "", "")
}
