module late

go 1.19
