#!/usr/bin/env bats
# What trials share outside of their containers, and what puts it back.
# shellcheck disable=SC2154  # variables of the helper
# shellcheck disable=SC2016  # scripts are written down, not expanded
load helper
load jobs

# order: the calls that make and remove containers, by their first words.
order() { calls "^'(create|rm)'" | grep -Eo "^'[a-z]+'" | tr -d "'" | xargs; }

# resetting: writes reset.sh, which notes what it is told.
resetting() { script reset.sh <<<'echo "$CAPMIN_TRIAL $CAPMIN_PHASE $CAPMIN_ENGINE" >>resets'; }

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

@test "a reset runs before each trial, and the profile tells of it" {
  resetting
  FAKE_NEEDS=CHOWN minimize --reset ./reset.sh -j 4 -o web.yaml
  expect_status 0
  expect_stderr "one trial at a time: trials share what ./reset.sh puts back (--reset)"
  [ "$(wc -l <resets)" = "$(count_created)" ]
  [ "$(head -n 1 resets)" = "0 reset docker" ]
  grep -qx '  path: "./reset.sh"' web.yaml
  grep -qx "  sha256: \"$(sha256sum <reset.sh | cut -d ' ' -f 1)\"" web.yaml
  : >resets
  forget_calls
  FAKE_NEEDS=CHOWN capmin verify --full web.yaml
  expect_status 0
  [ "$(wc -l <resets)" = "$(count_created)" ]
}

@test "a reset that fails leaves the trial undecided, and what it printed is shown" {
  script reset.sh <<<'echo "the database is away"; exit 9'
  minimize --reset ./reset.sh
  expect_status 3
  expect_stderr "the reset before the trial failed: exit status 9"
  expect_stderr "reset: the database is away"
  no_containers_made
}

@test "a reset that fails once makes no difference to the answer" {
  script reset.sh <<<'[ "$CAPMIN_TRIAL" != 1 ]'
  FAKE_NEEDS=CHOWN minimize --reset ./reset.sh
  expect_set CHOWN
}

@test "a reset that is missing, not executable, or edited during the run is a usage error" {
  minimize --reset ./reset.sh
  expect_status 2
  touch reset.sh
  minimize --reset ./reset.sh
  expect_status 2
  expect_stderr "is not executable"
  no_calls
  script reset.sh <<<'echo "# edited" >>reset.sh'
  minimize --reset ./reset.sh
  expect_status 2
  expect_stderr "was changed meanwhile"
}

@test "a profile whose reset was edited is stale, and it is found beside the profile" {
  mkdir night
  resetting
  FAKE_NEEDS=CHOWN minimize --reset ./reset.sh -o web.yaml
  expect_status 0
  mv web.yaml reset.sh night
  FAKE_NEEDS=CHOWN capmin verify --probe health.sh night/web.yaml
  expect_status 0
  echo "# edited" >>night/reset.sh
  FAKE_NEEDS=CHOWN capmin verify --probe health.sh night/web.yaml
  expect_status 1
  expect_stdout "changed since the proof: reset.sha256"
  mv night/reset.sh elsewhere.sh
  FAKE_NEEDS=CHOWN capmin verify --probe health.sh night/web.yaml
  expect_status 2
  expect_stdout "--reset FILE"
  FAKE_NEEDS=CHOWN capmin verify --probe health.sh --reset elsewhere.sh night/web.yaml
  expect_status 1
}

@test "a batch knows the reset of a job, and refuses one that leads outside" {
  resetting
  jobs "$(search web 'reset: reset.sh')"
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  [ "$(wc -l <resets)" = "$(count_created)" ]
  batch
  expect_stdout "1 skipped, unchanged"
  echo "# edited" >>reset.sh
  FAKE_NEEDS=CHOWN batch
  refute_anywhere "skipped, unchanged"
  jobs "$(search web 'reset: ../reset.sh')"
  batch
  expect_status 2
}

@test "--resume is refused where the reset is another one" {
  resetting
  script health.sh <<<'[ "$CAPMIN_TRIAL" = 0 ] || exit 77'
  minimize --reset ./reset.sh -o web.yaml
  expect_status 3
  echo "# edited" >>reset.sh
  minimize --reset ./reset.sh -o web.yaml --resume
  expect_status 2
  expect_stderr "reset"
}

@test "--dry-run shows the reset" {
  resetting
  minimize --reset ./reset.sh --dry-run
  expect_status 0
  expect_stdout "CAPMIN_PHASE=reset CAPMIN_TRIAL=0 $PWD/reset.sh"
}
