package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"haris/internal/bank"
	"haris/internal/fetch"
	"haris/internal/media"
	"haris/internal/taxonomy"
)

const rawLookup = "/m/raw_lookup?signal_type=pdq&signal=" + aPDQ

// hmaUpload posts a file in a part named after its content type.
func hmaUpload(path string) call {
	body, kind := inParts("photo", "contents")
	return call{method: "POST", path: path, key: "all", media: kind, body: body}
}

// hmaCases produce what is documented of the paths of Hasher-Matcher-Actioner.
func hmaCases() (out []answerCase) {
	fails := func(err error) func(*bench) { return func(b *bench) { b.desk.err = err } }
	for _, op := range []string{"/h/hash", "/m/lookup"} {
		for _, good := range []call{{method: "GET", path: op + "?url=https://media.example.org/1", key: "all"}, hmaUpload(op)} {
			out = append(out,
				answerCase{op, 200, good, nil},
				answerCase{op, 400, good, fails(fetch.ErrRefused)},
				answerCase{op, 401, with(good, func(c *call) { c.key = "" }), nil},
				answerCase{op, 403, with(good, func(c *call) { c.key = "banks" }), nil},
				answerCase{op, 413, good, fails(media.ErrTooLarge)},
				answerCase{op, 429, good, fails(ErrBusy)},
				answerCase{op, 502, good, fails(fetch.ErrFailed)},
				answerCase{op, 503, good, fails(errDisk)},
			)
		}
	}
	raw, compare := call{method: "GET", path: rawLookup, key: "all"}, asking("/m/compare")
	notYet := func(b *bench) { b.desk.notYet = true }
	return append(out,
		answerCase{"/m/lookup", 200, call{method: "GET", path: "/m/lookup?signal_type=pdq&signal=" + aPDQ, key: "all"}, nil},
		answerCase{"/m/raw_lookup", 200, raw, nil},
		answerCase{"/m/raw_lookup", 200, with(raw, func(c *call) { c.path += "&include_distance=true" }), nil},
		answerCase{"/m/raw_lookup", 400, with(raw, func(c *call) { c.path = "/m/raw_lookup" }), nil},
		answerCase{"/m/raw_lookup", 401, with(raw, func(c *call) { c.key = "" }), nil},
		answerCase{"/m/raw_lookup", 403, with(raw, func(c *call) { c.key = "events" }), nil},
		answerCase{"/m/raw_lookup", 503, raw, notYet},
		answerCase{"/m/compare", 200, compare, nil},
		answerCase{"/m/compare", 400, with(compare, func(c *call) { c.body = "[" }), nil},
		answerCase{"/m/compare", 401, with(compare, func(c *call) { c.key = "" }), nil},
		answerCase{"/m/compare", 403, with(compare, func(c *call) { c.key = "events" }), nil},
		answerCase{"/m/compare", 413, with(compare, func(c *call) { c.body = strings.Repeat(" ", limits().BodyBytes+1) }), nil},
		answerCase{"/m/compare", 415, with(compare, func(c *call) { c.media = "text/plain" }), nil},
		answerCase{"/m/compare", 503, with(compare, func(c *call) { c.key = "broken" }), nil},
		answerCase{"/status", 200, call{method: "GET", path: "/status"}, nil},
		answerCase{"/status", 503, call{method: "GET", path: "/status"}, notYet},
		answerCase{"/status/live", 200, call{method: "GET", path: "/status/live"}, notYet},
	)
}

