#!/usr/bin/env bats
# An engine in trouble is never a reason to call a capability needed, or not needed.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

# A PATH on which everything is but the engine.
path_without_engine() {
  mkdir -p empty
  echo "$BATS_TEST_TMPDIR/empty"
}

@test "F12: an engine that is not installed ends with status 5" {
  run --separate-stderr env "PATH=$(path_without_engine)" "$CAPMIN" run app:1 --probe ./health.sh
  expect_status 5
  expect_error $'error: no engine works here\n  docker: cannot run \'docker version\': docker: not found in PATH\n  podman: cannot run \'podman version\': podman: not found in PATH\n  hint: install docker or podman; capmin doctor tells more'
}

@test "F12: an engine that is not executable ends with status 5" {
  echo >empty.txt
  path_without_engine
  cp empty.txt empty/docker
  run --separate-stderr env "PATH=$BATS_TEST_TMPDIR/empty" "$CAPMIN" run app:1 --probe ./health.sh
  expect_status 5
  expect_stderr "docker: cannot run 'docker version': docker: "
  expect_stderr "hint: install docker or podman"
}

@test "F12: no daemon ends with status 5 and says how to reach one" {
  FAKE_FAULT="version:error:Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" minimize
  expect_status 5
  expect_stderr "no engine answers"
  expect_stderr "hint: start it, or say where it is with --host or DOCKER_HOST"
}

@test "F13: no permission on the engine's socket ends with status 5 and names the group" {
  local call
  for call in version info 'image inspect' create start logs; do
    rm -f "$FAKE_ENGINE_DIR/faults"
    FAKE_FAULT="$call:error:Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: connect: permission denied" minimize
    expect_status 5
    expect_stderr "no permission to use the engine's socket"
    if [ "$call" = version ]; then expect_stderr "the group docker"; fi
    refute_anywhere "DAC_OVERRIDE  rule"
  done
}

@test "F14: a reply that is no JSON, or not the expected one, ends with status 5" {
  local call reply
  for call in version info 'image inspect' 'container inspect'; do
    for reply in '' 'nonsense' '{"Server":' '[' '[]' '[1]' '[{},{}]' '{"a":"\\ud800"}' '\0\0'; do
      [ "$call:$reply" != 'info:[]' ] && [ "$call:$reply" != 'info:[1]' ] && [ "$call:$reply" != 'info:[{},{}]' ] || continue
      rm -f "$FAKE_ENGINE_DIR/faults"
      FAKE_FAULT="$call:print:$reply" minimize -q
      [ "$status" = 5 ] || { show_run; echo "$call: $reply"; return 1; }
      [[ "$stderr" == "error: "* ]]
    done
  done
}

# peak_memory ARG...: minimize; sets status, stderr and peak, in KiB.
peak_memory() {
  run --separate-stderr /usr/bin/python3 -c '
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(status)' "$CAPMIN" run app:1 --probe ./health.sh --timeout 1s -o "$profile" "$@"
  peak=$output
}

@test "F14: a reply without end takes bounded memory and ends with status 5" {
  plain_build "memory is not that of capmin"
  local call
  for call in version 'image inspect'; do
    rm -f "$FAKE_ENGINE_DIR/faults"
    FAKE_FAULT="$call:huge" peak_memory
    expect_status 5
    [ "$peak" -lt 102400 ]
  done
}

@test "H4: a probe that prints without end takes bounded memory and fails at the deadline" {
  plain_build "memory is not that of capmin"
  script health.sh <<<'cat /dev/zero'
  peak_memory
  expect_status 3
  [ "$peak" -lt 102400 ]
}

@test "H6: a log without end and without lines takes bounded memory" {
  plain_build "memory is not that of capmin"
  head -c 100000000 /dev/zero >log
  FAKE_LOG=log peak_memory
  expect_status 0
  [ "$peak" -lt 102400 ]
}

