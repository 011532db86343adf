module output

go 1.19
