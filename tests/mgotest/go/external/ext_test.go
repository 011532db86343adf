package external_test

import (
	"testing"

	"external"
)

func TestOutside(t *testing.T) { t.Log(external.Hidden(), external.Visible()) }

func TestA(t *testing.T) {}

func ExampleVisible() {
	println(external.Visible() == 6)
	// Output:
}
