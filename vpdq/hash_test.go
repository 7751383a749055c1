package vpdq_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"haris/vpdq"
)

const sample = "testdata/videos/test-padded-dimensions.mp4"

// file writes a file and returns its path.
func file(t *testing.T, name string, content []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsNotHashed(t *testing.T) {
	whole, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	abs, err := filepath.Abs(sample)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte(nil), whole...)
	for i := len(damaged) / 2; i < len(damaged)/2+2000; i++ {
		damaged[i] ^= 0x5a
	}
	for name, c := range map[string]struct {
		content []byte
		o       vpdq.Options
		want    error
	}{
		"empty":            {nil, vpdq.Options{}, vpdq.ErrUnsupported},
		"text":             {[]byte("keep this between us"), vpdq.Options{}, vpdq.ErrUnsupported},
		"a list of files":  {[]byte("ffconcat version 1.0\nfile " + abs + "\n"), vpdq.Options{}, vpdq.ErrUnsupported},
		"a playlist":       {[]byte("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://" + abs + "\n#EXT-X-ENDLIST\n"), vpdq.Options{}, vpdq.ErrUnsupported},
		"half":             {whole[:len(whole)/2], vpdq.Options{}, nil},
		"damaged":          {damaged, vpdq.Options{All: true}, vpdq.ErrDamaged},
		"too many frames":  {whole, vpdq.Options{All: true, MaxFrames: 149}, vpdq.ErrTooLarge},
		"too many pixels":  {whole, vpdq.Options{MaxPixels: 1000}, nil},
		"scaled too large": {whole, vpdq.Options{Width: 10_000, Height: 10_000}, vpdq.ErrTooLarge},
		"out of time":      {whole, vpdq.Options{All: true, MaxTime: time.Millisecond}, vpdq.ErrLimit},
		"no program":       {whole, vpdq.Options{FFmpeg: "/no/such/program"}, vpdq.ErrNoFFmpeg},
		"no prober":        {whole, vpdq.Options{FFprobe: "no-such-program"}, vpdq.ErrNoFFmpeg},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := vpdq.HashFile(t.Context(), file(t, "video.mp4", c.content, 0o600), c.o)
			if err == nil || len(got) > 0 || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%d frames, %v, of %v", len(got), err, c.want)
			}
		})
	}
	if got, err := vpdq.HashFile(t.Context(), sample, vpdq.Options{All: true, MaxFrames: 150}); err != nil || len(got) != 150 {
		t.Errorf("as many frames as allowed: %d, %v", len(got), err)
	}
	if _, err := vpdq.HashFile(t.Context(), "testdata/none.mp4", vpdq.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error("no file:", err)
	}
	if _, err := vpdq.HashFile(t.Context(), sample, vpdq.Options{Width: 5}); err == nil {
		t.Error("a width and no height")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := vpdq.HashFile(ctx, sample, vpdq.Options{}); !errors.Is(err, context.Canceled) {
		t.Error("cancelled:", err)
	}
}

// program writes a stand-in for one of the programs.
func program(t *testing.T, script string) string {
	t.Helper()
	return file(t, "program", []byte("#!/bin/sh\n"+script+"\n"), 0o700)
}

const answer = `echo '{"streams":[{"width":8,"height":8,"avg_frame_rate":"2/1","r_frame_rate":"2/1"}]}'`

// TestChildIsConfined looks at the child from inside: no environment, limits set, no file to write.
func TestChildIsConfined(t *testing.T) {
	t.Setenv("HARIS_SECRET", "between us")
	// The child cannot write a file, so it complains of what it sees, and complaints are in the error.
	probe := program(t, `while [ "$(ulimit -t)" = unlimited ]; do :; done; echo "env $(env | grep -c SECRET) mem $(ulimit -v) cpu $(ulimit -t) core $(ulimit -c) file $(ulimit -f) dir $PWD args $*" >&2; exit 1`)
	_, err := vpdq.HashFile(t.Context(), sample, vpdq.Options{FFprobe: probe, MaxMemory: 1 << 30, MaxTime: 9 * time.Second})
	for _, want := range []string{"env 0 ", "mem 1048576 ", "cpu 10 ", "core 0 ", "file 0 ", "dir / ", "-protocol_whitelist file ", "-format_whitelist mov,", "file:/dev/fd/3"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

// TestGroupIsKilled has a program start another that would outlive it.
func TestGroupIsKilled(t *testing.T) {
	frames := program(t, `sleep 1000 & sleep 1000`)
	start := time.Now()
	_, err := vpdq.HashFile(t.Context(), sample, vpdq.Options{FFprobe: program(t, answer), FFmpeg: frames, MaxTime: time.Second})
	if !errors.Is(err, vpdq.ErrLimit) {
		t.Error(err)
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("took %v: what the program started holds its output open", took)
	}
}

func TestProgramsThatMisbehave(t *testing.T) {
	eight := `head -c 192 /dev/zero` // one frame of 8 × 8
	for name, c := range map[string]struct {
		probe, frames string
		want          error
	}{
		"one frame":               {answer, eight, nil},
		"a cut frame":             {answer, `head -c 100 /dev/zero`, vpdq.ErrDamaged},
		"no frame":                {answer, `exit 0`, vpdq.ErrDamaged},
		"a frame and a failure":   {answer, eight + `; exit 3`, vpdq.ErrDamaged},
		"a frame and a complaint": {answer, eight + `; echo partial file >&2`, vpdq.ErrDamaged},
		"no memory":               {answer, `echo Cannot allocate memory >&2; exit 1`, vpdq.ErrLimit},
		"killed":                  {answer, eight + `; kill -KILL $$`, vpdq.ErrLimit},
		"no answer":               {`exit 0`, eight, vpdq.ErrDamaged},
		"no streams":              {`echo '{"streams":[]}'`, eight, vpdq.ErrUnsupported},
		"no rate":                 {`echo '{"streams":[{"width":8,"height":8,"avg_frame_rate":"0/0","r_frame_rate":"0/0"}]}'`, eight, vpdq.ErrDamaged},
		"base rate only":          {`echo '{"streams":[{"width":8,"height":8,"avg_frame_rate":"0/0","r_frame_rate":"2/1"}]}'`, eight, nil},
		"huge":                    {`echo '{"streams":[{"width":1000000,"height":1000000,"avg_frame_rate":"2/1"}]}'`, eight, vpdq.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := vpdq.HashFile(t.Context(), sample, vpdq.Options{FFprobe: program(t, c.probe), FFmpeg: program(t, c.frames)})
			if c.want == nil && (err != nil || len(got) != 1) || c.want != nil && (!errors.Is(err, c.want) || len(got) > 0) {
				t.Errorf("%d frames, %v, of %v", len(got), err, c.want)
			}
		})
	}
}

// TestSoundFirst: a video whose sound comes first gives the same frames, to the last.
func TestSoundFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sound.mp4")
	out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=5", "-i", sample, "-map", "0:a", "-map", "1:v", "-c:v", "copy", "-c:a", "aac", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want, err := vpdq.HashFile(t.Context(), sample, vpdq.Options{All: true, Width: 64, Height: 64})
	if err != nil {
		t.Fatal(err)
	}
	got, err := vpdq.HashFile(t.Context(), path, vpdq.Options{All: true, Width: 64, Height: 64})
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d frames, of %d: %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i].Hash != want[i].Hash {
			t.Errorf("frame %d differs", i)
		}
	}
}
