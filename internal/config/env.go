package config

import (
	"slices"
	"strings"
)

const (
	envPrefix = "HARIS_"
	envConfig = "HARIS_CONFIG" // the path of the file
	envFile   = "_FILE"        // after the name of a secret: the file that holds it
)

// foreign lists beginnings of names that are not the operator's: what Kubernetes sets for a service that is called "haris", and
// what the project's own tests use.
func foreign() []string {
	return []string{"HARIS_SERVICE_", "HARIS_PORT", "HARIS_TEST_", "HARIS_SCREENSHOTS"}
}

// variables picks the program's own variables; of a name that stands twice the last one holds.
func variables(env []string) map[string]string {
	out := map[string]string{}
	for _, line := range env {
		name, value, ok := strings.Cut(line, "=")
		if ok && strings.HasPrefix(name, envPrefix) {
			out[name] = value
		}
	}
	return out
}

// environment overrides keys by variables. A variable that is no key is a problem: a misspelt one would otherwise be passed over.
func (l *loader) environment(vars map[string]string) {
	known := []string{envConfig}
	for i := range l.keys {
		k := &l.keys[i]
		name := envName(k.name)
		known = append(known, name)
		if value, ok := vars[name]; ok {
			l.set(k, split(k, value), Origin{Name: "env " + name})
		}
		if k.secret {
			known = append(known, name+envFile)
			l.secretFile(k, name, vars)
		}
	}
	for name := range vars {
		ours := !slices.ContainsFunc(foreign(), func(p string) bool { return strings.HasPrefix(name, p) })
		if ours && !slices.Contains(known, name) {
			l.out.add(Problem{
				Origin: Origin{Name: "env " + name}, Message: "is no key of the configuration", Hint: didYouMean(name, known),
			})
		}
	}
}

// secretFile reads a secret from the file that a variable names.
func (l *loader) secretFile(k *key, name string, vars map[string]string) {
	path, ok := vars[name+envFile]
	if !ok {
		return
	}
	from := Origin{Name: "env " + name + envFile}
	if _, both := vars[name]; both {
		l.out.add(Problem{Origin: from, Key: k.name, Message: "is set twice", Hint: "set " + name + " or " + name + envFile + ", not both"})
		return
	}
	b, err := readBounded(path, maxSecret)
	if err != nil {
		l.out.add(Problem{Origin: from, Key: k.name, Message: "cannot be read: " + err.Error()})
		return
	}
	l.set(k, split(k, strings.TrimRight(string(b), "\r\n")), from)
}

// split cuts the text of a list at its commas and line ends; no text is an empty list.
func split(k *key, s string) []string {
	if !k.list {
		return []string{s}
	}
	var out []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(",\r\n", r) }) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
