package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// json prints one object on one line.
func (r *run) json(v any) error {
	e := json.NewEncoder(r.Stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// isJSON reports whether programs read the output.
func (r *run) isJSON() bool { return r.Output == "json" }

// say tells a person something beside the data.
func (r *run) say(format string, args ...any) { fmt.Fprintf(r.Stderr, format+"\n", args...) }

// table prints rows under a head.
func (r *run) table(head []string, rows [][]string) error {
	w := tabwriter.NewWriter(r.Stdout, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, strings.ToUpper(strings.Join(head, "\t")))
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
