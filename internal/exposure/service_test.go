package exposure_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/exposure"
	"haris/internal/store/storetest"
)

func TestService(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		for name, f := range map[string]func(*bench){
			"a picture that was sent and looked at is viewed":      pictureViewed,
			"nobody can say that they saw what was not sent":       claimWithoutServing,
			"a blurred likeness is never a viewing":                blurredOnly,
			"what is shown without sound holds none":               soundless,
			"a video takes all its parts, with sound":              videoParts,
			"a part that did not arrive does not count":            partFails,
			"parts that are not what was sealed prove nothing":     videoChanged,
			"a text takes its last page":                           textPages,
			"a showing is of one person, one item and one evening": showings,
			"what is known is not shown again by default":          known,
			"the limit of the day holds until a lead lifts it":     limits,
			"metadata counts with the whole file alone":            metadata,
			"a failed read is an error":                            failedRead,
			"every serving stands in custody":                      custody,
		} {
			t.Run(name, func(t *testing.T) { f(setup(t, e)) })
		}
	})
}

func pictureViewed(b *bench) {
	i := b.add("c1", "pattern.png", stripes(b, 60, 40))
	l := b.begin("ada", i, exposure.Clear)
	if p := b.send(l, ""); p.MediaType != "image/png" || int64(len(p.Body)) != i.Size {
		b.Errorf("sent %s, %d bytes", p.MediaType, len(p.Body))
	}
	if got := b.viewed(i); got != "" {
		b.Errorf("viewed by %q although nobody has said so", got)
	}
	for range 2 {
		if err := b.Declare(b.Context(), l); err != nil {
			b.Fatal(err)
		}
	}
	if got := b.viewed(i); got != "ada" {
		b.Errorf("viewed by %q, want ada", got)
	}
	if b.audited("exposure.begun") != 1 || b.audited("exposure.declared") != 1 {
		b.Error("the audit log must hold one beginning and one statement")
	}
}

func claimWithoutServing(b *bench) {
	i := b.add("c1", "pattern.png", stripes(b, 60, 40))
	if err := b.Declare(b.Context(), b.begin("ada", i, exposure.Clear)); !errors.Is(err, exposure.ErrNotServed) {
		b.Errorf("nothing was sent: %v", err)
	}
	b.send(b.begin("ben", i, exposure.Clear), "")
	if err := b.Declare(b.Context(), b.begin("ada", i, exposure.Clear)); !errors.Is(err, exposure.ErrNotServed) {
		b.Errorf("it was sent to somebody else: %v", err)
	}
	b.send(b.begin("ada", i, exposure.Clear), "")
	if err := b.Declare(b.Context(), b.begin("ada", i, exposure.Clear)); !errors.Is(err, exposure.ErrNotServed) {
		b.Errorf("it is not on the screen now: %v", err)
	}
	if got := b.viewed(i); got != "" || b.audited("exposure.declared") != 0 {
		b.Errorf("viewed by %q", got)
	}
}

func blurredOnly(b *bench) {
	i := b.add("c1", "pattern.png", stripes(b, 60, 40))
	l := b.begin("ada", i, exposure.Blurred)
	var jpeg []byte
	if err := b.Likeness(b.Context(), l, func(j []byte) error { jpeg = j; return nil }); err != nil || len(jpeg) == 0 {
		b.Fatal(err)
	}
	if err := b.Send(b.Context(), l, "", func(exposure.Piece) error { b.Error("clear bytes left in a blurred showing"); return nil }); !errors.Is(err, exposure.ErrForm) {
		b.Errorf("clear contents: %v", err)
	}
	if err := b.Declare(b.Context(), l); !errors.Is(err, exposure.ErrForm) {
		b.Errorf("statement: %v", err)
	}
	if got := b.viewed(i); got != "" {
		b.Errorf("viewed by %q", got)
	}
	if d, err := b.Today(b.Context(), "ada"); err != nil || d.Items != 0 {
		b.Errorf("a likeness counts as %d items, %v", d.Items, err)
	}
}

