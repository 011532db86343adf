package examples

import "fmt"

type T int

func (t T) Print() { fmt.Println("T", int(t)) }
