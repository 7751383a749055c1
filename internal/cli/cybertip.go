package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"haris/cybertip"
	"haris/internal/config"
)

type cybertipCommand struct {
	Validate cybertipValidateCommand `cmd:"" help:"Check documents as NCMEC would: schema and business rules."`
	Schema   cybertipSchemaCommand   `cmd:"" help:"Print our tables of NCMEC's schema."`
	Status   cybertipStatusCommand   `cmd:"" help:"Ask the CyberTipline whether it is there and knows us."`
	XSDDiff  cybertipXSDDiffCommand  `cmd:"" name:"xsd-diff" help:"Compare the schema that NCMEC serves with our tables."`
	Server   cybertipServerCommand   `cmd:"" name:"test-server" help:"Run the strict local stand-in for the CyberTipline, to test any client against."`
}

type cybertipValidateCommand struct {
	Files   []string `arg:"" name:"file" help:"Documents to check; - is standard input."`
	Profile string   `enum:"2025-06,2026-08" default:"2025-06" help:"Version of the schema: 2025-06 or 2026-08."`
	Kind    string   `enum:"auto,report,file-details,batched-file-details" default:"auto" help:"What the documents are; auto looks at the root element."`
}

// Help is the example.
func (cybertipValidateCommand) Help() string {
	return "Ends with 1 when NCMEC would refuse a document, with every finding: where, what, and what to do. Advice alone is no refusal.\n\n" +
		"Example: haris cybertip validate report.xml details-1.xml"
}

// verdict is one finding about one file, as programs read it.
type verdict struct {
	File string `json:"file"`
	cybertip.Finding
}

// Run checks every file and says everything that is wrong.
func (c cybertipValidateCommand) Run(r *run) error {
	refused := false
	for _, name := range c.Files {
		data, err := r.slurp(name)
		if err != nil {
			return err
		}
		findings := cybertip.Validate(cybertip.Profile(c.Profile), c.kindOf(data), data, r.Now())
		refused = refused || len(cybertip.Blocking(findings)) > 0
		for _, f := range findings {
			if err := r.tellFinding(name, f); err != nil {
				return err
			}
		}
		if len(cybertip.Blocking(findings)) == 0 {
			r.say("%s: valid (profile %s)", name, c.Profile)
		}
	}
	if refused {
		return errNo
	}
	return nil
}

func (r *run) tellFinding(file string, f cybertip.Finding) error {
	if r.isJSON() {
		return r.json(verdict{file, f})
	}
	fmt.Fprintf(r.Stdout, "%s:%d:%d: %s [%s %s] %s", file, f.Line, f.Column, f.Path, f.Severity, f.Rule, f.Message)
	if f.Fix != "" {
		fmt.Fprintf(r.Stdout, " %s", f.Fix)
	}
	_, err := fmt.Fprintln(r.Stdout)
	return err
}

// kindOf is the kind that was asked for, or that the root element says. What has another root is checked as a report, which says so.
func (c cybertipValidateCommand) kindOf(data []byte) cybertip.Kind {
	switch c.Kind {
	case "report":
		return cybertip.KindReport
	case "file-details":
		return cybertip.KindFileDetails
	case "batched-file-details":
		return cybertip.KindBatchedFileDetails
	}
	if p, err := cybertip.Outline(data); err == nil && p.Element == string(cybertip.KindFileDetails) {
		return cybertip.KindFileDetails
	}
	return cybertip.KindReport
}

// maxDocument bounds a document that is read whole, in bytes; NCMEC's are far smaller.
const maxDocument = 64 << 20

// slurp reads a whole file; "-" is standard input.
func (r *run) slurp(name string) (data []byte, err error) {
	f, err := r.open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &usageError{fmt.Sprintf("%s: there is no such file", name)}
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if data, err = io.ReadAll(io.LimitReader(f, maxDocument+1)); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(data) > maxDocument {
		return nil, fmt.Errorf("%s: larger than %d MiB: no document of NCMEC's is", name, maxDocument>>20)
	}
	return data, nil
}

