package app

import (
	"context"
	"time"

	"haris/internal/config"
	"haris/internal/console"
	"haris/internal/remark"
)

// ncmecWait is how long the CyberTipline may take to say that it is there.
const ncmecWait = 10 * time.Second

// ncmec asks the CyberTipline whether it is there and knows the user.
func (d Doctor) ncmec(ctx context.Context, k *console.Check) error {
	k.Detail = remark.Verbatim(d.Core.Config.NCMEC.Environment)
	if d.Core.Config.NCMEC.Environment == config.None {
		k.State, k.Detail = console.Warned, remark.Of("nothing can be filed: ncmec.environment is none")
		return nil
	}
	client, err := d.Core.NCMEC()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, ncmecWait)
	defer cancel()
	if _, err := client.Status(ctx); err != nil {
		k.State, k.Detail = console.Unwell, remark.Of("{name}: {why}", "name", d.Core.Config.NCMEC.Environment, "why", err)
	}
	return nil
}
