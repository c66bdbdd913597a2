#!/usr/bin/env bats
# The sets of real containers, as the kernel tells them.
# shellcheck disable=SC2154  # variables of the helper
load helper

# run_container NAME ARG...: a container that waits to be looked at; removed with the test.
run_container() {
  name=capmin-test-explain-$1-$$
  shift
  docker run -d --name "$name" "$@" capmin-test-busybox sleep 300 >/dev/null
}

teardown() {
  [ -z "${name:-}" ] || docker rm -f -v "$name" >/dev/null 2>&1
}

# set_of CapXXX: the word that the last run showed.
set_of() { awk -v key="$1" '$1 == key { print $2 }' <<<"$output"; }

@test "the sets are those that the container's own process sees" {
  run_container default
  capmin explain --container "$name"
  expect_status 0
  local key
  for key in CapInh CapPrm CapEff CapBnd CapAmb; do
    [ "$(set_of "$key")" = "$(docker exec "$name" awk -v key="$key:" '$1 == key { print $2 }' /proc/1/status)" ]
  done
  [[ "$output" == *"bounding   is Docker's default set"* ]]
  [[ "$output" == *"effective  is Docker's default set"* ]]
}

@test "a container with less and with more is told apart from the default set" {
  run_container other --cap-drop ALL --cap-add CHOWN --cap-add SYSLOG
  capmin explain --container "$name"
  expect_status 0
  [ "$(set_of CapBnd)" = 0000000400000001 ]
  [[ "$output" == *"beyond Docker's default set: SYSLOG; without AUDIT_WRITE DAC_OVERRIDE "* ]]
}

@test "a user other than root holds nothing, whatever the bounding set says" {
  run_container user --user 1000
  capmin explain --container "$name"
  expect_status 0
  [ "$(set_of CapBnd)" = 00000000a80425fb ]
  [ "$(set_of CapEff)" = 0000000000000000 ]
  [[ "$output" == *"effective  without AUDIT_WRITE "* ]]
}

@test "a profile tells what a container holds too much and too little" {
  minimize chown --probe exit
  expect_set CHOWN
  run_container profile --cap-drop ALL --cap-add KILL
  capmin explain --container "$name" --profile "$profile"
  expect_status 1
  [[ "$output" == *"beside the profile of capmin-test-chown, which adds CHOWN"*"bounding   beyond the profile's set: KILL; without CHOWN"* ]]
  docker rm -f -v "$name"
  run_container profile --cap-drop ALL --cap-add CHOWN
  capmin explain --container "$name" --profile "$profile"
  expect_status 0
  [[ "$output" == *"bounding   is the profile's set"* ]]
}

@test "a container that has ended is an error that says how to start it" {
  run_container ended
  docker kill "$name"
  capmin explain --container "$name"
  expect_status 2
  expect_stderr "error: the container $name does not run"
  expect_stderr "hint: start it: docker start $name"
}

@test "a container that does not exist is an error" {
  capmin explain --container capmin-test-nowhere
  expect_status 2
  expect_stderr 'there is no container capmin-test-nowhere'
}

@test "an engine that does not answer is an error" {
  capmin explain --container x --host unix:///nowhere.sock
  expect_status 5
}
