package cli

import "fmt"

type versionCommand struct{}

// Help is the example.
func (versionCommand) Help() string { return "Example: haris version -o json" }

// Run prints the build.
func (versionCommand) Run(r *run) error {
	if r.isJSON() {
		return r.json(r.Version)
	}
	_, err := fmt.Fprintln(r.Stdout, "haris", r.Version.Version, r.Version.Commit, r.Version.Go)
	return err
}
