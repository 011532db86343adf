module external

go 1.19
