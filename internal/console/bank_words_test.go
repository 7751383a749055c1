package console

import (
	"haris/internal/bank"
	"haris/internal/taxonomy"
)

// bankKeys are the words that the pages of banks build keys from.
func bankKeys() (keys []string) {
	for _, m := range taxonomy.Modes() {
		keys = append(keys, "bank_mode."+string(m), "bank_mode_help."+string(m))
	}
	for _, p := range polarities() {
		keys = append(keys, "polarity."+string(p))
	}
	for _, s := range []bank.Source{bank.Own, bank.Exchange, bank.File} {
		keys = append(keys, "bank_source."+string(s))
	}
	for _, s := range []bank.State{bank.Live, bank.Removed, bank.Withdrawn, bank.Expired} {
		keys = append(keys, "entry_state."+string(s))
	}
	for _, k := range verdictsOfBank() {
		keys = append(keys, "bank_verdict."+string(k))
	}
	for _, o := range outcomes() {
		keys = append(keys, "outcome."+o)
	}
	for _, d := range bankDone() {
		keys = append(keys, "bank_done."+d)
	}
	for _, r := range unscannedReasons() {
		keys = append(keys, "unscanned."+string(r))
	}
	for _, f := range []string{"radius", "quality", "share", "keep_days"} {
		keys = append(keys, "bank."+f, "bank."+f+"_help", "bad.bank_"+f)
	}
	for _, e := range []error{bank.ErrNotFound, bank.ErrNoEntry, bank.ErrHash, bank.ErrBank} {
		w := troubleOf(e).word
		keys = append(keys, "error."+w+".title", "error."+w+".text")
	}
	for _, o := range outcomes() {
		keys = append(keys, "says."+o)
	}
	return append(keys, "bad.bank_gone", "bad.bank_wrong", "bad.bank_only_abuse", "bad.bank_id", "bad.bank_taken", "bad.bank_name", "bad.bank_stale", "bad.bank_hashes", "bad.bank_many")
}
