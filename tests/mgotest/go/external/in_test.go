package external

import "testing"

func TestInside(t *testing.T) { t.Log(hidden()) }

func TestZ(t *testing.T) {}
