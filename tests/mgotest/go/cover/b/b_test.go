package b_test

import (
	"testing"

	"cover/b"
)

func TestHalf(t *testing.T) {
	if b.Half(2) != 1 {
		t.Error(b.Half(2))
	}
	if testing.Short() {
		t.Error("fails")
	}
}
