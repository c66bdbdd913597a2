#!/usr/bin/env bats
# What `capmin batch` makes of its jobs: statuses, records, what is skipped, what it never touches.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper
load jobs

@test "a search without a profile writes it, and its probe is found from there" {
  mkdir deep
  jobs "name: web, image: app:1, probe: health.sh, profile: deep/web.yaml, mode: minimize"
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  expect_stdout "new           web: works with CHOWN; without any one of them the probe fails"
  expect_stdout "  wrote deep/web.yaml"
  expect_stdout "1 job: 1 new; "
  grep -q '^  add: \["CHOWN"\]$' deep/web.yaml
  grep -qF 'path: "../health.sh"' deep/web.yaml
  FAKE_NEEDS=CHOWN capmin verify deep/web.yaml
  expect_status 0
  expect_stdout "ok  "
}

@test "a search never touches a profile: what differs goes beside it" {
  found web CHOWN
  before=$(cat web.yaml)
  jobs "$(search web)"
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  expect_stdout "ok            web: works with CHOWN"
  [ ! -e web.yaml.new ]
  FAKE_NEEDS="CHOWN SETUID" batch --force
  expect_status 1
  expect_stdout "broken        web: the probe fails with CHOWN, 2 times out of 2"
  expect_stdout "  works: CHOWN SETUID"
  expect_stdout "  the new set reaches more than the old one"
  expect_stdout "  wrote web.yaml.new"
  grep -q '^  add: \["CHOWN", "SETUID"\]$' web.yaml.new
  [ "$(cat web.yaml)" = "$before" ]
}

@test "a smaller set is loose, and a failure only on request" {
  found web "CHOWN SETUID"
  before=$(cat web.yaml)
  jobs "$(search web)"
  export FAKE_NEEDS=CHOWN
  batch
  expect_status 0
  expect_stdout "loose         web: works with CHOWN SETUID; could drop SETUID"
  [ "$(cat web.yaml)" = "$before" ]
  grep -q '^  add: \["CHOWN"\]$' web.yaml.new
  batch --fail-on loose
  expect_status 1
  expect_stdout "skipped: unchanged since "
  batch --fail-on stale
  expect_status 0
}

@test "an option that changed makes a profile stale" {
  found web CHOWN
  jobs "$(search web 'read-only: true')"
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  expect_stdout "stale         web: works with CHOWN"
  expect_stdout "changed environment.options: "
  calls "^'create'" | grep -F "'--read-only'"
  batch --fail-on loose,stale
  expect_status 1
}

