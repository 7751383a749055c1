// Package cybertiptest is a strict stand-in for NCMEC's CyberTipline service, for tests of clients and for trying things out. It keeps
// everything in memory, checks documents with the tables of package cybertip, follows the documented life cycle of a report on a clock of the
// caller's choosing, and can be told to fail in every way a real service fails.
//
// What the real service does in a few cases is not documented. There the server does what its comments call an assumption: the HTTP status of
// errors other than 4100, the code for a second description of one file (4100), for an expired report (5001) and for another user's report
// (5001).
//
// [Open] keeps reports in a file over restarts, without their contents; GET /_reports lists what has arrived; a [FaultPlan] makes a share of
// all calls fail. haris cybertip test-server is this package as a command.
//
// It is not a place for real reports: nothing is encrypted, and whoever holds the server reads everything.
package cybertiptest
