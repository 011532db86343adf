package pass

import "testing"

func TestFirst(t *testing.T) { t.Log("short:", testing.Short(), "verbose:", testing.Verbose()) }

func TestSecond(t *testing.T) { t.Logf("%s\n", "ends in a line end") }

func BenchmarkThird(b *testing.B) {}

func ExampleFourth() {
	// Output:
}

func FuzzFifth(f *testing.F) { f.Fuzz(func(t *testing.T, n int) {}) }
