package console_test

import (
	"net/http"
	"testing"

	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/store"
	"haris/internal/taxonomy"
)

// TestBanksInABrowser looks at the banks and at one of them, in every look.
func TestBanksInABrowser(t *testing.T) {
	b := setup(t)
	lead := b.as(auth.Lead)
	b.putBank(bank.New("hotline", "National hotline"), taxonomy.ModeShadow, pdqOf("ff"), shaOf("a"), shaOf("b"))
	b.putBank(bank.OwnBank(), taxonomy.ModeEnforce, pdqOf("aa"))
	b.putBank(bank.ClearedBank(), taxonomy.ModeEnforce)
	b.sees("acc-1", "m-1", pdqOf("fe"))
	b.store(func(tx *store.Tx) error {
		return tx.BankDays().Count(t.Context(), []bank.Day{{Day: b.now(), Bank: "hotline", Outcome: "shadow", Count: 1234}, {Day: b.now(), Bank: "own", Outcome: "match", Count: 2}})
	})
	if got := lead.post("/bank/hotline", "/bank/hotline/entry/2/retire", map[string][]string{"why": {"it shows something else"}}); got.status != http.StatusSeeOther {
		t.Fatal(got.status)
	}
	b.lookAt(lead, map[string]string{"banks": "/banks", "bank": "/bank/hotline?ended=yes", "bank-empty": "/bank/own-cleared"})
}
