package types

import "testing"

func TestTypes(t *testing.T) {
	var s string = 1
	undefined(s)
}
