# Read the export with base R: Rscript read.R in the folder into which the ZIP was unpacked.
read <- function(name) read.csv(name, fileEncoding = "UTF-8-BOM", check.names = FALSE)
book <- read("codebook.csv")
items <- read("items_wide.csv")
items <- items[is.na(items$left_out) | items$left_out == "", ] # the rest gave one answer to everything
asked <- book[book$kind %in% c("item", "own item"), ]
for (at in seq_len(nrow(asked))) {
  code <- asked$code[at]
  ends <- as.integer(strsplit(asked$unit[at], " to ")[[1]])
  given <- items[[code]]
  given[given < ends[1]] <- NA # below: why there is no answer, see the codebook
  items[[code]] <- if (asked$reversed[at] == "yes") sum(ends) - given else given
}
indicators <- read("indicators.csv")
relations <- read("relations.csv")
people <- read("people.csv")
flow <- read("flow.csv")
answers <- items[asked$code]
print(data.frame(
  count = colSums(!is.na(answers)), mean = round(colMeans(answers, na.rm = TRUE), 3),
  std = round(sapply(answers, sd, na.rm = TRUE), 3)
))
