package x

import "testing"

func TestNotSeen(t *testing.T) { t.Error("in testdata") }
