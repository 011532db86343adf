package skip

import "testing"

func TestSkip(t *testing.T) { t.Skip("not", "now") }

func TestSkipf(t *testing.T) { t.Skipf("%03d", 7) }

func TestSkipNow(t *testing.T) { t.SkipNow() }

func TestFailThenSkip(t *testing.T) {
	if testing.Verbose() {
		t.Error("failed")
	}
	t.Skip("skipped")
}

func TestSub(t *testing.T) {
	t.Run("a", func(t *testing.T) { t.Skip("a") })
	t.Run("b", func(t *testing.T) {})
}
