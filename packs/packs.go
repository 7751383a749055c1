// Package packs holds the rules that haris ships, as files. Each rule carries its test vectors; internal/rule reads them. There
// is no code here, and nothing that reads what people write: the shipped rules look at behaviour alone.
package packs

import "embed"

// FS holds every shipped pack at its root.
//
//go:embed *.yaml
var FS embed.FS
