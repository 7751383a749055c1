// Package util is named after nothing.
package util
