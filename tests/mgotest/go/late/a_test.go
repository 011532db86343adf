package late

import (
	"testing"
)

var saved *testing.T

func TestLogAfter(t *testing.T) {
	t.Run("sub", func(t *testing.T) { saved = t })
	saved.Log("logged to whoever is left")
	t.Error("so that it is shown")
}

func TestOtherGoroutine(t *testing.T) {
	done := make(chan bool)
	go func() {
		defer close(done)
		t.Error("from a goroutine")
		t.FailNow()
	}()
	<-done
	t.Log("goes on")
}