@test "F15: what the engine's client says on standard error is never evidence" {
  export FAKE_WARNING='WARNING: Error loading config file: open /root/.docker/config.json: Permission denied'
  FAKE_NEEDS=CHOWN minimize
  expect_set CHOWN
  refute_anywhere config.json
  [[ "$stderr" != *DAC_OVERRIDE* ]]
}

@test "an engine that fails once makes a trial that is repeated, and the set is right" {
  local call
  for call in create start 'container inspect' logs; do
    rm -f "$FAKE_ENGINE_DIR/faults"
    FAKE_NEEDS=CHOWN FAKE_FAULT="$call:error:unexpected EOF" FAKE_FAULT_CALLS=2 minimize
    expect_set CHOWN
    expect_stderr "the engine failed"
  done
}

@test "an engine that is killed once in a call makes a trial that is repeated" {
  FAKE_NEEDS=CHOWN FAKE_FAULT=logs:killed FAKE_FAULT_CALLS=1,3 minimize
  expect_set CHOWN
  expect_stderr "killed by signal 9"
}

@test "an engine that fails for ever ends with status 5 and no profile" {
  local call
  for call in create start 'container inspect' logs; do
    rm -f "$FAKE_ENGINE_DIR/faults"
    FAKE_FAULT="$call:error:unexpected EOF" minimize -o "$profile"
    expect_status 5
    expect_stderr "unexpected EOF"
    [ ! -e "$profile" ]
  done
}

@test "a container that cannot be removed is named with the command that removes it" {
  FAKE_FAULT='rm:error:Error response from daemon: device or resource busy' FAKE_FAULT_CALLS=1 minimize
  expect_status 0
  [[ "$stderr" =~ "remove it with: docker rm -f -v capmin-"[0-9a-f]{8}-0 ]]
  within 15 engine_is_empty  # thanks to the guardian
  within 10 no_process_left
}

@test "F16: an application that exits with 125, 126 or 127 fails like any other" {
  local exit
  for exit in 125 126 127; do
    FAKE_JOB=$exit minimize
    expect_status 3
    expect_stderr "the container exited with status $exit"
  done
}

@test "F16: a program that the engine cannot execute fails with the engine's words" {
  local exit
  for exit in 126 127; do
    FAKE_START_STATUS=$exit FAKE_START_ERROR='OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/app": permission denied: unknown' minimize
    expect_status 3
    expect_stderr "the container's program could not be executed"
    expect_stderr 'exec: "/app": permission denied'
  done
}

@test "F16: a start that the engine itself fails is engine trouble, whatever status it gives" {
  local exit
  for exit in 125 126 127 128; do
    FAKE_START_STATUS=$exit FAKE_START_ERROR='OCI runtime create failed: crun: setrlimit RLIMIT_NOFILE: Operation not permitted: OCI permission denied' minimize
    expect_status 5
    expect_stderr "setrlimit RLIMIT_NOFILE"
    refute_anywhere SYS_RESOURCE
  done
}

@test "F16: a program of the engine's own that cannot be executed is engine trouble" {
  local words
  for words in \
    'OCI runtime create failed: unable to retrieve OCI runtime error (open /run/log.json: no such file or directory): exec: "runc": executable file not found in $PATH: unknown' \
    'failed to start shim: exec: "containerd-shim-runc-v2": executable file not found in $PATH: unknown'; do
    FAKE_START_STATUS=127 FAKE_START_ERROR=$words minimize -o "$profile"
    expect_status 5
    expect_stderr "could be judged, in 3 attempts"
    refute_anywhere "could not be executed"
    refute_anywhere " fail "
    [ ! -e "$profile" ]
    rm -f "$profile.journal"
  done
}

# refused_at_once STATUS WORDS HINT: the first container that the engine would not start was the last.
refused_at_once() {
  expect_status "$1"
  expect_stderr "$2"
  expect_stderr "hint: $3"
  refute_anywhere "capmin doctor"
  [ "$(calls "^'create'" | wc -l)" = 1 ]
  : >"$FAKE_ENGINE_DIR/calls"
  rm -f "$FAKE_ENGINE_DIR/faults"
}

