package vpdq

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"haris/pdq"
)

// What the errors of Hash are. None of them comes with features: a video is hashed as a whole, or is not.
var (
	ErrNoFFmpeg    = errors.New("vpdq: ffmpeg and ffprobe are not installed")
	ErrTooLarge    = errors.New("vpdq: video is larger than allowed")
	ErrLimit       = errors.New("vpdq: video took more time or memory than allowed")
	ErrDamaged     = errors.New("vpdq: video is damaged or ends early")
	ErrUnsupported = errors.New("vpdq: not a video that can be read")
)

// Options are how a video is hashed and what it may cost. A field of 0 takes the value of the comment.
type Options struct {
	Every     time.Duration // between hashed frames: 1 s, as others do
	All       bool          // hash every frame, whatever Every says
	Width     int           // scale frames to Width × Height before hashing: not scaled
	Height    int
	MaxFrames int           // hashed: 20,000
	MaxPixels int           // of a frame: 36 million
	MaxTime   time.Duration // of the whole: 2 min, and as much time of a processor for each program
	MaxMemory int64         // of addresses of each program: 2 GiB
	FFmpeg    string        // the program: ffmpeg, from PATH
	FFprobe   string        // the program: ffprobe, from PATH
}

func (o Options) orDefault() (Options, error) {
	if o.Every < 0 || o.Width < 0 || o.Height < 0 || (o.Width == 0) != (o.Height == 0) {
		return o, errors.New("vpdq: options: Every must not be below 0, and Width and Height be given both or none")
	}
	def := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&o.MaxFrames, 20_000)
	def(&o.MaxPixels, 36_000_000)
	if o.Every == 0 {
		o.Every = time.Second
	}
	if o.MaxTime <= 0 {
		o.MaxTime = 2 * time.Minute
	}
	if o.MaxMemory <= 0 {
		o.MaxMemory = 2 << 30
	}
	if o.FFmpeg == "" {
		o.FFmpeg = "ffmpeg"
	}
	if o.FFprobe == "" {
		o.FFprobe = "ffprobe"
	}
	return o, nil
}

// containers are the kinds of file that hold their own pictures. Playlists and lists of files, which name others, are not among
// them.
const containers = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,ogg,asf,gif,apng,ivf,m4v,h264,hevc,av1,obu,rm,mxf,nut,dv,wtv"

// HashFile hashes the video at path.
func HashFile(ctx context.Context, path string, o Options) ([]Feature, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("vpdq: %w", err)
	}
	defer f.Close()
	return Hash(ctx, f, o)
}

// Hash hashes the first video of an open file, which the programs read through its descriptor and know no name of.
func Hash(ctx context.Context, f *os.File, o Options) ([]Feature, error) {
	o, err := o.orDefault()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.MaxTime, ErrLimit)
	defer cancel()
	v, err := probe(ctx, f, o)
	if err != nil {
		return nil, err
	}
	return frames(ctx, f, o, v)
}

// video is what must be known of one before its frames are read.
type video struct {
	width, height int
	rate          float64 // frames in a second
}

// input is the arguments that both programs take for the file.
func input(o Options) []string {
	return []string{
		"-protocol_whitelist", "file", "-format_whitelist", containers, "-max_pixels", strconv.Itoa(o.MaxPixels), "-i", "file:/dev/fd/3",
	}
}

// probe asks for the size and the rate of frames: the average, or the base rate if there is none.
func probe(ctx context.Context, f *os.File, o Options) (v video, err error) {
	args := append([]string{"-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height,avg_frame_rate,r_frame_rate", "-of", "json"}, input(o)...)
	var text []byte
	err = run(ctx, child{program: o.FFprobe, args: args, file: f, options: o}, func(out io.Reader) error {
		text, err = io.ReadAll(io.LimitReader(out, 1<<16))
		return err
	})
	if err != nil {
		return v, err
	}
	var answer struct {
		Streams []struct {
			Width, Height int
			Average       string `json:"avg_frame_rate"`
			Base          string `json:"r_frame_rate"`
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return v, fmt.Errorf("%w: answer of ffprobe: %w", ErrDamaged, err)
	}
	if len(answer.Streams) == 0 {
		return v, fmt.Errorf("%w: there are no pictures in it", ErrUnsupported)
	}
	s := answer.Streams[0]
	v = video{s.Width, s.Height, ratio(s.Average)}
	if v.rate <= 0 {
		v.rate = ratio(s.Base)
	}
	if o.Width > 0 {
		v.width, v.height = o.Width, o.Height
	}
	switch {
	case v.rate <= 0 || s.Width <= 0 || s.Height <= 0:
		return v, fmt.Errorf("%w: %d × %d pixels, %v frames a second", ErrDamaged, s.Width, s.Height, v.rate)
	case s.Width > o.MaxPixels/s.Height || v.width > o.MaxPixels/v.height:
		return v, fmt.Errorf("%w: %d × %d pixels, of at most %d", ErrTooLarge, s.Width, s.Height, o.MaxPixels)
	}
	return v, nil
}

// ratio reads "30000/1001"; what is no number is 0.
func ratio(s string) float64 {
	over, under, _ := strings.Cut(s, "/")
	a, err := strconv.ParseFloat(over, 64)
	b, err2 := strconv.ParseFloat(under, 64)
	if err != nil || err2 != nil || b == 0 {
		return 0
	}
	return a / b
}

// frames reads the frames whose number is a multiple of the step, and hashes them.
func frames(ctx context.Context, f *os.File, o Options, v video) (features []Feature, err error) {
	step := 1
	if !o.All {
		step = max(1, int(o.Every.Seconds()*v.rate))
	}
	args := append([]string{"-nostdin", "-v", "error", "-xerror", "-noautorotate", "-threads", "1"}, input(o)...)
	args = append(
		args, "-map", "0:v:0", "-an", "-sn", "-dn", "-filter_threads", "1", "-fps_mode", "passthrough", "-frames:v", strconv.Itoa(o.MaxFrames+1),
		"-vf", fmt.Sprintf(`select=not(mod(n\,%d)),scale=%d:%d:flags=area`, step, v.width, v.height), "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1",
	)
	err = run(ctx, child{program: o.FFmpeg, args: args, file: f, options: o}, func(out io.Reader) error {
		h, frame := pdq.New(pdq.Options{}), make([]byte, 3*v.width*v.height)
		img := image.NewNRGBA(image.Rect(0, 0, v.width, v.height))
		for n := 0; ; n++ {
			switch _, err := io.ReadFull(out, frame); {
			case errors.Is(err, io.EOF):
				return nil
			case errors.Is(err, io.ErrUnexpectedEOF):
				return fmt.Errorf("%w: frame %d is cut", ErrDamaged, n*step)
			case err != nil:
				return fmt.Errorf("vpdq: read frames: %w", err)
			case n == o.MaxFrames:
				return fmt.Errorf("%w: more than %d frames to hash", ErrTooLarge, o.MaxFrames)
			}
			for i := range v.width * v.height {
				copy(img.Pix[4*i:4*i+3], frame[3*i:3*i+3])
			}
			r := h.Image(img)
			features = append(features, Feature{Frame: n * step, Quality: r.Quality, Hash: r.Hash, Seconds: float32(float64(n*step) / v.rate)})
		}
	})
	if err != nil {
		return nil, err
	}
	if len(features) == 0 {
		return nil, fmt.Errorf("%w: there is no frame in it", ErrDamaged)
	}
	return features, nil
}
