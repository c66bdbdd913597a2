#!/usr/bin/env bats
# The profile of a real image as a report in each format.
# shellcheck disable=SC2154  # variables of the helper
load helper

@test "the report of a real profile tells the whole search, in every format" {
  minimize nginx --probe "$images/nginx/probe.sh" --ports engine
  expect_status 0
  /usr/bin/python3 "$root/tests/cli/report_formats.py" "$CAPMIN" "$profile"
  # With one trial at a time none is stopped early: all that ran are told.
  [ "$(yaml 'sum(s["times"] for s in p["search"]) == p["run"]["trials"]')" = True ]
  [ "$(yaml '[s["purpose"] for s in p["search"]][0]')" = baseline ]
  capmin report "$profile" --format html
  expect_status 0
  [[ "$output" == *'chown(&quot;/var/lib/nginx/body&quot;, 33) failed'* ]]
  [[ "$output" == *'Every trial that came to an end'* ]]
}
