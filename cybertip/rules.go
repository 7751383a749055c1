package cybertip

import "time"

func applyRules(c *collector, kind Kind, now time.Time) {}
