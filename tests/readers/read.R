# read.R FILE.csv OUT: what R makes of a table with no options: for each column a line with its class, then its cells.
arguments <- commandArgs(TRUE)
table <- read.csv(arguments[1])
out <- file(arguments[2], "w", encoding = "UTF-8")
shown <- function(column) {
    if (!is.numeric(column)) return(ifelse(is.na(column), "NA", paste0("=", column)))
    ifelse(is.nan(column), "NaN", ifelse(is.na(column), "NA", sprintf("%.17g", column)))
}
for (name in names(table)) {
    writeLines(c(paste(name, class(table[[name]])), shown(table[[name]])), out)
}
close(out)
cat(R.version$major, R.version$minor, sep = ".")
