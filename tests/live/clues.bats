#!/usr/bin/env bats
# What explains a failure: the lines and denials that passing trials do not show as well.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts are written down, not expanded
load helper

# reason KEY: what the profile's only reason says.
reason() { yaml "p['reasons'][0].get('$1', '')"; }
trials() { yaml 'p["run"]["trials"]'; }

@test "a line that every start prints leads nowhere and is no capability's reason" {
  minimize busybox --probe exit --evidence logs -- sh -c '
    chroot / true || failed=1
    echo "[$$] chown: /x: Operation not permitted" >&2
    exit ${failed:-0}'
  expect_set SYS_CHROOT
  [ "$(trials)" = 3 ]
  [[ "$(reason line)" == "chroot: "* ]]
  [[ "$stderr" != *chown* ]]
}

@test "a need that no line tells of has no reason from a line that passing trials print, too" {
  minimize busybox --probe exit --evidence logs -- sh -c '
    touch /x && echo "chown: /x: Operation not permitted" >&2
    chown 1000 /x 2>/dev/null'
  expect_set CHOWN
  [ "$(reason rule)" = "" ]
  [ "$(reason line)" = "" ]
  [[ "$stderr" != *"avoid"* ]]
}

@test "what the kernel denied comes before a line that does not say what was refused" {
  [[ "$("$CAPMIN" doctor)" != *"kernel evidence "*" no: "* ]] || skip "no evidence from the kernel"
  minimize busybox --probe exit --evidence kernel --ports portable -- sh -c '
    httpd -p 80 2>/dev/null || { echo "start: permission denied"; exit 1; }'
  expect_set_and_conditional "" NET_BIND_SERVICE
  [ "$(reason rule)" = last-line ]
  [[ "$(reason advice)" == *"high port"* ]]
  expect_stderr "by httpd: denied by the kernel"
  [[ "$stderr" != *chmod* ]]
}

@test "a vague line leads to no grant, and a broken probe is named as the cause" {
  local probe
  probe=$(printf '#!/bin/sh\nnc-that-is-not-there "$CAPMIN_IP" 80 || exit 1\n' | probe_script probe.sh)
  minimize busybox --probe "$probe" --timeout 1 -- sh -c '
    echo "RTNETLINK answers: Operation not permitted"; exec sleep 100'
  expect_status 3
  expect_stderr "hint: the probe itself seems to be at fault"
  expect_stderr "nc-that-is-not-there: not found"
  [[ "$stderr" != *--allow* ]]
  minimize busybox --probe exit -- sh -c 'echo "start: Operation not permitted"; exit 1'
  expect_status 3
  [[ "$stderr" != *--allow* ]]
  minimize busybox --probe exit --evidence logs -- sh -c '
    echo "cap_set_proc() failed to drop root privileges"
    echo "setrlimit(RLIMIT_MEMLOCK) failed: Operation not permitted"; exit 1'
  expect_status 3
  expect_stderr "container: cap_set_proc() failed"
  [[ "$stderr" != *--allow* ]]
}
