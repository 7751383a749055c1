package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
)

//go:embed asset/console.css asset/keys.js asset/evidence.js asset/draft.js asset/palette.js asset/passkey.js asset/rules.js asset/htmx.min.js asset/icon.svg
var assetFiles embed.FS

// assets is every file that pages ask for. Its address holds a hash of its content, so browsers may keep it for ever.
type assets struct {
	body map[string][]byte // by address
	url  map[string]string // name → address
}

func readAssets() (*assets, error) {
	entries, err := assetFiles.ReadDir("asset")
	if err != nil {
		return nil, fmt.Errorf("console: read assets: %w", err)
	}
	a := &assets{body: map[string][]byte{}, url: map[string]string{}}
	for _, e := range entries {
		b, err := assetFiles.ReadFile(path.Join("asset", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("console: read asset %s: %w", e.Name(), err)
		}
		h := sha256.Sum256(b)
		url := "/asset/" + hex.EncodeToString(h[:8]) + "/" + e.Name()
		a.body[url], a.url[e.Name()] = b, url
	}
	return a, nil
}

// asset answers with one file.
func (c *console) asset(w http.ResponseWriter, r *request) error {
	b, ok := c.assets.body[r.URL.Path]
	if !ok {
		return ErrNotFound
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", contentType(path.Ext(r.URL.Path)))
	_, err := w.Write(b)
	return err
}

func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}
