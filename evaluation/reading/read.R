# Read the export with base R: Rscript read.R in the folder into which the ZIP was unpacked.
read <- function(name) read.csv(name, fileEncoding = "UTF-8-BOM", check.names = FALSE)
book <- read("codebook.csv")
items <- read("items_wide.csv")
items <- items[is.na(items$left_out) | items$left_out == "", ] # the rest gave one answer to everything
codes <- book$code[book$kind == "item"]
# Below 1: why there is no answer, see the codebook.
items[codes] <- lapply(items[codes], function(x) ifelse(x >= 1, x, NA))
reversed <- book$code[book$kind == "item" & book$reversed == "yes"]
items[reversed] <- lapply(items[reversed], function(x) 6L - x)
indicators <- read("indicators.csv")
relations <- read("relations.csv")
people <- read("people.csv")
print(summary(items[codes]))
