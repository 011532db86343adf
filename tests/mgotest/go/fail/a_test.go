package fail

import "testing"

func TestError(t *testing.T) {
	t.Error("one", 2, []int{3})
	t.Errorf("%d and %q", 4, "five")
}

func TestFatal(t *testing.T) {
	t.Log("before")
	defer t.Log("deferred")
	t.Fatal("fatal")
	t.Log("not reached")
}

func TestFatalf(t *testing.T) { t.Fatalf("%v%%", 100) }

func TestLines(t *testing.T) {
	t.Error("several\nlines\n\tindented\n\n")
	t.Error("")
	t.Error()
	t.Error("\n")
}

func TestFail(t *testing.T) { t.Fail() }

func TestFailNow(t *testing.T) { t.FailNow() }

func TestPasses(t *testing.T) { t.Log("unseen") }

func TestFailed(t *testing.T) {
	t.Log(t.Failed())
	t.Fail()
	t.Log(t.Failed(), t.Skipped(), t.Name())
}
