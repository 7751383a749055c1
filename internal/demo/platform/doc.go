// Package platform makes up the life of a chat platform: accounts, friends, talk, money, complaints, and, among them, a few planted
// matters that haris should notice and many hard cases that it should not.
//
// What lives here: the generator, its neutral sentences in four languages, and the truth that tells planted from ordinary. What does
// not: sending the events anywhere, judging what haris made of them, or any picture. Media are named by random identifiers and random
// digests only. The commands demo, simulate and eval may call it; nothing else has a use for it.
//
// The generator is pure. It reads no clock, no disk and no environment; everything follows from [Config], so that the same
// configuration gives the same bytes on every machine. README.md beside this file describes the world.
package platform