@test "a user that the image does not have is the image's fault, or that of --user" {
  local words
  for words in 'unable to find user app: no matching entries in passwd file' 'uids and gids must be in range 0-2147483647'; do
    FAKE_START_ERROR=$words minimize
    refused_at_once 3 "error: the image names a user that it does not have: $words" "give another with --user UID:GID"
    FAKE_START_ERROR=$words minimize --user app
    refused_at_once 2 "error: the image has no such user as --user names: $words" "give a user of its /etc/passwd"
  done
}

@test "what the options or the image name in vain ends the run at once, with either engine" {
  FAKE_FAULT='create:error:Error response from daemon: No command specified' minimize
  refused_at_once 3 "error: the image names no program to run" "give one behind the options: capmin run IMAGE ... -- COMMAND"
  FAKE_START_ERROR='network nosuchnet not found' minimize --network nosuchnet
  refused_at_once 2 "error: the network of --network is not there: network nosuchnet not found" "make it first"
  FAKE_FAULT='create:error:Error response from daemon: error looking up volume plugin nosuch: plugin "nosuch" not found' minimize --engine-arg=--volume-driver=nosuch
  refused_at_once 2 "error: the options name a plugin that is not there" "install it on the engine's machine"
  export FAKE_PODMAN=yes
  FAKE_FAULT='create:error:Error: unable to find network with name or ID nosuchnet: network not found' minimize --engine podman --network nosuchnet
  refused_at_once 2 "error: the network of --network is not there" "make it first"
  FAKE_START_ERROR='unable to find user app: no matching entries in passwd file' minimize --engine podman
  refused_at_once 3 "error: the image names a user that it does not have" "give another with --user UID:GID"
}

@test "options that an engine refuses in any words are found by a container without them" {
  FAKE_START_ERROR='write /proc/sys/kernel/msgmax: invalid argument' FAKE_START_ERROR_WITH=kernel.msgmax=x minimize --sysctl kernel.msgmax=x
  expect_status 2
  expect_stderr "error: docker does not take a container with these options: write /proc/sys/kernel/msgmax: invalid argument"
  expect_stderr "hint: a container of the image without them starts"
  # The container, one without the options, and the container once more.
  [ "$(calls "^'create'" | wc -l)" = 3 ]
}

@test "a refusal that does not come again, or is the machine's, is engine trouble" {
  FAKE_FAULT='create:error:Error response from daemon: no room' FAKE_FAULT_CALLS=1 minimize -e A=b
  expect_status 0
  FAKE_START_ERROR='Bind for 0.0.0.0:80 failed: port is already allocated' FAKE_START_ERROR_WITH=80:80 minimize -p 80:80
  expect_status 5
  expect_stderr "port is already allocated"
}

@test "F17: a name that is taken makes another name, and the other container stays" {
  local words='Error response from daemon: Conflict. The container name "/x" is already in use by container "0123". You have to remove (or rename) that container to be able to reuse that name.'
  FAKE_FAULT="create:error:$words" FAKE_FAULT_CALLS=1,2 minimize
  expect_set
  refute_anywhere "the engine failed"
  first=$(calls "^'create'" | sed -n "1s/'create' '--name' '\([^']*\)' .*/\1/p")
  [ -z "$(calls "^'rm' '-f' '-v' '$first'$")" ]
  [ -n "$(calls "^'rm' '-f' '-v' '$first-again-again'$")" ]
}

@test "F17: an engine whose every name is taken ends with status 5, and nothing is removed" {
  FAKE_FAULT='create:error:Error response from daemon: Conflict. The container name "/x" is already in use by container "0123".' minimize
  expect_status 5
  expect_stderr "every name is taken"
  [ -z "$(calls "^'rm'")" ]
}

