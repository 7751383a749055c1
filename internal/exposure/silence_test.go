package exposure_test

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"testing"

	"haris/internal/exposure"
)

// element is a part of a WebM file of less than 127 bytes.
func element(id string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append([]byte(id), 0x80|byte(len(body))), body...)
}

// unsized is a part whose length is not known, as recorders write it.
func unsized(id string, parts ...[]byte) []byte {
	return append(append([]byte(id), 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), bytes.Join(parts, nil)...)
}

func entry(kind byte) []byte {
	return element("\xae", element("\xd7", []byte{kind}), element("\x83", []byte{kind}), element("\x86", []byte("V_VP8")))
}

// recording is a WebM file as a browser records it.
func recording(tracks ...[]byte) []byte {
	head := element("\x1a\x45\xdf\xa3", element("\x42\x82", []byte("webm")))
	cluster := unsized("\x1f\x43\xb6\x75", element("\xe7", []byte{0}), element("\xa3", []byte("a block")))
	return append(head, unsized("\x18\x53\x80\x67", element("\x15\x49\xa9\x66", element("\x4d\x80", []byte("x"))), element("\x16\x54\xae\x6b", tracks...), cluster)...)
}

// TestSilence: in a video without sound nothing is left but tracks of pictures, and nothing else has changed or moved.
func TestSilence(t *testing.T) {
	mp4 := film(3000)
	want := slices.Clone(mp4)
	for _, h := range []string{"soun", "text"} {
		at := bytes.LastIndex(want[:bytes.Index(want, []byte(h))], []byte("trak"))
		copy(want[at:], "free")
	}
	webm := recording(entry(1), entry(2), entry(17))
	quiet := slices.Clone(webm)
	for _, kind := range []byte{2, 17} {
		quiet[bytes.Index(webm, entry(kind))] = 0xec
	}
	behind := append(slices.Clone(mp4[:24]), append(boxed("mdat", make([]byte, 500)), boxed("moov", track("soun"), track("vide"))...)...)
	hushed := slices.Clone(behind)
	copy(hushed[bytes.Index(hushed, []byte("trak")):], "free")
	for name, c := range map[string]struct{ in, want []byte }{
		"mp4": {mp4, want}, "webm": {webm, quiet}, "tracks at the end": {behind, hushed}, "pictures alone": {recording(entry(1)), recording(entry(1))},
	} {
		got, err := exposure.Silenced(c.in)
		if err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %v\n%q\n%q", name, err, got, c.want)
		}
	}
	wide := slices.Clone(mp4[:24])
	wide = append(wide, "\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x20sixteen bytes...."[:32]...)
	wide = append(wide, boxed("moov", track("soun"), track("vide"))...)
	if got, err := exposure.Silenced(wide); err != nil || bytes.Count(got, []byte("trak")) != 1 {
		t.Errorf("a box with a long length: %v", err)
	}
	for name, in := range map[string][]byte{
		"no video":            []byte("keep this between us"),
		"no tracks":           append(slices.Clone(mp4[:24]), boxed("mdat", make([]byte, 500))...),
		"sound alone":         append(slices.Clone(mp4[:24]), boxed("moov", track("soun"))...),
		"a part of no length": append(slices.Clone(mp4[:24]), "\x00\x00\x00\x04moovxxxx"...),
		"two things at once":  append(slices.Clone(mp4[:24]), boxed("moov", boxed("trak", boxed("mdia", boxed("hdlr", []byte("12345678vide")), boxed("hdlr", []byte("12345678soun")))))...),
		"too many parts":      append(slices.Clone(mp4[:24]), bytes.Repeat(boxed("skip"), 20_001)...),
		"no tracks in time":   append(element("\x1a\x45\xdf\xa3", element("\x42\x82", []byte("webm"))), unsized("\x18\x53\x80\x67", unsized("\x1f\x43\xb6\x75", element("\xe7", []byte{0})))...),
		"a type of two bytes": recording(element("\xae", element("\x83", []byte{0, 1}))),
		"nothing after it":    recording()[:20],
	} {
		if _, err := exposure.Silenced(in); !errors.Is(err, exposure.ErrForm) {
			t.Errorf("%s: %v, want ErrForm", name, err)
		}
	}
}

// FuzzSilence: whatever the bytes are, at most marks are set, and a file that was silenced has nothing left to silence.
func FuzzSilence(f *testing.F) {
	f.Add(film(2000))
	f.Add(recording(entry(1), entry(2)))
	f.Add([]byte("\x00\x00\x00\x18ftypisom"))
	f.Fuzz(func(t *testing.T, in []byte) {
		out, err := exposure.Silenced(in)
		if err != nil {
			return
		}
		if len(out) != len(in) {
			t.Fatalf("%d bytes of %d", len(out), len(in))
		}
		again, err := exposure.Silenced(out)
		if err != nil || !bytes.Equal(again, out) {
			t.Errorf("silenced once more: %v", err)
		}
	})
}

// soundless goes through the service: what is sent without sound holds none, in whichever parts it is asked for, and what is sent with sound
// is what was sealed.
func soundless(b *bench) {
	body := film(5000)
	i := b.add("c1", "clip.mp4", body)
	l := b.begin("ada", i, exposure.Clear)
	whole := b.send(l, "bytes=0-").Body
	if bytes.Count(whole, []byte("trak")) != 1 || bytes.Count(whole, []byte("free")) != 2 {
		b.Error("the sound is in what was sent without")
	}
	at := bytes.Index(whole, []byte("free"))
	var parts []byte
	for _, span := range []string{"bytes=0-" + strconv.Itoa(at+1), "bytes=" + strconv.Itoa(at+2) + "-"} { // the mark is cut in two
		parts = append(parts, b.send(l, span).Body...)
	}
	if !bytes.Equal(parts, whole) {
		b.Error("parts differ from the whole")
	}
	if got := b.send(b.begin("ada", i, exposure.Sound), "bytes=0-").Body; !bytes.Equal(got, body) {
		b.Error("with sound it is not what was sealed")
	}
	loud := b.add("c1", "loud.mp4", append(slices.Clone(body[:24]), boxed("moov", track("soun"))...))
	err := b.Send(b.Context(), b.begin("ada", loud, exposure.Clear), "bytes=0-", func(exposure.Piece) error { return nil })
	if !errors.Is(err, exposure.ErrForm) {
		b.Errorf("what cannot be silenced: %v, want ErrForm", err)
	}
}
