#!/usr/bin/env bats
# Options that are spelled as docker run has them reach the program as they do there.
# shellcheck disable=SC2154  # variables of the helper
# shellcheck disable=SC2016  # the container's shell expands them
load helper

# passes ARG... -- COMMAND: a job that ends with status 0 where it finds what it looks for.
passes() {
  rm -f "$profile"
  minimize busybox --probe exit --timeout 30s "$@"
  expect_set
}

@test "-t gives the program a terminal and -i an input that stays open, and without them there is none" {
  passes -t -- busybox test -t 1
  passes -i -- busybox sh -c 'busybox timeout 1 busybox cat; [ $? = 143 ]'
  minimize busybox --probe exit --timeout 5s -- busybox test -t 1
  expect_status 3
}

@test "what is passed on is seen inside the container" {
  passes --init -- busybox sh -c '[ $$ != 1 ]'
  passes --group-add 4444 -- busybox sh -c 'busybox id -G | busybox grep -w 4444'
  passes --dns 10.9.8.7 --dns-search example.org -- \
    busybox sh -c 'busybox grep -q 10.9.8.7 /etc/resolv.conf && busybox grep -q example.org /etc/resolv.conf'
  passes --ipc private --stop-signal INT --oom-score-adj 77 -- \
    busybox sh -c '[ "$(busybox cat /proc/self/oom_score_adj)" = 77 ]'
}

@test "a mount is mounted, and its directory is as it was" {
  mkdir "$BATS_TEST_TMPDIR/conf"
  echo here >"$BATS_TEST_TMPDIR/conf/file"
  passes --mount "type=bind,source=$BATS_TEST_TMPDIR/conf,target=/conf,readonly" -- \
    busybox sh -c 'busybox grep here /conf/file && ! echo x >/conf/file'
  passes --mount type=tmpfs,target=/scratch,tmpfs-size=1m -- \
    busybox sh -c 'busybox grep " /scratch tmpfs .*size=1024k" /proc/mounts'
  [ "$(cat "$BATS_TEST_TMPDIR/conf/file")" = here ]
}

@test "a port of the host that another container has is told as that" {
  local other
  other=$(docker run -d -p 127.0.0.1:18471:80 --entrypoint busybox capmin-test-busybox sleep 100)
  minimize static --probe "$images/static/probe.sh" -p 127.0.0.1:18471:8080
  docker rm -f "$other"
  expect_status 5
  expect_stderr "error: the port of this host that --publish names is taken"
  expect_no_profile
}

@test "a program of another machine is told as that" {
  # The beginning of an ELF file for aarch64
  printf '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xb7\0\x01\0\0\0\x78\0\x40\0\0\0\0\0\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40\0\x38\0\x01\0\0\0\0\0\0\0' \
    >"$BATS_TEST_TMPDIR/program"
  chmod +x "$BATS_TEST_TMPDIR/program"
  tar -C "$BATS_TEST_TMPDIR" -c program | docker import -c 'CMD ["/program"]' - capmin-test-foreign
  minimize foreign --probe exit
  docker rmi capmin-test-foreign
  expect_status 3
  expect_stderr "exec format error"
  expect_stderr "made for another machine than linux/"
}

@test "a volume to keep that is not there is not made" {
  minimize busybox --probe exit --keep-volumes -v capmin-test-no-such-volume:/data -- busybox true
  expect_status 2
  expect_stderr "there is no volume capmin-test-no-such-volume to keep"
  run ! docker volume inspect capmin-test-no-such-volume
}
