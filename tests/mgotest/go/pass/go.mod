module pass

go 1.19
