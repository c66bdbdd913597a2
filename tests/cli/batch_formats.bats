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

@test "SARIF has a result for what fails, at its profile or, without one, at the batch file" {
  one_fails
  mkdir -p nightly
  mv web.yaml health.sh batch.yaml nightly/
  FAKE_NEEDS="CHOWN KILL" capmin batch nightly/batch.yaml --format sarif
  expect_status 2
  [ "$(python3 -c '
import json, sys
run = json.load(sys.stdin)["runs"][0]
for r in run["results"]:
    where = r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    print(r["ruleId"], r["level"], where, run["tool"]["driver"]["rules"][r["ruleIndex"]]["id"])
' <<<"$output")" = "broken error nightly/web.yaml broken
error error nightly/batch.yaml error" ]
  capmin merge nightly/batch.yaml.results --format sarif --directory nightly
  expect_status 2
  expect_stdout '"uri": "nightly/batch.yaml"'
  refute_anywhere gone.yaml\"
}

@test "the lines of a job stay lines in JUnit" {
  one_fails
  FAKE_NEEDS="CHOWN KILL" batch --format junit
  expect_status 2
  refute_anywhere '\u000A'
  [ "$(python3 -c '
import sys, xml.etree.ElementTree as x
for case in x.fromstring(sys.stdin.buffer.read())[0]:
    lines = case.find("system-out").text.splitlines()
    print(case.get("name"), len(lines) > 1, lines[0].split()[0])
' <<<"$output")" = "web True broken
gone False error" ]
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