func videoParts(b *bench) {
	i := b.add("c1", "clip.mp4", film(evidence.MaxPart+1000))
	l := b.begin("ada", i, exposure.Sound)
	p := b.send(l, "bytes=0-")
	if p.Span != (evidence.Span{To: evidence.MaxPart}) || p.MediaType != "video/mp4" {
		b.Errorf("the first part is %v, %s", p.Span, p.MediaType)
	}
	if err := b.Declare(b.Context(), l); !errors.Is(err, exposure.ErrNotServed) {
		b.Errorf("without the end: %v", err)
	}
	b.send(l, "bytes=-900")
	if err := b.Declare(b.Context(), l); !errors.Is(err, exposure.ErrNotServed) || !strings.Contains(err.Error(), "4195204 of 4195304") {
		b.Errorf("with a hole of 100 bytes: %v", err)
	}
	mute := b.begin("ada", i, exposure.Clear)
	b.send(mute, "bytes=4194304-")
	if err := b.Declare(b.Context(), mute); !errors.Is(err, exposure.ErrForm) {
		b.Errorf("mute: %v", err)
	}
	if err := b.Declare(b.Context(), l); !errors.Is(err, exposure.ErrNotServed) {
		b.Errorf("the hole was shown mute only: %v", err)
	}
	b.send(l, "bytes=4194304-")
	if err := b.Declare(b.Context(), l); err != nil {
		b.Fatal(err)
	}
	if got := b.viewed(i); got != "ada" {
		b.Errorf("viewed by %q", got)
	}
}

func partFails(b *bench) {
	i := b.add("c1", "clip.mp4", film(5000))
	l := b.begin("ada", i, exposure.Sound)
	gone := errors.New("the browser is gone")
	if err := b.Send(b.Context(), l, "", func(exposure.Piece) error { return gone }); !errors.Is(err, gone) {
		b.Fatal(err)
	}
	if err := b.Declare(b.Context(), l); !errors.Is(err, exposure.ErrNotServed) {
		b.Errorf("got %v", err)
	}
	ctx, leave := context.WithCancel(b.Context())
	if err := b.Send(ctx, l, "", func(exposure.Piece) error { leave(); return nil }); err != nil {
		b.Errorf("sent, and then the person left: %v", err)
	}
	if n, err := b.Progress(b.Context(), "ada", i.ID); err != nil || n != i.Size {
		b.Errorf("%d of %d bytes are in the log, %v", n, i.Size, err)
	}
}

func videoChanged(b *bench) {
	i := b.add("c1", "clip.mp4", film(5000))
	l := b.begin("ada", i, exposure.Sound)
	b.send(l, "")
	b.blobs.Set(i.SealedSHA, []byte("something else"))
	if err := b.Declare(b.Context(), l); !errors.Is(err, evidence.ErrTampered) {
		b.Errorf("got %v, want ErrTampered", err)
	}
	if got := b.viewed(i); got != "" {
		b.Errorf("viewed by %q", got)
	}
}

func textPages(b *bench) {
	i := b.transcript(strings.Repeat("keep this between us\n", 2000))
	l := b.begin("ada", i, exposure.Clear)
	var of int
	read := func(n int) error {
		return b.Read(b.Context(), l, n, func(p exposure.Page) error { of = p.Of; return nil })
	}
	if err := read(1); err != nil || of < 2 {
		b.Fatal(of, err)
	}
	if err := read(of + 1); !errors.Is(err, exposure.ErrRange) {
		b.Errorf("a page after the last: %v", err)
	}
	if err := b.Declare(b.Context(), l); !errors.Is(err, exposure.ErrNotServed) {
		b.Errorf("after the first page: %v", err)
	}
	for n := 2; n <= of; n++ {
		if err := read(n); err != nil {
			b.Fatal(err)
		}
	}
	if err := b.Declare(b.Context(), l); err != nil || b.viewed(i) != "ada" {
		b.Errorf("after the last page: %v, viewed by %q", err, b.viewed(i))
	}
}

