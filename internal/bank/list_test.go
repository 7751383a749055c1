package bank_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"haris/internal/bank"
)

func TestReadList(t *testing.T) {
	md5, pdq, sha1 := strings.Repeat("ab", 16), strings.Repeat("0f", 32), strings.Repeat("cd", 20)
	for name, tt := range map[string]struct {
		format bank.Format
		of     bank.Kind
		text   string
		want   []string // number kind classification key, or number wrong
		fails  bool
	}{
		"csv":                    {bank.CSV, "", "kind,value,classification,key\npdq," + pdq + ",A1,r1\nMD5," + md5 + ",,\n", []string{"2 pdq A1 r1", "3 md5  "}, false},
		"csv of others":          {bank.CSV, "", "\uFEFFHash_Digest,Algorithm,extra\n" + pdq + ",PDQ,x\n" + md5 + ",MD5,y\n", []string{"2 pdq  ", "3 md5  "}, false},
		"csv with bad lines":     {bank.CSV, "", "kind,value\npdq,xyz\n\"broken\nmd5," + md5 + "\n", []string{"2 wrong", "3 wrong"}, false},
		"csv without kinds":      {bank.CSV, bank.PDQ, "hash\n" + pdq + "\n", []string{"2 pdq  "}, false},
		"csv without a head":     {bank.CSV, "", "pdq," + pdq + "\n", nil, true},
		"csv of nothing":         {bank.CSV, "", "", nil, false},
		"json lines":             {bank.JSON, "", `{"kind":"md5","value":"` + md5 + `","classification":"b2"}` + "\n" + `{"kind":"sha1","value":"` + sha1 + `","key":"k"}`, []string{"1 md5 B2 ", "2 sha1  k"}, false},
		"json array":             {bank.JSON, "", ` [{"hash":"` + md5 + `"},{"kind":"pdq","value":"xyz"}]`, []string{"1 md5  ", "2 wrong"}, false},
		"json of HMA":            {bank.JSON, "", `[{"id":7,"signals":{"pdq":"` + pdq + `","video_md5":"` + md5 + `"}}]`, []string{"1 pdq  7", "1 md5  7"}, false},
		"json cut off":           {bank.JSON, "", `[{"hash":"` + md5 + `"},`, []string{"1 md5  "}, true},
		"lines":                  {bank.HMA, "", "# a list\npdq " + pdq + "\n\nvideo_md5 " + md5 + "\n" + md5, []string{"2 pdq  ", "4 md5  ", "5 md5  "}, false},
		"lines of one kind":      {bank.HMA, bank.PDQ, pdq + "\n", []string{"1 pdq  "}, false},
		"lines that do not tell": {bank.HMA, "", pdq + "\n", []string{"1 wrong"}, false},
		"another classification": {bank.CSV, "", "kind,value,classification\nmd5," + md5 + ",C1\n", []string{"2 wrong"}, false},
		"another format":         {"xml", "", "", nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			err := bank.ReadList(strings.NewReader(tt.text), tt.format, tt.of, func(n int, e bank.Entry, wrong error) error {
				if wrong != nil {
					got = append(got, fmt.Sprint(n, " wrong"))
				} else {
					got = append(got, fmt.Sprintf("%d %s %s %s", n, e.Kind, e.Classification, e.Provenance.Key))
				}
				return nil
			})
			if !slices.Equal(got, tt.want) || errors.Is(err, bank.ErrList) != tt.fails {
				t.Errorf("%q (%v), want %q", got, err, tt.want)
			}
		})
	}
}

func TestAListComesBack(t *testing.T) {
	e := entry(1, "a", bank.PDQ, anyPDQ)
	e.Classification, e.Expires, e.Provenance.Key, e.Provenance.Note = "B1", time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC), "r,1", "a \"note\"\nof two lines"
	for _, f := range bank.Formats() {
		var b bytes.Buffer
		w, err := bank.NewListWriter(&b, f)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(&e), w.Close()); err != nil {
			t.Fatal(err)
		}
		n := 0
		err = bank.ReadList(&b, f, "", func(_ int, got bank.Entry, wrong error) error {
			n++
			if wrong != nil || got.Hash != e.Hash {
				t.Errorf("%s: %+v (%v)", f, got, wrong)
			}
			if f != bank.HMA && (got.Classification != "B1" || !got.Expires.Equal(e.Expires) || got.Provenance.Key != "r,1" || got.Provenance.Note != e.Provenance.Note) {
				t.Errorf("%s: %+v", f, got)
			}
			return nil
		})
		if err != nil || n != 1 {
			t.Errorf("%s: %d entries (%v)", f, n, err)
		}
	}
}

// FuzzReadList: whatever is read can be kept, and nothing panics.
func FuzzReadList(f *testing.F) {
	f.Add("csv", "kind,value\nmd5,"+strings.Repeat("ab", 16))
	f.Add("json", `[{"signals":{"pdq":"`+anyPDQ+`"}}]`)
	f.Add("hma", "pdq "+anyPDQ)
	f.Fuzz(func(t *testing.T, format, text string) {
		err := bank.ReadList(strings.NewReader(text), bank.Format(format), "", func(_ int, e bank.Entry, wrong error) error {
			if wrong != nil {
				return nil
			}
			e.Provenance.Source, e.Provenance.Who = bank.File, "x"
			if err := e.Check(); err != nil {
				t.Fatalf("%+v: %v", e, err)
			}
			return nil
		})
		if err != nil && !errors.Is(err, bank.ErrList) {
			t.Fatal(err)
		}
	})
}
