package app

import (
	"context"
	"time"
)

// watch calls f every so often until ctx ends. What goes wrong is logged with the words wrong, once until it changes or is well again, and
// not every few seconds; f is called again all the same.
func (a *App) watch(ctx context.Context, every time.Duration, f func(context.Context) error, wrong string) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := f(ctx)
		switch {
		case err == nil:
			said = ""
		case said != err.Error() && ctx.Err() == nil:
			said = err.Error()
			a.core.Options.Logger.Error(wrong, "error", err)
		}
	}
}
