package signature

import "testing"

func TestBad(t *testing.B) {}