// The answers have the form of Hasher-Matcher-Actioner to the letter.
func TestHMAAnswers(t *testing.T) {
	other := strings.Repeat("0f", 32)
	for name, c := range map[string]struct {
		call call
		want string
	}{
		"hash of a url":      {call{method: "GET", path: "/h/hash?url=https://media.example.org/1&content_type=photo"}, `{"pdq":"` + aPDQ + `"}`},
		"hash of an upload":  {hmaUpload("/h/hash"), `{"pdq":"` + aPDQ + `"}`},
		"hashes by name":     {hmaUpload("/h/hash?types=md5,pdq"), `{"md5":"` + anMD5 + `","pdq":"` + aPDQ + `"}`},
		"lookup of a hash":   {call{method: "GET", path: "/m/lookup?signal_type=pdq&signal=" + aPDQ}, `{"hotline":[{"bank_content_id":5,"distance":"9"},{"bank_content_id":6,"distance":"12"}]}`},
		"of nothing known":   {call{method: "GET", path: "/m/lookup?signal_type=video_md5&signal=" + anMD5}, `{}`},
		"of another bank":    {call{method: "GET", path: "/m/lookup?signal_type=pdq&banks=THEIRS&seed=1&signal=" + aPDQ}, `{}`},
		"of a bank":          {call{method: "GET", path: "/m/lookup?signal_type=pdq&banks=HOTLINE&signal=" + aPDQ}, `{"hotline":[{"bank_content_id":5,"distance":"9"},{"bank_content_id":6,"distance":"12"}]}`},
		"lookup of a url":    {call{method: "GET", path: "/m/lookup?url=https://media.example.org/1"}, `{"pdq":{"hotline":[{"bank_content_id":5,"distance":"9"}]}}`},
		"lookup of a file":   {hmaUpload("/m/lookup"), `{"pdq":{"hotline":[{"bank_content_id":5,"distance":"9"}]}}`},
		"of a type":          {hmaUpload("/m/lookup?types=md5"), `{"md5":{}}`},
		"raw":                {call{method: "GET", path: rawLookup}, `{"matches":[5,6,5,6]}`},
		"raw, of a bank":     {call{method: "GET", path: rawLookup + "&banks=other"}, `{"matches":[5,6]}`},
		"raw with distances": {call{method: "GET", path: rawLookup + "&banks=hotline&include_distance=true"}, `{"matches":[{"bank_content_id":5,"distance":"9"},{"bank_content_id":6,"distance":"12"}]}`},
		"compare":            {with(asking("/m/compare"), func(c *call) { c.body = `{"pdq":["` + aPDQ + `","` + aPDQ + `"]}` }), `{"pdq":[true,{"distance":0}]}`},
		"compare files":      {with(asking("/m/compare"), func(c *call) { c.body = `{"video_md5":["` + anMD5 + `","` + other[:32] + `"]}` }), `{"video_md5":[false,{}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			b := setup(t)
			c.call.key = "media"
			w := b.do(t, c.call)
			if got := strings.TrimSpace(w.Body.String()); w.Code != http.StatusOK || got != c.want {
				t.Errorf("%d %s, want %s", w.Code, got, c.want)
			}
			b.noContentLogged(t)
		})
	}
}

// What has no answer there is a problem here: an empty answer would be taken for clean.
func TestHMAHasNoWordForUnscanned(t *testing.T) {
	byHash := call{method: "GET", path: "/m/lookup?signal_type=pdq&signal=" + aPDQ, key: "media"}
	poor := picture()
	poor.Quality = 20
	cut := picture()
	cut.Left = []bank.Reason{bank.Truncated}
	text := media.File{Kind: media.Other, Quality: bank.Unrated, Media: bank.Media{Hashes: []bank.Hash{{Kind: bank.MD5, Value: anMD5}}}, Left: []bank.Reason{bank.Unsupported}}
	clean := &bank.Decision{Answer: bank.Clean}
	unscanned := func(why bank.Reason) *bank.Decision { d := clean.With(why); return &d }
	for _, c := range []struct {
		name   string
		call   call
		file   media.File
		answer *bank.Decision
		status int
		code   string
	}{
		{"not loaded", byHash, picture(), unscanned(bank.NotLoaded), 503, "not_loaded"},
		{"no bank in force", byHash, picture(), unscanned(bank.NoBank), 503, "no_bank"},
		{"too little to see", hmaUpload("/m/lookup"), poor, unscanned(bank.LowQuality), 400, "unscanned"},
		{"cut", hmaUpload("/m/lookup"), cut, clean, 400, "unscanned"},
		{"hash of no picture", hmaUpload("/h/hash"), text, nil, 400, "unscanned"},
		{"raw, when the banks cannot be read", call{method: "GET", path: rawLookup}, picture(), unscanned(bank.ReadFailed), 503, "read_failed"},
		{"no signal type", call{method: "GET", path: "/m/lookup?signal=" + aPDQ}, picture(), nil, 400, "bad_signal_type"},
		{"bad signal", call{method: "GET", path: "/m/lookup?signal_type=pdq&signal=x"}, picture(), nil, 400, "bad_signal"},
		{"neither", call{method: "GET", path: "/h/hash"}, picture(), nil, 400, "no_file"},
		{"content type", call{method: "GET", path: "/h/hash?content_type=" + private}, picture(), nil, 400, "bad_content_type"},
		{"part of another name", with(hmaUpload("/h/hash"), func(c *call) { c.body = strings.ReplaceAll(c.body, `name="photo"`, `name="file"`) }), picture(), nil, 400, "bad_content_type"},
		{"compare unknown", with(asking("/m/compare"), func(c *call) { c.body = `{"x":[]}` }), picture(), nil, 400, "bad_signal_type"},
		{"compare one", with(asking("/m/compare"), func(c *call) { c.body = `{"pdq":["` + aPDQ + `"]}` }), picture(), nil, 400, "bad_count"},
		{"compare bad", with(asking("/m/compare"), func(c *call) { c.body = `{"pdq":["` + aPDQ + `","x"]}` }), picture(), nil, 400, "bad_hash"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			b.desk.file, b.desk.answer = c.file, c.answer
			c.call.key = "media"
			if p := read[Problem](t, b.do(t, c.call), c.status); p.Code != c.code {
				t.Errorf("%+v", p)
			}
		})
	}
	b := setup(t)
	b.desk.file = poor
	if got := read[map[string]string](t, b.do(t, hmaUpload("/h/hash")), 200); got["pdq"] != "" || len(got) != 1 {
		t.Errorf("a PDQ hash that says too little: %v", got)
	}
}

// Of a video HMA has the MD5; banks in shadow are heard by raw lookups alone.
func TestHMAVideosAndShadow(t *testing.T) {
	b := setup(t)
	b.desk.file = media.File{Kind: media.Video, Quality: bank.Unrated, Media: bank.Media{Hashes: []bank.Hash{{Kind: bank.MD5, Value: anMD5}, {Kind: bank.VPDQ, Value: "[]"}}}}
	if d := cmp.Diff(map[string]string{"video_md5": anMD5}, read[map[string]string](t, b.do(t, hmaUpload("/h/hash")), 200)); d != "" {
		t.Error(d)
	}
	shadow, negative := result("quiet", nil), result("own-cleared", nil)
	shadow.Mode, negative.Polarity = taxonomy.ModeShadow, bank.Negative
	b.desk.answer = &bank.Decision{Answer: bank.Clean, Results: []bank.Result{shadow, negative}}
	if got := strings.TrimSpace(b.do(t, call{method: "GET", path: "/m/lookup?signal_type=pdq&signal=" + aPDQ, key: "media"}).Body.String()); got != `{}` {
		t.Error(got)
	}
	if got := strings.TrimSpace(b.do(t, call{method: "GET", path: rawLookup, key: "media"}).Body.String()); got != `{"matches":[5,6]}` {
		t.Error(got)
	}
}