func showings(b *bench) {
	i, other := b.add("c1", "a.png", stripes(b, 60, 40)), b.add("c1", "b.png", stripes(b, 61, 40))
	l := b.begin("ada", i, exposure.Clear)
	sent := func(l exposure.Look) error {
		return b.Send(b.Context(), l, "", func(exposure.Piece) error { b.Errorf("sent to %+v", l); return nil })
	}
	for name, bad := range map[string]exposure.Look{
		"of another person": {Who: "ben", Item: i.ID, Showing: l.Showing},
		"of another item":   {Who: "ada", Item: other.ID, Showing: l.Showing},
		"of nothing":        {Who: "ada", Item: i.ID},
		"invented":          {Who: "ada", Item: i.ID, Showing: "01"},
	} {
		if err := sent(bad); !errors.Is(err, exposure.ErrShowing) {
			b.Errorf("%s: %v", name, err)
		}
	}
	b.now = b.now.Add(13 * time.Hour)
	if err := sent(l); !errors.Is(err, exposure.ErrShowing) {
		b.Errorf("of this morning: %v", err)
	}
	l = b.begin("ada", i, exposure.Clear)
	b.send(l, "")
	for range 2 {
		if err := b.End(b.Context(), l); err != nil {
			b.Fatal(err)
		}
	}
	if err := sent(l); !errors.Is(err, exposure.ErrShowing) {
		b.Errorf("after it was ended: %v", err)
	}
	if err := b.Declare(b.Context(), l); !errors.Is(err, exposure.ErrShowing) {
		b.Errorf("a statement about what is no longer on the screen: %v", err)
	}
}

func known(b *bench) {
	body := stripes(b, 60, 40)
	i := b.add("c1", "a.png", body)
	l := b.begin("ada", i, exposure.Clear)
	b.send(l, "")
	if err := b.Declare(b.Context(), l); err != nil {
		b.Fatal(err)
	}
	twin := b.add("c2", "renamed.png", body)
	_, err := b.Begin(b.Context(), exposure.Order{Who: "ben", Item: twin.ID, How: exposure.Clear})
	if !errors.Is(err, exposure.ErrKnown) {
		b.Errorf("got %v, want ErrKnown", err)
	}
	seen, err := b.Identical(b.Context(), twin.SHA256)
	if err != nil || len(seen) != 1 || seen[0].Item != i.ID || seen[0].Case != "c1" || seen[0].Viewing.Who != "ada" {
		b.Errorf("identical: %+v, %v", seen, err)
	}
	if got := b.viewed(twin); got != "" {
		b.Errorf("this very item counts as viewed by %q", got)
	}
	if _, err := b.Begin(b.Context(), exposure.Order{Who: "ben", Item: twin.ID, How: exposure.Blurred}); err != nil {
		b.Errorf("blurred: %v", err)
	}
	if _, err := b.Begin(b.Context(), exposure.Order{Who: "ben", Item: twin.ID, How: exposure.Clear, Why: "the report needs it"}); err != nil {
		b.Errorf("all the same: %v", err)
	}
}

func limits(b *bench) {
	b.Limits = exposure.Limits{Items: 2}
	items := []evidence.Item{b.add("c1", "a.png", stripes(b, 60, 40)), b.add("c1", "b.png", stripes(b, 61, 40)), b.add("c1", "c.png", stripes(b, 62, 40))}
	b.begin("ada", items[0], exposure.Clear)
	b.begin("ada", items[1], exposure.Clear)
	third := exposure.Order{Who: "ada", Item: items[2].ID, How: exposure.Clear}
	if _, err := b.Begin(b.Context(), third); !errors.Is(err, exposure.ErrLimit) || b.audited("exposure.refused") != 1 {
		b.Errorf("the third item: %v, %d refusals in the audit log", err, b.audited("exposure.refused"))
	}
	if _, err := b.Begin(b.Context(), exposure.Order{Who: "ada", Item: items[2].ID, How: exposure.Blurred}); err != nil {
		b.Errorf("blurred: %v", err)
	}
	b.begin("ben", items[2], exposure.Clear)
	if err := b.Lift(b.Context(), "ada", "ada", "one more"); !errors.Is(err, exposure.ErrSelf) {
		b.Errorf("lifting one's own limit: %v", err)
	}
	if err := b.Lift(b.Context(), "ada", "cleo", " "); !errors.Is(err, exposure.ErrInvalid) {
		b.Errorf("without a reason: %v", err)
	}
	if err := b.Lift(b.Context(), "ada", "cleo", "the case is urgent, a break follows"); err != nil || b.audited("exposure.lifted") != 1 {
		b.Fatal(err)
	}
	b.begin("ada", items[2], exposure.Clear)
	if days, err := b.Everyone(b.Context()); err != nil || len(days) != 2 || !days[0].Lifted || days[0].Items != 3 || days[1].Who != "ben" {
		b.Errorf("everyone: %+v, %v", days, err)
	}
	b.now = b.now.Add(24 * time.Hour)
	if d, err := b.Today(b.Context(), "ada"); err != nil || d.Items != 0 || d.Lifted {
		b.Errorf("the next day begins with %+v, %v", d, err)
	}
	b.Limits = exposure.Limits{Time: 5 * time.Minute}
	b.begin("ada", items[0], exposure.Clear)
	b.now = b.now.Add(6 * time.Minute)
	if _, err := b.Begin(b.Context(), third); !errors.Is(err, exposure.ErrLimit) {
		b.Errorf("after six minutes of five: %v", err)
	}
	b.Zone = func(string) *time.Location { return time.FixedZone("later", -10*3600) }
	if d, err := b.Today(b.Context(), "ada"); err != nil || d.Items != 3 && d.Items != 1 {
		b.Errorf("in another zone: %+v, %v", d, err)
	}
}

