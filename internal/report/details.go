package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"haris/cybertip"
	"haris/internal/evidence"
)

// Lengths of NCMEC's documentation, in characters.
const (
	maxOriginalName = 2056
	maxTagName      = 64
)

// detailsOf describes a file. Whether it was viewed is said only from the log of exposures: yes with a record of all of it, and an
// explicit no for a file that is reported and that nobody is on record to have viewed.
func (w *writer) detailsOf(d *Draft, f *File) *cybertip.FileDetails {
	out := &cybertip.FileDetails{FileName: f.Name, FileRelevance: f.Relevance}
	say := &says{}
	say.text(f.Note)
	sayViewed(out, f, say)
	w.sayUpload(d, out, f, say)
	sayMatch(f, say)
	sayJudged(d, out, f, say)
	if pairs := digests(f); len(pairs) > 0 {
		out.Details = append(out.Details, cybertip.Details{Type: cybertip.DetailsHash, Pairs: pairs})
	}
	if pairs := tags(f, say); len(pairs) > 0 {
		out.Details = append(out.Details, cybertip.Details{Type: cybertip.DetailsEXIF, Pairs: pairs})
	}
	if text := say.String(); text != "" {
		out.AdditionalInfo = []string{text}
	}
	if n := cleanAll(out); n > 0 {
		out.AdditionalInfo = append(out.AdditionalInfo, cleanedNote(n, "description"))
	}
	return out
}

// supplemental reports whether the file gives context and is not what is reported.
func (f *File) supplemental() bool { return f.Relevance == cybertip.RelevanceSupplemental }

// sayViewed says what a person of the company has seen, without a name: NCMEC asks the company.
func sayViewed(out *cybertip.FileDetails, f *File, say *says) {
	yes, no := true, false
	switch {
	case f.Viewed != nil:
		out.FileViewedByESP = &yes
		say.add("A person of the reporting company was shown the entire contents on %s.", f.Viewed.At.UTC().Format(time.RFC3339))
	case !f.supplemental():
		out.FileViewedByESP = &no
		say.text("No person of the reporting company is on record to have viewed the entire contents of this file.")
	}
	switch {
	case f.Viewed != nil && f.MetadataViewed != nil:
		out.EXIFViewedByESP = &yes
		say.add("What the file says of itself was shown to a person of the reporting company on %s.", f.MetadataViewed.At.UTC().Format(time.RFC3339))
	case f.Viewed != nil && f.Metadata != nil && len(f.Metadata.Tags) > 0:
		out.EXIFViewedByESP = &no
	}
}

// sayUpload says what the platform said of the file when it came in. Of an account that a person left out nothing is said.
func (w *writer) sayUpload(d *Draft, out *cybertip.FileDetails, f *File, say *says) {
	u := f.Upload
	if u == nil {
		return
	}
	if out.OriginalFileName = fit(u.Name, maxOriginalName); out.OriginalFileName != u.Name {
		say.add("Name at the upload: %s", u.Name)
	}
	out.UploadedToESP = w.past(u.At)
	if goodURL(u.URL) {
		out.LocationOfFile = u.URL
	} else if u.URL != "" {
		say.add("Where the file was, as the platform gave it: %s", u.URL)
	}
	out.PubliclyAvailable = u.Public
	if len(u.Surfaces) > 0 {
		say.add("Where it was shown or sent on the platform: %s.", strings.Join(u.Surfaces, ", "))
	}
	for _, h := range u.Hashes {
		out.OriginalFileHashes = append(out.OriginalFileHashes, cybertip.OriginalFileHash{HashType: h.Algorithm, Value: h.Value})
	}
	if u.Differs {
		say.text("The bytes of this file are not those of the upload: a hash that the platform gave for the upload is another one than the " +
			"hash of the bytes. The platform may have changed the file after it came in.")
	}
	if d.roleOf(u.Account) == RoleLeftOut || u.Account == "" {
		return
	}
	how := "Sent first, as far as it is known, by"
	if u.Itself {
		how = "Uploaded by"
	}
	say.add("%s the account %s.", how, u.Account)
	if u.Seen != nil {
		e := w.sighting(*u.Seen)
		out.IPCaptureEvent = &e
	}
	out.DeviceIDs = w.devices(&Party{Devices: u.Devices})
}

// sayMatch says that the file is near an entry of a list of known material. That is never the same as a person having seen it.
func sayMatch(f *File, say *says) {
	m := f.Match
	if m == nil {
		return
	}
	say.add("Software of the reporting company found the file by a hash match: list %q, algorithm %s, distance %d.", m.List, m.Algorithm, m.Distance)
	if m.Classification != "" {
		say.add("Classification of the list's entry, as the list gives it: %s.", m.Classification)
	}
	if f.Viewed == nil {
		say.text("The match alone is the ground: no person of the company is on record to have viewed this very file.")
	} else {
		say.text("Besides the match, a person of the company has viewed this very file.")
	}
}

// sayJudged writes what a person said of the file. NCMEC takes a classification, and the remark of a meme, of reported files alone.
func sayJudged(d *Draft, out *cybertip.FileDetails, f *File, say *says) {
	a := f.Annotations
	if f.supplemental() && a.PotentialMeme {
		a.PotentialMeme = false
		say.text("The reviewer marks the file as a potential meme.")
	}
	if a != (cybertip.FileAnnotations{}) {
		out.Annotations = &a
	}
	if d.Company.Classifies && !f.supplemental() {
		out.IndustryClassification = f.Classification
	}
}

// digests are those that haris computed of the bytes that it sends. Of what haris wrote itself they would tell nothing.
func digests(f *File) (out []cybertip.NameValuePair) {
	if f.Kind == evidence.KindTranscript {
		return nil
	}
	for _, h := range []Hash{{"MD5", f.MD5}, {"SHA256", f.SHA256}} {
		if h.Value != "" {
			out = append(out, cybertip.NameValuePair{Name: h.Algorithm, Value: h.Value})
		}
	}
	return out
}

// tags are what the picture says of itself.
func tags(f *File, say *says) (out []cybertip.NameValuePair) {
	m := f.Metadata
	switch {
	case m == nil:
		return nil
	case m.Unread != "":
		say.add("What the file says of itself (EXIF) could not be read: %s.", m.Unread)
		return nil
	case len(m.Tags) == 0:
		say.text("Software of the reporting company looked for what the file says of itself (EXIF) and found nothing.")
		return nil
	}
	say.text("What the file says of itself (EXIF) was read by software.")
	if m.More > 0 {
		say.add("%d more statements of the file about itself are in the file and not listed.", m.More)
	}
	for _, t := range m.Tags {
		if utf8.RuneCountInString(t.Name) <= maxTagName {
			out = append(out, cybertip.NameValuePair{Name: t.Name, Value: t.Value})
		} else {
			say.add("%s: %s", t.Name, t.Value)
		}
	}
	return out
}

// says collects sentences, one a line.
type says struct{ lines []string }

func (s *says) add(format string, args ...any) { s.text(fmt.Sprintf(format, args...)) }

func (s *says) text(line string) {
	if line != "" {
		s.lines = append(s.lines, line)
	}
}

// String joins them.
func (s *says) String() string { return strings.Join(s.lines, "\n") }
