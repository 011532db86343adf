module helpers

go 1.19
