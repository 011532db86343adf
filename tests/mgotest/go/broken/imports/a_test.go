package imports

import (
	"example.com/nosuch"
	"testing"
)

func TestImports(t *testing.T) { nosuch.F() }
