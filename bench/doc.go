// Package bench is the room of the tools that measure haris on streams of events: collegemsg turns a public message graph into
// events, evaluate folds streams and prints how many accounts reach which priority. The figures they gave stand in
// docs/evaluation.md. The data is not part of haris: every tool takes a path. ingest measures how fast events become durable, and
// filing kills haris while it files a backlog of reports and counts what has arrived; media uploads
// pictures; their figures stand in docs/performance.md.
// darpa and loghub measure single parts on public stand-ins: how sudden edges of a stream are told (internal/burst), what texts
// have in common (internal/template); clinc and aggregate what a message says (internal/stage) and what many do (internal/aggregate); seed how often the seed
// finds stages where there are none.
// phone writes phone numbers so that they are hard to find and counts which are found (docs/evaluation.md).
//
// Nothing else may import what lives here.
package bench
