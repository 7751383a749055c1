package e2e_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoReportIsLostOrDoubledWhenTheProcessIsKilled runs the small form of bench/filing: reports are filed against a server that
// fails every tenth call, by a haris that is killed while it does so.
func TestNoReportIsLostOrDoubledWhenTheProcessIsKilled(t *testing.T) {
	bench := filepath.Join(t.TempDir(), "filing")
	if out, err := exec.Command("go", "build", "-o", bench, "haris/bench/filing").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	reports := "200"
	if testing.Short() {
		reports = "60"
	}
	out, err := exec.CommandContext(t.Context(), bench, "-haris", binary(t), "-reports", reports, "-kills", "3", "-limit", "5m").CombinedOutput()
	t.Logf("%s", out)
	if err != nil || !strings.Contains(string(out), "lost 0, doubled 0, wrong states 0") {
		t.Fatal(err)
	}
}
