// Package demo lets somebody watch haris at work: it streams the simulated platform of demo/platform into a running haris at a
// visible pace, stands in for the two services around it (the platform that takes actions, and NCMEC's CyberTipline in the form
// of cybertiptest), and says at the end what was found, missed and wrongly raised. internal/cli calls it; nothing else does.
package demo
