# What the command-line tests share: the real program (CAPMIN selects it) before the scripted engine
# of bin/docker.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154  # variables that the tests read, and those that bats sets

bats_require_minimum_version 1.5.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/common.bash
. "$root/tests/common.bash"
CAPMIN=${CAPMIN:-$root/build/capmin}

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  export FAKE_ENGINE_DIR=$BATS_TEST_TMPDIR/engine
  export PATH=$root/tests/cli/bin:$PATH
  export TERM=xterm
  unset NO_COLOR DOCKER_HOST DOCKER_CONTEXT JOB_COMPLETION_INDEX "${!CI_NODE_@}" "${!CAPMIN_@}"
  mkdir -p "$FAKE_ENGINE_DIR"/{containers,networks,volumes}
  mkfifo "$FAKE_ENGINE_DIR/gate"
  : >"$FAKE_ENGINE_DIR/calls"
  profile=$BATS_TEST_TMPDIR/profile.yaml
  script health.sh <<'PROBE'
[ -e "$FAKE_ENGINE_DIR/containers/$CAPMIN_NAME/healthy" ] || { echo "nobody answers"; exit 7; }
PROBE
}

# Whatever a test does, nothing is left: no container, network or volume, no process, no half-written
# file.
teardown() {
  local left=0
  nothing_left || left=1
  # shellcheck disable=SC2046  # one word for each process
  kill -KILL $(process_ids_left) 2>/dev/null
  return "$left"
}

# script NAME: writes an executable of this name from standard input.
script() {
  { echo '#!/bin/bash'; cat; } >"$1"
  chmod +x "$1"
}

# capmin ARG...: runs capmin to its end; sets status, output (standard output) and stderr.
capmin() { run --separate-stderr timeout 60 "$CAPMIN" "$@"; }

# minimize ARG...: capmin run with the probe health.sh. Trials of a container that exits end at once.
minimize() { capmin run app:1 --probe ./health.sh --timeout 20s "$@"; }

# minimize_soon ARG...: the same with a short patience, for trials that end only when time is up.
minimize_soon() { minimize --timeout 1s "$@"; }

# show_run: prints what the last run said and asked; bats shows it when the test fails.
show_run() {
  printf 'status %s\n--- stdout\n%s\n--- stderr\n%s\n--- calls\n' "$status" "$output" "$stderr"
  cat "$FAKE_ENGINE_DIR/calls"
}

expect_status() {
  show_run
  [ "$status" = "$1" ]
}

expect_stdout() { [[ "$output" == *"$1"* ]] || { echo "standard output lacks: $1"; return 1; }; }
expect_stderr() { [[ "$stderr" == *"$1"* ]] || { echo "standard error lacks: $1"; return 1; }; }
expect_error() { [ "$stderr" = "$1" ] || { printf 'expected on standard error:\n%s\n' "$1"; return 1; }; }

# refute_match PATTERN TEXT: no line of TEXT matches the Perl expression.
refute_match() {
  if LC_ALL=C grep -P -- "$1" <<<"$2"; then
    printf 'a line matches %q\n' "$1"
    return 1
  fi
}

# refute_anywhere TEXT: neither standard output nor standard error holds it.
refute_anywhere() {
  [[ "$output$stderr" != *"$1"* ]] || { printf 'printed: %q\n' "$1"; return 1; }
}

# expect_set CAPABILITY...: the run succeeded and its profile, on standard output, adds exactly these.
expect_set() {
  local list=''
  [ $# = 0 ] || printf -v list '"%s", ' "$@"
  expect_status 0 && expect_stdout "add: [${list%, }]"
}

# calls [PATTERN]: the calls that the engine got, those that match the extended regular expression.
calls() { grep -E -- "${1:-}" "$FAKE_ENGINE_DIR/calls" || true; }
no_calls() { [ ! -s "$FAKE_ENGINE_DIR/calls" ] || { cat "$FAKE_ENGINE_DIR/calls"; return 1; }; }
no_containers_made() { [ -z "$(calls "^'create'")" ]; }

# Every process that a run starts inherits the name of its test's own directory.
process_ids_left() {
  local -a found
  mapfile -t found < <(env -u FAKE_ENGINE_DIR grep -lsz "^FAKE_ENGINE_DIR=$FAKE_ENGINE_DIR$" /proc/[0-9]*/environ)
  found=("${found[@]#/proc/}")
  echo "${found[@]%/environ}"
}
no_process_left() { [ -z "$(process_ids_left)" ]; }

nothing_left() {
  local id
  if ! within 5 no_process_left; then
    for id in $(process_ids_left); do echo "process $id: $(tr '\0' ' ' <"/proc/$id/cmdline")"; done
    return 1
  fi
  if ! engine_is_empty; then
    left_on_engine
    echo "left on the engine"
    return 1
  fi
  [ -z "$(compgen -G '.profile.yaml.*')" ]
}

# What capmin has made and nobody has removed.
left_on_engine() { (cd "$FAKE_ENGINE_DIR" && printf '%s\n' {containers,networks,volumes}/*) | grep -v '\*$'; }
engine_is_empty() { [ -z "$(left_on_engine)" ]; }

# start_run ARG...: minimize in the background; its output goes to the files out and err.
start_run() {
  # Commands in the background of a script ignore Ctrl-C, unlike those of a person's shell.
  env --default-signal=INT "$CAPMIN" run app:1 --probe ./health.sh -o "$profile" "$@" >out 2>err 3>&- &
  pid=$!
}

# The probe passes in the baseline and waits in the next trial, until the file go is there.
start_probing() {
  # shellcheck disable=SC2016  # expanded by the probe
  script health.sh <<<'[ "$CAPMIN_TRIAL" = 0 ] || [ -e go ] || { : >probing; exec sleep 100; }'
  start_run --timeout 100s "$@"
  within 20 [ -e probing ]
}

# end_run SECONDS: waits for the run in the background; sets status, output and stderr.
end_run() {
  within "$1" gone "$pid" || { kill -KILL "$pid"; cat err; return 1; }
  status=0
  wait "$pid" || status=$?
  output=$(cat out) stderr=$(cat err)
}

held() { [ -e "$FAKE_ENGINE_DIR/held" ]; }
# Lets the call that waits at the gate go on; does not wait for one.
open_gate() { echo 1<>"$FAKE_ENGINE_DIR/gate"; }
