package lib

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Each primitive is used by one goroutine, by two and by eight; a figure is for one use by any of them.

// share has n goroutines do the work of b together; use makes its arguments' number of turns.
func share(b *testing.B, n int, use func(turns int)) {
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		turns := b.N/n + 1
		wg.Add(1)
		go func() {
			defer wg.Done()
			use(turns)
		}()
	}
	wg.Wait()
}

func crowds(b *testing.B, use func(turns int)) {
	b.Run("1", func(b *testing.B) { use(b.N) })
	b.Run("2", func(b *testing.B) { share(b, 2, use) })
	b.Run("8", func(b *testing.B) { share(b, 8, use) })
}

// ---- sync/atomic ----

func BenchmarkSyncAtomicAdd(b *testing.B) {
	var n int64
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			atomic.AddInt64(&n, 1)
		}
	})
}

type counters struct {
	hits   atomic.Int64
	misses atomic.Uint32
}

func BenchmarkSyncAtomicMethods(b *testing.B) {
	c := new(counters)
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			c.hits.Add(1)
			c.misses.Add(1)
		}
	})
}

func BenchmarkSyncAtomicLoad(b *testing.B) {
	var n atomic.Int64
	crowds(b, func(turns int) {
		sum := int64(0)
		for i := 0; i < turns; i++ {
			sum += n.Load()
		}
		n.Store(sum)
	})
}

func BenchmarkSyncAtomicStore(b *testing.B) {
	var n atomic.Int64
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			n.Store(int64(i))
		}
	})
}

func BenchmarkSyncAtomicCAS(b *testing.B) {
	var n int64
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			for {
				old := atomic.LoadInt64(&n)
				if atomic.CompareAndSwapInt64(&n, old, old+3) {
					break
				}
			}
		}
	})
}

type node struct {
	next  *node
	value int
}

func BenchmarkSyncAtomicPointer(b *testing.B) {
	var p atomic.Pointer[node]
	p.Store(&node{})
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			p.Load().value++
		}
	})
}

func BenchmarkSyncAtomicValue(b *testing.B) {
	var v atomic.Value
	v.Store(&node{value: 1})
	crowds(b, func(turns int) {
		sum := 0
		for i := 0; i < turns; i++ {
			sum += v.Load().(*node).value
		}
	})
}

// ---- Locks ----

func BenchmarkSyncMutex(b *testing.B) {
	var mu sync.Mutex
	n := 0
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			mu.Lock()
			n++
			mu.Unlock()
		}
	})
}

type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) deposit(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance += n
}

func BenchmarkSyncMutexDefer(b *testing.B) {
	a := new(account)
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			a.deposit(1)
		}
	})
}

func BenchmarkSyncTryLock(b *testing.B) {
	var mu sync.Mutex
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			if mu.TryLock() {
				mu.Unlock()
			}
		}
	})
}

func BenchmarkSyncRLock(b *testing.B) {
	var mu sync.RWMutex
	n := 1
	crowds(b, func(turns int) {
		sum := 0
		for i := 0; i < turns; i++ {
			mu.RLock()
			sum += n
			mu.RUnlock()
		}
	})
}

func BenchmarkSyncWLock(b *testing.B) {
	var mu sync.RWMutex
	n := 1
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			mu.Lock()
			n++
			mu.Unlock()
		}
	})
}

type cache struct {
	mu      sync.RWMutex
	entries map[int]int
}

func (c *cache) get(key int) (int, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.entries[key]
	return v, ok
}

func (c *cache) set(key, value int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[key] = value
}

func BenchmarkSyncCache(b *testing.B) {
	c := &cache{entries: map[int]int{}}
	for i := 0; i < 1000; i++ {
		c.set(i, i)
	}
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			if i%10 == 0 {
				c.set(i%1000, i)
			} else {
				c.get(i % 1000)
			}
		}
	})
}

// ---- WaitGroup, Once, Cond ----

func BenchmarkSyncWaitGroup(b *testing.B) {
	var wg sync.WaitGroup
	wg.Add(1)
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			wg.Add(1)
			wg.Done()
		}
	})
}

func BenchmarkSyncSpawnJoin(b *testing.B) {
	crowds(b, func(turns int) {
		var wg sync.WaitGroup
		for i := 0; i < turns; i++ {
			wg.Add(1)
			go func() {
				defer wg.Done()
			}()
			if i%100 == 99 {
				wg.Wait()
			}
		}
		wg.Wait()
	})
}

func BenchmarkSyncOnce(b *testing.B) {
	var once sync.Once
	n := 0
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			once.Do(func() { n++ })
		}
	})
}

var instance struct {
	once  sync.Once
	value *node
}

func getInstance() *node {
	instance.once.Do(func() { instance.value = &node{} })
	return instance.value
}

func BenchmarkSyncSingleton(b *testing.B) {
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			getInstance()
		}
	})
}

// barrier lets a party of n go on together, round after round.
type barrier struct {
	mu      sync.Mutex
	cond    *sync.Cond
	n, here int
	round   int
}

