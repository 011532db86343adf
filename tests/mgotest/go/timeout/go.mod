module timeout

go 1.19
