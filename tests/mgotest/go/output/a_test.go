package output

import (
	"fmt"
	"log"
	"os"
	"testing"
)

func TestPrint(t *testing.T) {
	fmt.Print("printed, no line end")
	t.Log("logged")
}

func TestStderr(t *testing.T) {
	fmt.Fprintln(os.Stderr, "to standard error")
	log.SetFlags(0)
	log.Println("through package log")
	println("through println")
}

func TestFails(t *testing.T) {
	fmt.Println("before it fails")
	t.Error("fails")
}
