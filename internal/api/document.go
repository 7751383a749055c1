package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// document is the OpenAPI document, written once.
type document struct {
	json, yaml []byte
	open       *huma.OpenAPI
}

const (
	keyScheme  = "key"
	eventsHelp = "Takes one event, a batch, or lines, and answers when everything that the events caused is durable. Events are known by source and id: " +
		"sending one again changes nothing. An event that cannot be read never stops the events around it; it is answered with what is wrong and where, " +
		"and kept as a dead letter. Bodies may come with Content-Encoding gzip or zstd."
)

// newDocument describes the API with the limits that hold.
func newDocument(version string, l Limits) (document, error) {
	o := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "haris", Version: version,
			Description: "Events of a platform in, verdicts out. Every answer that is no success is a problem (RFC 9457) with what was expected; none repeats what was sent.",
		},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{keyScheme: {
				Type: "http", Scheme: "bearer", Description: "An API key of one event source, made in the console, with the scopes that each path names.",
			}},
		},
	}
	addEventSchemas(o.Components.Schemas, l)
	o.AddOperation(eventsOperation(o.Components.Schemas, l))
	o.AddOperation(lettersOperation(o.Components.Schemas))
	o.AddOperation(replayOperation(o.Components.Schemas))
	o.AddOperation(healthOperation(o.Components.Schemas))
	o.AddOperation(readyOperation(o.Components.Schemas))
	for _, group := range []func(huma.Registry, Limits) []*huma.Operation{mediaOperations, bankOperations, hmaOperations} {
		for _, op := range group(o.Components.Schemas, l) {
			o.AddOperation(op)
		}
	}
	doc := document{open: o}
	var err error
	if doc.json, err = json.Marshal(o); err != nil {
		return document{}, fmt.Errorf("api: write the OpenAPI document: %w", err)
	}
	if doc.yaml, err = o.YAML(); err != nil {
		return document{}, fmt.Errorf("api: write the OpenAPI document: %w", err)
	}
	return doc, nil
}

func (a *api) documentJSON(w http.ResponseWriter, _ *request) error {
	d, err := a.document()
	if err != nil {
		return err
	}
	return write(w, "application/openapi+json", d.json)
}

func (a *api) documentYAML(w http.ResponseWriter, _ *request) error {
	d, err := a.document()
	if err != nil {
		return err
	}
	return write(w, "application/openapi+yaml", d.yaml)
}

func write(w http.ResponseWriter, media string, b []byte) error {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return nil
}

// answers collects the answers of one operation.
type answers map[string]*huma.Response

