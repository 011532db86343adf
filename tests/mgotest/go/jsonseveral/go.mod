module jsonseveral

go 1.19
