// Package arch holds the tests of how haris is built: which package may import which, that each says what it is, and how large
// files, functions and interfaces may be. It has no code; nothing imports it.
package arch
