#!/usr/bin/env bats
# Calls over the engine's socket: far fewer clients, and the same answers as by the client.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts are written down, not expanded
# shellcheck disable=SC2030,SC2031  # each test has an environment of its own
load helper

# Notes the client's calls in $AT_CALL.calls.
count_clients() {
  export AT_CALL=$BATS_TEST_TMPDIR/at_call PATH=$root/tests/live/bin:$PATH
  printf '#!/bin/bash\n' >"$AT_CALL"
  chmod +x "$AT_CALL"
}
# clients PATTERN: how many calls of the client there were since forget_clients.
clients() { grep -cxE "$1" "$AT_CALL.calls" || true; }
forget_clients() { rm -f "$AT_CALL.calls"; }

# by_both_ways NAME ARG...: minimize over the socket and by the client; both profiles are the same but
# for times.
by_both_ways() {
  minimize "$@"
  expect_status 0
  mv "$profile" "$profile.socket"
  CAPMIN_ENGINE_SOCKET=off minimize "$@"
  expect_status 0
  diff <(sed '/^run:/d' "$profile.socket") <(sed '/^run:/d' "$profile")
}

@test "over the socket a trial starts the client once, to create its container" {
  count_clients
  minimize chown --probe exit --evidence logs
  expect_set CHOWN
  local trials
  trials=$(yaml 'p["run"]["trials"]')
  [ "$(clients create)" -ge "$trials" ]
  [ "$(clients 'start|wait|container|logs|exec|stop|rm')" = 0 ] || { sort "$AT_CALL.calls" | uniq -c; return 1; }
  [ "$(clients '.*')" -le $((trials + 6)) ] || { sort "$AT_CALL.calls" | uniq -c; return 1; }
  forget_clients
  CAPMIN_ENGINE_SOCKET=off minimize chown --probe exit --evidence logs
  expect_set CHOWN
  [ "$(clients 'start|wait|container|logs|rm')" -ge $((5 * trials)) ]
}

@test "both ways find the same set, with the same profile but for times" {
  by_both_ways chown --probe exit
  by_both_ways nginx --probe "$images/nginx/probe.sh"
}

@test "a probe inside, a restart and a graceful stop are the same by both ways" {
  by_both_ways lowport --probe-exec "$(probe_inside lowport)" --network none
  by_both_ways nginx --probe "$images/nginx/probe.sh" --restart --graceful-stop
}

@test "what does not start is judged alike, with the engine's own words" {
  local way
  for way in auto off; do
    if [ "$way" = off ]; then export CAPMIN_ENGINE_SOCKET=off; fi
    minimize nouser --probe exit
    expect_status 3
    expect_stderr "unable to find user nobody-here"
    minimize chown --probe exit --sysctl kernel.msgmax=x
    expect_status 2
    expect_stderr "write /proc/sys/kernel/msgmax: invalid argument"
    minimize broken --probe exit
    expect_status 3
    expect_stderr "cannot read /etc/broken.conf"
  done
}

@test "a log of a container with a terminal is read as it is, one without in frames" {
  minimize busybox --probe exit -v --engine-arg=--tty -- /bin/sh -c 'echo to out; echo to err >&2; chown 1 /tmp'
  expect_set CHOWN
  expect_stderr "chown: /tmp: Operation not permitted"
  minimize busybox --probe exit -v -- /bin/sh -c 'echo to out; echo to err >&2; chown 1 /tmp'
  expect_set CHOWN
  expect_stderr "chown: /tmp: Operation not permitted"
}

@test "a client that leads to another engine than the socket is used alone" {
  # As the client would behave that finds its engine in a way of its own.
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/bash\nexec env PATH="${PATH#*:}" docker --host "%s" "$@"\n' "$DOCKER_HOST" >"$BATS_TEST_TMPDIR/bin/docker"
  chmod +x "$BATS_TEST_TMPDIR/bin/docker"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH DOCKER_HOST=unix://$BATS_TEST_TMPDIR/none capmin doctor capmin-test-busybox
  expect_status 0
  [[ "$output" == *"calls                   by the client: unix://$BATS_TEST_TMPDIR/none: No such file or directory"* ]]
}

@test "the doctor says which way calls go" {
  capmin doctor capmin-test-busybox
  expect_status 0
  [[ "$output" == *"calls                   over unix://"* ]]
  CAPMIN_ENGINE_SOCKET=off capmin doctor capmin-test-busybox
  expect_status 0
  [[ "$output" == *"calls                   by the client: CAPMIN_ENGINE_SOCKET is off"* ]]
}
