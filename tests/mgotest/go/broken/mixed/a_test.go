package mixed

import "testing"

func TestMixed(t *testing.T) {}
