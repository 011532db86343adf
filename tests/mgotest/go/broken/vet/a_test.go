package vet

import "testing"

func TestVet(t *testing.T) {
	t.Errorf("%d", "x")
}
