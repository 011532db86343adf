// TCP echo on loopback over a hundred connections.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

func serve(c net.Conn) {
	defer c.Close()
	buffer := make([]byte, 512)
	for {
		n, err := c.Read(buffer)
		if err != nil {
			return
		}
		if _, err := c.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func main() {
	const nconns, nrequests, size = 100, 500, 64
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	var wg sync.WaitGroup
	start := time.Now()
	for i := 0; i < nconns; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			defer c.Close()
			request, reply := make([]byte, size), make([]byte, size)
			for r := 0; r < nrequests; r++ {
				request[0] = byte(r)
				c.Write(request)
				if _, err := io.ReadFull(c, reply); err != nil || reply[0] != request[0] {
					fmt.Println("wrong reply", err)
					os.Exit(1)
				}
			}
		}()
	}
	wg.Wait()
	took := time.Since(start).Nanoseconds()
	fmt.Println("ns", took)
	fmt.Println("metric ns/request", took/(nconns*nrequests))
	fmt.Println("check", nconns*nrequests)
}
