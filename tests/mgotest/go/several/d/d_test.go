package d

import (
	"fmt"
	"testing"
)

func TestD(t *testing.T) { fmt.Print("no line end") }
