#!/usr/bin/env bats
# The probe decides, whatever it does, and a run that finds no set says what was seen.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

@test "H1: a probe that ignores SIGTERM is killed, and the trial ends" {
  script health.sh <<<"trap '' TERM; while :; do sleep 100; done"
  SECONDS=0
  minimize_soon
  expect_status 3
  [ "$SECONDS" -lt 10 ]
}

@test "H2: a grandchild of the probe that holds its output is not waited for, and ends with it" {
  script health.sh <<'PROBE'
setsid sh -c 'echo $$ >>grandchildren; exec sleep 100' &
until grep -q "^$!$" grandchildren; do sleep 0.02; done
setsid sh -c 'setsid sleep 100 &'
PROBE
  SECONDS=0
  minimize
  expect_status 0
  [ "$SECONDS" -lt 10 ]
  [ -s grandchildren ]
  [ -z "$(process_ids_left)" ]
}

@test "what a probe leaves running in its group is ended with it" {
  script health.sh <<<'sleep 100 & exit 0'
  minimize
  expect_status 0
  no_process_left
}

@test "H5: a probe that reads its input gets end of file at once" {
  script health.sh <<<'[ "$(cat; echo end)" = end ]'
  minimize <<<input
  expect_status 0
}

@test "a profile whose probe holds controls is not verified, since it is another probe" {
  capmin run app:1 --timeout 20s --probe $'cmd:[ -e "$FAKE_ENGINE_DIR/containers/$CAPMIN_NAME/healthy" ] # \e[31m' -o profile.yaml
  expect_status 0
  refute_match '\x1b' "$(cat profile.yaml)"
  capmin verify profile.yaml
  expect_status 2
  expect_stdout "the profile does not hold what it was found with as it was given: probe"
}

@test "a dry run shows the line of a probe, and what capmin asks by itself" {
  capmin run app:1 --dry-run --probe 'cmd:true && false'
  expect_status 0
  expect_stdout "/bin/sh -c 'true && false'"
  capmin run app:1 --dry-run --probe-exec 'cmd:true && false'
  expect_stdout "/bin/sh -c 'true && false'"
  capmin run app:1 --dry-run --probe http://:8080/x
  expect_stdout "# capmin asks http://:8080/x of "
}

@test "H24: only the probe decides, not what the container prints" {
  echo "HEALTHCHECK passed: healthy, all tests ok" >log
  FAKE_LOG=log FAKE_NEEDS=CHOWN FAKE_WITHOUT=stay minimize_soon
  expect_set CHOWN
}

@test "a probe that cannot judge ends with status 3 and says so" {
  script health.sh <<<'echo "no network here"; exit 77'
  minimize
  expect_status 3
  expect_stderr "no trial with"
  expect_stderr "cause: the probe could not judge"
  expect_stderr "probe: no network here"
  expect_stderr "hint: the probe ended with status 77, or could not be run: run it by hand"
}

@test "a trial whose probe cannot judge is repeated with another container" {
  script health.sh <<<'mkdir first 2>/dev/null && exit 77; exit 0'
  minimize
  expect_set
  [ "$(calls "^'create'" | wc -l)" = 3 ]
}

@test "a probe that is a program for another machine cannot judge" {
  printf '\x7fELF\0' >health.sh
  minimize
  expect_status 3
  expect_stderr "could not"
}

