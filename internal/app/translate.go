package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"haris/internal/audit"
	"haris/internal/config"
	"haris/internal/console"
	"haris/internal/remark"
	"haris/internal/store"
	"haris/internal/translate"
)

// Translate is the server that the operator has chosen for translations; nil when there is none.
func Translate(c *config.Config) (*translate.Client, error) {
	if c.Translate.URL == "" {
		return nil, nil //nolint:nilnil // none was chosen, and that is no error
	}
	return translate.New(c.Translate.Options())
}

// translator asks it for a person, and writes down that the person asked before anything leaves the machine.
type translator struct {
	core   *Core
	client *translate.Client
}

var _ console.Translator = translator{}

func (t translator) Host() string { return t.client.Host() }

func (t translator) Translate(ctx context.Context, who, caseID, to string, texts []string) ([]translate.Text, error) {
	err := t.core.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Audit().Append(ctx, audit.Entry{
			At: t.core.Options.Now().UTC(), Who: who, Act: "case.translated", Object: "case/" + caseID,
			Detail: map[string]string{"messages": strconv.Itoa(len(texts)), "into": to, "by": t.client.Host()},
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return t.client.Translate(ctx, to, texts)
}

// lookTime is how long a look at somebody else's server may take before it counts as not known.
const lookTime = 3 * time.Second

// translations looks whether the server that translates does so into the languages of the pages.
func (d Doctor) translations(ctx context.Context, k *console.Check) error {
	c, err := Translate(&d.Core.Config)
	if err != nil || c == nil {
		k.Detail = remark.Of("none is set up")
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for _, lang := range console.Languages() {
		ok, err := c.Into(ctx, lang)
		if err != nil {
			return fmt.Errorf("%s: %s", c.Host(), translate.Why(err))
		}
		if !ok {
			k.State, k.Detail = console.Unwell, remark.Of("{name} does not translate into {language}", "name", c.Host(), "language", lang)
			return nil
		}
	}
	k.Detail = remark.Verbatim(c.Host())
	return nil
}
