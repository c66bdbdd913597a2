#!/usr/bin/env bats
# Which engine is used, and podman's own words and arguments.
# shellcheck disable=SC2154  # variables of the helper
load helper

@test "podman is used when docker has no daemon, and that is said" {
  FAKE_DOCKER=no FAKE_PODMAN=yes FAKE_NEEDS=CHOWN minimize
  expect_set CHOWN
  expect_stderr "podman 4.3.1"
  expect_stderr "podman is used: docker does not work"
  expect_stdout 'engine: "podman"'
  expect_stdout 'runtime: "crun 1.8.1"'
}

@test "docker is used when it answers, whether podman works or not" {
  FAKE_PODMAN=yes minimize
  expect_set
  expect_stdout 'engine: "docker"'
}

@test "podman is used when it is asked for, although docker answers" {
  FAKE_PODMAN=yes minimize --engine podman
  expect_set
  expect_stdout 'engine: "podman"'
}

@test "docker alone is used when it is asked for" {
  FAKE_DOCKER=no FAKE_PODMAN=yes minimize --engine docker
  expect_status 5
  expect_stderr "no engine answers: Cannot connect to the Docker daemon"
}

@test "where neither works the error tells of both" {
  FAKE_DOCKER=no minimize
  expect_status 5
  expect_stderr "docker: cannot run 'docker version': no engine answers"
  expect_stderr "podman: cannot run 'podman version': no engine answers"
}

@test "docker is not replaced where its place was given" {
  FAKE_DOCKER=no FAKE_PODMAN=yes DOCKER_HOST=unix:///dead minimize
  expect_status 5
  expect_stderr "podman was not tried, because docker's place is given"
  FAKE_DOCKER=no FAKE_PODMAN=yes minimize --host unix:///dead
  expect_status 5
}

@test "an engine that is none is refused" {
  minimize --engine rkt
  expect_status 2
  no_calls
}

@test "podman's containers are removed without its wait of ten seconds" {
  FAKE_PODMAN=yes minimize --engine podman
  expect_set
  [ -n "$(calls "^'rm' '-f' '-v' '--time' '0'")" ]
}

@test "a program that podman cannot execute is the image's failure, not the engine's" {
  FAKE_PODMAN=yes FAKE_START_ERROR='unable to start container process: exec: "/app": permission denied: OCI permission denied' \
    minimize --engine podman
  expect_status 3
  expect_stderr "the container's program could not be executed"
  expect_stderr 'exec: "/app": permission denied'
}

@test "podman's trouble with a resource limit is the engine's, not the image's" {
  FAKE_PODMAN=yes FAKE_START_ERROR='error setting rlimit type 7: operation not permitted: OCI permission denied' \
    minimize --engine podman
  expect_status 5
  expect_stderr "error setting rlimit type 7"
}

@test "an image that podman does not have ends with status 6" {
  FAKE_PODMAN=yes FAKE_IMAGE=missing minimize --engine podman --pull never
  expect_status 6
}

@test "a capability that podman does not know is left out and named" {
  FAKE_PODMAN=yes FAKE_REFUSES=PERFMON minimize --engine podman --allow PERFMON
  expect_status 0
  expect_stderr "PERFMON was not tried: the engine does not know it"
}

@test "the same warning of podman's, at another time, is no part of the container's log" {
  FAKE_PODMAN=yes FAKE_NEEDS=CHOWN FAKE_WARNING='time="@CALL@" level=warning msg="open: Permission denied"' \
    minimize --engine podman
  expect_set CHOWN
  refute_anywhere "level=warning"
}

@test "a podman without root says so, and its network is not the bridge" {
  FAKE_PODMAN=yes FAKE_ROOTLESS=true minimize --engine podman
  expect_set
  expect_stdout 'rootless: true'
  expect_stdout 'network: "slirp4netns"'
}
