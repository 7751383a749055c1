//go:build !linux

package main

import "time"

func forget(string) error { return nil }

func used() time.Duration { return 0 }

func resident() string { return "not known on this system" }
