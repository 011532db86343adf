// Idle connections: resident memory of the process for each, both ends being its own.
package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"time"
)

func residentKB() int {
	b, _ := os.ReadFile("/proc/self/status")
	i := bytes.Index(b, []byte("VmRSS:"))
	kb, _ := strconv.Atoi(string(bytes.Fields(b[i+6:])[0]))
	return kb
}

func main() {
	const n = 9000 // each has two descriptors
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var ready sync.WaitGroup
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				ready.Done()
				buffer := make([]byte, 128)
				c.Read(buffer)
			}()
		}
	}()
	debug.FreeOSMemory()
	before := residentKB()
	start := time.Now()
	conns := make([]net.Conn, n)
	for i := range conns {
		ready.Add(1)
		if conns[i], err = net.Dial("tcp", l.Addr().String()); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	ready.Wait()
	took := time.Since(start).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric bytes/connection", (residentKB()-before)*1024/n)
	fmt.Println("check", n)
	conns[0].Close()
}
