package pipeline

import (
	"context"
	"time"

	"haris/internal/casefile"
	"haris/internal/store"
)

// muted reports whether people have muted all that speaks in a matter, and counts it with the mutes that held it back. Nothing else
// is written of the matter: when the mute ends the next finding about the subject goes its way with all that is known by then.
func muted(ctx context.Context, tx *store.Tx, now time.Time, m *casefile.Matter) (bool, error) {
	mutes, err := tx.Mutes().Of(ctx, m.Subject, now)
	if err != nil || len(mutes) == 0 {
		return false, err
	}
	ids := casefile.HeldBack(m, mutes, now)
	return len(ids) > 0, tx.Mutes().Hold(ctx, ids)
}
