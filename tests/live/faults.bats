#!/usr/bin/env bats
# Faults between capmin and a real engine, at the call where a test wants them.
# shellcheck disable=SC2154,SC2016  # variables of the helper; scripts are written down, not expanded
# shellcheck disable=SC2030,SC2031  # each test has an environment of its own
load helper

# at_call: what happens before calls of the engine, from standard input: a script that gets the
# number of the call among those of its command, the command and its arguments. All calls are the
# client's then.
at_call() {
  export CAPMIN_ENGINE_SOCKET=off
  export AT_CALL=$BATS_TEST_TMPDIR/at_call PATH=$root/tests/live/bin:$PATH
  { echo '#!/bin/bash'; cat; } >"$AT_CALL"
  chmod +x "$AT_CALL"
}

# A job that needs CHOWN and says so: five trials, each over at once.
chown_job() { minimize chown --probe exit; }

# The containers of the run with this number of a process.
of_process() { docker ps -a --filter label=capmin.owner --format '{{.Label "capmin.owner"}}' | grep "^$1:"; }
none_of_process() { ! of_process "$1"; }

# interrupted_at CALL NUMBER SIGNAL STATUS: capmin gets the signal when it makes that call. Its
# number is in the labels of what it creates.
interrupted_at() {
  export wanted="$1 $2" signal=$3
  at_call <<'CALL'
[ "$2 $1" = "$wanted" ] || exit 0
pid=$PPID
# The first parent that is capmin: calls are made by processes between.
until [ "$(readlink "/proc/$pid/exe")" = "$(readlink -f "$CAPMIN")" ]; do pid=$(awk '/^PPid/ {print $2}' "/proc/$pid/status"); done
echo "$pid" >"$AT_CALL.pid"
kill "-$signal" "$pid"
date +%s >"$AT_CALL.signalled"
CALL
  rm -f "$AT_CALL.pid" "$AT_CALL.calls"
  export CAPMIN
  run --separate-stderr env --default-signal=INT timeout 600 "$CAPMIN" run capmin-test-chown --probe exit -o "$profile"
  [ "$status" = "$4" ] || { echo "$1 $2 $3"; show_run; return 1; }
  # A busy machine's engine takes seconds to remove a container; the scripted one shows that capmin
  # needs less than five.
  [ $(($(date +%s) - $(cat "$AT_CALL.signalled"))) -lt 15 ] || { echo "$1 $2 $3: too late"; return 1; }
  within 10 none_of_process "$(cat "$AT_CALL.pid")"
  expect_no_profile
  rm -f "$profile.journal"
}

@test "F1: Ctrl-C in each phase ends with status 130, and nothing is left" {
  for call in create start container logs rm; do interrupted_at "$call" 2 INT 130; done
}

@test "F2: SIGTERM in each phase ends with status 143, and nothing is left" {
  for call in create start container logs rm; do interrupted_at "$call" 2 TERM 143; done
}

@test "F6: SIGHUP in each phase is as SIGTERM" {
  for call in create start rm; do interrupted_at "$call" 2 HUP 143; done
}

# The image does without: what it may not change it leaves as it is.
@test "the time that an engine takes to start a container is not the program's" {
  at_call <<'CALL'
# Longer than a trial may take, in the trial of the empty set.
[ "$2 $1" != "start 2" ] || sleep 6
CALL
  minimize silent --probe "$images/static/probe.sh" --evidence logs -j 1 --timeout 5
  expect_set
}

@test "F1: Ctrl-C while the profile is written leaves the old one or the whole new one" {
  echo old >"$profile"
  # The new profile is complete and does not yet have its name, for two seconds.
  strace -qq -o /dev/null -e trace=rename -e inject=rename:delay_enter=2000000:when=1 \
    env --default-signal=INT "$CAPMIN" run capmin-test-busybox --probe exit -o "$profile" -- true \
    >"$BATS_TEST_TMPDIR/output" 2>&1 3>&- &
  within 60 complete
  kill -INT "$(pgrep -P $!)"
  status=0
  wait $! || status=$?
  cat "$BATS_TEST_TMPDIR/output"
  [ "$status" = 130 ] || [ "$status" = 0 ]
  [ "$(cat "$profile")" = old ] || [ "$(yaml 'p["kind"]')" = CapabilityProfile ]
  [ -z "$(compgen -G "$BATS_TEST_TMPDIR/.profile.yaml.*")" ]
}
complete() { [ -n "$(find "$BATS_TEST_TMPDIR" -maxdepth 1 -name '.profile.yaml.*' -size +0)" ]; }

