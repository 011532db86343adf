module flags

go 1.19
