#!/usr/bin/env bats
# What capmin doctor says of an engine, as text and as JSON.
# shellcheck disable=SC2154  # variables of the helper
load helper

# fact NAME: what the text says of it, and what follows.
fact() { grep -A1 "^$1  " <<<"$output"; }

# json EXPRESSION: evaluates a Python expression on the document, as `d`, and its facts, as `f`.
json() {
  /usr/bin/python3 -c '
import json, sys
d = json.loads(sys.argv[1])
f = {fact["name"]: fact["value"] for fact in d["facts"]}
print(eval(sys.argv[2]))' "$output" "$1"
}

@test "an engine that works ends with status 0, and every fact says what follows from it" {
  capmin doctor
  expect_status 0
  [[ "$(fact engine)" == *"docker 20.10.24"* ]]
  [[ "$(fact 'privileged ports')" == *"none"*"--ports portable"* ]]
  [[ "$(fact 'ping groups')" == *"0 to 2147483647"*"without NET_RAW"* ]]
  [[ "$(fact settings)" == *"--ports portable works"* ]]
  [ "$(grep -c '^ *-> .' <<<"$output")" = "$(grep -vc '^ ' <<<"$output")" ]
}

@test "JSON has the same facts, with values for programs" {
  capmin doctor --format json
  expect_status 0
  [ "$(json 'd["kind"], d["works"]')" = "('Doctor', True)" ]
  [ "$(json 'f["engine"]')" = "docker 20.10.24" ]
  [ "$(json 'f["privileged ports"], f["settings"], f["rootless"]')" = "(0, True, False)" ]
  [ "$(json 'f["refused by the engine"]')" = "[]" ]
}

@test "a capability that the engine refuses is named" {
  FAKE_REFUSES=NET_ADMIN capmin doctor --format json
  expect_status 0
  [ "$(json 'f["refused by the engine"]')" = "['NET_ADMIN']" ]
}

@test "without an engine the status is 5, and the machine is shown all the same" {
  FAKE_DOCKER=no capmin doctor
  expect_status 5
  [[ "$(fact engine)" == *"no engine works here"*"-> capmin run cannot work here; start it"* ]]
  [[ "$(fact 'temporary files')" == *writable* ]]
  FAKE_DOCKER=no capmin doctor --format json
  [ "$(json 'd["works"]')" = False ]
}

@test "an engine that does not start containers does not work" {
  FAKE_START_ERROR='error setting rlimit type 7: operation not permitted' capmin doctor
  expect_status 5
  expect_stdout "does not start containers: error setting rlimit type 7"
}

@test "without an image the inside is not seen, and that is said" {
  FAKE_IMAGE=nowhere capmin doctor
  expect_status 0
  [[ "$(fact image)" == *"none to look with"* ]]
  no_containers_made
}

@test "an image without cat is no engine trouble" {
  FAKE_INSIDE=no-cat capmin doctor
  expect_status 0
  [[ "$(fact inside)" == *"the image has no cat"* ]]
}

@test "an image that is not there ends with status 6" {
  FAKE_IMAGE=missing capmin doctor app:1
  expect_status 6
  expect_stderr "there is no image app:1"
}

@test "podman is shown where docker does not answer" {
  FAKE_DOCKER=no FAKE_PODMAN=yes capmin doctor
  expect_status 0
  [[ "$(fact engine)" == *"podman 4.3.1"* ]]
  [[ "$(fact 'other engine')" == *"not docker"* ]]
}

@test "nothing hostile of an engine reaches the terminal" {
  FAKE_START_ERROR=$'\e[31m\n::error::owned' capmin doctor
  expect_status 5
  refute_match '\e|^::' "$output"
}

@test "a temporary directory that cannot be written is named" {
  TMPDIR=/proc capmin doctor
  expect_status 0
  [[ "$(fact 'temporary files')" == *"/proc"*"not writable"* ]]
}

@test "no capability is granted" {
  capmin doctor
  expect_status 0
  local start
  for start in $(calls "^'start'" | sed "s/.*'\(capmin[^']*\)'.*/\1/"); do
    [ -z "$(calls "'create' '--name' '$start'.*--cap-add")" ]
  done
}

@test "unknown options of doctor are refused" {
  capmin doctor --nosuch
  expect_status 2
  capmin doctor --format xml
  expect_status 2
  no_calls
}
