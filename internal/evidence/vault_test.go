package evidence_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"haris/internal/audit"
	"haris/internal/evidence"
	"haris/internal/evidence/evidencetest"
	"haris/internal/store"
	"haris/internal/store/storetest"
)

// bench is a vault over a fresh database with blobs that a test can damage.
type bench struct {
	*testing.T
	db    *store.DB
	blobs *evidencetest.Memory
	vault *evidence.Vault
	now   time.Time
	key   evidence.WorkingKey
}

func setup(t *testing.T, e storetest.Engine) *bench {
	t.Helper()
	b := &bench{T: t, db: e.New(t), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	var err error
	if b.key, err = evidence.GenerateWorkingKey(); err != nil {
		t.Fatal(err)
	}
	b.blobs = &evidencetest.Memory{Now: b.clock}
	b.vault = b.with(b.key, nil)
	return b
}

func (b *bench) clock() time.Time { return b.now }

func (b *bench) with(k evidence.WorkingKey, escrow age.Recipient) *evidence.Vault {
	return evidence.NewVault(evidence.Config{Blobs: b.blobs, Keeper: store.EvidenceKeeper(b.db), Working: k, Escrow: escrow, Now: b.clock})
}

func request(caseID, name, body string) evidence.New {
	return evidence.New{
		Case: caseID, Kind: evidence.KindTranscript, Name: name, MediaType: "text/plain", Origin: evidence.Origin{Sequences: []uint64{3, 4}, URL: "https://x.example/1"},
		Who: "haris", Why: "case opened", Body: strings.NewReader(body),
	}
}

func (b *bench) seal(caseID, name, body string) evidence.Item {
	b.Helper()
	i, err := b.vault.Seal(b.Context(), request(caseID, name, body))
	if err != nil {
		b.Fatal(err)
	}
	return i
}

func (b *bench) open(v *evidence.Vault, item string) (string, error) {
	_, r, err := v.Open(b.Context(), "p1", "review", item)
	if err != nil {
		return "", err
	}
	all, err := io.ReadAll(r)
	return string(all), errors.Join(err, r.Close())
}

func (b *bench) acts(item string) (out []evidence.Act) {
	b.Helper()
	chain, err := b.vault.Custody(b.Context(), item)
	if err != nil {
		b.Fatal(err)
	}
	for n, c := range chain {
		if c.N != n+1 {
			b.Errorf("line %d has number %d", n+1, c.N)
		}
		out = append(out, c.Act)
	}
	return out
}

// audited counts the entries about an object and act.
func (b *bench) audited(act, object string) (list []audit.Entry) {
	b.Helper()
	err := b.db.Read(b.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.Audit().List(b.Context(), audit.Filter{Act: act, Object: object}, 0, 100)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return list
}

func TestVault(t *testing.T) {
	storetest.Each(t, func(t *testing.T, e storetest.Engine) {
		for _, c := range []struct {
			name string
			f    func(*bench)
		}{
			{"what is sealed is opened again", sealedAndOpened},
			{"nothing stored shows the contents", nothingShows},
			{"sealing again changes nothing", sealedTwice},
			{"sealing again mends a lost blob", sealedAfterLoss},
			{"large contents flow through", large},
			{"each case has a key of its own", keyPerCase},
			{"every access stands in custody and audit", custody},
			{"no access without who and why", namedAccess},
			{"another working key cannot open", wrongKey},
			{"the escrow key can, with age alone", escrow},
			{"verification tells what became of each item", verified},
			{"a disk that cannot be read is not a changed item", unreadable},
			{"a manifest that was exchanged is found", exchanged},
			{"each digest of the manifest counts", digests},
			{"a key that was exchanged is found", keyExchanged},
			{"a destroyed key opens nothing", destroyed},
			{"a hold refuses destruction", heldCase},
			{"a preservation is never shortened", preservation},
			{"a sweep removes what no manifest names", swept},
			{"bad requests are refused", refused},
		} {
			t.Run(c.name, func(t *testing.T) { c.f(setup(t, e)) })
		}
	})
}

func sealedAndOpened(b *bench) {
	for n, body := range []string{"", "keep this between us", strings.Repeat("x", 64<<10), strings.Repeat("y", 64<<10+1)} {
		i := b.seal("c1", fmt.Sprintf("t%d.txt", n), body)
		sha, m := sha256.Sum256([]byte(body)), md5.Sum([]byte(body))
		if i.SHA256 != hex.EncodeToString(sha[:]) || i.MD5 != hex.EncodeToString(m[:]) || i.Size != int64(len(body)) {
			b.Errorf("digests of %d bytes: %+v", len(body), i)
		}
		if got, err := b.open(b.vault, i.ID); got != body || err != nil {
			b.Errorf("%d bytes came back as %d: %v", len(body), len(got), err)
		}
		list, err := b.vault.Manifest(b.Context(), "c1")
		if err != nil || len(list) != n+1 {
			b.Fatalf("manifest: %d items, %v", len(list), err)
		}
		b.now = b.now.Add(time.Second)
		if d := cmp.Diff(i, list[n]); d != "" {
			b.Errorf("the manifest differs from what Seal returned: %s", d)
		}
	}
	if _, err := b.open(b.vault, "absent"); !errors.Is(err, evidence.ErrNotFound) {
		b.Errorf("an item that is not there: %v", err)
	}
}

func nothingShows(b *bench) {
	i := b.seal("c1", "t.txt", "keep this between us")
	err := b.blobs.List(b.Context(), func(x evidence.BlobInfo) error {
		r, err := b.blobs.Get(b.Context(), x.Name)
		if err != nil {
			return err
		}
		all, err := io.ReadAll(r)
		if bytes.Contains(all, []byte("between")) || x.Name == i.SHA256 || strings.Contains(x.Name, i.SHA256[:16]) {
			b.Error("the blob or its name tells the contents")
		}
		return errors.Join(err, r.Close())
	})
	if err != nil {
		b.Error(err)
	}
	for _, e := range b.audited("", "") {
		if s := fmt.Sprint(e); strings.Contains(s, i.SHA256) || strings.Contains(s, i.MD5) || strings.Contains(s, i.Name) {
			b.Errorf("the audit log tells the contents: %s", s)
		}
	}
}

func sealedTwice(b *bench) {
	one := b.seal("c1", "t.txt", "same")
	b.now = b.now.Add(time.Hour)
	two := b.seal("c1", "t.txt", "same")
	if d := cmp.Diff(one, two); d != "" {
		b.Errorf("the second seal gave another item: %s", d)
	}
	if n := b.count(); n != 1 {
		b.Errorf("%d blobs, want 1", n)
	}
	if other := b.seal("c1", "other.txt", "same"); other.ID == one.ID {
		b.Error("another name gave the same item")
	}
}

func (b *bench) count() (n int) {
	b.Helper()
	if err := b.blobs.List(b.Context(), func(evidence.BlobInfo) error { n++; return nil }); err != nil {
		b.Fatal(err)
	}
	return n
}

func sealedAfterLoss(b *bench) {
	one := b.seal("c1", "t.txt", "same")
	if err := b.blobs.Delete(b.Context(), one.SealedSHA); err != nil {
		b.Fatal(err)
	}
	two := b.seal("c1", "t.txt", "same")
	if got, err := b.open(b.vault, two.ID); got != "same" || err != nil {
		b.Errorf("got %q, %v", got, err)
	}
}

// zeros yields n zero bytes and remembers the largest read that was asked for.
type zeros struct{ n, largest int }

func (z *zeros) Read(p []byte) (int, error) {
	z.largest = max(z.largest, len(p))
	if z.n == 0 {
		return 0, io.EOF
	}
	n := min(len(p), z.n)
	clear(p[:n])
	z.n -= n
	return n, nil
}

func large(b *bench) {
	n := request("c1", "v.bin", "")
	z := &zeros{n: 8 << 20}
	n.Body = z
	i, err := b.vault.Seal(b.Context(), n)
	if err != nil || i.Size != 8<<20 {
		b.Fatalf("%d bytes, %v", i.Size, err)
	}
	if z.largest > 1<<20 {
		b.Errorf("asked for %d bytes at once", z.largest)
	}
	got, err := b.open(b.vault, i.ID)
	if err != nil || len(got) != 8<<20 {
		b.Errorf("%d bytes came back: %v", len(got), err)
	}
}

func keyPerCase(b *bench) {
	one, two := b.seal("c1", "t.txt", "same"), b.seal("c2", "t.txt", "same")
	if err := b.vault.Destroy(b.Context(), "p1", "retention ended", "c1"); err != nil {
		b.Fatal(err)
	}
	if _, err := b.open(b.vault, one.ID); !errors.Is(err, evidence.ErrDestroyed) {
		b.Errorf("c1: %v", err)
	}
	if got, err := b.open(b.vault, two.ID); got != "same" || err != nil {
		b.Errorf("c2: %q, %v", got, err)
	}
}

func custody(b *bench) {
	i := b.seal("c1", "t.txt", "x")
	if _, err := b.open(b.vault, i.ID); err != nil {
		b.Fatal(err)
	}
	_, r, err := b.vault.Export(b.Context(), "p2", "report 7", i.ID)
	if err != nil {
		b.Fatal(err)
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
	if _, err := b.vault.VerifyCase(b.Context(), "p3", "yearly check", "c1"); err != nil {
		b.Fatal(err)
	}
	if err := b.vault.Destroy(b.Context(), "p4", "retention ended", "c1"); err != nil {
		b.Fatal(err)
	}
	want := []evidence.Act{evidence.Sealed, evidence.Opened, evidence.Exported, evidence.Verified, evidence.Destroyed}
	if d := cmp.Diff(want, b.acts(i.ID)); d != "" {
		b.Errorf("custody: %s", d)
	}
	for n, act := range want {
		list := b.audited("evidence."+string(act), "evidence/"+i.ID)
		if len(list) != 1 || list[0].Who != [...]string{"haris", "p1", "p2", "p3", "p4"}[n] || list[0].Detail["why"] == "" {
			b.Errorf("audit entries for %s: %+v", act, list)
		}
	}
	if n := len(b.audited("evidence.key_destroyed", "case/c1")); n != 1 {
		b.Errorf("%d entries for the key", n)
	}
}

func namedAccess(b *bench) {
	i := b.seal("c1", "t.txt", "x")
	for name, f := range map[string]func(who, why string) error{
		"open":    func(who, why string) error { _, _, err := b.vault.Open(b.Context(), who, why, i.ID); return err },
		"export":  func(who, why string) error { _, _, err := b.vault.Export(b.Context(), who, why, i.ID); return err },
		"verify":  func(who, why string) error { _, err := b.vault.VerifyCase(b.Context(), who, why, "c1"); return err },
		"destroy": func(who, why string) error { return b.vault.Destroy(b.Context(), who, why, "c1") },
		"hold": func(who, why string) error {
			return b.vault.SetHold(b.Context(), evidence.HoldOrder{Who: who, Why: why, Case: "c1", Kind: evidence.LegalHold})
		},
	} {
		if err := f("", "why"); !errors.Is(err, evidence.ErrInvalid) {
			b.Errorf("%s without who: %v", name, err)
		}
		if err := f("p1", " "); !errors.Is(err, evidence.ErrInvalid) {
			b.Errorf("%s without why: %v", name, err)
		}
	}
	if d := cmp.Diff([]evidence.Act{evidence.Sealed}, b.acts(i.ID)); d != "" {
		b.Errorf("custody: %s", d)
	}
}

func swept(b *bench) {
	i := b.seal("c1", "t.txt", "x")
	orphan, err := b.blobs.Put(b.Context(), strings.NewReader("left by a crash"))
	if err != nil {
		b.Fatal(err)
	}
	if n, err := b.vault.Sweep(b.Context(), b.now); n != 0 || err != nil {
		b.Errorf("young blobs: %d, %v", n, err)
	}
	if n, err := b.vault.Sweep(b.Context(), b.now.Add(time.Second)); n != 1 || err != nil {
		b.Errorf("old blobs: %d, %v", n, err)
	}
	if ok, err := b.blobs.Has(b.Context(), orphan.Name); ok || err != nil {
		b.Errorf("the orphan: %v, %v", ok, err)
	}
	if got, err := b.open(b.vault, i.ID); got != "x" || err != nil {
		b.Errorf("the item: %q, %v", got, err)
	}
}

func refused(b *bench) {
	for name, f := range map[string]func(*evidence.New){
		"case":       func(n *evidence.New) { n.Case = "" },
		"kind":       func(n *evidence.New) { n.Kind = "secret" },
		"name":       func(n *evidence.New) { n.Name = "" },
		"directory":  func(n *evidence.New) { n.Name = "../t.txt" },
		"backslash":  func(n *evidence.New) { n.Name = `a\t.txt` },
		"line feed":  func(n *evidence.New) { n.Name = "a\nb" },
		"media type": func(n *evidence.New) { n.MediaType = "" },
		"body":       func(n *evidence.New) { n.Body = nil },
		"who":        func(n *evidence.New) { n.Who = "" },
		"why":        func(n *evidence.New) { n.Why = "" },
	} {
		n := request("c1", "t.txt", "x")
		f(&n)
		if _, err := b.vault.Seal(b.Context(), n); !errors.Is(err, evidence.ErrInvalid) {
			b.Errorf("%s: %v", name, err)
		}
	}
	if n := b.count(); n != 0 {
		b.Errorf("%d blobs were stored", n)
	}
	n := request("c1", "t.txt", "")
	n.Body = io.MultiReader(strings.NewReader("half"), iotestErr{})
	if _, err := b.vault.Seal(b.Context(), n); err == nil {
		b.Error("a body that broke off was sealed")
	}
	list, err := b.vault.Manifest(b.Context(), "c1")
	if err != nil || len(list) != 0 {
		b.Errorf("manifest: %v, %v", list, err)
	}
}
