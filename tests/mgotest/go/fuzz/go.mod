module fuzz

go 1.19
