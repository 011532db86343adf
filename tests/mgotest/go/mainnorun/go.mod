module mainnorun

go 1.19
