package c

import "testing"

func TestNothing(t *testing.T) {}