func metadata(b *bench) {
	i := b.add("c1", "tagged.jpg", evidencetest.Tagged(b))
	panel := b.begin("ada", i, exposure.Panel)
	var m evidence.Metadata
	if err := b.Tags(b.Context(), panel, func(got evidence.Metadata) error { m = got; return nil }); err != nil {
		b.Fatal(err)
	}
	if len(m.Tags) != 1 || m.Tags[0] != (evidence.Tag{Name: "Make", Value: "Example"}) || m.Unread != "" {
		b.Errorf("the picture says %+v", m)
	}
	if v, err := b.Views(b.Context(), i.ID); err != nil || v.Metadata != nil {
		b.Errorf("metadata without the file: %+v, %v", v, err)
	}
	clear := b.begin("ben", i, exposure.Clear)
	b.send(clear, "")
	if err := b.Declare(b.Context(), clear); err != nil || b.viewed(i) != "ben" {
		b.Errorf("the file seen by one and the metadata by another: %q, %v", b.viewed(i), err)
	}
	clear = b.begin("ada", i, exposure.Clear)
	b.send(clear, "")
	if err := b.Declare(b.Context(), clear); err != nil || b.viewed(i) != "ada and metadata" {
		b.Errorf("both seen by one: %q, %v", b.viewed(i), err)
	}
	plain := b.add("c1", "plain.png", stripes(b, 60, 40))
	l := b.begin("ada", plain, exposure.Panel)
	if err := b.Tags(b.Context(), l, func(got evidence.Metadata) error { m = got; return nil }); err != nil || len(m.Tags) != 0 {
		b.Errorf("a picture that says nothing: %+v, %v", m, err)
	}
	clear = b.begin("ada", plain, exposure.Clear)
	b.send(clear, "")
	if err := b.Declare(b.Context(), clear); err != nil || b.viewed(plain) != "ada" {
		b.Errorf("there was no metadata to see: %q, %v", b.viewed(plain), err)
	}
}

func failedRead(b *bench) {
	ctx, stop := context.WithCancel(b.Context())
	stop()
	if _, err := b.Views(ctx, "i1"); err == nil {
		b.Error("a read that failed says that nobody has viewed the item")
	}
	if _, err := b.Identical(ctx, strings.Repeat("a", 64)); err == nil {
		b.Error("a read that failed says that nothing is identical")
	}
}

func custody(b *bench) {
	i := b.add("c1", "a.png", stripes(b, 60, 40))
	l := b.begin("ada", i, exposure.Clear)
	b.send(l, "")
	b.send(l, "")
	chain, err := b.vault.Custody(b.Context(), i.ID)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, c := range chain {
		if c.Act == evidence.Opened && c.Who == "ada" {
			n++
		}
	}
	if n != 2 {
		b.Errorf("%d lines of custody for two servings", n)
	}
}

// TestWordWaitsForWhatIsUnderWay: the browser has the last byte before the log says so, and the word that comes then is taken.
func TestWordWaitsForWhatIsUnderWay(t *testing.T) {
	b := setup(t, sqliteEngine())
	i := b.add("c1", "a.png", stripes(t, 64, 48))
	l := b.begin("ada", i, exposure.Clear)
	said := make(chan error)
	err := b.Send(t.Context(), l, "", func(exposure.Piece) error {
		go func() { said <- b.Declare(t.Context(), l) }()
		select { // the word must not be judged while the piece is under way
		case err := <-said:
			t.Errorf("judged at once: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-said; err != nil || b.viewed(i) != "ada" {
		t.Errorf("%v, viewed by %q", err, b.viewed(i))
	}
}
