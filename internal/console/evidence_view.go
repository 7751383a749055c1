package console

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"haris/internal/evidence"
	"haris/internal/exposure"
)

// Why an item is not on the screen.
const (
	whyKnown  = "known"   // the identical contents were viewed already
	whyRest   = "rest"    // the person rests
	whyLimit  = "limit"   // the person's limit of the day is reached
	whyPause  = "pause"   // a break is due
	whyCannot = "cannot"  // it cannot be shown like this
	whyOver   = "over"    // the showing has ended
	whyNotAll = "not_all" // the person says they looked at all of it, and not all was sent
)

// showingURL is the address of an item with what is on the screen.
func showingURL(item, showing string) string {
	return "/evidence/" + item + "?" + url.Values{"showing": {showing}}.Encode()
}

// pageURL is the address of a page of a text.
func pageURL(item, showing string, n int) string {
	return "/evidence/" + item + "?" + url.Values{"showing": {showing}, "page": {strconv.Itoa(n)}}.Encode() + "#viewer"
}

// contentsURL is the address of what is served of the item on the screen.
func contentsURL(p *itemPage, what string) string {
	return "/evidence/" + p.ID + "/" + what + "?" + url.Values{"showing": {p.on.Showing}}.Encode()
}

// statable reports whether the page offers "I have looked at all of it": where all is on the screen in a form that shows all, and of a
// text on its last page. The exposure log says whether it is taken.
func statable(p *itemPage) bool {
	if !p.form.Whole(p.on.How) {
		return false
	}
	return p.form != exposure.Text || p.page.N > 0 && p.page.N == p.page.Of
}

// offered reports whether a form is offered beside what is on the screen: not the same again, and nothing clear when the limit of the
// day is reached, a break is due or the person rests.
func offered(p *itemPage, h exposure.How) bool {
	if p.on.ID != "" && p.on.How == h {
		return false
	}
	return p.day.Open() || h == exposure.Blurred || h == exposure.Panel
}

// pressKey is the key that asks for a form.
func pressKey(h exposure.How) string {
	switch h {
	case exposure.Blurred:
		return "b"
	case exposure.Clear:
		return "v"
	}
	return ""
}

// newest turns a chain of custody round.
func newest(chain []evidence.Custody) []evidence.Custody {
	out := slices.Clone(chain)
	slices.Reverse(out)
	return out
}

// short is the beginning of an id or a digest, enough to tell two apart on a page.
func short(s string) string { return s[:min(len(s), 12)] + "…" }

// minutes rounds up, so that somebody who has looked has never looked for nothing.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }
