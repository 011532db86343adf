package lib

import "testing"

func TestF(t *testing.T) {}
