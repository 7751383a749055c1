package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	"haris/internal/auth"
	"haris/internal/bank"
	"haris/internal/config"
	"haris/internal/decide"
	"haris/internal/evidence"
	"haris/internal/media"
	"haris/internal/parcel"
	"haris/internal/pipeline"
	"haris/internal/rule"
	"haris/internal/stage"
	"haris/internal/stage/library"
	"haris/internal/store"
	"haris/internal/store/eventlog"
	"haris/internal/store/postgres"
	"haris/internal/store/sqlite"
	"haris/packs"
	"haris/pdq/decode"
	"haris/vpdq"
)

// Options is what surrounds the program. Now and Logger are required.
type Options struct {
	Now    func() time.Time
	Logger *slog.Logger
	// Env returns a variable of the environment, which can hold a secret of an exchange; nil knows none.
	Env func(name string) string
	// Own takes the data directory for this process alone, as whoever folds events must.
	Own bool
	// Progress is told how far the replay of the log is; may be nil.
	Progress func(done, all uint64)
}

// Core is what every command works with: the database, the log, the vault and who may sign in. Nothing runs by itself.
type Core struct {
	Config   config.Config
	Dir      Dir
	DB       *store.DB
	Log      *eventlog.Log
	Auth     *auth.Service
	Vault    *evidence.Vault
	Material pipeline.Material
	Matcher  *bank.Matcher // compares with the banks once it has been told to Follow
	Options  Options

	models   models
	key      parcel.Key // signs what leaves, and the checkpoints of the audit log
	shareKey []byte
	closers  closers
}

// closers are undone in the reverse of the order in which they were added.
type closers []func() error

func (c *closers) add(f func() error) { *c = append(*c, f) }

func (c *closers) run() error {
	var all error
	for _, f := range slices.Backward(*c) {
		all = errors.Join(all, f())
	}
	*c = nil
	return all
}

// OpenCore prepares the data directory, opens the database and brings its schema up to date. ErrOwned.
func OpenCore(ctx context.Context, cfg config.Config, o Options) (*Core, error) {
	c := &Core{Config: cfg, Dir: Dir(cfg.DataDir), Options: o}
	c.models = models{files: library.New(c.Dir.Models()), open: map[string]*stage.Model{}}
	if err := c.open(ctx); err != nil {
		return nil, errors.Join(err, c.closers.run())
	}
	return c, nil
}

// Close closes what OpenCore opened.
func (c *Core) Close() error { return c.closers.run() }

func (c *Core) open(ctx context.Context) error {
	if err := c.Dir.prepare(); err != nil {
		return err
	}
	if c.Options.Own {
		release, err := c.Dir.lock()
		if err != nil {
			return err
		}
		c.closers.add(release)
	}
	if err := c.openDatabase(ctx); err != nil {
		return err
	}
	return c.openVault()
}

func (c *Core) openDatabase(ctx context.Context) (err error) {
	if url := c.Config.Database.URL.Reveal(); url != "" {
		c.DB, err = postgres.Open(ctx, url)
	} else {
		c.DB, err = sqlite.Open(ctx, sqlite.Options{Path: c.Dir.Database()})
	}
	if err != nil {
		return err
	}
	c.closers.add(c.DB.Close)
	if err := c.fillDays(ctx); err != nil {
		return err
	}
	if err := c.DB.Index(ctx); err != nil {
		return err
	}
	if c.Log, err = eventlog.Open(ctx, c.DB); err != nil {
		return err
	}
	c.Material = pipeline.Material{DB: c.DB, Log: c.Log}
	c.Matcher = c.newMatcher()
	c.closers.add(c.Matcher.Close)
	return c.openAuth()
}

func (c *Core) openAuth() error {
	seal, err := c.Dir.signInKey()
	if err != nil {
		return err
	}
	c.Auth, err = auth.New(auth.Deps{
		DB: c.DB.Auth(), Now: c.Options.Now, Rand: rand.Reader, Seal: seal, Required: c.Config.Auth.SecondFactor == config.Required,
		Origin: c.Config.PublicURL, OIDC: c.Config.Auth.Provider(), NoPasswords: c.Config.Auth.NoPasswords,
		ReviewEvery: c.Config.Access.Every,
	})
	return err
}

