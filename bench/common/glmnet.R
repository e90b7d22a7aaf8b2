# One fit of glmnet for peers.py: Rscript glmnet.R FOLDER FAMILY ALPHA LAMBDA TOLERANCE STEPS WHAT.
# FOLDER holds the matrix as triplets and gets `seconds` and `coefficients`. STEPS values of lambda
# lead to LAMBDA, each the start of the next, as glmnet's manual advises. WHAT is kept of them: last, or
# all, lambda by lambda.
suppressMessages({library(Matrix); library(glmnet)})
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]
vector_of <- function(name, what, size) {
  path <- file.path(folder, name)
  readBin(path, what, n = file.size(path) / size, size = size)
}
shape <- vector_of("shape", "integer", 4)
x <- sparseMatrix(i = vector_of("rows", "integer", 4), j = vector_of("columns", "integer", 4),
                  x = vector_of("values", "double", 8), dims = shape, index1 = FALSE)
if (nnzero(x) == prod(shape)) x <- as.matrix(x)
y <- vector_of("targets", "double", 8)
alpha <- as.numeric(given[3])  # the share of l1
last <- as.numeric(given[4])
steps <- as.integer(given[6])
slopes <- if (given[2] == "gaussian") y else sign(y) / 2
first <- max(abs(as.vector(crossprod(x, slopes)))) / length(y)
lambdas <- if (steps == 1) last else exp(seq(log(max(first, last)), log(last), length.out = steps))
lambdas[steps] <- last
glmnet.control(fdev = 0, devmax = 1)
tiny <- sparseMatrix(i = 1:20, j = rep(1:4, 5), x = 1 + 1:20 %% 3)  # R compiles at the first call
if (is.matrix(x)) tiny <- as.matrix(tiny)
suppressWarnings(invisible(glmnet(tiny, rep(0:1, 10), family = given[2], lambda = 0.1)))
started <- Sys.time()
model <- glmnet(x, if (given[2] == "gaussian") y else (sign(y) + 1) / 2, family = given[2],
                alpha = alpha, lambda = lambdas, standardize = FALSE, intercept = FALSE,
                thresh = as.numeric(given[5]), maxit = 1e8)
seconds <- as.numeric(difftime(Sys.time(), started, units = "secs"))
writeBin(seconds, file.path(folder, "seconds"))
kept <- if (given[7] == "all") seq_along(lambdas) else ncol(model$beta)
writeBin(as.numeric(model$beta[, kept]), file.path(folder, "coefficients"))
