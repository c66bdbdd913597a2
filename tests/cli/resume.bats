#!/usr/bin/env bats
# What a search that has ended leaves for --resume.
# shellcheck disable=SC2154  # variables of the helper
load helper

@test "a search that found no working set leaves nothing to resume" {
  FAKE_NEEDS=SYS_ADMIN minimize -o "$profile"
  expect_status 3
  [ ! -e "$profile.journal" ]
}

@test "what could not be judged is tried again by --resume" {
  script judge.sh <<<'[ -e go ] || exit 77; exec ./health.sh'
  FAKE_NEEDS=CHOWN capmin run app:1 --probe ./judge.sh --timeout 2s -o "$profile"
  expect_status 3
  [ -e "$profile.journal" ]
  touch go
  FAKE_NEEDS=CHOWN capmin run app:1 --probe ./judge.sh --timeout 2s -o "$profile" --resume
  expect_status 0
  grep -q 'add: \["CHOWN"\]' "$profile"
}
