#!/usr/bin/env bats
# An engine that is stopped, killed and started again: a daemon of the tests' own, so that the one
# that the other tests use is left alone.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts are written down, not expanded
# shellcheck disable=SC2030,SC2031  # each test has an environment of its own
load helper
load daemon

can_start_daemons() { command -v dockerd >/dev/null && [ "$(id -u)" = 0 ]; }

setup_file() {
  can_start_daemons || return 0
  # shellcheck source=tests/common.bash
  . "$root/tests/common.bash"
  # A runtime that a test can take away.
  mkdir -p "$daemons/one"
  cp "$(command -v runc)" "$daemons/one/runc"
  printf '{"default-runtime": "own", "runtimes": {"own": {"path": "%s"}}}\n' "$daemons/one/runc" >"$daemons/one/daemon.json"
  start_daemon one
  docker save capmin-test-busybox capmin-test-hang capmin-test-chown capmin-test-nginx | on_machine_engine load -q
}
teardown_file() { stop_daemons; }
on_machine_engine() { DOCKER_HOST=$(daemon_socket one) docker "$@"; }

setup() {
  can_start_daemons || skip "a daemon of one's own takes dockerd and root"
  profile=$BATS_TEST_TMPDIR/profile.yaml
  probed=$BATS_TEST_TMPDIR/probed
  export probed DAEMON_PID
  daemon_answers one || start_daemon one
  DAEMON_PID=$(daemon_pid one)
}

# The daemon goes on, and nothing of a run is left there.
teardown() {
  kill -CONT "$DAEMON_PID" 2>/dev/null || true
  daemon_answers one || start_daemon one
  # Guardians ask for a minute; capmin clean does the rest of what was named.
  run timeout 60 env "DOCKER_HOST=$(daemon_socket one)" "$CAPMIN" clean --engine docker
  within 30 nothing_left
}
nothing_left() { [ -z "$(on_machine_engine ps -aq --filter label=capmin.run)" ]; }

capmin_there() { run --separate-stderr on_daemon one timeout 200 "$CAPMIN" "$@"; }

# stopping_probe WHEN...: a probe that stops the daemon in the second trial.
stopping_probe() {
  probe_script probe.sh <<'PROBE'
#!/bin/sh
[ "$CAPMIN_TRIAL" = 0 ] || [ -e "$probed" ] || { : >"$probed"; kill -STOP "$DAEMON_PID"; exit 1; }
PROBE
}

# at_second_trial COMMAND: COMMAND is done before the second trial's container is created, whichever
# way it is started then. The first creation asks what the engine accepts.
at_second_trial() {
  export AT_CALL=$BATS_TEST_TMPDIR/at_call PATH=$root/tests/live/bin:$PATH
  printf '#!/bin/bash\n[ "$2 $1" != "create 3" ] || %s\n' "$1" >"$AT_CALL"
  chmod +x "$AT_CALL"
}

@test "an engine at a TCP address is called as one at a socket, and the set is the same" {
  unset CAPMIN_ENGINE_SOCKET
  stop_daemon one
  start_daemon one --host tcp://127.0.0.1:23750
  DAEMON_PID=$(daemon_pid one)
  at_second_trial :
  capmin_there run capmin-test-chown --host tcp://127.0.0.1:23750 --probe exit --engine docker -o "$profile"
  expect_set CHOWN
  [ "$(grep -cxE 'start|wait|container|logs|rm' "$AT_CALL.calls")" = 0 ] || { sort "$AT_CALL.calls" | uniq -c; return 1; }
  capmin_there doctor --host tcp://127.0.0.1:23750 --engine docker
  [[ "$output" == *"calls                   over tcp://127.0.0.1:23750"* ]] || { echo "$output"; return 1; }
}

@test "F7: a daemon that is stopped before the first container ends with status 5 at the deadline" {
  kill -STOP "$DAEMON_PID"
  SECONDS=0
  capmin_there run capmin-test-hang --probe exit --engine docker --engine-timeout 2s -o "$profile"
  expect_status 5
  expect_stderr "did not answer in time"
  [ "$SECONDS" -lt 20 ]
  expect_no_profile
}

@test "F8: a daemon that is stopped during a probe ends with status 5, undecided, and leftovers are named" {
  capmin_there run capmin-test-hang --probe "$(stopping_probe)" --timeout 3 --engine docker --engine-timeout 2s -o "$profile"
  expect_status 5
  expect_stderr "did not answer in time"
  expect_stderr "remove it with: docker rm -f -v capmin-"
  expect_no_profile
}

