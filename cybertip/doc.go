// Package cybertip is a client for NCMEC's CyberTipline Reporting API and everything needed to use it well: the schema of its documents, a
// validator, a streaming HTTP client, and a filing that survives crashes and lost answers.
//
// # What lives here
//
//   - The schema as tables, one per [Profile]. The encoder ([Encode]), the decoders ([DecodeReport] and its siblings), the validator
//     ([Validate]), the schema writer ([WriteXSD]) and the documentation ([WriteSchemaDoc]) are all driven by those tables, so they cannot
//     disagree. NCMEC's own XSD is not public and is not part of this package; [DiffXSD] compares the tables with the one NCMEC serves.
//   - [Client], which makes one HTTP call per method, verifies what it can (the MD5 of an upload, the report an answer is about), classifies
//     every failure as a typed [*Error] and never repeats a call by itself.
//   - [Filing], a state machine without clock or disk that says which call comes next and what an answer, or a lost answer, means. [Run]
//     executes one step of it.
//
// # What does not
//
// No decision about what is reported, no storage, no retry loop and no user interface. The package imports only the standard library and
// may be used by anyone. The strict local server to test against is in cybertip/cybertiptest.
//
// # Certainty
//
// Profile 2025-06 is what NCMEC's schema accepted in November 2025. Elements of profile 2026-08 that it adds are known from public clients
// only; each carries a [Certainty]. Nothing of a newer profile is ever written into a document of an older one: [Encode] refuses instead.
//
// An empty optional text element and an absent one are the same to this package: "" is not written.
package cybertip
