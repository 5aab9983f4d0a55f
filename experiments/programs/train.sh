#!/bin/sh
# A shell script as a trial: parameters are environment variables, a line of JSON on standard output is a report.
for step in 1 2 3 4 5; do
  awk -v lr="$TUNER_PARAM_LR" -v step="$step" 'BEGIN { printf "{\"loss\": %.6f}\n", (lr - 0.3) ^ 2 + 1 / step }'
done
