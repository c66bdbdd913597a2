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
objects() {
  docker ps -aq --filter "label=capmin.owner=$owner"
  docker network ls -q --filter "label=capmin.owner=$owner"
  docker volume ls -q --filter "label=capmin.owner=$owner"
}
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

# compose_project NAME OWNER RUN: a network, a volume and a container that runs, as Compose makes and names
# them for the project NAME.
compose_project() {
  local labels=(--label "capmin.run=$3" --label capmin.trial=joint-1 --label "capmin.owner=$2")
  docker network create "${labels[@]}" "$1_default" >/dev/null
  docker volume create "${labels[@]}" "$1_My.data" >/dev/null
  docker run -d --name "$1_Web.a_1" "${labels[@]}" --network "$1_default" --volume "$1_My.data:/data" \
    capmin-test-hang >/dev/null
}
# expect_project NAME: it is all there.
expect_project() {
  docker container inspect "$1_Web.a_1" >/dev/null && docker network inspect "$1_default" >/dev/null &&
    docker volume inspect "$1_My.data" >/dev/null
}
remove_project() {
  docker rm -fv "$1_Web.a_1" >/dev/null
  docker network rm "$1_default" >/dev/null
  docker volume rm "$1_My.data" >/dev/null
}

@test "F5, H22: capmin clean removes containers, networks and volumes of a dead run's Compose project, and no others" {
  local way run_id left project
  owner=$(dead_owner)
  run_id=$(random_run)
  project=capmin-$run_id-joint-1
  # A live run's, and two of strangers: one without labels and one that is named otherwise.
  compose_project "capmin-$run_id-2" "$(live_owner)" "$run_id"
  compose_project "mine-$run_id" "$owner" "$run_id"
  docker network create "capmin-$run_id-3_default" >/dev/null
  for way in auto off; do
    if [ "$way" = off ]; then export CAPMIN_ENGINE_SOCKET=off; fi
    compose_project "$project" "$owner" "$run_id"
    capmin clean --engine docker --dry-run
    expect_status 0
    for left in "container ${project}_Web.a_1" "network ${project}_default" "volume ${project}_My.data"; do
      grep -qxF "would remove $left" <<<"$output"
    done
    expect_project "$project"
    capmin clean --engine docker
    expect_status 0
    [ "$(grep -F "$run_id" <<<"$output")" = "removed container ${project}_Web.a_1
removed network ${project}_default
removed volume ${project}_My.data" ]
    [ "$(objects | wc -l)" = 3 ]
    expect_project "capmin-$run_id-2"
    expect_project "mine-$run_id"
    docker network inspect "capmin-$run_id-3_default" >/dev/null
  done
  remove_project "capmin-$run_id-2"
  remove_project "mine-$run_id"
  docker network rm "capmin-$run_id-3_default" >/dev/null
}

@test "F4, H22: the guardian removes a network once the container of somebody else that uses it is gone" {
  start_endless
  owner=$(owner_of "$(tail -n 1 "$probed")")
  run_id=$(docker inspect -f '{{index .Config.Labels "capmin.run"}}' "$(tail -n 1 "$probed")")
  compose_project "capmin-$run_id-1000" "$owner" "$run_id"
  local stranger
  stranger=$(docker run -d --network "capmin-$run_id-1000_default" capmin-test-hang)
  killed KILL
  within 20 only_network_left
  docker network inspect "capmin-$run_id-1000_default" >/dev/null
  docker container inspect "$stranger" >/dev/null
  docker rm -f "$stranger" >/dev/null
  within 10 nothing_left
}
only_network_left() { [ "$(objects)" = "$(docker network ls -q --filter "label=capmin.owner=$owner")" ]; }

@test "H2: what a probe leaves in a session of its own ends with a killed capmin" {
  start_endless
  killed KILL
  # The probe's environment is that of everything it starts.
  within 10 no_sleep_left
}
no_sleep_left() {
  ! pgrep -x sleep | sed 's|.*|/proc/&/environ|' | xargs -r grep -qsz "^probed=$probed$"
}
