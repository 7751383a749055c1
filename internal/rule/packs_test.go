package rule

import (
	"testing"

	"haris/packs"
)

func TestShippedPacks(t *testing.T) {
	s, err := Load(packs.FS, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range Test(s) {
		t.Run(v.Rule+"/"+v.Name, func(t *testing.T) {
			if !v.OK {
				t.Errorf("%s:%d: %s", v.File, v.Line, v.Detail)
			}
		})
	}
}
