#!/usr/bin/env bats
# What can go wrong: the exit status, the message, and nothing left behind.
# shellcheck disable=SC2154  # variables of the helper
load helper

@test "an image that fails whatever it is granted ends with status 3 and its own words" {
  minimize broken --probe exit
  expect_status 3
  expect_stderr "cannot read /etc/broken.conf"
  expect_stderr "hint:"
  expect_no_profile
}

@test "a service that dies under a probe ends with status 3 long before the timeout" {
  minimize broken --probe "$images/static/probe.sh" --timeout 100
  expect_status 3
  expect_stderr "cannot read /etc/broken.conf"
  expect_no_profile
}

@test "a service that never serves ends with status 3 and the words of the probe" {
  minimize hang --probe "$images/static/probe.sh" --timeout 2
  expect_status 3
  expect_stderr "curl"
  expect_no_profile
}

@test "F37: a probe that never passes ends with status 3 and its words" {
  local probe
  probe=$(printf '#!/bin/sh\necho "the moon is wrong" >&2\nexit 9\n' | probe_script wrong.sh)
  minimize static --probe "$probe" --timeout 2
  expect_status 3
  expect_stderr "the moon is wrong"
  expect_stderr "hint:"
}

# refused_at_once STATUS WORDS: no second trial was tried, and the hint is about the cause.
refused_at_once() {
  expect_status "$1"
  expect_stderr "$2"
  [[ "$stderr" != *"capmin doctor"* && "$stderr" != *attempts* ]]
  expect_no_profile
}

@test "what the image or the options name in vain ends at once with status 3 or 2" {
  minimize nouser --probe exit
  refused_at_once 3 "the image names a user that it does not have: unable to find user nobody-here"
  minimize busybox --probe exit
  refused_at_once 3 "the image names no program to run"
  minimize chown --probe exit --user 4294967294
  refused_at_once 2 "the image has no such user as --user names: uids and gids must be in range"
  minimize chown --probe exit --network nosuchnet
  refused_at_once 2 "the network of --network is not there"
  minimize chown --probe exit --engine-arg=--volume-driver=nosuch -v data:/data
  refused_at_once 2 nosuch
  # Words that only the engine knows, on the creation and on the start
  minimize chown --probe exit --memory 1k
  refused_at_once 2 "docker does not take a container with these options"
  minimize chown --probe exit --sysctl kernel.msgmax=x
  refused_at_once 2 "write /proc/sys/kernel/msgmax: invalid argument"
}

@test "a missing probe ends with status 2" {
  minimize static --probe "$BATS_TEST_TMPDIR/no-such-probe"
  expect_status 2
  expect_stderr "no-such-probe"
}

@test "a missing image ends with status 6" {
  minimize no-such-image --probe exit --pull never
  expect_status 6
  expect_stderr "capmin-test-no-such-image"
  expect_no_profile
}

@test "no daemon ends with status 5" {
  DOCKER_HOST=unix://$BATS_TEST_TMPDIR/dead.sock minimize static --probe exit
  expect_status 5
  expect_stderr "hint:"
  expect_no_profile
}

@test "an unknown capability ends with status 2 and is named" {
  minimize static --probe exit --allow CHWON
  expect_status 2
  expect_stderr CHWON
  expect_no_profile
}

@test "an option that would undo the trial is refused with status 2" {
  minimize static --probe exit --engine-arg --privileged
  expect_status 2
  expect_stderr --privileged
  expect_no_profile
}

@test "an output that cannot be written ends with status 8" {
  capmin run capmin-test-static --probe "$images/static/probe.sh" -o /proc/profile.yaml
  expect_status 8
  expect_stderr /proc/profile.yaml
}

@test "F27: a limit on the size of files is told as that" {
  run bash -c 'ulimit -f 0; exec "$@" 2>&1' - timeout 600 "$CAPMIN" run capmin-test-chown --probe exit -o "$profile"
  [ "$status" = 8 ]
  [[ "$output" == *"0 KiB in a file (ulimit -f)"* ]]
}
