module broken

go 1.19
