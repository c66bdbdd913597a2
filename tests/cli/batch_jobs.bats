#!/usr/bin/env bats
# How `capmin batch` runs its jobs: side by side, each in a process of its own, with an end.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016  # scripts are written down, not expanded
load helper
load jobs

# meeting ONE OTHER: the probes ONE.sh and OTHER.sh pass only once both were asked.
meeting() {
  script "$1.sh" <<<": >$1.met; [ -e $2.met ]"
  script "$2.sh" <<<": >$2.met; [ -e $1.met ]"
}
meeting_jobs() {
  meeting one other
  jobs "name: one, image: app:1, probe: one.sh, profile: one.yaml, mode: minimize${1:+, $1}" \
    "name: other, image: app:1, probe: other.sh, profile: other.yaml, mode: minimize${1:+, $1}"
}
# without_times: standard input without what differs from run to run.
without_times() { sed -E 's/"(at|seconds)": .*/"\1"/; s/since 20[^ ]*/since/'; }
# until_held ARG...: batch in the background, until a call of the engine waits at the gate.
until_held() {
  "$CAPMIN" batch batch.yaml "$@" >out 2>err 3>&- &
  pid=$!
  within 20 held
}

@test "-j runs jobs side by side" {
  meeting_jobs
  batch -j 2
  expect_status 0
  expect_stdout "2 jobs: 2 new; "
}

@test "a probe without a file belongs to the job, and another one makes it run again" {
  export FAKE_NEEDS=CHOWN
  local probe="cmd:[ -e \"\$FAKE_ENGINE_DIR/containers/\$CAPMIN_NAME/healthy\" ]"
  jobs "name: web, image: app:1, probe: '$probe', profile: web.yaml, mode: minimize"
  batch
  expect_status 0
  grep -qF 'probe: {kind: "command", check: "[ -e' web.yaml
  batch
  expect_status 0
  expect_stdout "1 skipped"
  jobs "name: web, image: app:1, probe: '$probe && true', profile: web.yaml, mode: minimize"
  batch
  expect_status 0
  expect_stdout "changed since the proof: probe.check"
  jobs "name: web, image: app:1, profile: other.yaml, mode: minimize"
  batch
  expect_status 2
  expect_stderr "no probe is given"
}

@test "jobs that use the host's network never run at once" {
  meeting_jobs "network: host, timeout: 1s"
  batch -j 2
  expect_status 3
  expect_stdout "error         one: the probe fails even with "
}

@test "the answer of -j 3 is that of -j 1, in the order of the file" {
  found web "CHOWN SETUID"
  cp web.yaml copy.yaml
  jobs "$(search first)" "$(check gone)" "$(check web 'full: true')" "$(check after | sed s/after.yaml/first.yaml/)" "$(check copy)"
  export FAKE_NEEDS=CHOWN
  batch -j 1 --results serial --fail-on loose
  expect_status 2
  answer=$output
  rm first.yaml
  batch -j 3 --results parallel --fail-on loose
  expect_status 2
  diff <(echo "$answer") <(echo "$output")
  diff <(without_times <serial/summary.json) <(without_times <parallel/summary.json)
  [ "$(grep -Eo '^[a-z-]+ +[a-z]+' <<<"$output" | awk '{print $2}' | xargs)" = "first gone web after copy" ]
}

@test "a port of the host is left to the engine beside others, and that runs nothing again" {
  jobs "$(search one 'publish: 8080:80')" "$(search two 'publish: 8080:80')"
  batch
  expect_status 0
  calls "^'create'" | grep -qF "'8080:80'"
  forget_calls
  batch -j 2
  expect_stdout "2 skipped, unchanged"
  batch -j 2 --force
  expect_status 0
  refute_match "8080:80" "$(calls "^'create'")"
}

@test "a job whose process crashes is an error, and what it left is removed" {
  plain_build "a crash ends in a report"
  found web CHOWN
  # The process that made the container is the first number of its label.
  script crash.sh <<<'owner=$(grep -o "capmin.owner=[0-9]*" "$FAKE_ENGINE_DIR/containers/$CAPMIN_NAME/labels"); kill -SEGV "${owner#*=}"; sleep 100'
  jobs "name: crash, image: app:1, probe: crash.sh, profile: crash.yaml, mode: minimize" "$(check web)"
  FAKE_NEEDS=CHOWN batch
  expect_status 10
  expect_stdout "error         crash: the job's process was ended by signal 11"
  expect_stdout "ok            web: "
  [ "$(record crash exit)" = 10 ]
  within 20 test -z "$(ls "$FAKE_ENGINE_DIR/containers")" || within 20 nothing_left
}

@test "the trials of a job are in its log" {
  found web CHOWN
  jobs "$(check web)"
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  grep -q "pass .*CHOWN" batch.yaml.results/logs/web.log
  expect_stderr " 1 of 1 done, 0 running, 0 left"
  batch -q
  expect_status 0
  [ -z "$stderr" ]
}

@test "after a signal the running job ends, and the rest is left and named" {
  found one CHOWN
  cp one.yaml two.yaml
  cp one.yaml three.yaml
  jobs "$(check one)" "$(check two)" "$(check three)"
  FAKE_NEEDS=CHOWN batch --only one
  expect_status 0
  FAKE_NEEDS=CHOWN FAKE_FAULT=start:hold until_held --grace 60s
  kill -TERM "$pid"
  within 20 grep -q "stopping: 1 running job has 60 s to end" err
  open_gate
  end_run 40
  expect_status 143
  expect_stdout "3 jobs: 2 ok; 1 not run; 1 skipped, unchanged; 1 container run"
  expect_stderr "not run: three"
  expect_stderr "the same command goes on from here"
  FAKE_NEEDS=CHOWN batch
  expect_status 0
  expect_stdout "3 jobs: 3 ok; 2 skipped, unchanged; 1 container run"
}

