package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"

	"haris/internal/event"
)

// benign reads messages that hold no number of a person, as far as their makers say: CLINC150's JSON, a CSV with the text in the column "Content" or else the first,
// events one a line (optionally with gzip), or plain lines.
func benign(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	switch name := filepath.Base(path); {
	case strings.HasSuffix(name, ".json"):
		var sets map[string][][]string
		if err := json.NewDecoder(f).Decode(&sets); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		var out []string
		for _, set := range []string{"train", "val", "test", "oos_train", "oos_val", "oos_test"} {
			for _, pair := range sets[set] {
				out = append(out, pair[0])
			}
		}
		return out, nil
	case strings.HasSuffix(name, ".csv"):
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		var out []string
		if len(rows) == 0 {
			return nil, nil
		}
		at := max(slices.Index(rows[0], "Content"), 0)
		for _, row := range rows[1:] {
			out = append(out, row[at])
		}
		return out, nil
	case strings.HasSuffix(name, ".ndjson.gz"):
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return texts(bufio.NewScanner(z))
	}
	var out []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		out = append(out, lines.Text())
	}
	return out, lines.Err()
}

func texts(lines *bufio.Scanner) ([]string, error) {
	lines.Buffer(nil, 1<<20)
	var out []string
	for lines.Scan() {
		var e struct {
			Data struct{ Text string }
			Type event.Type
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, err
		}
		if e.Type == event.MessageSent && e.Data.Text != "" {
			out = append(out, e.Data.Text)
		}
	}
	return out, lines.Err()
}