// ok adds an answer whose body is a T.
func ok[T any](a answers, r huma.Registry, status int, what string) {
	schema := r.Schema(reflect.TypeFor[T](), true, "")
	a[strconv.Itoa(status)] = &huma.Response{Description: what, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

// problem adds an answer that is a Problem; headers are those that it has besides.
func (a answers) problem(r huma.Registry, status int, what string, headers ...string) {
	schema := r.Schema(reflect.TypeFor[Problem](), true, "")
	resp := &huma.Response{Description: what, Content: map[string]*huma.MediaType{problemType: {Schema: schema}}}
	for _, h := range headers {
		if resp.Headers == nil {
			resp.Headers = map[string]*huma.Param{}
		}
		resp.Headers[h] = &huma.Param{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	a[strconv.Itoa(status)] = resp
}

// keyed adds what every path answers that asks for a key.
func (a answers) keyed(r huma.Registry, forbidden string) {
	a.problem(r, http.StatusBadRequest, "The request cannot be read; the problem says what was expected.")
	a.problem(r, http.StatusUnauthorized, "No key, or one that does not work.", "WWW-Authenticate")
	a.problem(r, http.StatusForbidden, forbidden)
	a.problem(r, http.StatusServiceUnavailable, "Storage does not answer, or the program is stopping. Send again after Retry-After.", "Retry-After")
}

func withKey() []map[string][]string { return []map[string][]string{{keyScheme: {}}} }

func eventsOperation(r huma.Registry, l Limits) *huma.Operation {
	a := answers{}
	a.keyed(r, "The key does not have the scope events.write (or verdicts.read with verdict=true), or no event is of the key's source.")
	ok[Taken](a, r, http.StatusOK, "Everything that the events caused is durable.")
	ok[Late](a, r, http.StatusAccepted, "The verdicts were not there by the deadline. Nothing is acknowledged yet, the work goes on, and sending again is harmless.")
	a.problem(r, http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is longer than %d bytes, counted after decompression.", l.BodyBytes))
	a.problem(r, http.StatusUnsupportedMediaType, "The Content-Type or Content-Encoding is none of those allowed.", "Accept-Post", "Accept-Encoding")
	a.problem(r, http.StatusTooManyRequests, "More comes in than can be made durable. Send again after Retry-After.", "Retry-After")
	a.problem(r, http.StatusInternalServerError, "Something went wrong inside; nothing is acknowledged.")
	one := &huma.Schema{Ref: "#/components/schemas/Event"}
	many := &huma.Schema{Type: huma.TypeArray, Items: one, Description: fmt.Sprintf("At most %d with verdict=true.", l.BatchEvents)}
	return &huma.Operation{
		Method: http.MethodPost, Path: "/v1/events", OperationID: "post-events", Summary: "Send events", Description: eventsHelp, Security: withKey(),
		Parameters: []*huma.Param{
			{
				Name: "verdict", In: "query", Schema: &huma.Schema{Type: huma.TypeBoolean, Default: false},
				Description: "Answer with a verdict on each event. Needs the scope verdicts.read.",
			},
			{
				Name: "deadline", In: "query", Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{"100ms"}},
				Description: "How long to wait for verdicts, such as 100ms; at most and without it " + l.VerdictDeadline.String() + ". Only with verdict=true.",
			},
		},
		RequestBody: &huma.RequestBody{
			Required: true, Description: "Events in one of four forms.",
			Content: map[string]*huma.MediaType{
				string(formOne):   {Schema: one},
				string(formBatch): {Schema: many},
				string(formAny):   {Schema: &huma.Schema{OneOf: []*huma.Schema{one, many}}},
				string(formLines): {Schema: &huma.Schema{Type: huma.TypeString, Description: "One Event a line; empty lines are passed over."}},
			},
		},
		Responses: a,
	}
}

func lettersOperation(r huma.Registry) *huma.Operation {
	a := answers{}
	a.keyed(r, "The key does not have the scope letters.read.")
	ok[LetterPage](a, r, http.StatusOK, "A page of letters.")
	low, high := 1.0, float64(maxLetters)
	return &huma.Operation{
		Method: http.MethodGet, Path: "/v1/letters", OperationID: "list-letters", Summary: "List dead letters", Security: withKey(),
		Description: "Lists the events of the key's source that could not be read and were not replayed, newest first, without their content.",
		Parameters: []*huma.Param{
			{Name: "from", In: "query", Schema: &huma.Schema{Type: huma.TypeString}, Description: `The "next" of the page before.`},
			{Name: "limit", In: "query", Schema: &huma.Schema{Type: huma.TypeInteger, Minimum: &low, Maximum: &high, Default: defaultLetters}, Description: "Letters on a page."},
		},
		Responses: a,
	}
}

func replayOperation(r huma.Registry) *huma.Operation {
	a := answers{}
	a.keyed(r, "The key does not have the scope letters.read.")
	ok[Replayed](a, r, http.StatusOK, "The event was tried again.")
	a.problem(r, http.StatusNotFound, "The key's source has no such letter, or it was replayed already.")
	a.problem(r, http.StatusTooManyRequests, "More comes in than can be made durable. Send again after Retry-After.", "Retry-After")
	return &huma.Operation{
		Method: http.MethodPost, Path: "/v1/letters/{id}/replay", OperationID: "replay-letter", Summary: "Try a dead letter again", Security: withKey(),
		Description: "Tries the event again as it came, for example after an update of haris. What is still wrong stays in the list with its new reason.",
		Parameters:  []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}, Description: "Of the letter."}},
		Responses:   a,
	}
}

func healthOperation(r huma.Registry) *huma.Operation {
	a := answers{}
	ok[Health](a, r, http.StatusOK, "The process answers.")
	return &huma.Operation{
		Method: http.MethodGet, Path: "/healthz", OperationID: "health", Summary: "Does the process live?", Responses: a,
		Description: "Asks nothing of the database, so that a slow one does not get the process killed.",
	}
}

func readyOperation(r huma.Registry) *huma.Operation {
	a := answers{}
	ok[Ready](a, r, http.StatusOK, "Events can be taken.")
	ok[Ready](a, r, http.StatusServiceUnavailable, "Events cannot be taken; the checks say why.")
	a.problem(r, http.StatusUnauthorized, "A key was sent that does not work.", "WWW-Authenticate")
	return &huma.Operation{
		Method: http.MethodGet, Path: "/readyz", OperationID: "ready", Summary: "Can events be taken?", Responses: a,
		Description: "Anyone may ask. A key with the scope health.read is told details.", Security: []map[string][]string{{}, {keyScheme: {}}},
	}
}
