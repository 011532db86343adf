package files

func f() int { return 1 }
