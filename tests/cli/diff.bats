#!/usr/bin/env bats
# capmin diff: two profiles are compared without an engine.
# shellcheck shell=bash disable=SC2154  # status, output and stderr are set by run

bats_require_minimum_version 1.5.0

setup() {
  root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  CAPMIN=${CAPMIN:-$root/build/capmin}
  old=$root/tests/golden/profile.yaml
  new=$BATS_TEST_TMPDIR/new.yaml
}

capmin() { run --separate-stderr "$CAPMIN" "$@"; }

# changed SED: writes the profile with a change.
changed() { sed "$1" "$old" >"$new"; }

@test "the same profile has no difference" {
  capmin diff "$old" "$old"
  [ "$status" = 0 ]
}

@test "a run at another time is no difference" {
  changed 's/^run: .*/run: {capmin: "9", at: "2030-01-01T00:00:00Z", trials: 1, floor: 1, seconds: 1.0, deadline: 1.0}/'
  capmin diff "$old" "$new"
  [ "$status" = 0 ]
}

@test "an added capability is a difference that reaches more" {
  changed 's/^  add: \["CHOWN", /  add: ["CHOWN", "KILL", /'
  capmin diff "$old" "$new"
  [ "$status" = 1 ]
  [[ "$output" == *KILL* ]]
  capmin diff "$old" "$new" --fail-on risk
  [ "$status" = 1 ]
}

@test "a removed capability fails, but not for the risk" {
  changed 's/^  add: \["CHOWN", /  add: [/'
  capmin diff "$old" "$new"
  [ "$status" = 1 ]
  capmin diff "$old" "$new" --fail-on risk
  [ "$status" = 0 ]
}

@test "the difference as JSON and Markdown" {
  changed 's/^  add: \["CHOWN", /  add: [/'
  capmin diff "$old" "$new" --format json
  [ "$(python3 -c 'import json,sys; print(json.load(sys.stdin)["removed"][0]["name"])' <<<"$output")" = CHOWN ]
  capmin diff "$old" "$new" --format markdown
  [[ "$output" == *'|'*CHOWN* ]]
}

@test "what is no profile is an error with its place" {
  echo 'kind: Something' >"$new"
  capmin diff "$old" "$new"
  [ "$status" = 2 ]
  [[ "$stderr" == "error: $new:1:1: "* ]]
  capmin diff "$old" "$BATS_TEST_TMPDIR/missing"
  [ "$status" = 2 ]
  capmin diff "$old"
  [ "$status" = 2 ]
  capmin diff "$old" "$old" "$old"
  [ "$status" = 2 ]
  capmin diff "$old" "$old" --format xml
  [ "$status" = 2 ]
}

@test "a profile that another YAML tool has written anew says the same" {
  for style in False True; do
    /usr/bin/python3 -c '
import sys, yaml
profile = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
yaml.safe_dump(profile, open(sys.argv[3], "w"), sort_keys=False, width=60, default_flow_style=sys.argv[2] == "True")
' "$root/profiles/nginx.yaml" "$style" "$new"
    capmin diff "$root/profiles/nginx.yaml" "$new"
    [ "$status" = 0 ]
    [ "$output" = "The profiles say the same." ]
  done
}