func (x *barrier) wait() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.here++
	if x.here == x.n {
		x.here = 0
		x.round++
		x.cond.Broadcast()
		return
	}
	for round := x.round; round == x.round; {
		x.cond.Wait()
	}
}

func barrierOf(b *testing.B, n int) {
	x := &barrier{n: n}
	x.cond = sync.NewCond(&x.mu)
	share(b, n, func(turns int) {
		for i := 0; i < turns; i++ {
			x.wait()
		}
	})
}

func BenchmarkSyncBarrier(b *testing.B) {
	b.Run("2", func(b *testing.B) { barrierOf(b, 2) })
	b.Run("8", func(b *testing.B) { barrierOf(b, 8) })
}

// ---- Pool, Map ----

type scratch struct {
	buf [256]byte
	n   int
}

func BenchmarkSyncPool(b *testing.B) {
	pool := sync.Pool{New: func() any { return new(scratch) }}
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			s := pool.Get().(*scratch)
			s.n++
			pool.Put(s)
		}
	})
}

func mapOf(n int) *sync.Map {
	m := new(sync.Map)
	for i := 0; i < n; i++ {
		m.Store(i, i)
	}
	for i := 0; i < 2*n; i++ {
		m.Load(i % n)
	}
	return m
}

func BenchmarkSyncMapLoad(b *testing.B) {
	m := mapOf(200)
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			m.Load(i % 200)
		}
	})
}

func BenchmarkSyncMapStore(b *testing.B) {
	m := mapOf(200)
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			m.Store(i%200, i)
		}
	})
}

func BenchmarkSyncMapMixed(b *testing.B) {
	m := mapOf(200)
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			switch k := i % 250; i % 20 {
			case 0:
				m.Store(k, i)
			case 1:
				m.LoadOrStore(k, i)
			case 2:
				m.Delete(k)
			default:
				m.Load(k)
			}
		}
	})
}

// ---- Channels as locks ----

func BenchmarkSyncSemaphore(b *testing.B) {
	slots := make(chan struct{}, 4)
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			slots <- struct{}{}
			<-slots
		}
	})
}

// ---- context ----

type key int

func BenchmarkContextErr(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			if ctx.Err() != nil {
				return
			}
		}
	})
}

func BenchmarkContextDone(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			select {
			case <-ctx.Done():
				return
			default:
			}
		}
	})
}

func BenchmarkContextValue(b *testing.B) {
	ctx := context.Background()
	for i := 0; i < 5; i++ {
		ctx = context.WithValue(ctx, key(i), i)
	}
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			ctx.Value(key(0))
		}
	})
}

func BenchmarkContextWithCancel(b *testing.B) {
	root, cancel := context.WithCancel(context.Background())
	defer cancel()
	crowds(b, func(turns int) {
		for i := 0; i < turns; i++ {
			_, cancel := context.WithCancel(root)
			cancel()
		}
	})
}

func BenchmarkContextWithTimeout(b *testing.B) {
	root, cancel := context.WithCancel(context.Background())
	defer cancel()
	for i := 0; i < b.N; i++ {
		_, cancel := context.WithTimeout(root, time.Minute)
		cancel()
	}
}

// A tree of 10 contexts with 1,000 children each, one goroutine waiting for each, canceled at the root.
func BenchmarkContextTree(b *testing.B) {
	for i := 0; i < b.N; i++ {
		root, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		for j := 0; j < 10; j++ {
			branch, stop := context.WithCancel(root)
			defer stop()
			for k := 0; k < 1000; k++ {
				leaf, stop := context.WithCancel(branch)
				wg.Add(1)
				go func() {
					defer wg.Done()
					defer stop()
					<-leaf.Done()
				}()
			}
		}
		cancel()
		wg.Wait()
	}
}

// A group is the well-known errgroup's: the first error cancels the others.
type group struct {
	wg     sync.WaitGroup
	once   sync.Once
	err    error
	cancel func()
}

func (g *group) Go(f func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := f(); err != nil {
			g.once.Do(func() {
				g.err = err
				g.cancel()
			})
		}
	}()
}

func (g *group) Wait() error {
	g.wg.Wait()
	g.cancel()
	return g.err
}

func BenchmarkContextGroup(b *testing.B) {
	failed := errors.New("failed")
	for i := 0; i < b.N; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		g := &group{cancel: cancel}
		for j := 0; j < 100; j++ {
			j := j
			g.Go(func() error {
				if j == 50 {
					return failed
				}
				return ctx.Err()
			})
		}
		if g.Wait() == nil {
			b.Fatal("no error")
		}
	}
}

// A generator, a stage and a sink, each of which also looks at the context.
func BenchmarkContextPipeline(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	numbers, squares := make(chan int), make(chan int)
	go func() {
		defer close(numbers)
		for i := 0; i < b.N; i++ {
			select {
			case numbers <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		defer close(squares)
		for n := range numbers {
			select {
			case squares <- n * n:
			case <-ctx.Done():
				return
			}
		}
	}()
	sum := 0
	for n := range squares {
		sum += n
	}
}
