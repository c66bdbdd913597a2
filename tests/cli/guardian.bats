#!/usr/bin/env bats
# The guardian: what a capmin made is removed although it was killed.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
# shellcheck disable=SC2119,SC2120  # options are optional
load helper

# The guardian of the run in the background.
guardian() { pgrep -f "^capmin guardian $pid:"; }

# The temporary directory is the test's own.
own_temporary_directory() {
  mkdir -p tmp
  export TMPDIR=$PWD/tmp
}

directory_is_empty() { [ -z "$(ls "$1")" ]; }

# killed: ends the run in the background by SIGKILL.
killed() {
  kill -KILL "$pid"
  end_run 5
  [ "$status" = 137 ]
}

signalled_to_its_end() { ! kill "-$1" "$pid" 2>/dev/null; }

@test "F3: a second signal ends at once, prints the command that cleans up, and the guardian cleans" {
  FAKE_FAULT=rm:hold FAKE_FAULT_CALLS=1 start_run
  within 20 held
  kill -INT "$pid"
  # Within a second it is the same signal.
  within 5 signalled_to_its_end TERM
  end_run 1
  show_run
  [ "$status" = 143 ] || [ "$status" = 130 ]
  [[ "$stderr" == *$'\nstopped at once; containers are removed within seconds, or by: capmin clean --engine docker' ]]
  within 10 engine_is_empty
  within 10 no_process_left
}

@test "F4: container, volume and copied directory of a killed capmin are removed, and its probe ends" {
  own_temporary_directory
  mkdir data
  start_probing -v named:/named -v "$PWD/data:/data"
  [ "$(left_on_engine | wc -l)" = 2 ]
  [ -n "$(ls "$TMPDIR")" ]
  killed
  within 10 engine_is_empty
  within 10 directory_is_empty "$TMPDIR"
  within 10 no_process_left
}

# owner_of_run: the owner of what the run in the background makes.
owner_of_run() { calls "^'create'" | sed -nE "1s/.*'capmin.owner=([^']*)'.*/\1/p"; }

@test "F4: what Compose made for a killed capmin is removed: containers, then networks, then volumes" {
  start_probing
  ours=(--label capmin.run=0a1b2c3d --label "capmin.owner=$(owner_of_run)")
  docker volume create "${ours[@]}" capmin-0a1b2c3d-joint-1_db-data
  docker network create "${ours[@]}" capmin-0a1b2c3d-joint-1_default
  docker create --name capmin-0a1b2c3d-joint-1_web_1 --network capmin-0a1b2c3d-joint-1_default "${ours[@]}" -- app:1
  docker start capmin-0a1b2c3d-joint-1_web_1
  killed
  within 10 engine_is_empty
  within 10 no_process_left
  [ "$(calls "^'(rm|network' 'rm|volume' 'rm)'.*0a1b2c3d-joint" | sed -E "s/^'([a-z]+)'.* '([^']*)'$/\1 \2/")" = "\
rm id-of-capmin-0a1b2c3d-joint-1_web_1
network id-of-capmin-0a1b2c3d-joint-1_default
volume capmin-0a1b2c3d-joint-1_db-data" ]
}

network_refused_twice() { [ "$(calls "^'network' 'rm'" | wc -l)" -ge 2 ]; }

@test "F4: a network that is still in use is tried again, and what else is there does not wait for it" {
  start_probing
  ours=(--label capmin.run=0a1b2c3d --label "capmin.owner=$(owner_of_run)")
  docker network create "${ours[@]}" capmin-0a1b2c3d-1_default
  docker volume create "${ours[@]}" capmin-0a1b2c3d-1_data
  # As long as it is being connected, a container is not yet among those that have labels.
  docker create --name being-connected --network capmin-0a1b2c3d-1_default -- app:1
  docker start being-connected
  killed
  within 10 network_refused_twice
  [ "$(left_on_engine | xargs)" = 'containers/being-connected networks/capmin-0a1b2c3d-1_default' ]
  docker rm being-connected
  within 10 engine_is_empty
  within 10 no_process_left
}

@test "F4: a run goes on at once from the journal of a killed one" {
  start_probing
  killed
  : >go
  minimize -o "$profile" --resume --timeout 100s
  expect_status 0
  expect_stderr 'resuming after'
  within 10 engine_is_empty
  within 10 no_process_left
}

@test "F4: a container that the engine makes only after its capmin was killed is removed, too" {
  start_probing
  owner=$(owner_of_run)
  killed
  within 5 engine_is_empty
  docker create --name capmin-0a1b2c3d-9 --label capmin.run=0a1b2c3d --label "capmin.owner=$owner" -- app:1
  within 10 engine_is_empty
  within 10 no_process_left
}

@test "F5: capmin clean removes what is left where the guardian was killed, too" {
  start_probing -v named:/named
  kill -KILL "$(guardian)"
  killed
  [ "$(left_on_engine | wc -l)" = 2 ]
  capmin clean
  expect_status 0
  [ "$(grep -cE '^removed (container|volume) capmin-[0-9a-f]{8}-1(-volume-1)?$' <<<"$output")" = 2 ]
  engine_is_empty
}

@test "F5: capmin clean leaves alone what a run beside it has made" {
  start_probing
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
  [ "$(left_on_engine | wc -l)" = 1 ]
  kill -TERM "$pid"
  end_run 5
  [ "$status" = 143 ]
}

@test "F4: neither a terminal's signals nor SIGTERM end the guardian" {
  start_probing
  for signal in INT HUP TERM; do kill "-$signal" "$(guardian)"; done
  killed
  within 10 engine_is_empty
  within 10 no_process_left
}

@test "F4: the guardian waits for an engine that does not answer" {
  start_probing
  guardian=$(guardian)
  : >"$FAKE_ENGINE_DIR/stopped"
  killed
  within 5 held
  [ "$(left_on_engine | wc -l)" = 1 ]
  rm "$FAKE_ENGINE_DIR/stopped"
  open_gate
  within 10 engine_is_empty
  within 10 gone "$guardian"
}

@test "F6: whoever reads capmin's output sees its end while the guardian still works" {
  start_probing
  guardian=$(guardian)
  [ "$(cd "/proc/$guardian/fd" && echo *)" = '0 1 2' ]
  [ "$(readlink "/proc/$guardian/fd/1")" = /dev/null ]
  [ "$(readlink "/proc/$guardian/fd/2")" = /dev/null ]
  [ "$(cut -d' ' -f6 "/proc/$guardian/stat")" = "$guardian" ]  # a session of its own
  kill -TERM "$pid"
  end_run 5
}

@test "the guardian ends with a run that ends by itself, and asks the engine nothing" {
  minimize
  expect_set
  [ -z "$(process_ids_left)" ]
  [ -z "$(calls "^'ps'")" ]
}

@test "the guardian removes nothing of another run" {
  docker create --name capmin-0a1b2c3d-1 --label capmin.run=0a1b2c3d --label capmin.owner=1:1:0:1:0 -- app:1
  docker network create --label capmin.run=0a1b2c3d --label capmin.owner=1:1:0:1:0 capmin-0a1b2c3d-1_default
  start_probing
  killed
  within 10 no_process_left
  [ "$(left_on_engine | xargs)" = 'containers/capmin-0a1b2c3d-1 networks/capmin-0a1b2c3d-1_default' ]
  rm -r "$FAKE_ENGINE_DIR"/{containers,networks}/*
}

@test "a guardian is not started by hand" {
  capmin guardian
  expect_status 2
  capmin guardian somebody docker
  expect_status 2
  no_calls
}
