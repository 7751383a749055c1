package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/store"
)

// Letters checks that the engine keeps dead letters as store.Letters promises.
func Letters(t *testing.T, e Engine) {
	for name, check := range map[string]func(*bench){
		"a letter is kept as it came":                  lettersAsTheyCame,
		"words that no database can hold are replaced": lettersWords,
		"open letters are listed newest first":         lettersList,
		"pages end":                                    lettersPages,
		"a replayed letter is closed":                  lettersMark,
		"an amended letter stays open":                 lettersAmend,
		"an unknown letter is said to be unknown":      lettersUnknown,
		"a letter needs a time that an id can hold":    lettersTime,
	} {
		t.Run(name, func(t *testing.T) { check(newBench(t, e)) })
	}
}

func (b *bench) letter(l store.Letter) (id string) {
	b.Helper()
	b.write(func(tx *store.Tx) (err error) {
		id, err = tx.Letters().Add(b.ctx, l)
		return err
	})
	return id
}

func (b *bench) getLetter(id string) (l store.Letter) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		l, err = tx.Letters().Get(b.ctx, id)
		return err
	})
	return l
}

func (b *bench) openLetters() (n int) {
	b.Helper()
	b.read(func(tx *store.Tx) (err error) {
		n, err = tx.Letters().Count(b.ctx)
		return err
	})
	return n
}

// letters runs one change of a letter and returns its error.
func (b *bench) letters(f func(store.Letters) error) error {
	return b.db.Write(b.ctx, func(tx *store.Tx) error { return f(tx.Letters()) })
}

func broken(i int) store.Letter {
	return store.Letter{
		At: start().Add(time.Duration(i) * time.Second), Source: "chat", Event: fmt.Sprintf("e%d", i), Reason: "is no time", Place: "time",
		Body: []byte{'{', 0, 0xff, byte(i)},
	}
}

func lettersAsTheyCame(b *bench) {
	in := broken(3)
	in.At = in.At.Add(1234567 * time.Nanosecond).In(time.FixedZone("x", 3600))
	id := b.letter(in)
	l := b.getLetter(id)
	if l.ID != id || !l.At.Equal(start().Add(3*time.Second+time.Millisecond)) || l.Source != "chat" || l.Event != "e3" || l.Reason != "is no time" ||
		l.Place != "time" || !slices.Equal(l.Body, in.Body) || !l.ReplayedAt.IsZero() {
		b.Errorf("%+v", l)
	}
	if l := b.getLetter(b.letter(store.Letter{At: start()})); l.Body == nil || len(l.Body) != 0 {
		b.Errorf("an empty body became %v", l.Body)
	}
}

func lettersWords(b *bench) {
	l := broken(1)
	l.Source, l.Event, l.Reason, l.Place = "a\x00b", "\xffid", strings.Repeat("é", 1000), "p\x00"
	got := b.getLetter(b.letter(l))
	if got.Source != "a\uFFFDb" || got.Event != "\uFFFDid" || got.Reason != strings.Repeat("é", 512) || got.Place != "p\uFFFD" {
		b.Errorf("%q %q %d bytes %q", got.Source, got.Event, len(got.Reason), got.Place)
	}
	if err := b.letters(func(v store.Letters) error { return v.Amend(b.ctx, got.ID, "\x00", "\xff") }); err != nil {
		b.Fatal(err)
	}
	if got = b.getLetter(got.ID); got.Reason != "\uFFFD" || got.Place != "\uFFFD" {
		b.Errorf("amended %q %q", got.Reason, got.Place)
	}
}

func lettersList(b *bench) {
	// Several within one millisecond keep their order too.
	ids := []string{b.letter(broken(1)), b.letter(broken(2)), b.letter(broken(2)), b.letter(broken(2)), b.letter(broken(3))}
	slices.Reverse(ids)
	b.read(func(tx *store.Tx) error {
		letters, next, err := tx.Letters().List(b.ctx, "", 0)
		if err != nil {
			return err
		}
		var got []string
		for _, l := range letters {
			got = append(got, l.ID)
			if l.Body != nil {
				b.Errorf("a list holds a body: %v", l.Body)
			}
			if l.Source != "chat" || l.Reason == "" || l.At.IsZero() {
				b.Errorf("%+v", l)
			}
		}
		if !slices.Equal(got, ids) || next != "" {
			b.Errorf("%v, next %q, want %v", got, next, ids)
		}
		return nil
	})
	if n := b.openLetters(); n != 5 {
		b.Errorf("%d open", n)
	}
}

