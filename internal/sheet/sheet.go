// Package sheet writes CSV that a spreadsheet opens as words and numbers: names and ids that others chose could otherwise begin a formula
// (OWASP, "CSV Injection").
package sheet

import (
	"encoding/csv"
	"io"
	"strconv"
)

// Writer writes rows as CSV (RFC 4180), each cell as Cell has it. Not safe for concurrent use.
type Writer struct{ csv *csv.Writer }

// NewWriter writes to w.
func NewWriter(w io.Writer) *Writer { return &Writer{csv.NewWriter(w)} }

// Write writes one row; it may stay in memory until Flush.
func (w *Writer) Write(row []string) error {
	out := make([]string, len(row))
	for i, s := range row {
		out[i] = Cell(s)
	}
	return w.csv.Write(out)
}

// WriteAll writes rows to their end.
func (w *Writer) WriteAll(rows [][]string) error {
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			return err
		}
	}
	return w.Flush()
}

// Flush writes what is in memory, and returns the first error of all writing.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Cell puts an apostrophe before words that a spreadsheet would take for a formula: those that begin with =, +, -, @, a tab or a return. Numbers
// stay as they are.
func Cell(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '+', '-':
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return s
		}
	case '=', '@', '\t', '\r':
	default:
		return s
	}
	return "'" + s
}
