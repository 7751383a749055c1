package cli

import "fmt"

type configCommand struct {
	Print configPrintCommand `cmd:"" help:"Print the configuration in force, secrets masked, with where each value came from."`
}

type configPrintCommand struct{}

// Help is the example.
func (configPrintCommand) Help() string { return "Example: haris config print --config haris.yaml" }

// Run prints the configuration.
func (configPrintCommand) Run(r *run) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	if err := cfg.Print(r.Stdout, r.Output); err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	return nil
}