@test "F11: a container whose shim is killed proves nothing and is tried again" {
  # The second trial's shim, when its container has been started and waits for its probe.
  local probe
  probe=$(probe_script probe.sh <<'PROBE'
#!/bin/bash
[ "$CAPMIN_TRIAL" = 0 ] || [ -e "$probed" ] || {
  : >"$probed"
  shim=$(pgrep -f "containerd-shim.* -id $CAPMIN_CONTAINER")
  kill -KILL "$shim"
  sleep 1
  exit 1
}
PROBE
  )
  export probed
  minimize hang --probe "$probe" --timeout 10
  [ -e "$probed" ]
  # The daemon may tell an end of the container, which is a failure like any other; never is the set
  # wrong, for what failed with nothing granted needs a proof for each member.
  expect_set
}

@test "F16: 125, 126 and 127 of the application are failures, of the program that is not there the image's" {
  for exit in 125 126 127; do
    capmin run capmin-test-busybox --probe exit -o "$profile" -- sh -c "echo over; exit $exit"
    expect_status 3
    expect_stderr "the container exited with status $exit"
    expect_no_profile
  done
  capmin run capmin-test-busybox --probe exit -o "$profile" -- /no/such/program  # the engine's 127
  expect_status 3
  expect_stderr "the container's program could not be executed"
  capmin run capmin-test-busybox --probe exit -o "$profile" -- /etc  # the engine's 126
  expect_status 3
  expect_stderr "the container's program could not be executed"
  capmin run capmin-test-busybox --probe exit -o "$profile" --ulimit nofile=9:8 -- true  # the engine's 125
  expect_status 2
}

@test "F17: a name that is taken makes another name, and the other container stays" {
  export taken=$BATS_TEST_TMPDIR/taken
  at_call <<'CALL'
[ "$2 $1" = 'create 1' ] || exit 0
[ "$3" = --name ] && docker create --name "$4" capmin-test-hang >"$taken"
CALL
  chown_job
  docker inspect "$(cat "$taken")" >/dev/null
  docker rm -f "$(cat "$taken")" >/dev/null
  expect_set CHOWN
}

@test "F19: twenty capmins at once on one image are all right, and none removes another's containers" {
  local number pids=() failed=0
  for number in {1..20}; do
    timeout 900 "$CAPMIN" run capmin-test-chown --probe exit -q -o "$BATS_TEST_TMPDIR/$number.yaml" \
      >"$BATS_TEST_TMPDIR/$number.out" 2>&1 3>&- &
    pids+=($!)
  done
  for number in {1..20}; do
    wait "${pids[number - 1]}" || { failed=1; cat "$BATS_TEST_TMPDIR/$number.out"; }
    grep -qF 'add: ["CHOWN"]' "$BATS_TEST_TMPDIR/$number.yaml" || failed=1
  done
  [ "$failed" = 0 ]
}

# own_image NAME: a copy of the image chown under a name of this test's own, with an id of its own.
own_image() {
  printf 'FROM capmin-test-%s\nLABEL of=%s\n' "${2:-chown}" "$1" | DOCKER_BUILDKIT=0 docker build -q -t "$1" - >/dev/null
}

@test "F29: an image that is removed between trials ends with status 6" {
  export image=capmin-test-removed-$$
  own_image "$image"
  at_call <<'CALL'
[ "$2 $1" = 'create 3' ] || exit 0
docker rmi -f "$image" >/dev/null
CALL
  capmin run "$image" --probe exit --pull never -o "$profile"
  expect_status 6
  expect_stderr hint:
  expect_no_profile
}

@test "F30: a tag that moves between trials moves no trial: the image was pinned at the start" {
  export image=capmin-test-moved-$$
  own_image "$image"
  id=$(docker image inspect -f '{{.Id}}' "$image")
  at_call <<'CALL'
[ "$2 $1" = 'create 3' ] || exit 0
# What the tag means from now on needs nothing.
docker tag capmin-test-hang "$image"
CALL
  capmin run "$image" --probe exit --pull never -o "$profile"
  docker rmi "$image" "$id" >/dev/null
  expect_set CHOWN
  [ "$(yaml 'p["image"]["id"]')" = "$id" ]
}
