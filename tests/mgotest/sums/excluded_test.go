//go:build ignore

package sums

this is not looked at
