package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"haris/internal/store"
	"haris/internal/store/sqlite"
)

// TestDeletedIsGone checks that what was deleted cannot be read from the file any more: short rows, long ones that filled pages of
// their own, and the earlier body of a row that was replaced.
func TestDeletedIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "haris.db")
	db, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	mark := []byte("wrapped key of a case")
	exec := func(query string, args ...any) {
		t.Helper()
		if err := db.Write(t.Context(), func(tx *store.Tx) error { _, err := tx.Exec(t.Context(), query, args...); return err }); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for i := range 40 {
		var id string
		err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
			id, err = tx.Letters().Add(t.Context(), store.Letter{At: time.UnixMilli(int64(i)), Body: bytes.Repeat(mark, 1+i*40)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for i, id := range ids {
		if i%2 == 0 {
			exec(`DELETE FROM dead_letter WHERE id = $1`, id)
		} else {
			exec(`UPDATE dead_letter SET body = $2 WHERE id = $1`, id, []byte{1})
		}
	}
	if err := db.Close(); err != nil { // moves the write-ahead log into the file and removes it
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v", files, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b, mark); n > 0 {
		t.Errorf("%d copies of what was deleted are left in the file", n)
	}
}
