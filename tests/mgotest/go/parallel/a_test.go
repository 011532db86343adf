package parallel

import "testing"

func TestGroup(t *testing.T) {
	t.Run("group", func(t *testing.T) {
		for _, name := range []string{"a", "b"} {
			name := name
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				t.Log("in", name)
			})
		}
		t.Log("group is done")
	})
	t.Log("after the group")
}

func TestTwice(t *testing.T) {
	defer func() { t.Log(recover()) }()
	t.Parallel()
	t.Parallel()
}

func TestMixed(t *testing.T) {
	t.Cleanup(func() { t.Log("cleanup") })
	t.Run("serial", func(t *testing.T) { t.Log("serial") })
	t.Run("parallel", func(t *testing.T) {
		t.Cleanup(func() { t.Log("inner cleanup") })
		t.Parallel()
		t.Error("parallel")
	})
	t.Run("serial2", func(t *testing.T) { t.Log("serial2") })
	t.Log("body ends")
}
