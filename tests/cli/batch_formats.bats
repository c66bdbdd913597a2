#!/usr/bin/env bats
# The summaries of `capmin batch` for other readers.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
load helper
load jobs

# Two jobs: one is fine, the other one has no profile.
one_fails() {
  found web CHOWN
  jobs "$(check web)" "$(check gone)"
  export FAKE_NEEDS=CHOWN
}

@test "SARIF has a result for what fails, at its profile from where the batch was called" {
  one_fails
  mkdir -p nightly
  mv web.yaml health.sh batch.yaml nightly/
  capmin batch nightly/batch.yaml --format sarif
  expect_status 2
  [ "$(python3 -c '
import json, sys
run = json.load(sys.stdin)["runs"][0]
for r in run["results"]:
    where = r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    print(r["ruleId"], r["level"], where, run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"])
' <<<"$output")" = "error error nightly/gone.yaml error" ]
}

@test "the summary for GitHub tells of what fails first and folds the rest" {
  one_fails
  batch --format github
  expect_status 2
  expect_stdout "## capmin batch

2 jobs: 1 ok, 1 error; 1 container run

- **error** \` gone \`: \` cannot read gone.yaml"
  expect_stdout "<details><summary>1 job is fine</summary>"
  expect_stdout "| \` web \` | ok | \` app:1 \` | \` works with CHOWN \` |"
}
