package files

import "testing"

func TestF(t *testing.T) { t.Log(f()) }
