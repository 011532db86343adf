package exits

import (
	"fmt"
	"os"
	"runtime"
	"testing"
)

func TestZero(t *testing.T) { os.Exit(0) }

func TestThree(t *testing.T) {
	t.Log("lost")
	fmt.Println("kept")
	os.Exit(3)
}

func TestGoexit(t *testing.T) { runtime.Goexit() }

func TestSubGoexit(t *testing.T) {
	t.Run("sub", func(t *testing.T) { runtime.Goexit() })
}

func TestAfterFatal(t *testing.T) {
	t.Run("sub", func(inner *testing.T) {
		t.Fatal("the outer one, from inside")
	})
}
