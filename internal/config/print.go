package config

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
)

// The formats of Print.
const (
	Human = "human"
	JSON  = "json"
)

// Entry is one key as it is printed. Value is a text, or a list of texts for a key that takes one; a secret in it is masked.
type Entry struct {
	Key    string `json:"key"`
	Value  any    `json:"value"`
	Secret bool   `json:"secret,omitempty"`
	From   string `json:"from"` // "default", "haris.yaml:3:9", "env HARIS_LISTEN", "--data-dir"
}

// Entries lists every key with its value and where that came from.
func (c *Config) Entries() []Entry {
	var out []Entry
	for _, k := range c.keys() {
		parts := k.parts()
		for i := range parts {
			if k.secret {
				parts[i] = masked(parts[i])
			}
		}
		e := Entry{Key: k.name, Value: parts, Secret: k.secret, From: c.origins[k.name].String()}
		if !k.list {
			e.Value = parts[0]
		}
		out = append(out, e)
	}
	return out
}

// masked hides a secret. Of a URL it hides the password and the query, where another may stand.
func masked(s string) string {
	u, err := url.Parse(s)
	if s == "" || err != nil || u.Scheme == "" || u.Host == "" {
		return Secret(s).String()
	}
	out := u.Scheme + "://"
	if u.User != nil {
		out += url.User(u.User.Username()).String()
		if _, ok := u.User.Password(); ok {
			out += ":" + mask
		}
		out += "@"
	}
	out += u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		out += "?" + mask
	}
	return out
}

// Print writes every key with its value and where that came from: as YAML that Load takes (but for masked secrets), or as a JSON
// array of Entry. An unknown format is an error.
func (c *Config) Print(w io.Writer, format string) error {
	switch format {
	case JSON:
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(c.Entries())
	case Human:
		return c.printYAML(w)
	}
	return fmt.Errorf("config: cannot print as %q: expected %s or %s", format, Human, JSON)
}

// printYAML writes keys in their sections. Keys of one section stand together in the table, which a test makes sure of.
func (c *Config) printYAML(w io.Writer) error {
	b := bufio.NewWriter(w)
	var open []string
	for _, e := range c.Entries() {
		path := strings.Split(e.Key, ".")
		same := 0
		for same < len(open) && same < len(path)-1 && open[same] == path[same] {
			same++
		}
		for i := same; i < len(path)-1; i++ {
			fmt.Fprintf(b, "%s%s:\n", strings.Repeat("  ", i), path[i])
		}
		open = path[:len(path)-1]
		fmt.Fprintf(b, "%s%s: %s  # %s\n", strings.Repeat("  ", len(open)), path[len(path)-1], yamlText(e.Value), e.From)
	}
	return b.Flush()
}

// yamlText writes a value so that YAML reads the same text back.
func yamlText(v any) string {
	if list, ok := v.([]string); ok {
		quoted := make([]string, len(list))
		for i, s := range list {
			quoted[i] = strconv.Quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	s := v.(string)
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("_./-", r) {
			return strconv.Quote(s)
		}
	}
	if s == "" || strings.HasPrefix(s, "-") {
		return strconv.Quote(s)
	}
	return s
}
