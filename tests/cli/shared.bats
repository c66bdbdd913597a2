#!/usr/bin/env bats
# What trials share outside of their containers.
# shellcheck disable=SC2154  # variables of the helper
load helper
load jobs

# order: the calls that make and remove containers, by their first words.
order() { calls "^'(create|rm)'" | grep -Eo "^'[a-z]+'" | tr -d "'" | xargs; }

@test "trials that share something run one at a time, and each is gone before the next is made" {
  FAKE_NEEDS=CHOWN minimize --network host -j 4
  expect_set CHOWN
  expect_stderr "one trial at a time: trials share the host's network (--network)"
  [[ "$(order)" =~ ^(create rm ?)+$ ]]
}

@test "a run of one trial at a time says nothing of what was not asked for" {
  FAKE_NEEDS=CHOWN minimize --network host
  expect_set CHOWN
  refute_anywhere "one trial at a time"
  [[ "$(order)" =~ ^(create rm ?)+$ ]]
}

@test "beside a container that cannot be removed no trial that shares something is judged" {
  FAKE_NEEDS=CHOWN FAKE_FAULT=rm:error:stuck FAKE_FAULT_CALLS=1 minimize --network host
  expect_status 5
  expect_stderr "a trial before could not be removed"
  expect_stderr "trials share the host's network"
}

@test "capmin verify --full -j obeys what trials share" {
  FAKE_NEEDS=CHOWN minimize --network host -o web.yaml -q
  expect_status 0
  forget_calls
  FAKE_NEEDS=CHOWN capmin verify --full -j 3 web.yaml
  expect_status 0
  expect_stderr "one trial at a time: trials share the host's network"
  [[ "$(order)" =~ ^(create rm ?)+$ ]]
}

@test "a job of a batch that asks for trials side by side and shares something is told of" {
  jobs "$(search web 'network: host, jobs: 2')" "$(search other 'jobs: 2')"
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  expect_stderr "web: one trial at a time: trials share the host's network (--network)"
  refute_anywhere "other: one trial at a time"
  grep -q "one trial at a time: trials share the host's network" batch.yaml.results/logs/web.log
  jobs "$(check web 'jobs: 2, full: true')"
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  expect_stderr "web: one trial at a time"
}
