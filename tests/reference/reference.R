# The answers in survival.csv and exact.csv: Rscript reference.R, in this folder.
# Made with R 4.2.2, survival 3.5-3. lung, veteran: data sets of that package (lung: status 2 is the
# event, group is sex; veteran: group is trt). tiny_ties: made up, ties of events and censorings.
# trial: the published patients of NCT02399735, overall survival in days.
library(survival)
options(digits = 15)
answers <- list()
add <- function(data, part, statistic, at, value) {
  answers[[length(answers) + 1]] <<- data.frame(data = data, part = part, statistic = statistic,
    at = at, value = sprintf("%.15g", value))
}
curves <- function(name, part, d, times) for (type in c("log", "log-log", "plain")) {
  fit <- survfit(Surv(time, event) ~ 1, d, conf.type = type)
  for (p in c(.25, .5, .75)) {
    q <- quantile(fit, p)
    for (what in c("quantile", "lower", "upper"))
      add(name, part, paste(type, "quantile", sub("quantile", "estimate", what)), p, q[[what]])
  }
  s <- summary(fit, times = times)
  # survival 3.5-3 has no log-log limits before the first event; 3.8-11 has 1, which we follow.
  s$lower[s$surv == 1] <- s$upper[s$surv == 1] <- 1
  for (i in seq_along(s$time)) {
    add(name, part, paste(type, "survival estimate"), s$time[i], s$surv[i])
    add(name, part, paste(type, "survival lower"), s$time[i], s$lower[i])
    add(name, part, paste(type, "survival upper"), s$time[i], s$upper[i])
    if (type == "log") add(name, part, "at risk", s$time[i], s$n.risk[i])
  }
}
tests <- function(name, d, formula) {
  lr <- survdiff(Surv(time, event) ~ group, d)
  add(name, "all", "log-rank chi2", "", lr$chisq)
  add(name, "all", "log-rank p", "", pchisq(lr$chisq, length(lr$n) - 1, lower.tail = FALSE))
  fit <- coxph(formula, d, ties = "efron", control = coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50))
  s <- summary(fit)
  for (i in seq_along(coef(fit))) {
    term <- names(coef(fit))[i]
    add(name, term, "cox estimate", "", coef(fit)[i])
    add(name, term, "cox se", "", s$coefficients[i, "se(coef)"])
    add(name, term, "cox hr", "", s$conf.int[i, 1])
    add(name, term, "cox lower", "", s$conf.int[i, 3])
    add(name, term, "cox upper", "", s$conf.int[i, 4])
    add(name, term, "cox z", "", s$coefficients[i, "z"])
    add(name, term, "cox p", "", s$coefficients[i, "Pr(>|z|)"])
  }
  for (test in c("logtest", "sctest")) {
    add(name, "all", paste(test, "chi2"), "", s[[test]][["test"]])
    add(name, "all", paste(test, "p"), "", s[[test]][["pvalue"]])
  }
  g <- grep("^group", names(coef(fit)))
  w <- drop(coef(fit)[g] %*% solve(vcov(fit)[g, g], coef(fit)[g]))
  add(name, "group", "wald chi2", "", w)
  add(name, "group", "wald p", "", pchisq(w, length(g), lower.tail = FALSE))
  w <- drop(coef(fit) %*% solve(vcov(fit), coef(fit)))
  add(name, "all", "wald chi2", "", w)
}
read <- function(name) read.csv(paste0(name, ".csv"), na.strings = "")
cases <- list(
  lung = list(times = c(90, 180, 365, 730), formula = Surv(time, event) ~ group + age + ph_ecog),
  veteran = list(times = c(30, 90, 180, 365), formula = Surv(time, event) ~ group + karno + age),
  tiny_ties = list(times = 1:6, formula = Surv(time, event) ~ group + x),
  trial = list(times = NULL, formula = Surv(time, event) ~ group + age + ttr))
for (name in names(cases)) {
  d <- read(name)
  for (part in c("all", sort(unique(d$group)))) {
    one <- if (part == "all") d else d[d$group == part, ]
    times <- cases[[name]]$times
    if (is.null(times)) times <- sort(unique(one$time))
    curves(name, part, one, times)
  }
  tests(name, d, cases[[name]]$formula)
}
# A curve that stays flat at one half to its end, and one that never reaches it.
curves("flat_end", "all", data.frame(time = c(1, 2, 3, 4), event = c(1, 1, 0, 0)), 1:4)
curves("all_censored", "all", data.frame(time = c(1, 2, 3), event = 0), 1:3)
write.csv(do.call(rbind, answers), "survival.csv", row.names = FALSE, quote = FALSE)

answers <- list()
exact <- function(name, statistic, value)
  answers[[length(answers) + 1]] <<- data.frame(case = name, statistic = statistic,
    value = sprintf("%.15g", value))
fisher <- function(rows) exact(paste(sapply(rows, paste, collapse = " "), collapse = " / "), "fisher p",
  fisher.test(do.call(rbind, rows), workspace = 2e7)$p.value)
fisher(list(c(3, 0), c(0, 5), c(3, 3), c(3, 1)))      # sorafenib by group, trial
fisher(list(c(1, 2), c(0, 5), c(0, 6), c(0, 4)))      # surgery by group, trial
fisher(list(c(0, 3), c(2, 3), c(1, 5), c(2, 2)))      # TACE by group, trial
fisher(list(c(3, 1), c(1, 3)))                        # lady tasting tea
fisher(list(c(10, 2), c(3, 15)))
fisher(list(c(7, 7), c(7, 7)))
fisher(list(c(1, 2, 1, 0), c(3, 3, 6, 1), c(10, 10, 14, 9), c(6, 7, 12, 11)))  # ?fisher.test, Job
fisher(list(c(4, 1, 0), c(2, 2, 2), c(0, 1, 5)))
fisher(list(c(40, 35), c(52, 22), c(38, 39)))
fisher(list(c(6500, 2100), c(7700, 700)))            # 25,400 subjects in three arms, two of them
fisher(list(c(4012, 4388), c(4111, 4289)))
fisher(list(c(40123, 43877), c(41001, 42999)))
rank <- function(name, x, y) {
  found <- suppressWarnings(cor.test(x, y, method = "spearman", exact = FALSE))
  exact(name, "spearman rho", found$estimate)
  exact(name, "spearman p", found$p.value)
}
d <- read("trial")
rank("trial age", d$age, d$time)
rank("trial ttr", d$ttr, d$time)
d <- read("lung")
rank("lung wt_loss", d$wt_loss, d$time)
for (case in list(c(7, 18), c(0, 18), c(18, 18), c(1, 3), c(165, 228))) {
  found <- binom.test(case[1], case[2])$conf.int
  name <- paste(case, collapse = "/")
  exact(name, "clopper lower", 100 * found[1])
  exact(name, "clopper upper", 100 * found[2])
}
write.csv(do.call(rbind, answers), "exact.csv", row.names = FALSE, quote = FALSE)