@test "F28: a container that is killed for memory is told as such, and blames no capability" {
  FAKE_OOM=yes FAKE_NEEDS=SYSLOG minimize
  expect_status 3
  expect_stderr "the container was killed for lack of memory"
  expect_stderr "hint: give the container more memory with --memory"
}

@test "F29: an image that is removed between trials ends with status 6" {
  FAKE_FAULT='create:error:Error: No such image: sha256:4c0fdaa8' FAKE_FAULT_CALLS=2 minimize -o "$profile"
  expect_status 6
  expect_stderr "the image is gone"
  expect_stderr "hint: make or pull it again"
  [ ! -e "$profile" ]
}

@test "F31: a capability that the engine refuses is left out and named" {
  FAKE_REFUSES=PERFMON FAKE_NEEDS=CHOWN minimize --allow PERFMON
  expect_set CHOWN
  expect_stderr "PERFMON was not tried"
}

# The process of this test poses as the container's: it holds more than nothing, and its cgroup
# holds the id, which is what makes capmin believe that it sees the container.
@test "F32: a container that really holds more than was granted ends with status 10" {
  [ "$(sed -n 's/^CapBnd:\t//p' "/proc/$$/status")" != 0000000000000000 ] || skip "nothing may be held here"
  export FAKE_PID=$$ FAKE_ID
  FAKE_ID=$(head -1 "/proc/$$/cgroup")
  minimize
  expect_status 10
  expect_stderr "the container really holds "
  expect_stderr "although the trial granted"
  expect_stderr "no result of it can be trusted"
}

@test "a process that is not the container's own is not held against it" {
  FAKE_PID=$$ minimize
  expect_set
}

# freed CMD...: CMD, after whatever call still waits at the gate was let go.
freed() { open_gate; "$@"; }

# Once the engine answers again.
guardian_removes_it() {
  rm "$FAKE_ENGINE_DIR/stopped"
  within 15 freed engine_is_empty
  within 10 freed no_process_left
}

@test "F7: an engine that hangs before the first container ends with status 5 at its deadline" {
  SECONDS=0
  FAKE_FAULT=create:stopped minimize --engine-timeout 500ms
  expect_status 5
  expect_stderr 'cannot create a container: docker did not answer in time'
  expect_stderr 'warning: something could not be removed; remove it with: docker rm -f -v capmin-'
  [ "$SECONDS" -lt 60 ]
  [ -z "$(calls "^'start'")" ]
  guardian_removes_it
}

@test "F7: an engine that hangs when it is first asked ends with status 5 at its deadline" {
  : >"$FAKE_ENGINE_DIR/stopped"
  minimize --engine docker --engine-timeout 500ms
  expect_status 5
  expect_stderr 'docker did not answer in time'
  no_containers_made
}

@test "F8: an engine that hangs from a probe on ends with status 5, undecided, and leftovers are named" {
  script health.sh <<<'[ "$CAPMIN_TRIAL" = 0 ] || { : >"$FAKE_ENGINE_DIR/stopped"; exit 1; }'
  minimize_soon --engine-timeout 500ms -o "$profile"
  expect_status 5
  expect_stderr 'could be judged'
  expect_stderr 'docker did not answer in time'
  name=$(compgen -G "$FAKE_ENGINE_DIR/containers/*")
  expect_stderr "remove it with: docker rm -f -v ${name##*/}"
  [ ! -e "$profile" ]
  guardian_removes_it
}

@test "F8: an engine that hangs while a container is removed ends with status 5, and it is named" {
  FAKE_NEEDS=CHOWN FAKE_FAULT=rm:stopped FAKE_FAULT_CALLS=2 minimize --engine-timeout 500ms
  expect_status 5
  expect_stderr 'docker did not answer in time'
  name=$(compgen -G "$FAKE_ENGINE_DIR/containers/*")
  expect_stderr "remove it with: docker rm -f -v ${name##*/}"
  guardian_removes_it
}
