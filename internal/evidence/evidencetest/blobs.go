package evidencetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"haris/internal/evidence"
)

// Blobs checks every promise of evidence.Blobs on what open returns; open gives an empty store for each call.
func Blobs(t *testing.T, open func(t *testing.T) evidence.Blobs) {
	t.Helper()
	for name, f := range map[string]func(*testing.T, evidence.Blobs){
		"what was put is given back under its digest": givenBack,
		"putting the same bytes again is harmless":    putTwice,
		"a reader that fails leaves nothing":          failedPut,
		"a context that ended leaves nothing":         endedPut,
		"what is not there is ErrNoBlob":              notThere,
		"delete removes and may be repeated":          deleted,
		"list tells every blob and stops at an error": listed,
		"many at a time":                              many,
		"tidy keeps what was put":                     tidied,
	} {
		t.Run(name, func(t *testing.T) { f(t, open(t)) })
	}
}

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func put(t *testing.T, b evidence.Blobs, s string) evidence.BlobInfo {
	t.Helper()
	i, err := b.Put(t.Context(), strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func get(t *testing.T, b evidence.Blobs, name string) string {
	t.Helper()
	r, err := b.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func names(t *testing.T, b evidence.Blobs) (out []string) {
	t.Helper()
	if err := b.List(t.Context(), func(i evidence.BlobInfo) error { out = append(out, i.Name); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func givenBack(t *testing.T, b evidence.Blobs) {
	for _, s := range []string{"", "a", strings.Repeat("long ", 1<<17)} {
		i := put(t, b, s)
		if i.Name != digestOf(s) || i.Size != int64(len(s)) {
			t.Errorf("put %d bytes: got %s, %d bytes", len(s), i.Name, i.Size)
		}
		if got := get(t, b, i.Name); got != s {
			t.Errorf("put %d bytes, got %d others back", len(s), len(got))
		}
		if ok, err := b.Has(t.Context(), i.Name); !ok || err != nil {
			t.Errorf("has: %v, %v", ok, err)
		}
	}
}

func putTwice(t *testing.T, b evidence.Blobs) {
	one, two := put(t, b, "same"), put(t, b, "same")
	if one.Name != two.Name || len(names(t, b)) != 1 {
		t.Errorf("two puts gave %s and %s, %d blobs", one.Name, two.Name, len(names(t, b)))
	}
}

func failedPut(t *testing.T, b evidence.Blobs) {
	broken := errors.New("broken")
	_, err := b.Put(t.Context(), io.MultiReader(strings.NewReader("half"), failing{broken}))
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want the reader's error", err)
	}
	if n := names(t, b); len(n) != 0 {
		t.Errorf("left %v", n)
	}
	if ok, err := b.Has(t.Context(), digestOf("half")); ok || err != nil {
		t.Errorf("has the half: %v, %v", ok, err)
	}
}

func endedPut(t *testing.T, b evidence.Blobs) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Put(ctx, strings.NewReader("late")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if n := names(t, b); len(n) != 0 {
		t.Errorf("left %v", n)
	}
}

func notThere(t *testing.T, b evidence.Blobs) {
	put(t, b, "other")
	for _, name := range []string{digestOf("absent"), "", "x", "../../etc/passwd", strings.ToUpper(digestOf("other"))} {
		if _, err := b.Get(t.Context(), name); !errors.Is(err, evidence.ErrNoBlob) {
			t.Errorf("get %q: %v, want ErrNoBlob", name, err)
		}
		if ok, err := b.Has(t.Context(), name); ok || err != nil {
			t.Errorf("has %q: %v, %v", name, ok, err)
		}
		if err := b.Delete(t.Context(), name); err != nil {
			t.Errorf("delete %q: %v", name, err)
		}
	}
}

func deleted(t *testing.T, b evidence.Blobs) {
	i, kept := put(t, b, "gone"), put(t, b, "kept")
	for range 2 {
		if err := b.Delete(t.Context(), i.Name); err != nil {
			t.Fatal(err)
		}
	}
	if ok, err := b.Has(t.Context(), i.Name); ok || err != nil {
		t.Errorf("has: %v, %v", ok, err)
	}
	if got := get(t, b, kept.Name); got != "kept" {
		t.Errorf("the other blob is now %q", got)
	}
}

func listed(t *testing.T, b evidence.Blobs) {
	want := map[string]int64{}
	for _, s := range []string{"a", "bb", "ccc"} {
		want[put(t, b, s).Name] = int64(len(s))
	}
	got := map[string]int64{}
	err := b.List(t.Context(), func(i evidence.BlobInfo) error { got[i.Name] = i.Size; return nil })
	if err != nil || len(got) != len(want) {
		t.Fatalf("listed %v, %v; want %v", got, err, want)
	}
	for name, size := range want {
		if got[name] != size {
			t.Errorf("%s: %d bytes, want %d", name, got[name], size)
		}
	}
	stop, calls := errors.New("stop"), 0
	err = b.List(t.Context(), func(evidence.BlobInfo) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("got %v after %d calls, want the error of the first", err, calls)
	}
}

func many(t *testing.T, b evidence.Blobs) {
	var g sync.WaitGroup
	for i := range 16 {
		g.Go(func() {
			body := bytes.Repeat([]byte{byte(i % 4)}, 100_000)
			if _, err := b.Put(t.Context(), bytes.NewReader(body)); err != nil {
				t.Error(err)
			}
		})
	}
	g.Wait()
	list := names(t, b)
	if len(list) != 4 {
		t.Errorf("%d blobs, want 4", len(list))
	}
	for _, n := range list {
		if got := get(t, b, n); digestOf(got) != n {
			t.Errorf("blob %s holds other bytes", n)
		}
	}
}

func tidied(t *testing.T, b evidence.Blobs) {
	i := put(t, b, "kept")
	if _, err := b.Tidy(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := get(t, b, i.Name); got != "kept" {
		t.Errorf("got %q", got)
	}
}
