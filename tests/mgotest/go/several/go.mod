module several

go 1.19
