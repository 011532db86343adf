//go:build ignore

package main

/*
#include <math.h>
#include <stdlib.h>
#include <string.h>
#cgo LDFLAGS: -lm
extern int compare(void *, void *);
static void *search(const int *key, const int *base) {
	return bsearch(key, base, 1, sizeof *key, (int (*)(const void *, const void *))compare);
}
*/
import "C"

import (
	"fmt"
	"time"
	"unsafe"
)

//export compare
func compare(a, b unsafe.Pointer) C.int {
	return *(*C.int)(a) - *(*C.int)(b)
}

func measure(name string, n int, f func(n int)) {
	f(n / 10)
	begin := time.Now()
	f(n)
	fmt.Printf("%-10s %8.1f\n", name, float64(time.Since(begin).Nanoseconds())/float64(n))
}

func main() {
	measure("abs", 3_000_000, func(n int) {
		for i := 0; i < n; i++ {
			C.abs(C.int(i))
		}
	})
	measure("pow", 3_000_000, func(n int) {
		for i := 0; i < n; i++ {
			C.pow(C.double(i&7), 1.5)
		}
	})
	measure("strlen", 3_000_000, func(n int) {
		for i := 0; i < n; i++ {
			s := C.CString("some forty bytes of text, more or less..")
			C.strlen(s)
			C.free(unsafe.Pointer(s))
		}
	})
	key, table := C.int(1), C.int(1)
	measure("callback", 1_000_000, func(n int) {
		for i := 0; i < n; i++ {
			C.search(&key, &table)
		}
	})
}
