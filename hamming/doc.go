// Package hamming finds all 256-bit hashes within a distance of one given, exactly: what a scan of everything would find is
// found, at any radius.
//
// An Index is what a service holds: it takes additions and removals while it is searched, and what is added is found by the next
// search. It consists of a Segment, which never changes, and of what came since, which is scanned. When that has grown, a new
// Segment is built in the background. A Segment can be written to a file and mapped into memory from there.
//
// The Segment is a multi-index (Norouzi, Punjani, Fleet: "Fast search in Hamming space with multi-index hashing", CVPR 2012).
// The 256 bits are split into m substrings, and every hash is listed under the value of each. When each substring i is searched
// within its own radius t(i), and the t(i)+1 add up to the radius plus one, no hash within the radius is missed: it differs by
// more than t(i) bits in every substring only if it differs by more than the radius in all. The more hashes there are the smaller
// is m, and the longer a substring, so that a list holds about one. Where a scan is cheaper than the lists, the hashes are scanned.
//
// Hashes are [4]uint64, bit k being bit k%64 of word k/64; the order of bits does not matter as long as it is one. Identifiers
// are the caller's, and may be given to many hashes, as one hash may have many identifiers. The same pair of both counts once.
package hamming
