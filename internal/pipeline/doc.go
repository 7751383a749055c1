// Package pipeline is where the stages meet, and the only place: events are told apart from repeats, get their place in the log,
// become facts, are folded by the detectors and counters, looked at by the rules, joined into decisions, and committed together
// with the cases, jobs and audit entries that they caused. After a crash it loads the last checkpoint and replays the log. It
// holds no HTTP and no pages; internal/api and the replay command hand it batches.
package pipeline