@test "F37: a probe that never passes ends with status 3 after two tries of the ceiling" {
  echo "listening on port 80" >log
  script health.sh <<<'echo "connection refused"; exit 7'
  FAKE_LOG=log minimize_soon -o "$profile"
  expect_status 3
  [ "$(calls "^'create'" | wc -l)" = 2 ]
  [[ "$stderr" == *"error: the probe fails even with Docker's 14 capabilities, 2 times out of 2
  cause: not healthy within the deadline of 1.0 s; health.sh: exit status 7
  health.sh: connection refused
  container: listening on port 80
  hint: see that the image and the probe work by hand: capmin run app:1 --probe ./health.sh --dry-run prints the commands; --timeout gives a slow start more time" ]]
  [ ! -e "$profile" ]
}

@test "what fails for privileged ports alone is tried under the engine's own, and both are said" {
  FAKE_USER=1000 FAKE_NEEDS_OPEN_PORTS=yes minimize -o "$profile"
  expect_status 3
  expect_stderr "2 times out of 2, where low ports and ping are privileged"
  expect_stderr "under the engine's own settings, which open low ports and ping to everyone, it passes with no capability (trial 2)"
  expect_stderr "--ports engine proves that none is needed; elsewhere it cannot work as this user without a file capability"
  expect_stderr "net.ipv4.ip_unprivileged_port_start=0"
  refute_anywhere ping_group_range
  # Beside the trials one container shows the image's files.
  [ "$(calls "^'create'" | grep -vc -- -files)" = 3 ]
  [ ! -e "$profile" ]
  # As asked for there, it is an answer.
  FAKE_USER=1000 FAKE_NEEDS_OPEN_PORTS=yes minimize --ports engine
  expect_set
}

@test "a ceiling of a few capabilities is counted once" {
  script health.sh <<<'exit 7'
  minimize_soon --deny CHOWN,DAC_OVERRIDE,FSETID,FOWNER,MKNOD,NET_RAW,SETGID,SETUID,SETFCAP,SETPCAP,NET_BIND_SERVICE
  expect_status 3
  expect_stderr "the probe fails even with 3 capabilities, 2 times out of 2"
  minimize_soon --allow NET_ADMIN
  expect_stderr "the probe fails even with Docker's 14 capabilities and NET_ADMIN, 2 times out of 2"
}

@test "the engine's own ports help no more than with the ceiling where something else is needed too" {
  FAKE_NEEDS=CHOWN FAKE_NEEDS_OPEN_PORTS=yes minimize
  expect_status 3
  expect_stderr "it passes with Docker's 14 capabilities, not with none (trial 3)"
  expect_stderr "--ports engine finds the smallest set"
}

@test "a failure that is not about ports is neither tried under others nor told of them" {
  FAKE_USER=1000 FAKE_NEEDS=NET_ADMIN minimize
  expect_status 3
  expect_stderr "gives added capabilities to root only"
  refute_anywhere "port of 1024"
  refute_anywhere ip_unprivileged_port_start
  refute_anywhere "--ports engine"
  [ "$(calls "^'create'" | grep -vc -- -files)" = 2 ]
}

@test "a container that exits ends its trial at once, without waiting for the timeout" {
  SECONDS=0
  FAKE_NEEDS=CHOWN capmin run app:1 --probe ./health.sh --timeout 100s
  expect_set CHOWN
  [ "$SECONDS" -lt 20 ]
}

@test "H20: a log that points outside the ceiling is not tried, and the message names --allow" {
  FAKE_NEEDS=NET_ADMIN minimize
  expect_status 3
  expect_stderr "hint: the log points to what is not in the ceiling; to try it: --allow NET_ADMIN; NET_ADMIN (risk "
  expect_stderr "container: RTNETLINK answers: Operation not permitted"
  [ -z "$(calls "'--cap-add' 'NET_ADMIN'")" ]
}

@test "a probe that is broken itself is named as the cause, and no grant is suggested" {
  script health.sh <<<'no-such-client "$CAPMIN_IP" 80 || exit 1'
  FAKE_NEEDS=NET_ADMIN FAKE_WITHOUT=stay minimize_soon
  expect_status 3
  expect_stderr "no-such-client: command not found
  container: RTNETLINK answers: Operation not permitted
  hint: the probe itself seems to be at fault, whatever is granted ("
  refute_anywhere --allow
}

@test "a line that does not say what was refused, or is mostly a warning, suggests no grant" {
  local line
  for line in 'ganesha.nfsd: start: Operation not permitted' \
    'cat: /etc/shadow: Permission denied' \
    'setrlimit(RLIMIT_MEMLOCK) failed: Operation not permitted'; do
    echo "$line" >log
    FAKE_JOB=1 FAKE_LOG=log minimize
    expect_status 3
    expect_stderr "container: $line"
    refute_anywhere --allow
  done
}

@test "a line that every start prints is nobody's reason, and one that only failures print is one" {
  echo 'chown: /x: Operation not permitted' >log
  FAKE_LOG=log FAKE_NEEDS=SETUID minimize
  expect_set SETUID
  expect_stdout 'line: "setuid(33) failed (1: Operation not permitted)"'
  refute_anywhere 'chown: /x'
}

@test "H20: a log that begs for SYS_ADMIN or SYS_MODULE does not get them" {
  local name
  for name in SYS_ADMIN SYS_MODULE; do
    echo "fatal: this program needs CAP_$name, please run it with --cap-add $name" >log
    FAKE_JOB=1 FAKE_LOG=log minimize
    expect_status 3
    expect_stderr "to try it: --allow $name; $name (risk "
    [ -z "$(calls "'--cap-add' '$name'")" ]
  done
}

@test "H20: a log that begs for SYS_ADMIN changes nothing about a set that is found" {
  echo "fatal: this program needs CAP_SYS_ADMIN" >log
  FAKE_LOG=log FAKE_NEEDS=SETUID minimize
  expect_set SETUID
  [ -z "$(calls "'--cap-add' 'SYS_ADMIN'")" ]
}

@test "with --allow a capability outside Docker's 14 is found like any other" {
  FAKE_NEEDS="NET_ADMIN" minimize --allow net_admin
  expect_set NET_ADMIN
}

@test "a capability that is denied is never granted" {
  FAKE_NEEDS=CHOWN minimize --deny CHOWN
  expect_status 3
  expect_stderr "13 capabilities"
  [ -z "$(calls "'--cap-add' 'CHOWN'")" ]
}

@test "after the time to settle the probe gets its whole time again" {
  FAKE_NEEDS=CHOWN minimize --timeout 2s --settle 2s
  expect_set CHOWN
}

@test "H2: it ends with a capmin that is killed, too" {
  script health.sh <<'PROBE'
setsid sleep 1000 &
: >probing
wait
PROBE
  start_run
  within 20 [ -e probing ]
  kill -KILL "$pid"
  end_run 5
  within 10 no_process_left
}

# refused_for_change WORDS: the run ended because a file was changed, and nothing was written.
refused_for_change() {
  expect_status 2
  expect_stderr "error: $1"
  expect_stderr "hint: put back what it held, or run again with what it holds now; nothing is written"
  [ ! -e "$profile" ]
}

@test "a probe that is edited, replaced or removed between trials ends the run with status 2" {
  local change
  cp health.sh whole.sh
  for change in 'echo >>health.sh' 'cp whole.sh next.sh; echo "exit 0" >>next.sh; mv next.sh health.sh' 'rm health.sh'; do
    cp whole.sh health.sh
    rm -f "$FAKE_ENGINE_DIR/faults" "$FAKE_ENGINE_DIR/held" "$profile.journal"
    FAKE_NEEDS=CHOWN FAKE_FAULT=create:hold FAKE_FAULT_CALLS=2 start_run
    within 20 held
    eval "$change"
    open_gate
    end_run 10
    refused_for_change "the probe"
    [ "$(calls "^'create'" | wc -l)" = 2 ]
    : >"$FAKE_ENGINE_DIR/calls"
  done
}

@test "a probe that is edited while it runs ends the run with status 2, whatever it says" {
  script health.sh <<<'[ "$CAPMIN_TRIAL" = 0 ] || echo >>"$0"; exit 0'
  minimize -o "$profile"
  refused_for_change "the probe"
}

@test "a probe for inside the container that is edited between trials ends the run with status 2" {
  chmod 755 health.sh
  FAKE_NEEDS=CHOWN FAKE_FAULT=start:hold FAKE_FAULT_CALLS=2 FAKE_WITHOUT=stay "$CAPMIN" run app:1 \
    --probe-exec ./health.sh --timeout 20s -o "$profile" >out 2>err 3>&- &
  pid=$!
  within 20 held
  echo >>health.sh
  open_gate
  end_run 10
  refused_for_change "the probe"
}

@test "a probe that finds other files beside itself works, and these may change" {
  echo "exit 0" >beside.sh
  script health.sh <<<'. "$(dirname "$0")/beside.sh"; echo >>"$(dirname "$0")/beside.sh"'
  minimize
  expect_set
}

@test "a file of variables or a seccomp profile that is edited between trials ends the run with status 2" {
  local option
  for option in --env-file --security-opt=seccomp; do
    echo MODE=1 >input
    rm -f "$FAKE_ENGINE_DIR/faults" "$FAKE_ENGINE_DIR/held" "$profile.journal"
    FAKE_NEEDS=CHOWN FAKE_FAULT=start:hold FAKE_FAULT_CALLS=2 start_run "$option=input"
    within 20 held
    echo MODE=2 >input
    open_gate
    end_run 10
    refused_for_change "the file of ${option%=*}"
  done
}
