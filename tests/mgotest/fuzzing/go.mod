module fuzzing

go 1.27
