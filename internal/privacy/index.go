package privacy

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"time"
)

//go:embed index.html
var indexFile embed.FS

// index makes index.html: a page by itself, without a script, that prints.
func (x *Export) index(sections []section) ([]byte, error) {
	t, err := template.New("index.html").Funcs(template.FuncMap{"word": x.word}).ParseFS(indexFile, "index.html")
	if err != nil {
		return nil, fmt.Errorf("privacy: index: %w", err)
	}
	dir := "ltr"
	if x.Lang == "ar" {
		dir = "rtl"
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{
		"Lang": x.Lang, "Dir": dir, "X": x, "Kind": string(x.Kind), "At": x.At.UTC().Format(time.DateTime), "Sections": sections,
		"Notes": append([]string{"marks", "read"}, x.Notes...),
	})
	if err != nil {
		return nil, fmt.Errorf("privacy: index: %w", err)
	}
	return out.Bytes(), nil
}
