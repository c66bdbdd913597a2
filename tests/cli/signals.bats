#!/usr/bin/env bats
# Interrupted in each phase of a trial: a prompt end, the right status, nothing left behind.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# interrupt SIGNAL CALL: sends SIGNAL while the engine is at its second CALL, in the second trial.
interrupt() {
  FAKE_NEEDS=CHOWN FAKE_FAULT="$2:hold" FAKE_FAULT_CALLS=${3:-2} start_run
  within 20 held
  kill "-$1" "$pid"
  open_gate
  end_run 5
}

interrupted() {
  show_run
  [ "$status" = "$1" ]
  [[ "$stderr" == *$'\ninterrupted; the containers of this run are removed\n  hint: the same command with --resume goes on from here' ]]
  [ ! -e "$profile" ]
}

@test "F1: Ctrl-C while a container is created ends with status 130" {
  interrupt INT create
  interrupted 130
}

@test "F1: Ctrl-C while a container is started ends with status 130" {
  interrupt INT start
  interrupted 130
}

@test "F1: Ctrl-C while a container is looked at ends with status 130" {
  interrupt INT 'container inspect' 3
  interrupted 130
}

@test "F1: Ctrl-C while a log is read ends with status 130" {
  interrupt INT logs
  interrupted 130
}

@test "F1: Ctrl-C while a container is removed ends with status 130" {
  interrupt INT rm
  interrupted 130
}

@test "F1: Ctrl-C during a probe ends with status 130" {
  start_probing
  kill -INT "$pid"
  end_run 5
  interrupted 130
}

@test "F2: SIGTERM during a probe ends with status 143" {
  start_probing
  kill -TERM "$pid"
  end_run 5
  interrupted 143
}

@test "F2: SIGTERM while a container is created ends with status 143" {
  interrupt TERM create
  interrupted 143
}

@test "F2: SIGTERM while a container is removed ends with status 143" {
  interrupt TERM rm
  interrupted 143
}

@test "F6: SIGHUP during a probe is as SIGTERM" {
  start_probing
  kill -HUP "$pid"
  end_run 5
  interrupted 143
}

@test "F6: SIGPIPE during a probe is nothing" {
  start_probing
  kill -PIPE "$pid"
  kill -TERM "$pid"
  end_run 5
  interrupted 143
}

# interrupt_proving SIGNAL: when a set works, and nobody knows yet whether it is the only one.
interrupt_proving() {
  FAKE_NEEDS=CHOWN FAKE_FAULT=create:hold FAKE_FAULT_CALLS=4 start_run --unique
  within 20 held
  kill "-$1" "$pid"
  open_gate
  end_run 5
  show_run
}

@test "what works so far is written at a signal, and marked" {
  interrupt_proving TERM
  [ "$status" = 143 ]
  grep -qx '  guarantee: "incomplete"' "$profile"
  grep -qx '  add: \["CHOWN"\]' "$profile"
  expect_stderr "what is written works, but is not proven to be minimal"
}

# start_under_timeout ARG...: capmin in the background, under GNU timeout, which signals a process
# and its group.
start_under_timeout() {
  env --default-signal=INT timeout 100 "$CAPMIN" "$@" >out 2>err 3>&- &
  pid=$!
  within 20 held
}

@test "what works so far is written when timeout signals capmin and its group" {
  FAKE_NEEDS=CHOWN FAKE_FAULT=create:hold FAKE_FAULT_CALLS=4 \
    start_under_timeout run app:1 --probe ./health.sh --unique -o "$profile"
  kill -TERM "$pid"
  open_gate
  end_run 10
  show_run
  [ "$status" = 124 ] || [ "$status" = 143 ]
  grep -qx '  add: \["CHOWN"\]' "$profile"
  expect_stderr "what is written works, but is not proven to be minimal"
  expect_stderr "interrupted; the containers of this run are removed"
}

@test "signals of two kinds at once are one signal to a run and to verify" {
  FAKE_NEEDS=CHOWN FAKE_FAULT=create:hold FAKE_FAULT_CALLS=4 start_run --unique
  within 20 held
  kill -TERM "$pid"
  kill -INT "$pid"
  kill -HUP "$pid"
  open_gate
  end_run 5
  show_run
  [ "$status" != 0 ]
  grep -qx '  guarantee: "incomplete"' "$profile"
  rm "$profile" "$FAKE_ENGINE_DIR/held"
  FAKE_NEEDS=CHOWN minimize -o "$profile"
  expect_status 0
  FAKE_NEEDS=CHOWN FAKE_FAULT=start:hold "$CAPMIN" verify "$profile" >out 2>err 3>&- &
  pid=$!
  within 20 held
  kill -TERM "$pid"
  kill -TERM "$pid"
  open_gate
  end_run 5
  show_run
  [ "$status" = 143 ]
  expect_stderr "interrupted; the containers of this run are removed"
}

@test "what works so far is told at a signal, and an old profile is intact" {
  echo old >"$profile"
  interrupt_proving INT
  [ "$status" = 130 ]
  expect_stderr "so far CHOWN works, which is not proven to be minimal; nothing is written"
  [ "$(cat "$profile")" = old ]
}

@test "an old profile is intact after an interruption" {
  echo old >"$profile"
  start_probing
  kill -INT "$pid"
  end_run 5
  [ "$status" = 130 ]
  [ "$(cat "$profile")" = old ]
}

@test "a signal before the first trial ends the run and what it started" {
  FAKE_IMAGE=missing FAKE_FAULT=pull:hold start_run
  within 20 held
  kill -INT "$pid"
  end_run 5
  [ "$status" = 130 ]
  within 5 no_process_left
}