@test "a batch that timeout signals, and its group, lets running jobs end" {
  found one CHOWN
  cp one.yaml two.yaml
  jobs "$(check one)" "$(check two)"
  FAKE_NEEDS=CHOWN FAKE_FAULT=start:hold timeout 100 "$CAPMIN" batch batch.yaml --grace 60s >out 2>err 3>&- &
  pid=$!
  within 20 held
  kill -TERM "$pid"
  within 20 grep -q "stopping: 1 running job has 60 s to end" err
  open_gate
  end_run 40
  expect_stdout "2 jobs: 1 ok; 1 not run"
  expect_stderr "the same command goes on from here"
}

# interrupt_search: ends a batch whose search has three trials behind it, the baseline among them,
# and is in the probe of the fourth.
interrupt_search() {
  export FAKE_NEEDS="CHOWN SETUID"
  jobs "$(search web 'env: [MODE]')"
  script health.sh <<<'[ "$CAPMIN_TRIAL" != 3 ] || [ -e go ] || { : >probing; exec sleep 100; }'
  "$CAPMIN" batch batch.yaml --grace 100ms >out 2>err 3>&- &
  pid=$!
  within 20 [ -e probing ]
  kill -TERM "$pid"
  end_run 40
  expect_status 143
  expect_stderr "stopping: 1 running job"
  : >go
}

@test "a search that a signal ended goes on from its finished trials" {
  interrupt_search
  : >"$FAKE_ENGINE_DIR/calls"
  batch
  expect_status 0
  expect_stdout "new           web: "
  grep -qx '  add: \["CHOWN", "SETUID"\]' web.yaml
  [ -z "$(calls "^'start' 'capmin-[0-9a-f]*-[012]'")" ]
  expect_stdout "; 2 container runs"
  [ ! -e batch.yaml.results/jobs/web.journal ]
}

@test "a search begins anew where something else than its options changed since the signal" {
  MODE=night interrupt_search
  MODE=day batch
  expect_status 0
  expect_stdout "; 5 container runs"
}

@test "--force begins a search that a signal ended anew" {
  interrupt_search
  batch --force
  expect_status 0
  expect_stdout "; 5 container runs"
}

@test "a job that does not end after a signal is interrupted" {
  found one CHOWN
  cp one.yaml two.yaml
  script health.sh <<<': >asked; exec sleep 300'
  jobs "$(check one 'timeout: 300s')" "$(check two)"
  "$CAPMIN" batch batch.yaml --grace 500ms >out 2>err 3>&- &
  pid=$!
  within 30 test -e asked
  kill -TERM "$pid"
  end_run 40
  expect_status 143
  expect_stderr "not run: one, two"
  [ ! -e batch.yaml.results/jobs/one.json ]
}

@test "a search that its budget ends leaves what works, marked, beside the profile's place" {
  jobs "$(search web 'max-trials: 2')" "$(search other)"
  FAKE_NEEDS="CHOWN SETUID" batch
  expect_status 7
  expect_stdout "error         web: works with "
  expect_stdout ", not proven to be minimal: the number of trials was used up"
  expect_stdout "  wrote web.yaml.new"
  expect_stdout "new           other: works with CHOWN SETUID"
  [ ! -e web.yaml ]
  grep -q 'guarantee: "incomplete"' web.yaml.new
  # It is no result: the next start tries again.
  jobs "$(search web)" "$(search other)"
  FAKE_NEEDS="CHOWN SETUID" batch
  expect_status 0
  expect_stdout "new           web: works with CHOWN SETUID"
}

@test "a profile whose search is cut short keeps its file, and a broken one stays broken" {
  found web CHOWN
  before=$(cat web.yaml)
  jobs "$(search web 'max-trials: 4')"
  FAKE_NEEDS="CHOWN SETUID" batch
  expect_status 7
  expect_stdout "broken        web: "
  expect_stdout "not proven to be minimal: the number of trials was used up"
  [ "$(cat web.yaml)" = "$before" ]
  grep -q 'guarantee: "incomplete"' web.yaml.new
  FAKE_NEEDS="CHOWN SETUID" batch
  refute_anywhere skipped
}

@test "a verification has a budget, too" {
  script slow.sh <<<'exec sleep 300'
  found web CHOWN
  jobs "$(check web 'probe: slow.sh, deadline: 1s, timeout: 300s')"
  FAKE_NEEDS=CHOWN batch
  expect_status 7
  expect_stdout "error         web: the deadline was used up"
}

@test "a link in the place of a job's log or record is that job's error, and the others go on" {
  found web CHOWN
  cp web.yaml other.yaml
  mkdir -p batch.yaml.results/logs
  echo mine >mine
  ln -s "$PWD/mine" batch.yaml.results/logs/web.log
  jobs "$(check web)" "$(check other)"
  FAKE_NEEDS=CHOWN batch
  expect_status 8
  expect_stdout "error         web: "
  expect_stdout "ok            other: "
  [ "$(cat mine)" = mine ]
}
