#!/usr/bin/env bats
# Where a trial could show something that is not so, or an answer could be too small.
# shellcheck disable=SC2154  # variables of the helper
load helper

# The warnings of the profile, one a line.
warnings() { yaml '"\n".join(p.get("warnings") or [])'; }

expect_warning() {
  [[ "$(warnings)" == *"$1"* ]] || { echo "no warning says: $1"; return 1; }
}

expect_trials() {
  [ "$(yaml 'p["run"]["trials"]')" -le "$1" ] || { echo "more than $1 trials"; return 1; }
}

# finished_trials: how many trials the last run tells of.
finished_trials() { grep -cE '^[0-9:]+ +(pass|fail) ' <<<"$stderr"; }

# host_lacks NUMBER: the machine's bounding set does not hold the capability.
host_lacks() {
  local bounding
  bounding=$(sed -n 's/^CapBnd:\t*//p' /proc/1/status)
  (((0x$bounding >> $1 & 1) == 0))
}

# Low ports and ping.

@test "a low port is a conditional need: the engine's own setting is tried, too" {
  minimize lowport --probe "$images/lowport/probe.sh"
  expect_set_and_conditional '' NET_BIND_SERVICE
  [[ "$(yaml 'p["capabilities"]["conditional"][0]["when"]')" == *ip_unprivileged_port_start*80* ]]
  expect_stderr "also  NET_BIND_SERVICE"
}

@test "under the engine's own ports a low port is no need" {
  minimize lowport --probe "$images/lowport/probe.sh" --ports engine
  expect_set
}

@test "ping is a conditional need" {
  minimize ping --probe exit
  expect_set_and_conditional '' NET_RAW
  [[ "$(yaml 'p["capabilities"]["conditional"][0]["when"]')" == *ping_group_range* ]]
}

@test "without a network of its own a container's ports are privileged all the same" {
  minimize lowport --probe-exec "$(probe_inside lowport)" --network none
  expect_set_and_conditional '' NET_BIND_SERVICE
}

