// Package template finds texts that were made from one another: advertisements and first messages that were sent many times with a
// few words changed. Tokens cuts a text and types what may differ (phone, price, link…), and Fit finds templates with slots for a set of texts by minimum description length. It keeps no text longer
// than its caller does, reads no clock and no disk, and works in every script: nothing is thrown away but case and what
// cannot be seen.
//
// The idea of describing near copies by the template that makes them cheapest is InfoShield's (M.-C. Lee, C. Vajiac et al.,
// "InfoShield: generalizable information-theoretic human-trafficking detection", ICDE 2021); the code is written from the
// description and differs in what it counts, as Fit says.
package template