func lettersPages(b *bench) {
	b.read(func(tx *store.Tx) error {
		letters, next, err := tx.Letters().List(b.ctx, "", 2)
		if len(letters) != 0 || next != "" {
			b.Errorf("of nothing %v, next %q", letters, next)
		}
		return err
	})
	var want []string
	for i := range 4 {
		want = append(want, b.letter(broken(i)))
	}
	slices.Reverse(want)
	var got []string
	cursor, pages := "", 0
	for more := true; more; more = cursor != "" {
		b.read(func(tx *store.Tx) error {
			letters, next, err := tx.Letters().List(b.ctx, cursor, 2)
			for _, l := range letters {
				got = append(got, l.ID)
			}
			cursor = next
			return err
		})
		if pages++; pages > 9 {
			b.Fatal("pages do not end")
		}
	}
	if !slices.Equal(got, want) || pages != 2 {
		b.Errorf("%v on %d pages, want %v on 2", got, pages, want)
	}
	b.write(func(tx *store.Tx) error {
		for i := range 600 {
			if _, err := tx.Letters().Add(b.ctx, broken(i)); err != nil {
				return err
			}
		}
		return nil
	})
	for limit, want := range map[int]int{0: 50, -1: 50, 10_000: 500} {
		b.read(func(tx *store.Tx) error {
			letters, next, err := tx.Letters().List(b.ctx, "", limit)
			if len(letters) != want || next != letters[want-1].ID {
				b.Errorf("limit %d: %d letters, next %q", limit, len(letters), next)
			}
			return err
		})
	}
}

func lettersMark(b *bench) {
	id, other := b.letter(broken(1)), b.letter(broken(2))
	at := start().Add(time.Hour)
	mark := func() error { return b.letters(func(v store.Letters) error { return v.Mark(b.ctx, id, at) }) }
	if err := mark(); err != nil {
		b.Fatal(err)
	}
	if l := b.getLetter(id); !l.ReplayedAt.Equal(at) || len(l.Body) == 0 {
		b.Errorf("%+v", l)
	}
	b.read(func(tx *store.Tx) error {
		letters, _, err := tx.Letters().List(b.ctx, "", 0)
		if len(letters) != 1 || letters[0].ID != other {
			b.Errorf("open %v", letters)
		}
		return err
	})
	if n := b.openLetters(); n != 1 {
		b.Errorf("%d open", n)
	}
	at = at.Add(time.Hour)
	if err := mark(); !errors.Is(err, store.ErrReplayed) {
		b.Errorf("marked twice: %v", err)
	}
	if err := b.letters(func(v store.Letters) error { return v.Amend(b.ctx, id, "r", "p") }); !errors.Is(err, store.ErrReplayed) {
		b.Errorf("amended when replayed: %v", err)
	}
	if l := b.getLetter(id); !l.ReplayedAt.Equal(start().Add(time.Hour)) || l.Reason != "is no time" {
		b.Errorf("changed after all: %+v", l)
	}
}

func lettersAmend(b *bench) {
	id, other := b.letter(broken(1)), b.letter(broken(2))
	if err := b.letters(func(v store.Letters) error { return v.Amend(b.ctx, id, "lies in the future", "data.at") }); err != nil {
		b.Fatal(err)
	}
	if l := b.getLetter(id); l.Reason != "lies in the future" || l.Place != "data.at" || !l.ReplayedAt.IsZero() || !slices.Equal(l.Body, broken(1).Body) {
		b.Errorf("%+v", l)
	}
	if l := b.getLetter(other); l.Reason != "is no time" {
		b.Errorf("another letter changed: %+v", l)
	}
	if n := b.openLetters(); n != 2 {
		b.Errorf("%d open", n)
	}
}

func lettersUnknown(b *bench) {
	for name, f := range map[string]func(store.Letters) error{
		"get":   func(v store.Letters) error { _, err := v.Get(b.ctx, "none"); return err },
		"mark":  func(v store.Letters) error { return v.Mark(b.ctx, "none", start()) },
		"amend": func(v store.Letters) error { return v.Amend(b.ctx, "none", "r", "p") },
	} {
		if err := b.letters(f); !errors.Is(err, store.ErrNoLetter) {
			b.Errorf("%s: %v", name, err)
		}
	}
}

func lettersTime(b *bench) {
	if err := b.letters(func(v store.Letters) error { _, err := v.Add(b.ctx, store.Letter{}); return err }); err == nil {
		b.Error("a letter from before 1970 was taken")
	}
}
