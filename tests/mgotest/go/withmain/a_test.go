package main

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

var name = flag.String("name", "none", "a name")

func TestMain(m *testing.M) {
	flag.Parse()
	fmt.Println("set up", *name, flag.Args())
	code := m.Run()
	fmt.Println("tear down", code)
	os.Exit(code)
}

func TestName(t *testing.T) {
	t.Log(*name)
	if *name == "x" {
		t.Error("x")
	}
}
