// Package main drives math/big, math/cmplx, math/rand, math/bits and math.
package main

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
	"math/rand"
)

func main() {
	a, _ := new(big.Int).SetString("123456789012345678901234567890123456789", 10)
	b := new(big.Int).Exp(big.NewInt(7), big.NewInt(300), nil)
	q, r := new(big.Int).QuoRem(b, a, new(big.Int))
	fmt.Println(q, r)
	fmt.Println(new(big.Int).Mul(a, b), new(big.Int).GCD(nil, nil, a, b), new(big.Int).ModInverse(a, big.NewInt(1000000007)))
	fmt.Println(new(big.Int).Sqrt(b), b.BitLen(), b.Text(36), a.ProbablyPrime(10), big.NewInt(1000003).ProbablyPrime(0))
	f := new(big.Int).MulRange(1, 200)
	fmt.Println(f)
	fmt.Println(new(big.Int).Lsh(a, 100), new(big.Int).Not(a), new(big.Int).Xor(a, b))
	x := big.NewRat(22, 7)
	fmt.Println(x.Add(x, big.NewRat(-1, 3)), x.FloatString(20))
	z := new(big.Float).SetPrec(200).Sqrt(big.NewFloat(2).SetPrec(200))
	fmt.Println(z.Text('g', 50), z)
	fmt.Printf("%x %+.3e %10d\n", a, z, big.NewInt(-5))
	fmt.Println(cmplx.Sqrt(-1), cmplx.Exp(1i*math.Pi), cmplx.Pow(2+1i, 3-2i))
	rnd := rand.New(rand.NewSource(42))
	fmt.Println(rnd.Intn(1000), rnd.Float64(), rnd.Perm(8), rnd.NormFloat64(), rnd.ExpFloat64())
	fmt.Println(bits.LeadingZeros64(1<<40), bits.Reverse32(1), bits.OnesCount(255))
	hi, lo := bits.Mul64(math.MaxUint64, math.MaxUint64)
	fmt.Println(hi, lo, math.Float64bits(math.Hypot(3, 4)), math.Gamma(5.5), math.Erf(0.5), math.Cbrt(27), math.FMA(2, 3, 4))
	fmt.Println(math.Sin(1e10), math.Log1p(1e-10), math.Pow(2, 0.5), math.Mod(-7, 3), math.Remainder(7, 4), math.Jn(2, 3.5))
}
