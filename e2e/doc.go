// Package e2e holds black-box tests of the built binary: nothing acknowledged is lost, whenever the process is killed, and a
// person can go from a suspicion to a filed report in a real browser. It has no code of its own.
package e2e