type cybertipSchemaCommand struct {
	Profile string `enum:"2025-06,2026-08" default:"2025-06" help:"Version of the schema: 2025-06 or 2026-08."`
	Form    string `enum:"xsd,markdown" default:"markdown" help:"xsd or markdown."`
}

// Help is the example.
func (cybertipSchemaCommand) Help() string {
	return "The XSD is written from our own tables; NCMEC's own is served to its partners only (see xsd-diff).\n\nExample: haris cybertip schema --form xsd > report.xsd"
}

// Run prints the tables.
func (c cybertipSchemaCommand) Run(r *run) error {
	if c.Form == "xsd" {
		return cybertip.WriteXSD(r.Stdout, cybertip.Profile(c.Profile))
	}
	return cybertip.WriteSchemaDoc(r.Stdout, cybertip.Profile(c.Profile))
}

// tipline is a client with the configured credentials, for questions that belong to no report.
func (r *run) tipline() (*cybertip.Client, config.Config, error) {
	cfg, err := r.config()
	if err != nil {
		return nil, cfg, err
	}
	if cfg.NCMEC.Environment == config.None {
		return nil, cfg, &usageError{"no environment is configured: set ncmec.environment to test or production, and ncmec.username and ncmec.password"}
	}
	client, err := cybertip.NewClient(cfg.NCMEC.Options())
	return client, cfg, err
}

type cybertipStatusCommand struct{}

// Help is the example.
func (cybertipStatusCommand) Help() string {
	return "Ends with 1 when it does not answer or does not know the user.\n\nExample: haris cybertip status --config haris.yaml"
}

// Run asks.
func (cybertipStatusCommand) Run(r *run) error {
	client, cfg, err := r.tipline()
	if err != nil {
		return err
	}
	reply, err := client.Status(r.ctx)
	if err != nil {
		return err
	}
	if r.isJSON() {
		return r.json(struct {
			Environment string `json:"environment"`
			Text        string `json:"text"`
			RequestID   string `json:"request_id"`
		}{cfg.NCMEC.Environment, reply.Text, reply.RequestID})
	}
	_, err = fmt.Fprintf(r.Stdout, "%s: %s (Request-ID %s)\n", cfg.NCMEC.Environment, reply.Text, reply.RequestID)
	return err
}

type cybertipXSDDiffCommand struct {
	Profile string `help:"Version of the schema to compare with; the configured one by default."`
	File    string `placeholder:"XSD" help:"Compare a saved schema instead of asking NCMEC."`
}

// Help is the example.
func (cybertipXSDDiffCommand) Help() string {
	return "Ends with 1 when they differ. Choose the profile that does not.\n\nExample: haris cybertip xsd-diff --config haris.yaml --profile 2026-08"
}

// Run compares.
func (c cybertipXSDDiffCommand) Run(r *run) error {
	xsd, profile, err := c.read(r)
	if err != nil {
		return err
	}
	if !profile.Known() {
		return &usageError{fmt.Sprintf("profile %q: expected one of %v", profile, cybertip.Profiles())}
	}
	list, err := cybertip.DiffXSD(profile, xsd)
	if err != nil {
		return err
	}
	for _, d := range list {
		if r.isJSON() {
			err = r.json(d)
		} else {
			_, err = fmt.Fprintln(r.Stdout, d)
		}
		if err != nil {
			return err
		}
	}
	if len(list) > 0 {
		r.say("%d differences from profile %s", len(list), profile)
		return errNo
	}
	r.say("the same as profile %s", profile)
	return nil
}

// read returns the schema to compare and the profile to compare it with.
func (c cybertipXSDDiffCommand) read(r *run) ([]byte, cybertip.Profile, error) {
	profile := cybertip.Profile(c.Profile)
	if c.File != "" {
		if profile == "" {
			profile = cybertip.Profile202506
		}
		xsd, err := r.slurp(c.File)
		return xsd, profile, err
	}
	client, cfg, err := r.tipline()
	if err != nil {
		return nil, "", err
	}
	if profile == "" {
		profile = cybertip.Profile(cfg.NCMEC.Profile)
	}
	xsd, err := client.XSD(r.ctx)
	return xsd, profile, err
}
