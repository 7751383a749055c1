package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

const noBanksScope = "The key does not have the scope banks.write."

// bankOperations describes what is done with banks.
func bankOperations(r huma.Registry, l Limits) []*huma.Operation {
	return []*huma.Operation{
		banksOperation(r), bankOperation(r), entriesOperation(r), addOperation(r, l),
		changeOperation[Removal, Removed](r, l, "remove", "End an entry", "The entry counts no more, from the next comparison on and in every process. It stays in the bank with the reason."),
		changeOperation[Judging, JudgedEntry](r, l, "confirm", "Say that a match was right",
			"The hashes of what was looked at join the bank own, which is in force. Denying the same later takes them out again."),
		changeOperation[Judging, JudgedEntry](r, l, "deny", "Say that a match was wrong",
			"The hashes of what was looked at join the bank own-cleared, which vetoes. Confirming the same later takes them out again. The entry stays as its list has it."),
	}
}

func word(name, in, what string, required bool) *huma.Param {
	return &huma.Param{Name: name, In: in, Required: required, Schema: &huma.Schema{Type: huma.TypeString}, Description: what}
}

func bankParam() *huma.Param { return word("bank", "path", "Its id.", true) }

func banksOperation(r huma.Registry) *huma.Operation {
	a := answers{}
	a.keyed(r, noMediaScope)
	ok[BankList](a, r, http.StatusOK, "Every bank.")
	return &huma.Operation{
		Method: http.MethodGet, Path: "/v1/banks", OperationID: "list-banks", Summary: "List the banks", Security: withKey(), Responses: a,
		Description: "Lists every bank with its settings, what it holds and what it found. People set banks up, in haris itself.",
	}
}

func bankOperation(r huma.Registry) *huma.Operation {
	a := answers{}
	a.keyed(r, noMediaScope)
	a.problem(r, http.StatusNotFound, "There is no bank with this id.")
	ok[BankLine](a, r, http.StatusOK, "The bank.")
	return &huma.Operation{
		Method: http.MethodGet, Path: "/v1/banks/{bank}", OperationID: "get-bank", Summary: "Show a bank", Security: withKey(), Responses: a,
		Description: "Shows the settings of one bank, what it holds and what it found.", Parameters: []*huma.Param{bankParam()},
	}
}

func entriesOperation(r huma.Registry) *huma.Operation {
	a := answers{}
	a.keyed(r, noBanksScope)
	a.problem(r, http.StatusNotFound, "There is no bank with this id.")
	ok[EntryPage](a, r, http.StatusOK, "A page of entries.")
	low, high := 1.0, float64(maxEntries-1)
	return &huma.Operation{
		Method: http.MethodGet, Path: "/v1/banks/{bank}/entries", OperationID: "list-entries", Summary: "List the entries of a bank", Security: withKey(), Responses: a,
		Description: "Lists entries by number, with where each came from.",
		Parameters: []*huma.Param{
			bankParam(), word("from", "query", `The "next" of the page before.`, false),
			{Name: "limit", In: "query", Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: &low, Maximum: &high, Default: defaultEntries}, Description: "Entries on a page."},
			word("kind", "query", "Only entries of this kind.", false), word("hash", "query", "Only entries with this hash, such as pdq:… or md5:….", false),
			word("key", "query", "Only entries of this record of a list.", false),
			{Name: "state", In: "query", Schema: enum("live", "removed", "withdrawn", "expired", "all"), Description: "live without it."},
		},
	}
}

// change adds what paths answer that change entries.
func (a answers) change(r huma.Registry, l Limits) {
	a.keyed(r, noBanksScope)
	a.problem(r, http.StatusNotFound, "There is no such bank or entry.")
	a.read(r, int64(l.BodyBytes))
}

func addOperation(r huma.Registry, l Limits) *huma.Operation {
	a := answers{}
	a.change(r, l)
	a.problem(r, http.StatusConflict, "The entries of this bank come from its exchange alone.")
	ok[AddedEntries](a, r, http.StatusOK, "What became of them.")
	return &huma.Operation{
		Method: http.MethodPost, Path: "/v1/banks/{bank}/entries", OperationID: "add-entries", Summary: "Add entries to a bank", Security: withKey(), Responses: a,
		Description: "Adds hashes. They count from the next comparison on, in every process, and what was seen before is compared with them. Doing so again changes nothing.",
		Parameters:  []*huma.Param{bankParam()}, RequestBody: jsonBody[NewEntries](r),
	}
}

func changeOperation[In, Out any](r huma.Registry, l Limits, act, summary, help string) *huma.Operation {
	a := answers{}
	a.change(r, l)
	ok[Out](a, r, http.StatusOK, "What became of it.")
	return &huma.Operation{
		Method: http.MethodPost, Path: "/v1/banks/{bank}/entries/{entry}/" + act, OperationID: act + "-entry", Summary: summary, Security: withKey(), Responses: a,
		Description: help + " Doing so again changes nothing.",
		Parameters:  []*huma.Param{bankParam(), word("entry", "path", "Its number.", true)}, RequestBody: jsonBody[In](r),
	}
}
