#!/usr/bin/env bats
# What a killed capmin leaves on a real engine, and who removes it.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts are written down, not expanded
# shellcheck disable=SC2030,SC2031  # each test has an environment of its own
load helper

# start_endless [ARG...]: capmin in its second trial, whose probe never ends; sets pid. The baseline
# passes at once.
start_endless() {
  local probe
  probe=$(probe_script probe.sh <<'PROBE'
#!/bin/sh
[ "$CAPMIN_TRIAL" = 0 ] || [ -e "$probed.go" ] || { echo "$CAPMIN_CONTAINER" >>"$probed"; setsid sleep 1000; }
PROBE
  )
  export probed
  # Commands in the background of a script ignore Ctrl-C, unlike those of a person's shell.
  env --default-signal=INT "$CAPMIN" run capmin-test-hang --probe "$probe" --timeout 100 -o "$profile" "$@" \
    >"$BATS_TEST_TMPDIR/output" 2>&1 3>&- &
  pid=$!
  within 60 [ -s "$probed" ] || { kill -KILL "$pid"; cat "$BATS_TEST_TMPDIR/output"; return 1; }
}

guardian() { pgrep -f "^capmin guardian $pid:"; }
killed() {
  kill "-$1" "$pid"
  status=0
  wait "$pid" || status=$?
}
objects() { docker ps -aq --filter "label=capmin.owner=$owner"; docker volume ls -q --filter "label=capmin.owner=$owner"; }
nothing_left() { [ -z "$(objects)" ]; }
empty() { [ -z "$(ls "$1")" ]; }
owner_of() { docker inspect -f '{{index .Config.Labels "capmin.owner"}}' "$1"; }

@test "F4: the guardian removes the container, volume and copy of a capmin that is killed; the next run resumes" {
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/data"
  start_endless -v named:/named -v "$BATS_TEST_TMPDIR/data:/data"
  owner=$(owner_of "$(tail -n 1 "$probed")")
  # The trial's, and where the kernel is watched the one that files are read from.
  [ "$(objects | wc -l)" -ge 2 ]
  [ -n "$(ls "$TMPDIR")" ]
  killed KILL
  [ "$status" = 137 ]
  within 10 nothing_left
  within 10 empty "$TMPDIR"
  : >"$probed.go"
  capmin run capmin-test-hang --probe "$BATS_TEST_TMPDIR/probe.sh" --timeout 100 -o "$profile" \
    -v named:/named -v "$BATS_TEST_TMPDIR/data:/data" --resume
  expect_set
  expect_stderr 'resuming after'
}

@test "F3: after a second Ctrl-C the guardian removes the container" {
  start_endless
  owner=$(owner_of "$(tail -n 1 "$probed")")
  kill -INT "$pid"
  kill -TERM "$pid"
  within 2 gone "$pid"
  within 10 nothing_left
}

@test "F5, H22, H23: capmin clean removes what a killed capmin without a guardian left, and nothing else" {
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir "$TMPDIR" "$BATS_TEST_TMPDIR/data"
  start_endless -v named:/named -v "$BATS_TEST_TMPDIR/data:/data"
  container=$(tail -n 1 "$probed")
  owner=$(owner_of "$container")
  run_id=$(docker inspect -f '{{index .Config.Labels "capmin.run"}}' "$container")
  kill -KILL "$(guardian)"
  killed KILL
  local left
  left=$(objects | wc -l)
  [ "$left" -ge 2 ]

  # Beside it: the container of a live run, one with similar labels, and two of an image that was
  # committed from a trial and so carries a dead capmin's labels.
  mine=$$:$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20):${owner#*:*:}
  docker commit "$container" "capmin-test-committed-$run_id" >/dev/null
  foreign=(
    "$(docker create --name "capmin-99999999-$$" --label capmin.run=99999999 --label "capmin.owner=$mine" capmin-test-hang)"
    "$(docker create --label "capmin.run=$run_id" --label "capmin.owner=$owner" capmin-test-hang)"
    "$(docker create "capmin-test-committed-$run_id")"
    "$(docker create --name "capmin-$run_id-1000" "capmin-test-committed-$run_id")"
  )
  capmin clean --engine docker --dry-run
  [ "$status" = 0 ]
  [ "$(objects | wc -l)" = $((left + 3)) ]
  capmin clean --engine docker
  show_run
  docker inspect "${foreign[@]}" >/dev/null
  docker rm -f "${foreign[@]}" >/dev/null
  docker rmi -f "capmin-test-committed-$run_id" >/dev/null
  [ "$status" = 0 ]
  grep -qE "^removed container capmin-$run_id-[0-9]+$" <<<"$output"
  grep -qE "^removed volume capmin-$run_id-[0-9]+-volume-1$" <<<"$output"
  grep -qF "removed directory $TMPDIR/capmin-volume-" <<<"$output"
  nothing_left
  empty "$TMPDIR"
}

@test "H2: what a probe leaves in a session of its own ends with a killed capmin" {
  start_endless
  killed KILL
  # The probe's environment is that of everything it starts.
  within 10 no_sleep_left
}
no_sleep_left() {
  ! pgrep -x sleep | sed 's|.*|/proc/&/environ|' | xargs -r grep -qsz "^probed=$probed$"
}
