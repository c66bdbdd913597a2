#!/usr/bin/env bats
# What makes `capmin batch` run a job again: what mounts and files of variables hold.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2119,SC2120  # options are optional
load helper
load jobs

# runs_again: the batch runs the job another time, and then skips it.
runs_again() {
  batch
  expect_status 0
  refute_anywhere skipped
  batch
  expect_stdout "1 skipped, unchanged"
}

@test "a changed file of a mounted directory runs its job again" {
  mkdir -p conf/sites
  echo one >conf/sites/a
  jobs "$(search web "volume: \"$PWD/conf:/etc/app:ro\"")"
  batch
  expect_status 0
  batch
  expect_stdout "1 skipped, unchanged"
  echo two >conf/sites/a
  runs_again
  chmod 600 conf/sites/a
  runs_again
  touch conf/sites/a
  batch
  expect_stdout "1 skipped, unchanged"
}

@test "a changed file of variables runs its job again, also where its values are short" {
  echo MODE=1 >app.env
  jobs "$(search web 'env-file: app.env')"
  batch
  expect_status 0
  echo MODE=2 >app.env
  runs_again
}

@test "a changed variable of the environment runs its job again" {
  jobs "$(search web 'env: [MODE]')"
  MODE=1 batch
  expect_status 0
  MODE=2 batch
  refute_anywhere skipped
  MODE=2 batch
  expect_stdout "1 skipped, unchanged"
}

@test "an engine that begins to map users runs its job again" {
  jobs "$(search web)"
  batch
  expect_status 0
  FAKE_USERNS=yes batch
  refute_anywhere skipped
  FAKE_USERNS=yes batch
  expect_stdout "1 skipped, unchanged"
}

@test "a mount that is too large to be read is no reason to skip" {
  mkdir data
  truncate -s 65M data/large
  jobs "$(search web "volume: \"$PWD/data:/data:ro\"")"
  batch
  expect_status 0
  batch
  expect_status 0
  refute_anywhere skipped
}

@test "a result whose mount was edited while its trials ran is no reason to skip" {
  mkdir conf
  echo one >conf/a
  jobs "$(search web "volume: \"$PWD/conf:/etc/app:ro\"")"
  # shellcheck disable=SC2016  # expanded by the probe
  script health.sh <<<'[ -e edited ] || { : >edited; echo two >conf/a; }'
  batch
  expect_status 0
  # What the job began with is there again, but that is not what its trials saw.
  echo one >conf/a
  runs_again
}

@test "a job's engine-timeout holds from its first question on" {
  jobs "$(search web 'engine-timeout: 300ms')"
  # An engine's own default is 30 s.
  FAKE_FAULT='image inspect:hold' run --separate-stderr timeout 20 "$CAPMIN" batch batch.yaml
  expect_status 5
  [[ "$(record web text)" == *"docker did not answer in time"* ]]
}

@test "a job asks the engine for its image once before its trials, and once after them" {
  jobs "$(search web)"
  batch
  expect_status 0
  [ "$(calls "^'image' 'inspect'" | wc -l)" = 2 ]
}
