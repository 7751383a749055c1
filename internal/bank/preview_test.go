package bank_test

import (
	"errors"
	"testing"

	"haris/internal/bank"
	"haris/internal/taxonomy"
)

func TestTryingSettingsOut(t *testing.T) {
	f := &swept{fixture: setup(t)}
	d := f.desk()
	known, file := f.pdq(), bank.Hash{Kind: bank.SHA256, Value: f.bytes(32)}
	f.put(bank.New("list", "The list"), bank.ClearedBank())
	f.add("list", ofPDQ(known), file)
	cleared := f.near(known, 12)
	f.add(bank.ClearedID, ofPDQ(cleared))
	f.see("ali", ofPDQ(f.near(known, 4)))
	f.see("bea", ofPDQ(f.near(known, 25)), file) // one media with two hashes
	f.see("cem", ofPDQ(cleared))                 // vetoed
	f.see("dan", ofPDQ(f.near(known, 40)))
	f.see("eve", ofPDQ(f.pdq()))
	b, err := d.Bank(t.Context(), "list")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change                func(*bank.Bank)
		then, media, accounts int
	}{
		"as it is, in shadow": {func(*bank.Bank) {}, 0, 0, 0},
		"in force":            {func(b *bank.Bank) { b.Mode = taxonomy.ModeEnforce }, 3, 2, 2},
		"nearer":              {func(b *bank.Bank) { b.Mode, b.Radius = taxonomy.ModeEnforce, 8 }, 2, 2, 2},
		"farther":             {func(b *bank.Bank) { b.Mode, b.Radius = taxonomy.ModeEnforce, 45 }, 4, 3, 3},
		"a floor above all":   {func(b *bank.Bank) { b.Mode, b.Quality = taxonomy.ModeEnforce, 95 }, 1, 1, 1},
		"off":                 {func(b *bank.Bank) { b.Mode = taxonomy.ModeOff }, 0, 0, 0},
		"negative":            {func(b *bank.Bank) { b.Mode, b.Polarity = taxonomy.ModeEnforce, bank.Negative }, 4, 3, 3},
	} {
		next := b.Bank
		tt.change(&next)
		p, err := d.Try(t.Context(), next)
		if err != nil || p.Then != tt.then || p.Now != 0 || p.Media != tt.media || p.Accounts != tt.accounts || p.Looked != 6 || !p.All() || p.More {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	b.Mode = taxonomy.ModeEnforce
	if b.Bank, err = d.Set(t.Context(), "ada", b.Bank); err != nil {
		t.Fatal(err)
	}
	next := b.Bank
	next.Radius = 8
	if p, err := d.Try(t.Context(), next); err != nil || p.Now != 3 || p.Then != 2 {
		t.Errorf("from force: %+v, %v", p, err)
	}
	next.Radius = 99
	if _, err := d.Try(t.Context(), next); !errors.Is(err, bank.ErrBank) {
		t.Errorf("what cannot be: %v", err)
	}
	if _, err := d.Try(t.Context(), bank.New("none", "None")); !errors.Is(err, bank.ErrNotFound) {
		t.Errorf("a bank that is none: %v", err)
	}
	if got := f.acts(); len(got) != 2 { // mode and settings: trying out leaves no trace and changes nothing
		t.Errorf("%v", got)
	}
}

func TestTryingIsBounded(t *testing.T) {
	f := &swept{fixture: setup(t)}
	d := f.desk()
	d.Patience = 1 // one piece is always looked at
	f.put(bank.New("list", "The list"))
	var hashes []bank.Hash
	for range 20_001 {
		hashes = append(hashes, bank.Hash{Kind: bank.MD5, Value: f.bytes(16)})
	}
	f.see("ali", hashes...)
	f.add("list", hashes[0], hashes[20_000])
	b, err := d.Bank(t.Context(), "list")
	if err != nil {
		t.Fatal(err)
	}
	b.Mode = taxonomy.ModeEnforce
	if p, err := d.Try(t.Context(), b.Bank); err != nil || p.All() || p.Looked != 20_000 || p.Of != 20_001 || p.Then != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}
