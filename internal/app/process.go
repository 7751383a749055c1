package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"haris/internal/event"
	"haris/internal/parcel"
	"haris/internal/process"
	"haris/internal/report"
	"haris/internal/store"
	"haris/internal/store/eventlog"
)

// parcelKey is the key that signs the checkpoints of the audit log, which signs parcels too: a receiver needs one key only.
func (c *Core) parcelKey() (parcel.Key, error) {
	signer, _, err := c.auditKey()
	if err != nil {
		return parcel.Key{}, err
	}
	b, err := os.ReadFile(filepath.Join(c.Dir.Keys(), auditKeyFile))
	if err != nil {
		return parcel.Key{}, fmt.Errorf("app: audit key: %w", err)
	}
	_, public, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	return parcel.Key{Signer: signer, Public: public}, nil
}

// PublicKey is the key with which whoever receives a parcel checks it. The provider gives it to them by another way.
func (c *Core) PublicKey() string { return c.key.Public }

// Legal is what people do with legal process. wake tells the runner of jobs and may be nil.
func (c *Core) Legal(wake func()) *process.Service {
	n := c.Config.NCMEC
	return &process.Service{
		Keeper: store.ProcessKeeper(c.DB), Vault: c.Vault, Source: held{c.DB, c.Log}, Key: c.key,
		Provider: cmp.Or(n.Platform, n.Service, "the provider"), Now: c.Options.Now, Wake: wake,
	}
}

// held reads what is held about accounts, for productions.
type held struct {
	db  *store.DB
	log *eventlog.Log
}

var _ process.Source = held{}

// End asks the database rather than the log in memory: another process may have added to it.
func (h held) End(ctx context.Context) (end uint64, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		end, err = eventlog.End(ctx, tx)
		return err
	})
	return end, err
}

// maxLine is more than any line of the log holds: what is on it is never cut off.
const maxLine = 1 << 40

func (h held) on(ctx context.Context, line eventlog.Line, through uint64) (out []uint64, err error) {
	if through == 0 {
		return nil, nil // nothing had been logged
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		out, err = h.log.On(ctx, tx, line, through+1, maxLine)
		return err
	})
	slices.Reverse(out)
	return out, err
}

func (h held) Line(ctx context.Context, account string, through uint64) ([]uint64, error) {
	return h.on(ctx, eventlog.AccountLine(account), through)
}

func (h held) Conversation(ctx context.Context, name string, through uint64) ([]uint64, error) {
	return h.on(ctx, eventlog.ConversationLine(name), through)
}

func (h held) Events(ctx context.Context, places []uint64) (out []event.Event, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		out, err = h.log.Get(ctx, tx, places)
		return err
	})
	return out, err
}

// maxFiled bounds the reports about one account; more are an error and never left out.
const maxFiled = 500

func (h held) Filed(ctx context.Context, account string) (out []process.Filed, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Reports().List(ctx, report.Filter{Subject: account, Status: report.Filed, Limit: maxFiled})
		if err != nil {
			return err
		}
		if len(list) == maxFiled {
			return fmt.Errorf("app: %d or more reports were filed about an account: too many for one production", maxFiled)
		}
		out = nil
		for _, r := range slices.Backward(list) {
			f := process.Filed{Account: account, Report: r.ID, Number: r.Number, Environment: string(r.Environment), FiledAt: r.EndedAt.UTC()}
			if r.Filing != nil {
				f.SHA256 = r.Filing.ReportSHA256
			}
			out = append(out, f)
		}
		return nil
	})
	return out, err
}
