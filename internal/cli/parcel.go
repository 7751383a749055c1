package cli

import (
	"errors"
	"fmt"
	"os"

	"haris/internal/parcel"
)

// verifyParcel checks a file that has left an installation; neither server nor data directory is needed.
func (c evidenceVerifyCommand) verifyParcel(r *run) (err error) {
	f, err := os.Open(c.Target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	v, err := parcel.Verify(r.ctx, f, info.Size(), parcel.Options{Key: c.Key})
	if err != nil {
		return fmt.Errorf("%s: %w", c.Target, err)
	}
	if r.isJSON() {
		err = r.json(v)
	} else {
		for _, x := range v.Faults {
			if _, err = fmt.Fprintf(r.Stdout, "%s: %s\n", x.Path, x.Words); err != nil {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	if len(v.Faults) > 0 {
		r.say("%s is not as it was signed: %d faults.", c.Target, len(v.Faults))
		return errNo
	}
	r.say("%s %s: %d files, %d bytes, all as they were signed by %s", v.Kind, v.ID, v.Files, v.Bytes, v.Key)
	if !v.Given {
		r.say("That key came with the parcel, so this proves that it is whole and not who made it: give the provider's own with --key.")
	}
	return nil
}
