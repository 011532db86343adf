package timeout

import (
	"testing"
	"time"
)

func TestHangs(t *testing.T) {
	t.Log("lost")
	select {}
}

func TestSub(t *testing.T) {
	t.Run("one", func(t *testing.T) { time.Sleep(time.Minute) })
}

func TestDeadline(t *testing.T) {
	deadline, ok := t.Deadline()
	t.Log(ok, ok && time.Until(deadline) > 50*time.Minute)
}
