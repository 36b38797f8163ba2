# Makes R's files of this folder: Rscript tests/starts/make.R tests/starts
folder <- commandArgs(TRUE)[1]
starts <- read.csv(file.path(folder, "plain.csv"))
at <- function(name) file.path(folder, name)
write.csv(starts, at("r-write-csv.csv"))
write.table(starts, at("r-write-table.txt"))
write.csv2(starts, at("r-write-csv2.csv"), row.names = FALSE)
write.csv(unname(as.matrix(starts)), at("r-matrix.csv"))
