package flags

import (
	"fmt"
	"os"
	"testing"
)

func TestA(t *testing.T) { fmt.Println(len(os.Args) > 0) }
