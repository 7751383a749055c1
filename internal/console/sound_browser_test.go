package console_test

import (
	"encoding/base64"
	"fmt"
	"strings"
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
		const say = why => done([why, v.webkitDecodedFrameCount > 0, v.webkitAudioDecodedByteCount > 0, v.readyState, v.currentTime].join(" "));
		v.onended = () => say("ended"); v.onerror = () => say(v.error.message); setTimeout(() => say("late"), 15000); v.play().catch(() => { v.muted = true; return v.play(); }).catch(e => say(e.name)); })`
	for how, loud := range map[exposure.How]bool{exposure.Clear: false, exposure.Sound: true} {
		on, _ := w.show(item, how)
		k.do(chromedp.Navigate(b.srv.URL+on), chromedp.KeyEvent("j"))
		if how == exposure.Clear && !eval[bool](k, `document.querySelector("video").muted && document.querySelector("video").hasAttribute("muted")`) {
			t.Error("the page does not say that it is without sound")
		}
		got, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](play, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint("ended true ", loud, " "); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", how, got, want)
		}
	}
}
