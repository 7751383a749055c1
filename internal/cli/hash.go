package cli

import (
	"fmt"
	"os"
	"strconv"

	"haris/internal/app"
	"haris/internal/bank"
	"haris/internal/media"
)

type hashCommand struct {
	Files []string `arg:"" name:"file" help:"Files to hash; - is standard input."`
}

// Help is the example.
func (hashCommand) Help() string {
	return "Prints one line for each hash with tabs between: file, kind, hash, quality of PDQ. Pictures: JPEG, PNG, GIF, WebP, BMP, TIFF; videos need ffmpeg. " +
		"Of what cannot be read the exact hashes are printed, and why the rest is missing; the exit code is then 3.\n\n" +
		"Example: haris hash holiday.jpg clip.mp4"
}

// fileRow is a file as it is printed.
type fileRow struct {
	Name string `json:"file"`
	*media.File
	Hashes map[bank.Kind]string `json:"hashes,omitempty"`
	Error  string               `json:"error,omitempty"`
}

// Run hashes files.
func (c hashCommand) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	reader := media.NewReader(app.MediaOptions(&cfg.Media))
	left, failed := false, false
	for _, name := range c.Files {
		f, err := r.read(reader, name)
		left = left || len(f.Left) > 0
		failed = failed || err != nil
		if err := r.printHashes(name, f, err); err != nil {
			return err
		}
	}
	switch {
	case failed:
		return errNo
	case left:
		return exitError(Unscanned)
	}
	return nil
}

// read reads one file. Standard input is put aside first, because a video is read more than once.
func (r *run) read(reader *media.Reader, name string) (out media.File, err error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return out, err
		}
		defer f.Close() //nolint:errcheck // it was only read
		return reader.Read(r.ctx, f)
	}
	f, err := os.CreateTemp("", "haris-hash-*")
	if err != nil {
		return out, err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // nothing more can be done
	defer f.Close()           //nolint:errcheck // it goes away
	if _, err := f.ReadFrom(r.Stdin); err != nil {
		return out, err
	}
	return reader.Read(r.ctx, f)
}

func (r *run) printHashes(name string, f media.File, err error) error {
	if r.isJSON() {
		row := fileRow{Name: name}
		if err != nil {
			row.Error = err.Error()
			return r.json(row)
		}
		row.File, row.Hashes = &f, map[bank.Kind]string{}
		for _, h := range f.Media.Hashes {
			row.Hashes[h.Kind] = h.Value
		}
		return r.json(row)
	}
	if err != nil {
		r.say("haris: %s: %v", name, err)
		return nil
	}
	for _, h := range f.Media.Hashes {
		quality := ""
		if h.Kind == bank.PDQ {
			quality = strconv.Itoa(f.Quality)
		}
		if _, err := fmt.Fprintf(r.Stdout, "%s\t%s\t%s\t%s\n", name, h.Kind, h.Value, quality); err != nil {
			return err
		}
	}
	for _, why := range f.Left {
		r.say("haris: %s: %s: %s", name, why, f.Detail)
	}
	return nil
}
