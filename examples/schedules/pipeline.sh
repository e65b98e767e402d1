#!/usr/bin/env bash
# One month from extracts to a plan and a report: pipeline.sh EXTRACTS [WORKDIR [OUT]]
# It stops at the first command that fails, with that command's exit code; run again, it skips what is up to date.
set -euo pipefail

extracts=${1:?usage: pipeline.sh EXTRACTS [WORKDIR [OUT]]}
export TELCLI_WORKDIR=${2:-work}
out=${3:-out}
wait=${LOCK_WAIT:-600}
least_auc=${LEAST_AUC:-0.65}
mkdir -p "$out"

# a figure of a command's one JSON object; jq -r .metrics.auc does the same
figure() { python3 -c 'import json, sys; print(json.load(sys.stdin)["metrics"][sys.argv[1]])' "$1"; }

telcli ingest "$extracts" --wait "$wait" --format json > "$out/ingest.json"
telcli segment --wait "$wait" -q
telcli score-value --wait "$wait" -q

code=0
telcli predict-churn --wait "$wait" --format json --fail-if "auc<$least_auc" > "$out/churn.json" || code=$?
if [ "$code" = 5 ]; then # the results are published all the same: it is the plan that is not made of them
    echo "AUC $(figure auc < "$out/churn.json") is below $least_auc: no plan is made" >&2
elif [ "$code" != 0 ]; then
    exit "$code"
else
    telcli plan-retention --wait "$wait" -q
    telcli export retention_plan -o "$out/plan.csv" -q
fi

telcli report --wait "$wait" --files html,xlsx -q
# --limit, not head: where head has gone telcli ends with code 141, which pipefail takes for a failure
telcli show churn_scores --columns customer_id,churn_probability,risk_band --format csv --limit 100 > "$out/scores.csv"
exit "$code"
