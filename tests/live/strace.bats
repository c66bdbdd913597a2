#!/usr/bin/env bats
# What strace sees from outside orders the trials and changes no answer.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016,SC2015  # variables of the helper and of tests; another shell's
load helper

setup_file() {
  [ "$(id -u)" = 0 ] && command -v strace >/dev/null || skip "strace needs root"
  # Bats' own directories are closed to others.
  others=$(mktemp -d /var/tmp/capmin-strace.XXXXXX)
  export others
}

teardown_file() {
  [ -n "${others:-}" ] || return 0
  [ ! -e "$others/forwarders" ] || xargs kill <"$others/forwarders"
  rm -rf "$others"
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

@test "where even the ceiling fails, the calls that were denied are printed" {
  minimize capset --probe exit --evidence strace -- /capset exactly 5 25
  expect_status 3
  expect_stderr "strace: capset: capset(KILL SYS_TIME) = EPERM"
  expect_stderr "--allow SYS_TIME"
}

@test "the answer rests on one more trial, without strace" {
  minimize chown --probe exit --evidence strace
  expect_straced
  [ "$(yaml "p['proof']['passed'][0]['times']")" = 2 ]
}

@test "a program alone in its image, without a shell or a library, is seen" {
  minimize bare --probe exit --evidence strace
  expect_straced
  expect_set CHOWN
}

@test "a service of a user other than root needs nothing under strace, too" {
  minimize static --probe "$images/static/probe.sh" --evidence strace
  expect_straced
  expect_set
}

@test "a ping with a file capability stays one under strace" {
  minimize pingcap --probe exit --evidence strace
  expect_straced
  expect_set NET_RAW
}

@test "a container that exits at once is a failure under strace, and no trouble" {
  minimize static --probe "$images/static/probe.sh" --evidence strace -- true
  expect_status 3
  expect_stderr "14 capabilities"
  [[ "$stderr" != *"run again without strace"* ]]
}

@test "where strace is killed in the middle of trials, they are run again without, and the answer is right" {
  local probe
  probe=$(probe_script probe.sh <<PROBE
#!/bin/sh
first=\$(docker inspect -f '{{.State.Pid}}' "\$CAPMIN_CONTAINER")
tracer=\$(sed -n 's/^TracerPid:\t//p' "/proc/\$first/status")
if [ "\${tracer:-0}" != 0 ]; then
  kill -9 "\$tracer"
  while [ -e "/proc/\$tracer" ]; do sleep 0.01; done
fi
exec $images/lowport/probe.sh
PROBE
  )
  minimize filecap --probe "$probe" --evidence strace
  expect_set NET_BIND_SERVICE
  expect_fallback "strace ended early"
}

# expect_fallback TEXT: the one line that tells of trials without strace says TEXT.
expect_fallback() {
  [ "$(grep -c "run again without strace" <<<"$stderr")" = 1 ]
  [[ "$(grep "run again without strace" <<<"$stderr")" == *"$1"* ]]
}

@test "where nothing may be executed from the gate's directory, trials go without gate and strace" {
  mkdir "$BATS_TEST_TMPDIR/mount"
  run --separate-stderr timeout 120 unshare --mount sh -c '
    mount -t tmpfs -o noexec none "$1" && shift && exec "$@"' - "$BATS_TEST_TMPDIR/mount" \
    env TMPDIR="$BATS_TEST_TMPDIR/mount" "$CAPMIN" run capmin-test-chown -o "$profile" --probe exit --evidence strace
  expect_set CHOWN
  expect_fallback "cannot execute a program in"
}

@test "where the gate cannot be written, trials go without gate and strace" {
  mkdir "$BATS_TEST_TMPDIR/small"
  # Room for a directory, not for the gate.
  mount -t tmpfs -o size=4k small "$BATS_TEST_TMPDIR/small"
  head -c 4096 /dev/zero >"$BATS_TEST_TMPDIR/small/full"
  TMPDIR=$BATS_TEST_TMPDIR/small minimize chown --probe exit --evidence strace
  umount "$BATS_TEST_TMPDIR/small"
  expect_set CHOWN
  expect_fallback "TMPDIR"
}

@test "the trial without strace is part of what a run may cost" {
  minimize chown --probe exit --evidence strace --max-trials 3 -- sh -c 'chown 7 /data/file 2>/dev/null'
  expect_status 7
  expect_stderr "what is written worked under strace, untried without, but is not proven"
  [ "$(yaml 'p["proof"]["guarantee"]')" = incomplete ]
  minimize chown --probe exit --evidence strace --resume -- sh -c 'chown 7 /data/file 2>/dev/null'
  expect_straced
  expect_set CHOWN
  [ "$(yaml 'p["run"]["trials"]')" = 4 ]
}

@test "trials under strace are not resumed without it, nor the other way round" {
  minimize chown --probe exit --evidence strace --max-trials 2
  expect_status 7
  minimize chown --probe exit --evidence logs --resume
  expect_status 2
  expect_stderr "the evidence differs"
  minimize chown --probe exit --evidence logs --max-trials 2
  expect_status 7
  minimize chown --probe exit --evidence strace --resume
  expect_status 2
  expect_stderr "the evidence differs"
}

# forward LISTEN: another way to the engine, until the end of this file.
forward() {
  command -v socat >/dev/null || skip "socat is not installed"
  local socket=${DOCKER_HOST:-unix:///var/run/docker.sock}
  socat "$1" "UNIX-CONNECT:${socket#unix://}" >/dev/null 2>&1 3>&- &
  echo $! >>"$others/forwarders"
}

# expect_logs_only REASON: said in one line.
expect_logs_only() {
  [ "$(grep -c "evidence from logs only" <<<"$stderr")" = 1 ]
  expect_stderr "evidence from logs only: $1"
}

# Run in a network of its own, in which nobody else finds the address.
by_address() {
  ip link set lo up
  forward TCP-LISTEN:2375,bind=127.0.0.1,reuseaddr,fork
  export DOCKER_HOST=tcp://127.0.0.1:2375
  within 10 docker version >/dev/null
  "$CAPMIN" run capmin-test-chown -o "$profile" --probe exit --evidence strace
}

@test "an engine behind a network address is searched by the logs, which is said" {
  export -f by_address forward within
  export CAPMIN others profile
  run --separate-stderr timeout 120 unshare --net bash -c by_address
  expect_set CHOWN
  expect_logs_only "the engine works on another machine"
}

@test "a user without root's rights searches by the logs, which is said once" {
  install -m 755 "$CAPMIN" "$others/capmin"
  chown 54328:54328 "$others"
  forward "UNIX-LISTEN:$others/docker.sock,user=54328,group=54328,mode=600,fork"
  export DOCKER_HOST=unix://$others/docker.sock
  within 10 docker version >/dev/null
  local evidence
  for evidence in strace auto; do
    profile=$others/$evidence.yaml
    run --separate-stderr timeout 120 setpriv --reuid=54328 --regid=54328 --clear-groups \
      env HOME="$others" "$others/capmin" run capmin-test-chown -o "$profile" --probe exit --evidence "$evidence"
    expect_set CHOWN
    expect_logs_only ""
  done
}

@test "strace inside the container is refused with the reason" {
  minimize chown --probe exit --evidence strace-inside
  expect_status 2
  expect_stderr "file capabilities"
}
