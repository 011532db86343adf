package cleanup

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOrder(t *testing.T) {
	t.Cleanup(func() { t.Log("first registered") })
	t.Cleanup(func() {
		t.Log("second registered")
		t.Cleanup(func() { t.Log("registered in a cleanup") })
	})
	t.Run("sub", func(t *testing.T) { t.Cleanup(func() { t.Log("of sub") }) })
	t.Log("body ends")
}

func TestFailsInCleanup(t *testing.T) {
	t.Cleanup(func() { t.Log("still called") })
	t.Cleanup(func() { t.Fatal("fatal in a cleanup") })
}

func TestAfterFatal(t *testing.T) {
	t.Cleanup(func() { t.Log("failed:", t.Failed()) })
	t.Fatal("fatal")
}

var dir string

func TestTempDir(t *testing.T) {
	t.Run("a b/c:d*ü", func(t *testing.T) {
		dir = t.TempDir()
		other := t.TempDir()
		if dir == other {
			t.Error("the same folder twice")
		}
		root := filepath.Base(filepath.Dir(dir))
		fmt.Println(strings.TrimRight(root, "0123456789"), filepath.Base(dir), filepath.Base(other))
		if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0666); err != nil {
			t.Error(err)
		}
	})
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Error("the folder is left", err)
	}
}

func TestSetenv(t *testing.T) {
	os.Unsetenv("MGO_NEW")
	os.Setenv("MGO_OLD", "before")
	t.Run("sub", func(t *testing.T) {
		t.Setenv("MGO_NEW", "x")
		t.Setenv("MGO_OLD", "y")
		fmt.Println(os.Getenv("MGO_NEW"), os.Getenv("MGO_OLD"))
	})
	_, ok := os.LookupEnv("MGO_NEW")
	fmt.Println(ok, os.Getenv("MGO_OLD"))
}
