//go:build ignore

package other

func main() { nonsense }
