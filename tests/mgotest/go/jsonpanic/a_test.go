package jsonpanic

import (
	"fmt"
	"os"
	"testing"
)

func TestExits(t *testing.T) {
	fmt.Println("before")
	os.Exit(3)
}
