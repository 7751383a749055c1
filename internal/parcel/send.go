package parcel

import (
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// Send copies what leaves the installation to w, encrypted to an age public key when there is one.
func Send(w io.Writer, body io.Reader, recipient string) error {
	if recipient == "" {
		_, err := io.Copy(w, body)
		return err
	}
	to, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		return fmt.Errorf("parcel: recipient: %w", err)
	}
	sealed, err := age.Encrypt(w, to)
	if err != nil {
		return fmt.Errorf("parcel: encrypt: %w", err)
	}
	if _, err = io.Copy(sealed, body); err != nil {
		return err // an encryption that is not ended cannot be decrypted, so half a file cannot pass for a whole one
	}
	return sealed.Close()
}

// Extension is the end of a file's name with its dot, when it is one that every system can hold, and nothing otherwise.
func Extension(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return ""
	}
	e := strings.ToLower(name[i+1:])
	if e == "" || len(e) > 8 || strings.ContainsFunc(e, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		return ""
	}
	return "." + e
}
