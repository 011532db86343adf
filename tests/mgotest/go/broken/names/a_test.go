package names

import "testing"

func Testlower(t *testing.T)   { t.Error("never run") }
func Test(t *testing.T)        {}
func Test1(t *testing.T)       {}
func Test_under(t *testing.T)  {}
func TestÜ(t *testing.T)       {}
func Testü(t *testing.T)       { t.Error("never run") }
func testing_(t *testing.T)    { t.Error("never run") }
func Benchmarkfoo(b *testing.B) {}
