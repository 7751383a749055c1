package console_test

import (
	"encoding/base64"
	"testing"

	"github.com/chromedp/chromedp"

	"haris/internal/auth"
	"haris/internal/exposure"
)

// recorder has the browser record half a second of a moving square and an even tone, and gives the file in base64.
const recorder = `new Promise(async (done, failed) => { try {
	const canvas = document.createElement("canvas"); canvas.width = canvas.height = 64;
	const pen = canvas.getContext("2d"); let n = 0;
	const paint = setInterval(() => { pen.fillStyle = n++ % 2 ? "teal" : "orange"; pen.fillRect(0, 0, 64, 64); }, 20);
	const sound = new AudioContext(), out = sound.createMediaStreamDestination(), tone = sound.createOscillator();
	await sound.resume(); tone.connect(out); tone.start();
	const tape = new MediaRecorder(new MediaStream([...canvas.captureStream(25).getTracks(), ...out.stream.getTracks()]), { mimeType: "video/webm;codecs=vp8,opus" });
	const parts = []; tape.ondataavailable = e => parts.push(e.data);
	tape.onstop = () => { clearInterval(paint); const r = new FileReader(); r.onload = () => done(r.result.split(",")[1]); r.readAsDataURL(new Blob(parts)); };
	tape.start(); setTimeout(() => tape.stop(), 500);
} catch (e) { failed(e) } })`

// TestWithoutSoundThereIsNone plays a video in a real browser: asked for without sound it has pictures and nothing to hear, even when it is
// made loud; with sound it has both.
func TestWithoutSoundThereIsNone(t *testing.T) {
	b, id := furnished(t)
	w := b.as(auth.Reviewer)
	k := startChrome(t)
	k.look(1280, "light")
	k.as(w)
	k.do(chromedp.Navigate(b.srv.URL+"/queue"), chromedp.KeyEvent("j")) // sound needs a hand on the page
	tape, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](recorder, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	film, err := base64.StdEncoding.DecodeString(tape)
	if err != nil || len(film) < 1000 {
		t.Fatalf("%d bytes, %v", len(film), err)
	}
	item := b.addTo(id, "clip.webm", film).ID
	const play = `new Promise(done => { const v = document.querySelector("video"); v.muted = false; v.volume = 1;
		v.onended = v.onerror = () => done([v.error ? 1 : 0, v.webkitDecodedFrameCount, v.webkitAudioDecodedByteCount]); v.play(); })`
	for how, loud := range map[exposure.How]bool{exposure.Clear: false, exposure.Sound: true} {
		on, _ := w.show(item, how)
		k.do(chromedp.Navigate(b.srv.URL+on), chromedp.KeyEvent("j"))
		if how == exposure.Clear && !eval[bool](k, `document.querySelector("video").muted && document.querySelector("video").hasAttribute("muted")`) {
			t.Error("the page does not say that it is without sound")
		}
		got, err := chromedp.Run(k.ctx, chromedp.Evaluate[[]int](play, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		if got[0] != 0 || got[1] == 0 || (got[2] > 0) != loud {
			t.Errorf("%s: error %d, %d frames, %d bytes of sound", how, got[0], got[1], got[2])
		}
	}
}