@test "F8: a daemon that goes on soon is no reason to give up, and the set is right" {
  local probe
  probe=$(probe_script probe.sh <<'PROBE'
#!/bin/sh
[ "$CAPMIN_TRIAL" = 0 ] || [ -e "$probed" ] ||
  { : >"$probed"; kill -STOP "$DAEMON_PID"; (sleep 2; kill -CONT "$DAEMON_PID") & wait; }
PROBE
  )
  capmin_there run capmin-test-hang --probe "$probe" --timeout 30 --engine docker -o "$profile"
  [ -e "$probed" ]
  expect_set
}

# killing_probe: a probe that kills the daemon in the second trial.
killing_probe() {
  probe_script probe.sh <<'PROBE'
#!/bin/sh
[ "$CAPMIN_TRIAL" = 0 ] || [ -e "$probed" ] || { : >"$probed"; kill -KILL "$DAEMON_PID"; exit 1; }
PROBE
}

# Asked oftener than a trial is tried, once each.
asked_in_vain() { [ -e "$probed" ] && [ "$(grep -cx version "$AT_CALL.calls")" -ge 5 ]; }

@test "F9: a daemon that is killed and comes back is waited for, and the set is right" {
  local probe starter
  probe=$(killing_probe)
  at_second_trial :
  { within 60 asked_in_vain; start_daemon one; } >"$BATS_TEST_TMPDIR/starter" 2>&1 3>&- &
  starter=$!
  capmin_there run capmin-test-hang --probe "$probe" --timeout 3 --engine docker -o "$profile"
  wait "$starter" || cat "$BATS_TEST_TMPDIR/starter"
  DAEMON_PID=$(daemon_pid one)
  expect_set
  expect_stderr "the engine does not answer; it is waited for, at most "
}

@test "an engine that is slow makes no deadline longer, and the set is right" {
  slow_daemon one 20
  capmin_there run capmin-test-nginx --probe "$images/nginx/probe.sh" --engine docker -j 2 -o "$profile"
  stop_daemon one
  start_daemon one
  DAEMON_PID=$(daemon_pid one)
  expect_set_and_conditional "CHOWN DAC_OVERRIDE SETGID SETUID" NET_BIND_SERVICE
  [ "$(yaml 'p["run"]["deadline"] < 8')" = True ]
}

@test "F9: a runtime that is gone is engine trouble, never a trial that failed" {
  at_second_trial "mv \"$daemons/one/runc\" \"$daemons/one/runc.away\""
  capmin_there run capmin-test-chown --probe exit --engine docker -o "$profile"
  mv "$daemons/one/runc.away" "$daemons/one/runc"
  expect_status 5
  expect_stderr "unable to retrieve OCI runtime error"
  [[ "$stderr" != *" fail "* ]]
  expect_no_profile
}

@test "F9: a daemon that is killed in the middle is engine trouble, never a trial that failed" {
  local probe
  probe=$(killing_probe)
  capmin_there run capmin-test-hang --probe "$probe" --timeout 3 --engine docker --engine-timeout 5s -o "$profile"
  [ -e "$probed" ]
  expect_status 5
  expect_stderr hint:
  expect_no_profile
  # With the daemon back, the journal is gone on with, and the set is that of an undisturbed run.
  start_daemon one
  DAEMON_PID=$(daemon_pid one)
  capmin_there run capmin-test-hang --probe "$probe" --timeout 3 --engine docker --engine-timeout 5s -o "$profile" --resume
  expect_set
}

@test "F10: a daemon that is restarted between trials changes nothing about the set" {
  # Between the trials: the second trial's container is created when the daemon is back.
  export restarted=$BATS_TEST_TMPDIR/restarted AT_CALL=$BATS_TEST_TMPDIR/at_call
  export -f start_daemon on_machine holder make_machine daemon_answers daemon_socket daemon_pid kill_daemon within gone
  export daemons daemon_deadline
  { echo '#!/bin/bash'; cat; } >"$AT_CALL" <<'CALL'
[ "$2 $1" = 'create 3' ] || exit 0
kill_daemon one
start_daemon one >"$restarted" 2>&1
CALL
  chmod +x "$AT_CALL"
  PATH=$root/tests/live/bin:$PATH capmin_there run capmin-test-chown --probe exit --engine docker --engine-timeout 60s -v -o "$profile"
  [ -e "$restarted" ]
  expect_set CHOWN
  # The connections that were kept are of the daemon before.
  [ "${CAPMIN_ENGINE_SOCKET:-}" = off ] || expect_stderr "POST /v1.41/containers/"
}
