package unused

import (
	"fmt"
	"testing"
)

func TestUnused(t *testing.T) { x := 1 }
