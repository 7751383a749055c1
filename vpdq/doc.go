// Package vpdq hashes videos by their frames and compares them: every so many seconds a frame is hashed with PDQ, and two videos
// match when enough frames of one have a near frame in the other. It reads and writes the formats of facebook/ThreatExchange (vpdq)
// and knows both of the rules in use there.
//
// Frames come from the programs ffprobe and ffmpeg, version 5.1 or later, which run as children with limits on memory, time and
// size, without an environment or a shell, and kept from the network. Where they are missing nothing is hashed, and the error says so.
package vpdq
