package mainnorun

import (
	"fmt"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
	fmt.Println("no run")
	os.Exit(4)
}

func TestNever(t *testing.T) { t.Error("never") }
