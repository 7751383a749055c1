package config

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Flag is a value from the command line. It wins over the environment, which wins over the file.
type Flag struct {
	Key  string // dotted path, for example "data_dir"
	Text string
	Name string // how the user wrote it, for example "--data-dir"
}

// Load reads the file at path, then the environment (as os.Environ gives it), then flags, and checks the whole. An empty path
// means the file that HARIS_CONFIG names, or no file. A file that was named and is not there is an error. Everything that is
// wrong is in the one *Problems that is returned; the Config is then of no use.
func Load(path string, env []string, flags ...Flag) (Config, error) {
	l := &loader{config: Default()}
	l.keys = l.config.keys()
	l.config.origins = map[string]Origin{}
	vars := variables(env)
	from := Origin{Name: "--config"}
	if path == "" {
		path, from = vars[envConfig], Origin{Name: "env " + envConfig}
	}
	if path != "" {
		l.file(path, from)
	}
	l.environment(vars)
	for _, f := range flags {
		l.flag(f)
	}
	l.config.check(&l.out)
	if err := l.out.err(); err != nil {
		return Config{}, err
	}
	return l.config, nil
}

// loader is a configuration while it is being read.
type loader struct {
	config Config
	keys   []key
	out    Problems
}

func (l *loader) key(name string) *key {
	for i := range l.keys {
		if l.keys[i].name == name {
			return &l.keys[i]
		}
	}
	return nil
}

// set gives a key its value, or says what is wrong with the value.
func (l *loader) set(k *key, parts []string, from Origin) {
	if k.set(parts) {
		l.config.origins[k.name] = from
		return
	}
	message := "is not what is allowed"
	if !k.secret && !strings.Contains(strings.Join(parts, ""), "@") { // before an "@" a password may stand
		message = "is " + strconv.Quote(shorten(strings.Join(parts, ",")))
	}
	hint := k.expect
	if len(k.words) > 0 {
		hint = didYouMean(strings.Join(parts, ","), k.words)
	}
	l.out.add(Problem{Origin: from, Key: k.name, Message: message, Hint: hint, Allowed: k.words})
}

// shorten bounds what a problem repeats of a value.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func (l *loader) flag(f Flag) {
	k := l.key(f.Key)
	from := Origin{Name: f.Name}
	if k == nil {
		l.out.add(Problem{Origin: from, Key: f.Key, Message: "is no key of the configuration"})
		return
	}
	l.set(k, []string{f.Text}, from)
}

// maxFile bounds the configuration, maxSecret a file that holds a secret.
const (
	maxFile   = 1 << 20
	maxSecret = 64 << 10
)

// file reads the YAML file; from says who named it.
func (l *loader) file(path string, from Origin) {
	src, err := readBounded(path, maxFile)
	if err != nil {
		l.out.add(Problem{Origin: from, Message: fmt.Sprintf("the configuration cannot be read: %v", err)})
		return
	}
	(&reader{loader: l, file: path}).read(src)
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) (b []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = e
		}
	}()
	b, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s is longer than %d bytes", path, limit)
	}
	return b, err
}
