package lib

func F() int { return "s" }
