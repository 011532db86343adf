package init_

import (
	"fmt"
	"testing"
)

var x = func() int { fmt.Println("variable"); return 1 }()

func init() { fmt.Println("init") }

func TestX(t *testing.T) { t.Log(x) }
