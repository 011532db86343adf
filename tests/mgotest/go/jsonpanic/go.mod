module jsonpanic

go 1.19
