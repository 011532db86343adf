module withmain

go 1.19
