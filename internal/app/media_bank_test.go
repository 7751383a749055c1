package app_test

import (
	"strconv"
	"strings"
	"testing"

	"haris/internal/api"
	"haris/internal/audit"
	"haris/internal/store"
)

// What is added over HTTP matches at once, what is denied is vetoed, and what is removed matches no more; all of it is written down.
func TestBanksOverHTTP(t *testing.T) {
	d := withList(t, settings(t))
	known := post[api.Hashed](d, "/v1/media/hash", "", asJPEG(t, blocks(1, 128)))
	const digits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	lookup := func() string {
		got := post[api.LookedUp](d, "/v1/media/lookup", "application/json", []byte(`{"pdq":"`+known.Media.PDQ+`"}`))
		out := []string{got.Answer}
		for _, r := range got.Results {
			out = append(out, r.Bank+" "+r.Outcome)
		}
		return strings.Join(out, ", ")
	}
	step := func(path, body, want string) {
		t.Helper()
		post[map[string]any](d, "/v1/banks/"+path, "application/json", []byte(body))
		if got := lookup(); got != want {
			t.Errorf("after %s: %s, want %s", path, got, want)
		}
	}
	entry := `{"media":[{"pdq":"` + known.Media.PDQ + `"},{"sha256":"` + digits + `"}],"reason":"lina looked at it"}`
	judged := `{"media":{"pdq":"` + known.Media.PDQ + `"},"reason":"lina looked at it"}`
	step("list/entries", entry, "match, list match")
	step("list/entries", entry, "match, list match")
	id := post[api.LookedUp](d, "/v1/media/lookup", "application/json", []byte(`{"sha256":"`+digits+`"}`)).Results[0].Entry - 1
	at := "list/entries/" + strconv.FormatUint(id, 10)
	step(at+"/deny", judged, "clean, list vetoed, own-cleared cleared")
	step(at+"/confirm", judged, "match, list match, own match")
	step(at+"/remove", `{"reason":"mistaken"}`, "match, own match")
	step(at+"/remove", `{"reason":"mistaken"}`, "match, own match")
	var acts []string
	err := d.a.Core().DB.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Audit().List(t.Context(), audit.Filter{Object: "bank/list"}, 0, 100)
		for _, e := range list {
			if strings.HasPrefix(e.Who, "key/") {
				acts = append(acts, e.Act)
			}
		}
		return err
	})
	if got := strings.Join(acts, " "); err != nil || got != "bank.removed bank.confirmed bank.denied bank.added bank.added" {
		t.Errorf("%s, %v", got, err)
	}
	if code, body := call(t, "GET", d.a.URL()+"/status", "", ""); code != 200 || string(body) != "I-AM-ALIVE" {
		t.Errorf("%d %s", code, body)
	}
	if code, body := call(t, "GET", d.a.URL()+"/m/lookup?signal_type=pdq&signal="+known.Media.PDQ, d.key, ""); code != 200 || !strings.HasPrefix(string(body), `{"own":[{"bank_content_id":`) {
		t.Errorf("%d %s", code, body)
	}
}
