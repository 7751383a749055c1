package cybertiptest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"haris/cybertip"
)

// journalFormat is the first line of a journal; another number means another meaning of the lines.
const journalFormat = `{"format":"cybertiptest journal","version":1}`

// entry is one change of one report. Reports are a fold over entries, so that a journal of them brings a server back as it was. It never holds
// documents or the contents of files.
type entry struct {
	At      time.Time         `json:"at"`
	Act     cybertip.Endpoint `json:"act"`
	Report  int64             `json:"report"`
	User    string            `json:"user,omitzero"`    // of submit
	Batched bool              `json:"batched,omitzero"` // of submit
	Digest  string            `json:"sha256,omitzero"`  // of the document of submit and fileinfo
	FileID  string            `json:"file,omitzero"`    // of upload and fileinfo
	Name    string            `json:"name,omitzero"`    // the rest is of upload
	MD5     string            `json:"md5,omitzero"`
	Content string            `json:"contentSha256,omitzero"`
	Size    int64             `json:"size,omitzero"`
}

// apply makes a change that was allowed. It fails only on a journal that this server did not write. The caller holds the lock.
func (s *Server) apply(e entry) error {
	if e.Act == cybertip.EndpointSubmit {
		if s.reports[e.Report] != nil {
			return fmt.Errorf("report %d is opened twice", e.Report)
		}
		s.reports[e.Report] = &report{Report{ID: e.Report, User: e.User, State: StateOpen, Batched: e.Batched, Opened: e.At, SHA256: e.Digest}}
		s.order = append(s.order, e.Report)
		s.nextID = max(s.nextID, e.Report+1)
		return nil
	}
	r := s.reports[e.Report]
	if r == nil {
		return fmt.Errorf("report %d was never opened", e.Report)
	}
	switch e.Act {
	case cybertip.EndpointUpload:
		r.Files = append(r.Files, File{ID: e.FileID, Name: e.Name, MD5: e.MD5, SHA256: e.Content, Size: e.Size})
		r.Modified = e.At
	case cybertip.EndpointFileInfo:
		f := r.file(e.FileID)
		if f == nil {
			return fmt.Errorf("report %d has no file %q", e.Report, e.FileID)
		}
		f.DetailsSHA256 = e.Digest
		r.Modified = e.At
	case cybertip.EndpointFinish:
		r.State, r.Closed = StateFinished, e.At
	case cybertip.EndpointRetract:
		r.State, r.Closed = StateRetracted, e.At
	default:
		return fmt.Errorf("unknown act %q", e.Act)
	}
	return nil
}

// commit writes a change down and makes it. What cannot be written down does not happen, and is answered with a code that says so.
// The caller holds the lock.
func (s *Server) commit(e entry) *answer {
	if s.journal != nil {
		if err := s.journal.write(e); err != nil {
			a := respond(cybertip.CodeSaveFailed, cybertip.CodeSaveFailed.String()+": "+err.Error())
			return &a
		}
	}
	if err := s.apply(e); err != nil {
		a := respond(cybertip.CodeServerError, err.Error())
		return &a
	}
	return nil
}

// journal is an append-only file of entries, one JSON object a line.
type journal struct {
	file interface {
		io.WriterAt
		io.Closer
		Truncate(size int64) error
	}
	size int64 // where the next line begins
}

func (j *journal) write(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	n, err := j.file.WriteAt(append(line, '\n'), j.size)
	if err != nil {
		// Half a line would make the next one unreadable.
		return errors.Join(err, j.file.Truncate(j.size))
	}
	j.size += int64(n)
	return nil
}

// Open returns a server that keeps its reports in a file, and has those that the file holds already. The file is written before a call is
// answered: it survives the end of the process at any moment, though not a power cut. A last line that was cut short is removed: nobody was
// told of it. Call [Server.Close] when the server is no longer used; two servers on one file would destroy it.
func Open(path string, opt Options) (*Server, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cybertiptest: open the journal: %w", err)
	}
	s := NewServer(opt)
	size, err := s.load(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cybertiptest: journal %s: %w", path, err), file.Close())
	}
	s.journal = &journal{file: file, size: size}
	return s, nil
}

// Close lets hanging requests go and closes the journal, if there is one. What would change a report after that is refused.
func (s *Server) Close() error {
	s.Release()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil {
		return nil
	}
	return s.journal.file.Close()
}

// load reads a journal, or begins one in an empty file, and returns where the next line goes.
func (s *Server) load(file *os.File) (int64, error) {
	size, lines, err := s.read(file)
	if err != nil {
		return 0, err
	}
	if err := file.Truncate(size); err != nil {
		return 0, fmt.Errorf("cut off an unfinished line: %w", err)
	}
	if lines == 0 {
		n, err := file.WriteAt([]byte(journalFormat+"\n"), 0)
		return int64(n), err
	}
	// Ids must not come again after a restart with the same seed.
	s.rng = newRand(s.opt.Seed + uint64(size))
	return size, nil
}

var errNotJournal = errors.New("line 1: this is not a journal of a test server; it would begin with " + journalFormat)

// read applies every whole line and returns where they end, and how many there are.
func (s *Server) read(from io.Reader) (size int64, lines int, err error) {
	in := bufio.NewReader(from)
	for {
		line, err := in.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && lines == 0 && !strings.HasPrefix(journalFormat, string(line)):
			return 0, 0, errNotJournal // a file of one line is somebody else's, and not to be cut
		case errors.Is(err, io.EOF):
			return size, lines, nil
		case err != nil:
			return 0, 0, err
		}
		size += int64(len(line))
		lines++
		if line = bytes.TrimSuffix(line, []byte("\n")); lines == 1 {
			if string(line) != journalFormat {
				return 0, 0, errNotJournal
			}
			continue
		}
		var e entry
		if err = json.Unmarshal(line, &e); err == nil {
			err = s.apply(e)
		}
		if err != nil {
			return 0, 0, fmt.Errorf("line %d: %w", lines, err)
		}
	}
}
