package bench

import (
	"testing"
	"time"
)

var sink int

func BenchmarkAdd(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink += i
	}
}

func BenchmarkSub(b *testing.B) {
	b.Run("a", func(b *testing.B) { b.Log(b.N > 0) })
	b.Run("b=1", func(b *testing.B) {
		b.SetBytes(1000)
		time.Sleep(time.Microsecond)
	})
}

func BenchmarkFails(b *testing.B) {
	b.Log("a log")
	b.Fatal("fails")
}

func BenchmarkSkips(b *testing.B) { b.Skip("skipped") }

func BenchmarkMetric(b *testing.B) {
	b.ReportMetric(12.5, "things/op")
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(123456789, "big")
	b.ReportMetric(0.00012, "small")
}

func BenchmarkParallel(b *testing.B) {
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			time.Sleep(time.Microsecond)
		}
	})
}

func TestPasses(t *testing.T) {}
