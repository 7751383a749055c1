package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// How long a person takes who has never seen the pages. Reading: 238 words a minute, the mean of silent reading of English non-fiction
// (Brysbaert 2019, Journal of Memory and Language 109). Writing of one's own: 19 words a minute with a keyboard (Karat, Halverson, Horn
// and Karat 1999, CHI). The rest is the keystroke-level model of Card, Moran and Newell (1980): to think before an act, to point, to press, to
// bring the hand from one to the other. The label of a field is part of the act of filling it in; what is read is every sentence and
// every choice.
const (
	wordsRead    = 238
	wordsWritten = 19
	thinks       = 1350 * time.Millisecond
	points       = 1100 * time.Millisecond
	presses      = 200 * time.Millisecond
	homes        = 400 * time.Millisecond
	waits        = time.Second // for a page
)

// pace adds up what a person reads, writes and presses.
type pace struct {
	read, written, acts int
	took                time.Duration
}

func (p *pace) reads(text string) {
	n := len(strings.Fields(text))
	p.read += n
	p.took += time.Duration(n) * time.Minute / wordsRead
}

// fills is a field: something is chosen, or something of one's own is written.
func (p *pace) fills(value string) {
	p.acts++
	p.took += thinks + points + presses
	if n := len(strings.Fields(value)); n > 1 {
		p.written += n
		p.took += homes + time.Duration(n)*time.Minute/wordsWritten
	}
}

func (p *pace) goesOn() {
	p.acts++
	p.took += thinks + points + presses + waits
}

func (p *pace) String() string {
	return fmt.Sprintf("%d words read, %d written, %d fields and buttons: %v by the model", p.read, p.written, p.acts, p.took.Round(time.Second))
}

// reads lets the person read some of the page, which must be there.
func (k *chrome) reads(parts ...string) {
	k.t.Helper()
	for _, s := range parts {
		text := k.text(fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.innerText).join(" ")`, s))
		if text == "" {
			k.t.Errorf("nothing to read at %s", s)
		}
		k.pace.reads(text)
	}
}

func TestPace(t *testing.T) {
	var p pace
	p.reads(strings.Repeat("word ", wordsRead))
	p.fills("confirmed")
	p.fills(strings.Repeat("word ", wordsWritten))
	p.goesOn()
	if want := 2*time.Minute + 3*(thinks+points+presses) + homes + waits; p.took != want {
		t.Errorf("%v, want %v", p.took, want)
	}
}
