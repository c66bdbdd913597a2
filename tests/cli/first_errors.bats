#!/usr/bin/env bats
# What goes wrong at the first try, told before the first container starts where that can be known.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# refused ERROR ARG...: status 2, exactly this message, and no container is made.
refused() {
  local message=$1
  shift
  capmin "$@"
  expect_status 2
  expect_error "$message"
  no_containers_made
}

# written NAME TEXT: an executable file of these bytes.
written() {
  printf '%b' "$2" >"$1"
  chmod +x "$1"
}

@test "a probe with the line ends of Windows is an error that says how to mend it" {
  written crlf.sh '#!/bin/sh\r\nexit 0\r\n'
  refused "error: the probe $PWD/crlf.sh has the line ends of Windows (CRLF), so that its interpreter is not found
  hint: sed -i 's/\\r\$//' $PWD/crlf.sh" run app:1 --probe ./crlf.sh
  sed -i 's/\r$//' crlf.sh
  FAKE_JOB='' capmin run app:1 --probe ./crlf.sh
  expect_status 0
}

@test "a probe without a first line that names its interpreter is an error that says how to mend it" {
  written plain.sh 'curl -f http://localhost\n'
  refused "error: the probe $PWD/plain.sh cannot be executed: its first line does not name what it is written for
  hint: sed -i '1i #!/bin/sh' $PWD/plain.sh, if it is a script for the shell" run app:1 --probe ./plain.sh
  written empty.sh ''
  refused "error: the probe $PWD/empty.sh is empty
  hint: write what tells whether the container works" run app:1 --probe ./empty.sh
  written mark.sh '\xef\xbb\xbf#!/bin/sh\nexit 0\n'
  capmin run app:1 --probe ./mark.sh
  expect_status 2
  expect_stderr "begins with a byte order mark"
}

@test "a probe whose interpreter is missing is an error that names it" {
  written lost.sh '#!/opt/no/such/python\nexit 0\n'
  refused "error: the probe $PWD/lost.sh cannot be executed: its interpreter /opt/no/such/python is not there
  hint: install it, or name another in the first line of $PWD/lost.sh" run app:1 --probe ./lost.sh
  written lost.sh '#!/usr/bin/env no-such-python\nexit 0\n'
  capmin run app:1 --probe ./lost.sh
  expect_status 2
  expect_stderr "its interpreter no-such-python is not in PATH"
  # What the container has cannot be known here.
  written inside.sh '#!/opt/no/such/ash\nexit 0\n'
  capmin run app:1 --probe-exec ./inside.sh
  expect_status 0
}

@test "a file of --reset is looked at in the same way" {
  written reset.sh '#!/bin/sh\r\n'
  capmin run app:1 --probe ./health.sh --reset ./reset.sh
  expect_status 2
  expect_stderr "the file of --reset, $PWD/reset.sh has the line ends of Windows"
  no_containers_made
}

@test "a probe that is not executable is told with a command that a shell takes" {
  mkdir 'my probes'
  echo '#!/bin/sh' >'my probes/p.sh'
  refused "error: the probe $PWD/my probes/p.sh is not executable
  hint: chmod +x '$PWD/my probes/p.sh'" run app:1 --probe 'my probes/p.sh'
}

@test "a service that is probed as a job is told as that, with the command to write" {
  capmin run app:1 --probe exit --timeout 500ms -e 'A=b c' -- serve
  expect_status 3
  expect_stderr "cause: the container still ran after its 0.5 s"
  expect_stderr $'hint: --probe exit is for jobs, which end by themselves: give a service a probe that asks whether it works, and a job that takes longer more time with --timeout\n  capmin run app:1 --probe ./health.sh --timeout 500ms -e \'A=b c\' -- serve'
}

@test "a job that is probed as a service is told as that, with both commands" {
  FAKE_JOB=0 capmin run app:1 --probe ./health.sh -e 'A=b c' -- once
  expect_status 3
  expect_stderr "cause: the container exited with status 0"
  expect_stderr $'hint: a container that ends by itself is a job: --probe exit takes status 0 for its success\n  capmin run app:1 --probe exit -e \'A=b c\' -- once\n  or --oneshot runs the probe once, after its end\n  capmin run app:1 --probe ./health.sh --oneshot -e \'A=b c\' -- once'
}

@test "a container that fails by itself is no job that was taken for a service" {
  FAKE_JOB=1 capmin run app:1 --probe ./health.sh
  expect_status 3
  refute_anywhere "is a job"
}

@test "a directory of the host that is not there is an error, read-only as well" {
  refused "error: there is no $PWD/cnf, which is to be mounted
  hint: correct the path of --volume, or make what it names" run app:1 --probe ./health.sh -v ./cnf:/etc/app:ro
}

@test "a network that is not there is told once, with what to do" {
  FAKE_START_ERROR='network nosuchnet not found' FAKE_START_ERROR_WITH=nosuchnet \
    capmin run app:1 --probe ./health.sh --network nosuchnet
  expect_status 2
  expect_stderr "error: the network of --network is not there: "
  expect_stderr "docker network create"
}

@test "a port of the host that is taken is told as that" {
  FAKE_START_ERROR='driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:8080 failed: port is already allocated' \
    capmin run app:1 --probe ./health.sh -p 8080:80
  expect_status 5
  expect_stderr "error: the port of this host that --publish names is taken: "
  expect_stderr "name another one, or none, -p CONTAINER_PORT"
}

@test "an image for another platform is noted at first, and told as that where its program cannot run" {
  echo 'exec /app: exec format error' >log
  FAKE_PLATFORM=arm64 FAKE_LOG=log FAKE_JOB=1 capmin run app:1 --probe ./health.sh
  expect_status 3
  expect_stderr "the image is for linux/arm64, and this engine's machine is linux/amd64: only an emulator can run it"
  expect_stderr "fetch it for this one with --platform linux/amd64 --pull always"
  FAKE_LOG=log FAKE_JOB=1 capmin run app:1 --probe ./health.sh
  expect_status 3
  expect_stderr "hint: the image's program is a script whose first line names no interpreter"
}

@test "an engine that answers and refuses is told with the group that may use it" {
  FAKE_FAULT='version:error:permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock' \
    capmin run app:1 --probe ./health.sh --engine docker
  expect_status 5
  expect_stderr "no permission to use the engine's socket"
  expect_stderr "sudo usermod -aG docker"
}

@test "the directory of a batch's profiles is made" {
  cat >batch.yaml <<'YAML'
apiVersion: capmin/v1
kind: Batch
jobs:
  - {name: app, image: "app:1", probe: health.sh, profile: found/here/app.yaml, mode: minimize}
YAML
  capmin batch batch.yaml
  expect_status 0
  [ -s found/here/app.yaml ]
}

@test "explain says on a terminal that it waits for a log" {
  run timeout 20 script -qec "'$CAPMIN' explain" /dev/null <<<$'chown: Operation not permitted\n\x04'
  [[ "$output" == *"reading a log from standard input; Ctrl-D on a line of its own ends it"* ]]
  capmin explain <<<'chown: Operation not permitted'
  [ -z "$stderr" ]
}
