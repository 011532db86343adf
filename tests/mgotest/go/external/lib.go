package external

func hidden() int { return 7 }

func Visible() int { return 6 }
