#!/usr/bin/env bats
# A run that goes well: what is asked of the engine, what is printed, what is written.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2016,SC2119,SC2120  # scripts are written down, not expanded; options are optional
load helper

@test "a run finds the set, and each removal is seen failing" {
  FAKE_NEEDS="CHOWN SETUID" minimize
  expect_set CHOWN SETUID
  expect_stdout 'guarantee: "one-minimal"'
  expect_stdout 'line: "chown(\"/var/lib/app\") failed (1: Operation not permitted)"'
  expect_stdout 'without: "CHOWN"'
  expect_stdout 'without: "SETUID"'
}

@test "F36: a probe that passes without capabilities gives the empty set after two trials" {
  minimize
  expect_set
  [ "$(calls "^'create'" | wc -l)" = 2 ]
}

@test "--start-with tries a set, or that of a profile, first after the baseline" {
  FAKE_NEEDS="CHOWN SETUID" minimize --start-with setuid,CHOWN -o found.yaml
  expect_status 0
  # The baseline, the set, and one for each member: the answer's floor is three.
  [ "$(calls "^'create'" | wc -l)" = 4 ]
  calls "^'create'" | sed -n 2p | grep -F "'--cap-add' 'CHOWN' '--cap-add' 'SETUID'"
  : >"$FAKE_ENGINE_DIR/calls"
  FAKE_NEEDS="CHOWN SETUID" minimize --start-with found.yaml
  expect_set CHOWN SETUID
  [ "$(calls "^'create'" | wc -l)" = 4 ]
  # It is a place to begin at, and no more.
  FAKE_NEEDS=MKNOD minimize --start-with found.yaml
  expect_set MKNOD
}

@test "--start-with takes nothing that trials may not grant, and no word that is no capability" {
  minimize --start-with CHOWN,NET_ADMIN
  expect_status 2
  expect_stderr "--start-with names NET_ADMIN, which trials may not grant"
  minimize --start-with CHWON
  expect_status 2
  expect_stderr "CHWON"
  minimize --start-with missing.yaml
  expect_status 2
  expect_stderr "missing.yaml"
}

@test "a need without any log line is found and proved as well" {
  FAKE_NEEDS="MKNOD" minimize
  expect_set MKNOD
}

