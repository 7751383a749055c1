package vpdq_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"haris/vpdq"
)

// A video is hashed once a second. Where there is no ffmpeg it is unscanned, not clean.
func ExampleHashFile() {
	features, err := vpdq.HashFile(context.Background(), "testdata/videos/test-padded-dimensions.mp4", vpdq.Options{})
	if errors.Is(err, vpdq.ErrNoFFmpeg) {
		log.Fatal("unscanned: ", err)
	}
	fmt.Println(len(features), features[1].Frame, features[1].Seconds, err)
	// Output: 5 30 1 <nil>
}

// Two lists of features are compared by the rule of python-threatexchange: 80 % of the query's frames must be near.
func ExampleRule_Compare() {
	read := func(name string) []vpdq.Feature {
		f, err := os.Open("testdata/hashes-upstream/" + name)
		if err != nil {
			log.Fatal(err)
		}
		defer f.Close()
		features, err := vpdq.Read(f)
		if err != nil {
			log.Fatal(err)
		}
		return features
	}
	o := vpdq.Threat().Compare(read("chair-20-sd-bar.txt"), read("chair-19-sd-bar.txt"))
	fmt.Printf("%.0f %% of the query, %.0f %% of the target, match: %v\n", 100*o.QueryShare(), 100*o.TargetShare(), o.Match(0.8, 0))
	// Output: 93 % of the query, 100 % of the target, match: true
}
