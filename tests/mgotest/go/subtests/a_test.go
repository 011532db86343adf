package subtests

import (
	"fmt"
	"testing"
)

func TestNames(t *testing.T) {
	for _, name := range []string{"a", "a", "b c", "", "", "ü/x", "tab\there", "a#01", "\x00\xff", "a"} {
		t.Run(name, func(t *testing.T) { t.Log(t.Name()) })
	}
}

func TestNest(t *testing.T) {
	for i := 0; i < 2; i++ {
		t.Run(fmt.Sprint("x", i), func(t *testing.T) {
			for k := 0; k < 3; k++ {
				t.Run(fmt.Sprint("y", k), func(t *testing.T) {
					t.Run("deep", func(t *testing.T) {})
				})
			}
		})
	}
}

func TestFails(t *testing.T) {
	t.Log("at the top")
	ok := t.Run("one", func(t *testing.T) {
		t.Log("in one")
		t.Run("two", func(t *testing.T) { t.Fatal("in two") })
		t.Run("three", func(t *testing.T) { t.Log("in three") })
	})
	t.Log("one was", ok)
	fmt.Println("printed")
}
