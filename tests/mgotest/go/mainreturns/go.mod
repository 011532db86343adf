module mainreturns

go 1.19
