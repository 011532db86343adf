// Package main drives compress/*, archive/zip, hash/*, crypto/*, index/suffixarray and image/*.
package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/lzw"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"hash/crc64"
	"hash/fnv"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"index/suffixarray"
	"io"
	"sort"
	"strings"
)

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
	}
}

func show(name string, b []byte) {
	fmt.Printf("%s %d %x\n", name, len(b), md5.Sum(b))
}

func main() {
	text := []byte(strings.Repeat("It is a truth universally acknowledged, that a single man ", 60))
	for i := range text {
		if i%97 == 0 {
			text[i] = byte(i)
		}
	}
	for level := 1; level <= 9; level += 4 {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, level)
		check(err)
		w.Write(text)
		w.Close()
		show("flate", b.Bytes())
		back, err := io.ReadAll(flate.NewReader(&b))
		fmt.Println(bytes.Equal(back, text), err)
	}
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	gz.Name = "x"
	gz.Write(text)
	gz.Close()
	show("gzip", b.Bytes())
	r, err := gzip.NewReader(&b)
	check(err)
	back, err := io.ReadAll(r)
	fmt.Println(r.Name, bytes.Equal(back, text), err)
	b.Reset()
	zw := zlib.NewWriter(&b)
	zw.Write(text)
	zw.Close()
	show("zlib", b.Bytes())
	b.Reset()
	lw := lzw.NewWriter(&b, lzw.LSB, 8)
	lw.Write(text)
	lw.Close()
	show("lzw", b.Bytes())
	_, err = zlib.NewReader(strings.NewReader("nonsense"))
	fmt.Println(err)

	b.Reset()
	arch := zip.NewWriter(&b)
	f, err := arch.Create("dir/a.txt")
	check(err)
	f.Write(text)
	check(arch.Close())
	zr, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	check(err)
	for _, f := range zr.File {
		fmt.Println(f.Name, f.UncompressedSize64, f.CRC32)
	}

	fmt.Println(crc32.ChecksumIEEE(text), crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)), crc64.Checksum(text, crc64.MakeTable(crc64.ECMA)), adler32.Checksum(text))
	h := fnv.New64a()
	h.Write(text)
	fmt.Println(h.Sum64())
	fmt.Printf("%x\n%x\n%x\n", sha1.Sum(text), sha256.Sum256(text), sha512.Sum384(text))
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write(text)
	fmt.Printf("%x\n", mac.Sum(nil))
	block, err := aes.NewCipher([]byte("0123456789abcdef"))
	check(err)
	out := make([]byte, 64)
	cipher.NewCTR(block, make([]byte, 16)).XORKeyStream(out, text[:64])
	fmt.Printf("%x\n", out)

	index := suffixarray.New(text)
	at := index.Lookup([]byte("single man"), -1)
	sort.Ints(at)
	fmt.Println(len(at), at[:3])

	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for y := 0; y < 30; y++ {
		for x := 0; x < 40; x++ {
			img.Set(x, y, color.RGBA{uint8(x * 6), uint8(y * 8), uint8(x * y), 255})
		}
	}
	b.Reset()
	check(png.Encode(&b, img))
	show("png", b.Bytes())
	decoded, format, err := image.Decode(&b)
	fmt.Println(decoded.Bounds(), format, err, decoded.At(7, 9))
	b.Reset()
	check(gif.Encode(&b, img, &gif.Options{NumColors: 16}))
	show("gif", b.Bytes())
}