@test "one trial is create, start, inspect, wait, inspect beside logs, rm" {
  # The engine may be slower to note that somebody waits than the probe is to pass.
  script health.sh <<<'until grep -q "^'\''wait'\'' '\''$CAPMIN_NAME" "$FAKE_ENGINE_DIR/calls"; do sleep 0.02; done'
  capmin run app:1 --probe ./health.sh
  expect_status 0
  # The calls of one trial may lie between those of the other.
  commands() { awk '{print $1 ($1 == "'"'container'"'" || $1 == "'"'image'"'" ? $2 : "")}' | tr -d "'" | tr '\n' ' '; }
  for trial in 0 1; do
    # The state and the log are asked for at the same time.
    [[ "$(calls "'capmin-[0-9a-f]{8}-$trial'" | commands)" \
      =~ ^'create start containerinspect wait '('containerinspect logs'|'logs containerinspect')' rm '$ ]]
  done
  # The version is asked for once more where podman could take docker's part.
  [[ "$(calls | grep -v "'capmin-" | commands | xargs -n1 | sort | xargs) " =~ ^'imageinspect info '(version ){1,2}$ ]]
}

@test "every trial drops all capabilities, adds its grant, and starts from the image's id" {
  FAKE_NEEDS=CHOWN minimize --deny MKNOD --allow SYSLOG
  expect_set CHOWN
  [ "$(calls "^'create'" | grep -c "'--cap-drop' 'ALL'")" = "$(calls "^'create'" | wc -l)" ]
  [ -z "$(calls "'--cap-add' 'MKNOD'")" ]
  calls "^'create'" | head -1 | grep -F "'--cap-add' 'SYSLOG'"
  # All but the container that only asks which capabilities the engine accepts.
  [ "$(calls "^'create'" | grep -c "'--' 'sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac'$")" \
    = "$(calls "^'create'" | grep -vc "'capmin-[0-9a-f]*-accepted'")" ]
}

@test "H23: every container carries the labels of its own run, whatever the image claims" {
  minimize
  expect_status 0
  calls "^'create'" | head -1 | grep -E "'--label' 'capmin.run=[0-9a-f]{8}' '--label' 'capmin.trial=0' '--label' 'capmin.owner=[0-9]+:[0-9]+:[0-9a-f-]+:[0-9]+:([0-9a-f]{16}|unknown)'"
  [ -z "$(calls somebody)" ]
}

@test "the profile goes to standard output, and everything else to standard error" {
  minimize
  expect_status 0
  [[ "$output" == "# yaml-language-server:"* ]]
  [[ "$stderr" == *"capmin  app:1"*baseline* ]]
}

@test "-o writes the profile whole, and standard output stays empty" {
  minimize -o "$profile"
  expect_status 0
  [ -z "$output" ]
  grep -q '^kind: CapabilityProfile$' "$profile"
}

@test "-o - is standard output" {
  minimize -o -
  expect_status 0
  expect_stdout "kind: CapabilityProfile"
}

@test "an old profile is replaced when the run succeeds and intact when it fails" {
  echo old >"$profile"
  FAKE_NEEDS=SYSLOG minimize -o "$profile"
  expect_status 3
  [ "$(cat "$profile")" = old ]
  minimize -o "$profile"
  expect_status 0
  grep -q CapabilityProfile "$profile"
}

@test "H17: an output that cannot be written ends with status 8 before the engine is asked" {
  local path
  mkdir directory
  ln -s target link
  for path in directory link /dev/null none/profile.yaml; do
    minimize -o "$path"
    expect_status 8
    expect_stderr "cannot write $path"
    expect_stderr "hint: name another file with -o FILE"
    no_calls
  done
}

@test "--format json writes the same facts as JSON" {
  FAKE_NEEDS=CHOWN minimize --format json
  expect_status 0
  /usr/bin/python3 -c 'import json, sys; p = json.load(sys.stdin); assert p["capabilities"]["add"] == ["CHOWN"], p' <<<"$output"
}

@test "a missing image is pulled, unless --pull never" {
  FAKE_IMAGE=missing minimize --platform linux/arm64
  expect_status 0
  [ -n "$(calls "^'pull' '--quiet' '--platform' 'linux/arm64' '--' 'app:1'$")" ]
  rm "$FAKE_ENGINE_DIR/pulled"
  FAKE_IMAGE=missing minimize --pull never
  expect_status 6
  expect_error $'error: there is no image app:1 on this engine\n  hint: make it, or let capmin fetch it with --pull missing'
}

@test "--pull always pulls an image that is there" {
  minimize --pull always
  expect_status 0
  [ -n "$(calls "^'pull'")" ]
}

@test "an image that nobody has ends with status 6" {
  FAKE_IMAGE=nowhere minimize
  expect_status 6
  expect_stderr "cannot pull the image app:1"
  expect_stderr "hint: check the name"
}

@test "--host and --context stand before every command of the engine" {
  minimize --host unix:///run/other.sock --context other
  expect_status 0
  [ "$(calls "^'--host' 'unix:///run/other.sock' '--context' 'other' " | wc -l)" = "$(calls | wc -l)" ]
}

@test "a job passes by ending with status 0" {
  FAKE_JOB=0 FAKE_NEEDS=CHOWN capmin run app:1 --probe exit
  expect_set CHOWN
}

@test "a job that ends with another status fails" {
  FAKE_JOB=9 capmin run app:1 --probe exit
  expect_status 3
  expect_stderr "the container exited with status 9"
}

@test "--oneshot runs the probe once after the end and tells it the job's status" {
  script health.sh <<<'echo "$CAPMIN_EXIT_STATUS" >>seen; [ "$CAPMIN_EXIT_STATUS" = 4 ]'
  FAKE_JOB=4 minimize --oneshot
  expect_set
  [ "$(tr '\n' ' ' <seen)" = "4 4 " ]
}

@test "--probe-exec mounts the probe read-only and runs it inside the container" {
  FAKE_NEEDS=CHOWN capmin run app:1 --probe-exec ./health.sh
  expect_set CHOWN
  [ -n "$(calls "^'create' .*'--volume' '$BATS_TEST_TMPDIR/health.sh:/.capmin-probe:ro'")" ]
  [ -n "$(calls "^'exec' .*'/.capmin-probe'$")" ]
}

@test "--probe healthcheck runs the image's own program, and the engine does not" {
  FAKE_HEALTHCHECK='{"Test":["CMD-SHELL","curl -f localhost || exit 1"]}' capmin run app:1 --probe healthcheck
  expect_set
  [ -n "$(calls "^'exec' .*'/bin/sh' '-c' 'curl -f localhost \|\| exit 1'$")" ]
  [ -n "$(calls "^'create' .*'--no-healthcheck'")" ]
}

@test "--probe healthcheck on an image without one is a usage error" {
  capmin run app:1 --probe healthcheck
  expect_status 2
  expect_error $'error: the image app:1 has no HEALTHCHECK\n  hint: write one as a script and give it with --probe FILE'
}

@test "the probe is told the container, its address and its published ports" {
  script health.sh <<<'env | grep ^CAPMIN_ | sort >>seen'
  minimize -p 8080:80 --publish 443
  expect_status 0
  for line in 'CAPMIN_CONTAINER=id-of-capmin-[0-9a-f]{8}-0' 'CAPMIN_NAME=capmin-[0-9a-f]{8}-0' \
    'CAPMIN_ENGINE=docker' 'CAPMIN_IP=172.17.0.2' 'CAPMIN_PORT_80=8080' 'CAPMIN_PORT_443=49153' \
    'CAPMIN_PHASE=start' 'CAPMIN_TRIAL=0' 'CAPMIN_TRIAL=1'; do
    grep -Ex "$line" seen
  done
  refute_match CAPMIN_EXIT_STATUS "$(cat seen)"
}

# called COMMAND NUMBER: whether the engine was called so for the container of this trial.
called() { [ -n "$(calls "^'$1'.*'capmin-[0-9a-f]{8}-$2'")" ]; }

@test "the next container is made while the last one is removed, and started when that is gone" {
  FAKE_FAULT=rm:hold FAKE_FAULT_CALLS=1 start_run
  within 20 held
  within 20 called create 1
  run ! called start 1
  open_gate
  end_run 20
  expect_status 0
  called start 1
  nothing_left
}
