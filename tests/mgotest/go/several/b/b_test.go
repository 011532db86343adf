package b

import (
	"fmt"
	"testing"
)

func TestB(t *testing.T) {
	fmt.Println("printed by b")
	t.Error("b fails")
}
