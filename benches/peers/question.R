# The question's own program: plain loops, theta and the error printed at every step. One run at a time, as asked.
# It prints to nowhere, which costs less than a terminal. With PEERS_R=quiet it keeps them in rows made beforehand
# and prints nothing.
#
# Usage: Rscript question.R STARTS RUNS THREADS, then one task a line on standard input, as in peer.py. For `full` it
# does the first run only and gives the mean of all its errors; for `stop` the first SAMPLE runs.

SAMPLE <- 8
QUIET <- Sys.getenv("PEERS_R") == "quiet"
nowhere <- file(nullfile(), "w")
args <- commandArgs(trailingOnly = TRUE)
runs <- as.integer(args[2])
starts <- matrix(readBin(args[1], "double", n = 9 * runs, size = 8, endian = "little"), ncol = 9, byrow = TRUE)

x1 <- c(0, 1, 0, 1)
x2 <- c(0, 0, 1, 1)
y <- c(0, 1, 1, 0)
sigmoid <- function(z) 1 / (1 + exp(-z))

descend <- function(theta, steps, alpha, tolerance) {
  if (QUIET) thetas <- matrix(NA_real_, nrow = steps + 1, ncol = 9)
  errors <- rep(NA_real_, steps + 1)
  for (t in 1:(steps + 1)) {
    w1 <- theta[1]; w2 <- theta[2]; w3 <- theta[3]; w4 <- theta[4]; w5 <- theta[5]; w6 <- theta[6]
    b1 <- theta[7]; b2 <- theta[8]; b3 <- theta[9]
    gradient <- numeric(9)
    error <- 0
    for (i in 1:4) {
      h1 <- sigmoid(x1[i] * w1 + x2[i] * w3 + b1)
      h2 <- sigmoid(x1[i] * w2 + x2[i] * w4 + b2)
      d <- h1 * w5 + h2 * w6 + b3 - y[i]
      error <- error + d^2 / 4
      s1 <- d * w5 * h1 * (1 - h1)
      s2 <- d * w6 * h2 * (1 - h2)
      gradient <- gradient + c(s1 * x1[i], s2 * x1[i], s1 * x2[i], s2 * x2[i], d * h1, d * h2, s1, s2, d) / 2
    }
    if (QUIET) thetas[t, ] <- theta else cat(theta, error, "\n", file = nowhere)
    errors[t] <- error
    if (error <= tolerance) break
    theta <- theta - alpha * gradient
  }
  list(errors = errors, first = if (error <= tolerance) t - 1 else -1)
}

cat(sprintf('{"ready": true, "version": "R %s.%s"}\n', R.version$major, R.version$minor))
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  words <- strsplit(line, " ")[[1]]
  steps <- as.integer(words[2]); alpha <- as.numeric(words[3]); tolerance <- as.numeric(words[4])
  begin <- as.numeric(Sys.time())
  if (words[1] == "full") {
    run <- descend(starts[1, ], steps, alpha, -1)
    seconds <- as.numeric(Sys.time()) - begin
    cat(sprintf('{"seconds": %.6f, "runs": 1, "mean_error": %.17g}\n', seconds, mean(run$errors)))
  } else {
    sample <- min(SAMPLE, runs)
    first <- numeric(sample)
    for (run in 1:sample) first[run] <- descend(starts[run, ], steps, alpha, tolerance)$first
    seconds <- as.numeric(Sys.time()) - begin
    cat(sprintf('{"seconds": %.6f, "runs": %d, "converged": %d, "mean_steps": %.9g}\n', seconds, sample,
                sum(first >= 0), mean(ifelse(first >= 0, first, steps))))
  }
}
