library(stats)

# Passages by hour.
passages <- read.csv("passages.csv")
model <- glm(count ~ hour + rain, data = passages, family = poisson)
summary(model)
plot(fitted(model), passages$count)
