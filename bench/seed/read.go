package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"haris/internal/event"
)

// text is one message.
type text struct{ text, lang string }

// together is how many messages without a conversation are taken for one.
const together = 40

// read reads the conversations of a file.
func read(name string) (out [][]text, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in := io.Reader(f)
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	switch filepath.Ext(strings.TrimSuffix(name, ".gz")) {
	case ".json":
		return clinc(in)
	case ".csv":
		return banking(in)
	}
	return events(in)
}

// cut takes messages together.
func cut(list []text) (out [][]text) {
	for ; len(list) > 0; list = list[min(together, len(list)):] {
		out = append(out, list[:min(together, len(list))])
	}
	return out
}

// clinc reads the requests of every list of CLINC150, every 149th after another, so that neighbours are of different kinds.
func clinc(in io.Reader) ([][]text, error) {
	var lists map[string][][2]string
	if err := json.NewDecoder(in).Decode(&lists); err != nil {
		return nil, err
	}
	var all []text
	for _, name := range []string{"train", "val", "test", "oos_train", "oos_val", "oos_test"} {
		for _, e := range lists[name] {
			all = append(all, text{e[0], "en"})
		}
	}
	return cut(spread(all)), nil
}

func banking(in io.Reader) ([][]text, error) {
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, err
	}
	var all []text
	for _, r := range rows[min(1, len(rows)):] {
		all = append(all, text{r[0], "en"})
	}
	return cut(spread(all)), nil
}

// spread deals a list that stands by kinds so that neighbours are of different kinds.
func spread(list []text) (out []text) {
	const step = 149
	for from := range step {
		for i := from; i < len(list); i += step {
			out = append(out, list[i])
		}
	}
	return out
}

// events reads what one account writes to another in one conversation.
func events(in io.Reader) (out [][]text, err error) {
	at := map[string]int{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		e, problem := event.Decode(lines.Text(), n, event.Limits{Bytes: 1 << 20, Depth: 32})
		if problem != nil {
			return nil, problem
		}
		if e.Type != event.MessageSent || e.Data.Text == "" {
			continue
		}
		key := e.Data.Conversation + "\x00" + e.Data.From
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key], out = i, append(out, nil)
		}
		out[i] = append(out[i], text{e.Data.Text, e.Data.Lang})
	}
	return out, lines.Err()
}
