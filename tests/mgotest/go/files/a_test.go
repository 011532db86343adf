package files

import "testing"

func TestAlone(t *testing.T) {}
