#!/usr/bin/env bats
# What strace sees from outside orders the trials and changes no answer.
# shellcheck disable=SC2154  # variables of the helper
load helper

setup_file() {
  [ "$(id -u)" = 0 ] && command -v strace >/dev/null || skip "strace needs root"
}

# Every trial but the one that confirms the answer was looked at.
expect_straced() {
  expect_status 0
  [[ "$stderr" != *"run again without strace"* ]]
  expect_stderr "passed without strace, too"
}

@test "strace leads to the set of the logs" {
  minimize chown --probe exit --evidence strace
  expect_straced
  expect_set CHOWN
}

@test "nginx needs under strace what it needs without" {
  minimize nginx --probe "$images/nginx/probe.sh" --evidence strace
  expect_straced
  expect_set_and_conditional "CHOWN DAC_OVERRIDE SETGID SETUID" NET_BIND_SERVICE
}

@test "a program keeps its file capabilities under strace" {
  minimize filecap --probe "$images/lowport/probe.sh" --evidence strace
  expect_straced
  expect_set NET_BIND_SERVICE
}

@test "the gate works with init, a read-only root and a working directory" {
  minimize chown --probe exit --evidence strace --engine-arg --init --read-only --workdir /tmp --user 1000 -- true
  expect_straced
  expect_set
}

@test "a call that fails without a word is the reason in the profile" {
  minimize chown --probe exit --evidence strace -- sh -c 'chown 7 /data/file 2>/dev/null'
  expect_straced
  expect_set CHOWN
  [ "$(yaml 'p["run"]["trials"]')" = 4 ]
  [ "$(yaml 'p["reasons"][0]["rule"]')" = strace ]
  [[ "$(yaml 'p["reasons"][0]["line"]')" == *'chown("/data/file", 7'* ]]
}

@test "the answer rests on one more trial, without strace" {
  minimize chown --probe exit --evidence strace
  expect_straced
  [ "$(yaml "p['proof']['passed'][0]['times']")" = 2 ]
}

@test "strace inside the container is refused with the reason" {
  minimize chown --probe exit --evidence strace-inside
  expect_status 2
  expect_stderr "file capabilities"
}
