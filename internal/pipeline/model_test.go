package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"haris/internal/detect"
	"haris/internal/event"
	"haris/internal/pipeline"
	"haris/internal/stage"
)

// modelOf learns from a few plain sentences, in English only.
func modelOf(t testing.TB, name string, stages ...string) *stage.Model {
	t.Helper()
	var list []stage.Example
	for i := range 12 {
		list = append(list,
			stage.Example{Text: fmt.Sprintf("keep this between us %d", i), Lang: "en", Stages: stages},
			stage.Example{Text: fmt.Sprintf("the bus leaves at %d today", i), Lang: "en"},
			stage.Example{Text: fmt.Sprintf("did you do page %d of the homework", i), Lang: "en"})
	}
	m, err := stage.Train(list, stage.Options{Judge: list, Least: 4, Epochs: 4})
	if err != nil {
		t.Fatal(err)
	}
	m.Card.Name = name
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if m, err = stage.Decode(b); err != nil {
		t.Fatal(err)
	}
	return m
}

// shelf opens models by what they are called here.
type shelf map[string]*stage.Model

func (s shelf) open(id string) (*stage.Model, error) {
	if m := s[id]; m != nil {
		return m, nil
	}
	return nil, errors.New("its file is missing")
}

// use puts the event into the log that brings a model into force.
func (t *talk) use(id string) *talk {
	t.at = t.at.Add(30 * time.Second)
	e, err := pipeline.UseEvent(id, uint64(len(t.events)+1), t.at)
	if err != nil {
		panic(err)
	}
	e.Seq = uint64(len(t.events) + 1)
	t.events = append(t.events, e)
	return t
}

// said says that the platform scored the message itself.
func (t *talk) scored(from, to, text, scores string) *talk {
	t.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"message.sent","time":"%s","data":{"from":"` + from + `","to":["` + to +
		`"],"conversation":"x","surface":"dm","text":"` + text + `","stage_scores":` + scores + `}}`)
	return t
}

func (t *talk) in(lang, from, to, text string) *talk {
	t.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"message.sent","time":"%s","data":{"from":"` + from + `","to":["` + to +
		`"],"conversation":"x","surface":"dm","text":"` + text + `","lang":"` + lang + `"}}`)
	return t
}

// scores folds the log in batches of n and lists what is known of stages.
func (t *talk) scores(tb testing.TB, s shelf, n int) (string, *pipeline.Knowledge) {
	tb.Helper()
	k := pipeline.NewKnowledge(2, secret)
	var out []string
	for at := 0; at < len(t.events); at += n {
		part := t.events[at:min(at+n, len(t.events))]
		if err := k.OpenModels(part, s.open); err != nil {
			tb.Fatal(err)
		}
		var tr pipeline.Trace
		k.Fold(part, nil, &tr)
		for _, f := range tr.Facts {
			switch {
			case f.Kind == detect.Staged:
				out = append(out, fmt.Sprintf("staged %t", f.Value >= 1))
			case f.Kind != detect.Scored:
			case f.Scores == nil:
				out = append(out, strings.TrimSpace("not read "+f.Reason))
			default:
				out = append(out, fmt.Sprintf("%s S3 %t S4 %t", f.By.Model, f.Scores[2] >= 1, f.Scores[3] >= 1))
			}
		}
	}
	return strings.Join(out, "; "), k
}

func TestModelScoresTexts(t *testing.T) {
	s := shelf{"a": modelOf(t, "first", "S4"), "b": modelOf(t, "second", "S3", "S4")}
	weak := modelOf(t, "weak", "S4")
	weak.Card.Weak, weak.Card.Limit = true, 1.5
	s["w"] = weak
	const secretive = "keep this between us"
	for _, tt := range []struct {
		name string
		talk *talk
		want string
	}{
		{"without a model", newTalk().say("a", "c", secretive), "not read"},
		{"with one", newTalk().use("a").in("en", "a", "c", secretive), "first S3 false S4 true; staged true"},
		{"from then on", newTalk().say("a", "c", "hello").use("a").in("en", "a", "c", secretive).use("none").in("en", "a", "c", secretive), "not read; first S3 false S4 true; staged true"},
		{"nothing in it", newTalk().use("a").in("en", "a", "c", "the bus leaves at 9 today"), "first S3 false S4 false"},
		{"by its script", newTalk().use("a").say("a", "c", secretive), "first S3 false S4 true; staged true"},
		{"in a language that it does not know", newTalk().use("a").in("de", "a", "c", secretive), "not read de"},
		{"in a script that it does not know", newTalk().use("a").say("a", "c", "مرحبا كيف حالك"), "not read arab"},
		{"the platform's own scores win", newTalk().use("a").scored("a", "c", secretive, `{"S3":2}`), " S3 true S4 false; staged true"},
		{"two models", newTalk().use("a").in("en", "a", "c", secretive).use("b").in("en", "a", "c", secretive), "first S3 false S4 true; staged true; second S3 true S4 true; staged true"},
		{"a minor's message", newTalk().use("a").in("en", "c", "a", secretive), ""},
		{"among adults", newTalk().use("a").in("en", "a", "b", secretive), ""},
		{"a weak one shows no stage to what minors report", newTalk().use("w").in("en", "a", "c", secretive), "weak S3 false S4 true"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 2, 100} {
				if got, _ := tt.talk.scores(t, s, n); got != tt.want {
					t.Errorf("in batches of %d: %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// TestModelDependsNotOnBatches folds much talk with models that come and go, cut in many ways.
func TestModelDependsNotOnBatches(t *testing.T) {
	s := shelf{"a": modelOf(t, "first", "S4"), "b": modelOf(t, "second", "S3")}
	l := newTalk()
	for i := range 300 {
		l.in([]string{"en", "de"}[i%2], "a", []string{"c", "d"}[i%3%2], []string{"keep this between us", "the bus leaves"}[i%5%2])
		l.wait(-20 * time.Second)
		if i%61 == 0 {
			l.use([]string{"a", "b", "none"}[i/61%3])
		}
	}
	want, know := l.scores(t, s, len(l.events))
	rows, err := know.Rows()
	if err != nil || !strings.Contains(want, "first") || !strings.Contains(want, "second") || !strings.Contains(want, "de") {
		t.Fatal(err, want)
	}
	for _, n := range []int{1, 7, 200} {
		got, k := l.scores(t, s, n)
		r, err := k.Rows()
		if err != nil {
			t.Fatal(err)
		}
		if got != want || !cmp.Equal(r, rows) {
			t.Errorf("batches of %d differ", n)
		}
	}
}

func TestModelThatIsMissing(t *testing.T) {
	l := newTalk().use("gone")
	err := pipeline.NewKnowledge(1, secret).OpenModels(l.events, shelf{}.open)
	if !errors.Is(err, pipeline.ErrModel) || !strings.Contains(err.Error(), "gone") {
		t.Error(err)
	}
}

// TestModelOfOthersIsNone: nobody else brings a model into force.
func TestModelOfOthersIsNone(t *testing.T) {
	l := newTalk()
	l.put(`{"specversion":"1.0","id":"%s","source":"/x","type":"model.used","time":"%s","data":{"model":"a"}}`)
	if err := pipeline.NewKnowledge(1, secret).OpenModels(l.events, shelf{}.open); err != nil {
		t.Error(err)
	}
	if _, problem := event.Decode(strings.Replace(l.events[len(l.events)-1].Raw, `"/x"`, `"urn:haris:model"`, 1), 1, event.Limits{Bytes: 1 << 20, Depth: 32}); problem == nil {
		t.Error("an event that claims to be of haris itself was taken")
	}
}
