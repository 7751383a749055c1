package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"haris/internal/stage/seed"
)

// TestRun counts what is planted in small files of each kind, and says what is wrong with others.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	event := func(id, text string) string {
		return `{"specversion":"1.0","id":"` + id + `","source":"/x","type":"message.sent","time":"2026-03-02T10:00:00Z","data":{"from":"a","to":["b"],"conversation":"c","surface":"dm","lang":"en","text":"` + text + `"}}` + "\n"
	}
	files := []string{
		write("data.json", `{"test":[["keep this between us","x"],["the train leaves at nine","y"]]}`),
		write("test.csv", "text,category\nthe train leaves at nine,x\n"),
		write("e.ndjson", event("1", "keep this between us")+event("2", "is your mum at home")+event("3", "hello there")),
	}
	var out strings.Builder
	if err := run(&out, files); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"data.json: 2 messages in 1 conversations", "any stage 50.00 %", "test.csv: 1 messages", "any stage 0.00 %", "3 messages in 1 conversations", "two stages in 100.0 %"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if err := run(&out, []string{write("bad.json", "[")}); err == nil {
		t.Error("a file that is no JSON was read")
	}
}

// TestWatchSpeaks keeps the measure from measuring nothing: a conversation full of stages makes D4 speak.
func TestWatchSpeaks(t *testing.T) {
	m, err := seed.Model()
	if err != nil {
		t.Fatal(err)
	}
	var talk []text
	for range 8 {
		for _, s := range []string{"is your mum at home", "keep this between us", "add me on the other app", "i can pick you up on saturday"} {
			talk = append(talk, text{s, "en"})
		}
	}
	if r := measure(m, [][]text{talk}); r.spoke != 1 || r.most > 1 {
		t.Errorf("%+v", r)
	}
}
