package api

import (
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

const (
	nothingFollows = " Nothing is kept and nothing follows: no case, no event, no entry. What is to be judged comes as an event."
	fileHelp       = "The body is the file, whatever its Content-Type, or multipart/form-data of which the first part with a file's name is read, or JSON. What a file is called proves nothing."
)

// mediaOperations describes what is done with files and hashes.
func mediaOperations(r huma.Registry, l Limits) []*huma.Operation {
	return []*huma.Operation{hashOperation(r, l), lookupOperation(r, l), batchOperation(r, l), compareOperation(r, l)}
}

const noMediaScope = "The key does not have the scope media.read."

// read adds what is answered when a body cannot be read: of at most so many bytes, in one of these types.
func (a answers) read(r huma.Registry, limit int64) {
	a.problem(r, http.StatusRequestEntityTooLarge, fmt.Sprintf("The file is longer than %d bytes, or other content than the limit of bodies.", limit))
	a.problem(r, http.StatusUnsupportedMediaType, "The Content-Type or Content-Encoding is none of those allowed.", "Accept-Post", "Accept-Encoding")
}

// files adds what is answered when a file cannot be had.
func (a answers) files(r huma.Registry) {
	a.problem(r, http.StatusTooManyRequests, "As many files are being read as may be. Send again after Retry-After.", "Retry-After")
	a.problem(r, http.StatusBadGateway, "The server of the URL did not give the file.")
}

// jsonBody is a body that is a T.
func jsonBody[T any](r huma.Registry) *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{string(formAny): {Schema: r.Schema(reflect.TypeFor[T](), true, "")}}}
}

// fileBody is a file or JSON that is a T.
func fileBody[T any](r huma.Registry) *huma.RequestBody {
	b := jsonBody[T](r)
	b.Description = fileHelp
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	b.Content["application/octet-stream"] = &huma.MediaType{Schema: binary}
	b.Content["multipart/form-data"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": binary}}}
	return b
}

func hashOperation(r huma.Registry, l Limits) *huma.Operation {
	a := answers{}
	a.keyed(r, noMediaScope)
	a.read(r, l.MediaBytes)
	a.files(r)
	ok[Hashed](a, r, http.StatusOK, "The hashes, and what could not be looked at.")
	return &huma.Operation{
		Method: http.MethodPost, Path: "/v1/media/hash", OperationID: "hash-media", Summary: "Hash a file", Security: withKey(), RequestBody: fileBody[MediaRef](r), Responses: a,
		Description: "Reads a picture, a video or any other file, and answers with its hashes, in the fields that the media of an event has." + nothingFollows,
	}
}

func lookupOperation(r huma.Registry, l Limits) *huma.Operation {
	a := answers{}
	a.keyed(r, noMediaScope)
	a.read(r, l.MediaBytes)
	a.files(r)
	ok[LookedUp](a, r, http.StatusOK, "One of three answers. What is unscanned is neither clean nor a match.")
	return &huma.Operation{
		Method: http.MethodPost, Path: "/v1/media/lookup", OperationID: "lookup-media", Summary: "Look a media up in the banks", Security: withKey(),
		RequestBody: fileBody[MediaRef](r), Responses: a,
		Description: "Compares a file, the file behind a URL, or hashes with every bank, and answers with bank, distance and where the entry came from." + nothingFollows,
	}
}

func batchOperation(r huma.Registry, l Limits) *huma.Operation {
	a := answers{}
	a.keyed(r, noMediaScope)
	a.read(r, int64(l.BodyBytes))
	ok[LookedUpBatch](a, r, http.StatusOK, "An answer for each media, in the order of the question.")
	return &huma.Operation{
		Method: http.MethodPost, Path: "/v1/media/lookup/batch", OperationID: "lookup-media-batch", Summary: "Look up to 1000 media up by their hashes", Security: withKey(),
		RequestBody: jsonBody[LookupBatch](r), Responses: a,
		Description: "One whose hash cannot be read is unscanned with the reason bad_hash, and stops none of the others." + nothingFollows,
	}
}

func compareOperation(r huma.Registry, l Limits) *huma.Operation {
	a := answers{}
	a.keyed(r, noMediaScope)
	a.read(r, int64(l.BodyBytes))
	ok[Compared](a, r, http.StatusOK, "How near they are.")
	return &huma.Operation{
		Method: http.MethodPost, Path: "/v1/media/compare", OperationID: "compare-media", Summary: "Compare two hashes", Security: withKey(),
		RequestBody: jsonBody[ToCompare](r), Responses: a, Description: "Compares two hashes of one kind with each other. No bank is asked.",
	}
}
