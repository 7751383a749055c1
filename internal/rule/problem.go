package rule

import (
	"sort"
	"strconv"
	"strings"

	"haris/internal/remark"
)

// Problem is one thing that is wrong with a pack, and how to mend it.
type Problem struct {
	File    string
	Line    int // 1-based; 0 when the problem is of the whole file
	Column  int // 1-based, in characters
	Rule    string
	Message remark.Remark // what is wrong
	Hint    remark.Remark // how to mend it; may be empty
	Allowed []string      // what may stand there; may be empty
	Snippet string        // the line and a caret below the column; may be empty
}

// Error says file, line, column, what is wrong, the snippet, what is allowed and the nearest allowed word.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		b.WriteString(":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column))
	}
	b.WriteString(": ")
	if p.Rule != "" {
		b.WriteString(p.Rule + ": ")
	}
	b.WriteString(p.Message.String())
	if !p.Hint.Empty() {
		b.WriteString("; " + p.Hint.String())
	}
	if len(p.Allowed) > 0 {
		b.WriteString("; allowed: " + strings.Join(p.Allowed, ", "))
	}
	if p.Snippet != "" {
		b.WriteString("\n" + p.Snippet)
	}
	return b.String()
}

// Problems is every problem of all packs, ordered by file, line and column. Load returns *Problems as its error.
type Problems struct {
	List []Problem
}

// Error prints one problem after another.
func (p *Problems) Error() string {
	out := make([]string, len(p.List))
	for i := range p.List {
		out[i] = p.List[i].Error()
	}
	return strings.Join(out, "\n")
}

func (p *Problems) sort() {
	sort.SliceStable(p.List, func(i, j int) bool {
		a, b := &p.List[i], &p.List[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
}

// none is where there is no hint.
var none remark.Remark

// say is a sentence of the checker. Its English stands as one text where it is said, so that a test finds it and asks for it in the languages
// of the pages.
func say(form string, args ...any) remark.Remark { return remark.Of(form, args...) }

// key is a key or a word of the format, which is the same in every language.
func key(word string) remark.Remark { return remark.Verbatim(word) }

// pos is a place in a file: 1-based line and column.
type pos struct {
	line, col int
}

// Snippet shows one line of a text and a caret below the column, as Problem.Snippet does; nothing when there is no such line.
func Snippet(lines []string, line, column int) string { return snippet(lines, pos{line, column}) }

// snippet shows one line and a caret below the column.
func snippet(lines []string, at pos) string {
	if at.line < 1 || at.line > len(lines) {
		return ""
	}
	text := lines[at.line-1]
	if len(text) > 200 {
		return ""
	}
	pad := strings.Repeat(" ", max(at.col-1, 0))
	return "  | " + strings.ReplaceAll(text, "\t", " ") + "\n  | " + pad + "^"
}

// didYouMean returns a hint naming the word nearest to s, or nothing when none is near enough.
func didYouMean(s string, words []string) remark.Remark {
	best, at := len(s)/3+2, ""
	for _, w := range words {
		if d := distance(s, w, best); d < best {
			best, at = d, w
		}
	}
	if at == "" {
		return none
	}
	return say("did you mean {word}?", "word", strconv.Quote(at))
}

// distance is the edit distance with transpositions of neighbours counted as one; it gives up at limit.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit || len(a) > 100 {
		return limit
	}
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