func (c *Core) openVault() (err error) {
	if c.shareKey, err = c.Dir.shareKey(); err != nil {
		return err
	}
	working, err := evidence.LoadOrCreateWorkingKey(evidence.KeyFile(string(c.Dir)))
	if err != nil {
		return err
	}
	escrow, err := evidence.ParseEscrow(c.Config.Evidence.EscrowRecipient)
	if err != nil {
		return err
	}
	files, err := evidence.NewFiles(c.Dir.Evidence())
	if err != nil {
		return err
	}
	if c.key, err = c.parcelKey(); err != nil {
		return err
	}
	c.Vault = evidence.NewVault(evidence.Config{
		Blobs: files, Keeper: store.EvidenceKeeper(c.DB), Working: working, Escrow: escrow, Now: c.Options.Now, Key: &c.key,
	})
	return nil
}

// MediaOptions is what reading a picture or video may cost.
func MediaOptions(m *config.Media) media.Options {
	return media.Options{
		Picture: decode.Limits{Bytes: int64(m.MaxBytes), Pixels: int64(m.MaxPixels), Side: m.MaxSide},
		Video:   vpdq.Options{MaxFrames: m.MaxFrames, MaxPixels: m.MaxPixels, MaxTime: m.MaxTime},
	}
}

// RuleFiles is where the rules come from: a directory, or the packs inside the program.
func RuleFiles(cfg config.Config) fs.FS {
	if cfg.Rules.Dir == "" {
		return packs.FS
	}
	return os.DirFS(cfg.Rules.Dir)
}

// LoadRules reads, checks and tests the rules: a rule whose own test vectors fail is not let in.
func LoadRules(cfg config.Config) (*rule.Set, error) {
	t, err := ReadRules(RuleFiles(cfg))
	if err != nil {
		return nil, err
	}
	set, err := rule.Parse(t.Packs, rule.Options{})
	if err != nil {
		return nil, err
	}
	for _, r := range rule.Test(set) {
		if !r.OK {
			return nil, fmt.Errorf("app: rule %s, test %q (%s, line %d): %s", r.Rule, r.Name, r.File, r.Line, r.Detail)
		}
	}
	return set, nil
}

// OpenPipeline loads what is known and replays the rest of the log, with the rules and weights in force unless d says others. The core must own
// its directory.
func (c *Core) OpenPipeline(ctx context.Context, d pipeline.Deps) (*pipeline.Pipeline, error) {
	d.DB, d.Log, d.KeySecret = c.DB, c.Log, c.shareKey
	d.Logger, d.Progress = c.Options.Logger, c.Options.Progress
	d.Models = c.OpenModel
	d.Workers, d.Queue = c.workers(), c.Config.Ingest.QueueBatches
	if d.Now == nil {
		d.Now = c.Options.Now
	}
	if d.Policy == nil {
		f, err := c.InForce(ctx)
		if err != nil {
			return nil, err
		}
		d.Policy = func() decide.Policy { return f.Policy }
		if d.Rules == nil {
			d.Rules = func() *rule.Set { return f.Rules }
		}
	}
	if err := c.Matcher.Follow(ctx); err != nil {
		c.Options.Logger.Error("the index of banks could not be loaded; media are unscanned until it is", "error", err)
	}
	d.Match = c.Matcher.Match
	return pipeline.Open(ctx, d)
}

// Knowledge loads what is known, as what is in force judges it, without taking the directory; it changes nothing.
func (c *Core) Knowledge(ctx context.Context, f *InForce) (*pipeline.Knowledge, error) {
	k, _, err := pipeline.Load(ctx, pipeline.Deps{
		DB: c.DB, Log: c.Log, KeySecret: c.shareKey, Rules: func() *rule.Set { return f.Rules }, Policy: func() decide.Policy { return f.Policy }, Progress: c.Options.Progress, Workers: 1,
		Models: c.OpenModel,
	})
	return k, err
}
