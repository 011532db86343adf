module cover

go 1.19