@test "in the host's network the host's rule holds, and the profile says that no other was tried" {
  [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" = 1024 ] || skip "the host opens low ports"
  local probe
  probe=$(sed s/:80/:963/ "$images/lowport/probe.sh" | probe_script probe.sh)
  minimize lowport --probe "$probe" --network host -- busybox httpd -f -p 963 -h /www
  expect_set NET_BIND_SERVICE
  expect_warning "privileged ports were not tried"
}

# Users other than root.

@test "a user whom grants cannot reach is told so, after two trials" {
  minimize hang --probe "$images/static/probe.sh" --user 1000 --timeout 2
  expect_status 3
  expect_stderr "holds none of what the trials granted"
  expect_no_profile
  [ "$(finished_trials)" = 2 ]
}

@test "a user whom grants cannot reach is told what works where low ports are open" {
  minimize lowport --probe "$images/lowport/probe.sh" --user 1000
  expect_status 3
  expect_stderr "docker gives added capabilities to root only"
  expect_stderr "it passes with no capability (trial 2)"
  expect_stderr "ip_unprivileged_port_start"
  expect_no_profile
  [ "$(finished_trials)" = 3 ]
}

@test "a call refused to a user whom grants cannot reach is not blamed on ports" {
  minimize busybox --probe exit --user 1000 -- sh -c 'pivot_root /m /m/old'
  expect_status 3
  [[ "$stderr" != *"port of 1024"* ]]
  [ "$(finished_trials)" = 2 ]
}

@test "a file capability gives a user what is granted, and nothing runs without it" {
  minimize filecap --probe "$images/lowport/probe.sh"
  expect_set NET_BIND_SERVICE
}

@test "what a refused program carries is read from its file" {
  minimize filecap --probe exit --user 0 -- sh /tool.sh
  expect_set FOWNER MKNOD
  expect_trials 5
  [ "$(yaml 'p["reasons"][0]["rule"]')" = exec-eperm ]
}

@test "a file capability beyond the ceiling is found in the file, too" {
  for user in 0 1000; do
    minimize filecap --probe exit --user "$user" --deny MKNOD -- sh /tool.sh
    expect_status 3
    expect_stderr "--allow MKNOD"
  done
}

@test "a relative path begins at the working directory" {
  minimize filecap --probe exit --user 0 --workdir /usr/local -- sh -c './bin/busybox-tool true || exit 1'
  expect_set FOWNER MKNOD
  expect_trials 5
}

@test "a set that acts through a file is told with the file and with what would break it" {
  minimize filecap --probe "$images/lowport/probe.sh"
  expect_set NET_BIND_SERVICE
  expect_warning "user 1000 holds what is granted only by the file capabilities"
  expect_warning "/bin/busybox-serve carries NET_BIND_SERVICE"
  expect_warning "allowPrivilegeEscalation: false"
}

@test "where the kernel saw which programs ran, not all of the image is read for them" {
  [ -z "$("$CAPMIN" doctor | sed -n 's/^kernel evidence  *no: //p')" ] || skip "no evidence from the kernel"
  minimize filecap --probe "$images/lowport/probe.sh" --evidence kernel
  expect_set NET_BIND_SERVICE
  expect_warning "/bin/busybox-serve carries NET_BIND_SERVICE"
  run ! grep "looking through the image's files" <<<"$stderr"
  minimize filecap --probe "$images/lowport/probe.sh" --evidence logs
  expect_stderr "looking through the image's files"
}

@test "root's set is not warned of" {
  minimize filecap --probe "$images/lowport/probe.sh" --user 0
  expect_status 0
  [[ "$(warnings)" != *no_new_privs* ]]
}

@test "an image without privileged programs is told so to a user whom grants cannot reach" {
  minimize lowport --probe "$images/lowport/probe.sh" --user 1000
  expect_status 3
  expect_stderr "no program in it has file capabilities within the ceiling or is setuid root"
}

@test "the programs through which a grant could reach a user are named" {
  minimize filecap --probe exit -- sh -c 'busybox chown 0 /tool.sh'
  expect_status 3
  expect_stderr "/bin/busybox-serve carries NET_BIND_SERVICE"
  expect_stderr "/usr/local/bin/busybox-tool carries FOWNER MKNOD"
}

@test "no-new-privileges is honoured and recorded: a file capability must be held, and gives nothing" {
  minimize filecap --probe "$images/lowport/probe.sh" --ports engine --security-opt no-new-privileges
  expect_set NET_BIND_SERVICE
  [[ "$(yaml 'p["environment"]["options"]')" == *no-new-privileges* ]]
  rm "$profile"
  minimize filecap --probe "$images/lowport/probe.sh" --security-opt no-new-privileges
  expect_status 3
  expect_stderr "Permission denied"
  expect_no_profile
}

# State.

@test "a named volume starts empty in each trial" {
  minimize volume --probe "$images/static/probe.sh" -v capmin-test-volume:/data
  expect_set CHOWN
  run ! docker volume inspect capmin-test-volume
}

@test "an anonymous volume starts empty in each trial" {
  minimize volume --probe "$images/static/probe.sh"
  expect_set CHOWN
}

@test "a writable directory is copied for each trial and left as it was" {
  mkdir "$BATS_TEST_TMPDIR/data"
  echo kept >"$BATS_TEST_TMPDIR/data/file"
  minimize volume --probe "$images/static/probe.sh" -v "$BATS_TEST_TMPDIR/data:/data"
  expect_set CHOWN
  [ "$(stat -c %u "$BATS_TEST_TMPDIR/data")" = "$(id -u)" ]
  [ "$(cat "$BATS_TEST_TMPDIR/data/file")" = kept ]
  run ! compgen -G "${TMPDIR:-/tmp}/capmin-volume-*/copy/file"
}

@test "a directory may be mounted read-only, whatever its size" {
  mkdir "$BATS_TEST_TMPDIR/www"
  echo hello >"$BATS_TEST_TMPDIR/www/index.html"
  truncate -s 300M "$BATS_TEST_TMPDIR/www/large"
  minimize static --probe "$images/static/probe.sh" -v "$BATS_TEST_TMPDIR/www:/www:ro"
  expect_set
}

@test "a writable directory too large to be copied is refused with the reason" {
  mkdir "$BATS_TEST_TMPDIR/data"
  truncate -s 300M "$BATS_TEST_TMPDIR/data/large"
  minimize volume --probe "$images/static/probe.sh" -v "$BATS_TEST_TMPDIR/data:/data"
  expect_status 2
  expect_stderr "256 MiB"
  expect_stderr "--keep-volumes"
  expect_no_profile
}

# Scenarios.

@test "--restart finds the set that also works at the second start" {
  # No trial here fails by waiting, so that a longer wait costs nothing, and a busy machine is no failure.
  minimize restart --probe "$images/restart/probe.sh" --restart --timeout 30s
  expect_set CHOWN DAC_OVERRIDE
  [ "$(yaml 'p["probe"]["scenario"]')" = "start restart" ]
  ending() { yaml "[t['ending'] for t in p['proof']['failed'] if t['without'] == '$1'][0]"; }
  [[ "$(ending DAC_OVERRIDE)" == *"at the restart" ]]
  [[ "$(ending CHOWN)" != *"at the restart" ]]
}

@test "without --restart only the first start is answered for" {
  minimize restart --probe "$images/restart/probe.sh"
  expect_set CHOWN
  [ "$(yaml 'p["probe"]["scenario"]')" = start ]
}

@test "the first start of a database on a data volume" {
  minimize database --probe "$images/static/probe.sh" -v capmin-test-data:/data
  expect_set CHOWN SETGID SETUID
}

@test "the second start of a database finds its data closed to root" {
  minimize database --probe "$images/static/probe.sh" -v capmin-test-data:/data --restart
  expect_set CHOWN DAC_OVERRIDE SETGID SETUID
  [[ "$(yaml '[t["ending"] for t in p["proof"]["failed"] if t["without"] == "DAC_OVERRIDE"]')" == *"at the restart" ]]
}

@test "--graceful-stop finds the set with which a service ends by itself" {
  minimize graceful --probe "$images/static/probe.sh" --engine-arg=--stop-timeout=2 --graceful-stop
  expect_set CHOWN
  [[ "$(yaml 'p["proof"]["failed"][0]["ending"]')" == *"stop signal" ]]
}

@test "--graceful-stop needs what the first process takes to tell its server to end" {
  # It says so and exits with status 1, or hides it and exits with status 0.
  for silent in no yes; do
    minimize relay --probe "$images/static/probe.sh" -e SILENT=$silent --graceful-stop
    expect_set KILL SETGID SETUID
    [[ "$(yaml '[t["ending"] for t in p["proof"]["failed"] if t["without"] == "KILL"]')" == *"after its stop signal"* ]]
  done
  minimize relay --probe "$images/static/probe.sh"
  expect_set SETGID SETUID
}

@test "--probe-after-stop sees what a service has left" {
  probe=$(probe_script after.sh <<<"#!/bin/sh
[ \"\$CAPMIN_PHASE\" = stop ] || exec $images/static/probe.sh
echo \"\$CAPMIN_EXIT_STATUS\" >$BATS_TEST_TMPDIR/after
docker cp \"\$CAPMIN_CONTAINER:/state\" - | tar -tv | grep -q '1000/1000'")
  minimize graceful --probe "$probe" --engine-arg=--stop-timeout=2 --probe-after-stop
  expect_set CHOWN
  [ "$(cat "$BATS_TEST_TMPDIR/after")" = 0 ]
  [[ "$(yaml 'p["probe"]["scenario"]')" == *probe-after-stop* ]]
}

@test "--settle finds a service that dies soon after the probe has passed" {
  minimize settle --probe "$images/static/probe.sh" --settle 3s
  expect_set CHOWN
}

# Losses.

@test "a new error in the log is a warning" {
  minimize silent --probe "$images/static/probe.sh"
  expect_set
  expect_warning "/state: Operation not permitted"
  expect_stderr "/state: Operation not permitted"
}

@test "a new error in the log is a failure under --strict" {
  minimize silent --probe "$images/static/probe.sh" --strict
  expect_set CHOWN
}

@test "a process that goes on as root is a warning that names it" {
  minimize drop --probe "$images/static/probe.sh"
  expect_set
  expect_warning "httpd runs as root"
  expect_warning "user 1000"
  expect_stderr "httpd runs as root"
}

@test "under --strict the set keeps what giving up root takes" {
  minimize drop --probe "$images/static/probe.sh" --strict
  expect_set SETGID SETUID
  [ -z "$(warnings)" ]
}

# Limits and what lies beyond the ceiling.

@test "F31: a capability that this machine cannot grant is left out and named" {
  host_lacks 24 || skip "this machine has SYS_RESOURCE"
  minimize chown --probe exit --allow SYS_RESOURCE
  expect_set CHOWN
  expect_stderr SYS_RESOURCE
  expect_warning "SYS_RESOURCE was not tried"
}

@test "F31: a capability that the engine does not know is left out and named" {
  docker create --name capmin-test-perfmon --cap-add PERFMON capmin-test-busybox true >/dev/null 2>&1 && {
    docker rm capmin-test-perfmon >/dev/null
    skip "this engine knows PERFMON"
  }
  minimize chown --probe exit --allow PERFMON
  expect_set CHOWN
  expect_stderr PERFMON
  expect_warning "PERFMON was not tried"
}

@test "H20: evidence beyond the ceiling names the flag, the risk and who forbids it" {
  minimize link --probe exit
  expect_status 3
  expect_stderr "--allow NET_ADMIN"
  expect_stderr "risk"
  expect_stderr 'Pod Security "baseline"'
  expect_no_profile
}

@test "with --allow the search covers what lies beyond" {
  minimize link --probe exit --allow NET_ADMIN
  expect_set NET_ADMIN
}

@test "a call that the seccomp filter refuses first is explained as such" {
  minimize busybox --probe exit -- sh -c 'mkdir /m && mount -t tmpfs none /m'
  expect_status 3
  expect_stderr "seccomp filter refuses mount and umount2 before the kernel looks at capabilities"
  expect_stderr "--allow SYS_ADMIN"
  expect_stderr "risk"
  expect_stderr 'Pod Security "baseline", Pod Security "restricted", AWS Fargate'
  expect_no_profile
}

@test "with --allow the seccomp filter opens, too" {
  minimize busybox --probe exit --allow SYS_ADMIN -- sh -c 'mkdir /m && mount -t tmpfs none /m'
  expect_set SYS_ADMIN
}

@test "with another filter nothing is said about Docker's own" {
  minimize busybox --probe exit --security-opt seccomp=unconfined -- unshare -m true
  expect_status 3
  expect_stderr "--allow SYS_ADMIN"
  [[ "$stderr" != *"seccomp filter"* ]]
}

@test "a call that the seccomp filter refuses whatever is granted is explained as such" {
  minimize busybox --probe exit --allow SYS_ADMIN -- sh -c 'mkdir -p /m/old && pivot_root /m /m/old'
  expect_status 3
  expect_stderr "refuses pivot_root whatever is granted"
  expect_stderr "--security-opt seccomp=PROFILE"
  expect_no_profile
}

@test "F28: a kill for lack of memory is no evidence and is reported as that" {
  minimize memory --probe exit --memory 8m
  expect_status 3
  expect_stderr "killed for lack of memory"
  expect_stderr "--memory"
  expect_no_profile
}
