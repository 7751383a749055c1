package api

import (
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

const (
	asHMA       = "Answers as Hasher-Matcher-Actioner does, but for this: a key is needed, problems have the form of this document, and what could not be compared is a problem and never an empty answer. "
	hmaUnavail  = "The index of the banks is not loaded, no bank is in force, or storage does not answer."
	hmaCannotBe = "The request cannot be read, or the file could not be compared."
)

// mapOf is an object from any name to a value.
func mapOf(what string, v any) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Description: what, AdditionalProperties: v}
}

// schema adds an answer whose body has a schema.
func (a answers) schema(status int, what string, s *huma.Schema) {
	a[strconv.Itoa(status)] = &huma.Response{Description: what, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
}

// text adds an answer of one word.
func (a answers) text(status int, one string) {
	a[strconv.Itoa(status)] = &huma.Response{Description: one, Content: map[string]*huma.MediaType{"text/plain; charset=utf-8": {Schema: enum(one)}}}
}

// hma adds what its paths answer that ask for a key.
func (a answers) hma(r huma.Registry) {
	a.keyed(r, noMediaScope)
	a.problem(r, http.StatusBadRequest, hmaCannotBe)
	a.problem(r, http.StatusServiceUnavailable, hmaUnavail, "Retry-After")
}

// hmaFiles adds what its paths answer that take a file.
func (a answers) hmaFiles(r huma.Registry, l Limits) {
	a.hma(r)
	a.files(r)
	a.problem(r, http.StatusRequestEntityTooLarge, "The file is longer than "+strconv.FormatInt(l.MediaBytes, 10)+" bytes.")
}

// hmaOperations describes the paths of Hasher-Matcher-Actioner.
func hmaOperations(r huma.Registry, l Limits) []*huma.Operation {
	list := []*huma.Operation{hmaRawOperation(r), hmaCompareOperation(r, l)}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		list = append(list, hmaHashOperation(r, l, method), hmaLookupOperation(r, l, method))
	}
	return append(list, hmaStatusOperations()...)
}

// hmaBody is the file of a POST; nil for GET.
func hmaBody(method string) *huma.RequestBody {
	if method == http.MethodGet {
		return nil
	}
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	return &huma.RequestBody{Required: true, Description: "The file, in a part whose name is its content type.", Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"photo": binary, "video": binary}}},
	}}
}

func hmaParams(method string, get, both []*huma.Param) []*huma.Param {
	if method == http.MethodGet {
		return append(get, both...)
	}
	return both
}

func fileParams() []*huma.Param {
	return []*huma.Param{
		{Name: "content_type", In: "query", Schema: enum(contentTypes()...), Description: "What the file is found to be counts."},
		word("types", "query", "Signal types with commas between: pdq, video_md5, md5, sha1, sha256, vpdq.", false),
	}
}

func bankParams() []*huma.Param {
	return []*huma.Param{
		word("banks", "query", "Only these, with commas between.", false), word("seed", "query", "Taken and not used: a bank is in force or not.", false),
		word("bypass_coinflip", "query", "Taken and not used.", false),
	}
}

func hmaHashOperation(r huma.Registry, l Limits, method string) *huma.Operation {
	a := answers{}
	a.hmaFiles(r, l)
	a.schema(http.StatusOK, "From signal type to hash; the PDQ hash of a picture with too little to see is empty.", mapOf("", str("")))
	return &huma.Operation{
		Method: method, Path: "/h/hash", OperationID: "hma-hash-" + method, Summary: "Hash a file, as HMA does", Security: withKey(), Responses: a,
		Description: asHMA, RequestBody: hmaBody(method),
		Parameters: hmaParams(method, []*huma.Param{word("url", "query", "Of the file, on a host that the configuration names.", true)}, fileParams()),
	}
}

// foundByBank is from bank to entries.
func foundByBank(r huma.Registry) *huma.Schema {
	return mapOf("From bank to entries.", list(r.Schema(reflect.TypeFor[HMAMatch](), true, ""), 0))
}

func hmaLookupOperation(r huma.Registry, l Limits, method string) *huma.Operation {
	a := answers{}
	a.hmaFiles(r, l)
	body, get := mapOf("From signal type to what was found.", foundByBank(r)), []*huma.Param(nil)
	if method == http.MethodGet {
		body = &huma.Schema{AnyOf: []*huma.Schema{foundByBank(r), body}}
		get = []*huma.Param{word("signal_type", "query", "Of the hash.", false), word("signal", "query", "A hash.", false), word("url", "query", "Of a file, instead of a hash.", false)}
	}
	a.schema(http.StatusOK, "From bank to entries; where a file is asked about, that for each signal type.", body)
	return &huma.Operation{
		Method: method, Path: "/m/lookup", OperationID: "hma-lookup-" + method, Summary: "Look up in the banks in force, as HMA does", Security: withKey(), Responses: a,
		Description: asHMA + "Banks go by their ids here. A match that a negative entry vetoes is left out.", RequestBody: hmaBody(method),
		Parameters: hmaParams(method, get, append(fileParams(), bankParams()...)),
	}
}

func hmaRawOperation(r huma.Registry) *huma.Operation {
	a := answers{}
	a.hma(r)
	ok[HMAMatches](a, r, http.StatusOK, "Numbers of entries, or with include_distance objects with bank_content_id and distance.")
	return &huma.Operation{
		Method: http.MethodGet, Path: "/m/raw_lookup", OperationID: "hma-raw-lookup", Summary: "Look a hash up, as HMA does", Security: withKey(), Responses: a,
		Description: asHMA + "Banks in shadow are heard, too, and what is vetoed; banks that are off are not.",
		Parameters: []*huma.Param{
			word("signal_type", "query", "Of the hash.", true), word("signal", "query", "The hash.", true), word("banks", "query", "Only these, with commas between.", false),
			word("include_distance", "query", "true or false.", false),
		},
	}
}

func hmaCompareOperation(r huma.Registry, l Limits) *huma.Operation {
	a := answers{}
	a.keyed(r, noMediaScope)
	a.read(r, int64(l.BodyBytes))
	a.schema(http.StatusOK, "From signal type to whether the two match, and their distance.", mapOf("", list(&huma.Schema{}, 2)))
	return &huma.Operation{
		Method: http.MethodPost, Path: "/m/compare", OperationID: "hma-compare", Summary: "Compare two hashes, as HMA does", Security: withKey(), Responses: a,
		Description: asHMA + "PDQ hashes match up to a distance of 31, videos when 0.8 of the frames of the first are near.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{string(formAny): {Schema: mapOf("From signal type to two hashes.", list(str(""), 2))}}},
	}
}

func hmaStatusOperations() []*huma.Operation {
	a, live := answers{}, answers{}
	a.text(http.StatusOK, "I-AM-ALIVE")
	a.text(http.StatusServiceUnavailable, "INDEX-NOT-LOADED")
	live.text(http.StatusOK, "I-AM-ALIVE")
	return []*huma.Operation{
		{Method: http.MethodGet, Path: "/status", OperationID: "hma-status", Summary: "Are lookups answered? As HMA does", Responses: a, Description: "Anyone may ask."},
		{Method: http.MethodGet, Path: "/status/live", OperationID: "hma-live", Summary: "Does the process live? As HMA does", Responses: live, Description: "Anyone may ask."},
	}
}