@test "a verification says what capmin verify says, and writes no profile" {
  found web CHOWN
  jobs "$(check web)" "$(check full 'full: true')"
  cp web.yaml full.yaml
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  expect_stdout "ok            web: works with CHOWN"
  expect_stdout "ok            full: works with CHOWN; without any one of them the probe fails"
  FAKE_NEEDS="CHOWN SETUID" batch --force
  expect_status 1
  expect_stdout "broken        web: "
  [ "$(ls -- *.yaml*)" = "batch.yaml
full.yaml
web.yaml

batch.yaml.results:
jobs
logs
summary.json" ] || { ls -- *.yaml*; return 1; }
}

@test "one job that fails never stops the others, and the worst counts" {
  found good CHOWN
  script never.sh <<<'exit 1'
  jobs "$(check gone)" "$(check good)" "$(search never 'probe: never.sh, timeout: 1s' | sed 's/probe: health.sh, //')"
  FAKE_NEEDS=CHOWN batch
  expect_status 3
  expect_stdout "error         gone: cannot read gone.yaml"
  expect_stdout "ok            good: "
  expect_stdout "error         never: the probe fails even with "
  expect_stdout "3 jobs: 1 ok, 2 error; "
  [ "$(record gone exit)$(record good exit)$(record never exit)" = 203 ]
}

@test "a missing image is an error of its job" {
  found web CHOWN
  jobs "$(check web)"
  FAKE_IMAGE=nowhere batch
  expect_status 6
  expect_stdout "error         web: "
}

@test "a probe that hangs ends with its trial" {
  script hang.sh <<<'sleep 300'
  found web CHOWN
  jobs "name: hang, image: app:1, probe: hang.sh, profile: hang.yaml, mode: minimize, timeout: 1s" "$(check web)"
  FAKE_NEEDS=CHOWN batch
  expect_status 3
  expect_stdout "error         hang: "
  expect_stdout "ok            web: "
  [ ! -e hang.yaml ]
}

@test "what did not change is skipped without a container, until --force" {
  found web CHOWN
  jobs "$(check web)" "$(search new)"
  export FAKE_NEEDS=CHOWN
  batch
  expect_status 0
  kept=$(cat batch.yaml.results/jobs/*.json)
  forget_calls
  batch
  expect_status 0
  no_containers_made
  expect_stdout "ok            web: works with CHOWN
  skipped: unchanged since 20"
  expect_stdout "2 jobs: 1 ok, 1 new; 2 skipped, unchanged; 0 container runs"
  [ "$(cat batch.yaml.results/jobs/*.json)" = "$kept" ]
  batch --force
  expect_status 0
  [ "$(count_created)" -gt 0 ]
}

@test "a changed probe, option, profile or user runs its job again" {
  found web CHOWN
  cp web.yaml other.yaml
  jobs "$(check web)" "$(check other)"
  export FAKE_NEEDS=CHOWN
  batch
  expect_status 0
  jobs "$(check web)" "$(check other 'confirm: 2')"
  forget_calls
  batch
  expect_stdout "1 skipped, unchanged; 2 container runs"
  sed -i 's/^  version: .*/  version: "19"/' web.yaml
  forget_calls
  batch
  expect_stdout "1 skipped, unchanged; 1 container run"
  echo '# edited' >>health.sh
  batch
  expect_stdout "2 stale; 3 container runs"
}

@test "an error is tried again, and a broken profile stays broken" {
  found web CHOWN
  jobs "$(check web)"
  FAKE_DOCKER=no batch
  expect_status 5
  export FAKE_NEEDS="CHOWN SETUID"
  batch
  expect_status 1
  forget_calls
  batch
  expect_status 1
  no_containers_made
  expect_stdout "skipped: unchanged"
}

@test "a damaged record is run again" {
  found web CHOWN
  jobs "$(check web)"
  export FAKE_NEEDS=CHOWN
  batch
  expect_status 0
  echo '{' >batch.yaml.results/jobs/web.json
  batch
  expect_status 0
  expect_stdout "1 container run"
  [ "$(record web status)" = ok ]
}

@test "H18: paths that leave the batch file's directory are refused" {
  mkdir inside
  cp health.sh inside/
  ln -s ../health.sh inside/link.sh
  ln -s /nowhere/at/all.yaml inside/dangling.yaml
  for paths in "probe: ../health.sh, profile: p.yaml" "probe: $PWD/inside/health.sh, profile: p.yaml" \
    "probe: link.sh, profile: p.yaml" "probe: health.sh, profile: ../p.yaml" "probe: health.sh, profile: /tmp/p.yaml" \
    "probe: x/../../health.sh, profile: p.yaml" "probe: health.sh, profile: dangling.yaml"; do
    jobs "name: web, image: app:1, mode: minimize, $paths"
    mv batch.yaml inside/
    capmin batch inside/batch.yaml
    expect_status 2
    expect_stderr "error: inside/batch.yaml:5:5: job web: the path "
    expect_stderr "leaves the directory of its file"
  done
  no_calls
  [ ! -e inside/batch.yaml.results ]
}

@test "H18: a profile's probe outside the directory is not run" {
  found web CHOWN
  mkdir inside
  cp web.yaml inside/
  jobs "$(check web)"
  mv batch.yaml inside/
  capmin batch inside/batch.yaml
  expect_status 2
  expect_stdout "error         web: the probe of the profile, ./health.sh, is outside the batch file's directory"
  no_containers_made
}

@test "the shards of a batch are parts of it, and together all of it" {
  for name in a b c d e; do cp "$BATS_TEST_DIRNAME/../golden/profile.yaml" "$name.yaml"; done
  jobs "$(check a)" "$(check b)" "$(check c)" "$(check d)" "$(check e)"
  for shard in 1 2 3; do
    FAKE_DOCKER=no batch --shard "$shard/3" --results "part $shard"
  done
  [ "$(cd "part 1/jobs" && echo *)" = "a.json d.json" ]
  [ "$(cd "part 2/jobs" && echo *)" = "b.json e.json" ]
  [ "$(cd "part 3/jobs" && echo *)" = "c.json" ]
  for shard in 0/3 4/3 2 1/ /2 1/2/3 1/0; do
    batch --shard "$shard"
    expect_status 2
  done
}

@test "--only runs one job of many" {
  found web CHOWN
  cp web.yaml other.yaml
  jobs "$(check web)" "$(check other)"
  FAKE_NEEDS=CHOWN batch --only other
  expect_status 0
  expect_stdout "ok            other: "
  refute_anywhere "web: "
  batch --only nobody
  expect_status 2
}

@test "after the deadline the rest is left, with status 7" {
  found web CHOWN
  script slow.sh <<<'sleep 300'
  jobs "name: slow, image: app:1, probe: slow.sh, profile: slow.yaml, mode: minimize" "$(check web)"
  FAKE_NEEDS=CHOWN batch --deadline 1s
  expect_status 7
  expect_stdout "2 jobs: 1 error; 1 not run"
  expect_stdout "error         slow: the deadline was used up"
}

@test "the answer comes as JSON, Markdown and JUnit as well" {
  found web CHOWN
  jobs "$(check web)" "$(check gone)"
  export FAKE_NEEDS=CHOWN
  batch --format json
  expect_status 2
  [ "$(python3 -c 'import json, sys; b = json.load(sys.stdin); print([(j["name"], j["status"], j["skipped"], j["fails"]) for j in b["jobs"]])' <<<"$output")" = \
    "[('web', 'ok', False, False), ('gone', 'error', False, True)]" ]
  diff <(echo "$output") batch.yaml.results/summary.json
  batch --format markdown
  expect_status 2
  expect_stdout "| \` web \` | ok | \` app:1 \` | \` works with CHOWN \` (skipped: unchanged since 20"
  batch --format junit
  expect_status 2
  [ "$(python3 -c 'import sys, xml.etree.ElementTree as x; s = x.fromstring(sys.stdin.buffer.read())[0]; print(s.get("tests"), s.get("failures"), s.get("errors"), [(c.get("name"), c.find("error") is None) for c in s])' <<<"$output")" = \
    "2 0 1 [('web', True), ('gone', False)]" ]
}

@test "two batches do not share a directory of results" {
  found web CHOWN
  jobs "$(check web)"
  mkdir -p batch.yaml.results/jobs
  exec 9>>batch.yaml.results/lock
  flock 9
  FAKE_NEEDS=CHOWN batch
  exec 9>&-
  expect_status 8
  no_calls
}

@test "arguments that are not understood are usage errors" {
  jobs "$(check web)"
  for arguments in "" "batch.yaml second.yaml" "batch.yaml --what" "batch.yaml --fail-on broken" \
    "batch.yaml --deadline 0" "batch.yaml --format yaml" "missing.yaml"; do
    # shellcheck disable=SC2086  # words
    capmin batch $arguments
    expect_status 2
  done
  no_calls
}
