package mainreturns

import (
	"fmt"
	"testing"
)

func TestMain(m *testing.M) {
	fmt.Println("begin")
	m.Run()
	fmt.Println("end")
}

func TestPasses(t *testing.T) {}

func TestFails(t *testing.T) { t.Error("fails") }
