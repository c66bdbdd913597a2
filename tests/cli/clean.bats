#!/usr/bin/env bats
# capmin clean: it removes what runs left whose process has ended, and nothing else.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
load helper

setup_file() {
  boot=$(cat /proc/sys/kernel/random/boot_id)
  space=$(stat -Lc %i /proc/self/ns/pid)
  machine=$(cat /etc/machine-id 2>/dev/null) || true
  machine=${machine:+$(printf 'capmin %s' "$machine" | sha256sum | cut -c1-16)}
  machine=${machine:-unknown}
  export boot space machine
}

# The temporary directory is the test's own.
here() {
  mkdir -p tmp
  export TMPDIR=$PWD/tmp
}

# A process that has ended, as capmin names it.
dead() {
  sleep 0 &
  wait $!
  echo "$!:1:$boot:$space:$machine"
}
# This test's own process, which runs.
alive() { echo "$$:$(start_of $$):$boot:$space:$machine"; }
start_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; }

# container NAME LABEL...: makes one on the scripted engine, as anybody may.
container() {
  local name=$1 label
  local -a labels
  shift
  for label in "$@"; do labels+=(--label "$label"); done
  docker create --name "$name" "${labels[@]}" -- app:1 >/dev/null
}
# left NAME OWNER: a container that capmin made as OWNER.
left() {
  local run=${1#capmin-}
  container "$1" "capmin.run=${run%%-*}" "capmin.trial=1" "capmin.owner=$2"
}
volume() { docker volume create --label "capmin.run=$2" --label "capmin.owner=$3" "$1" >/dev/null; }

on_engine() { (cd "$FAKE_ENGINE_DIR" && compgen -G 'containers/*'; compgen -G 'volumes/*') | sort | tr '\n' ' '; }
expect_on_engine() { [ "$(on_engine)" = "${1:+$1 }" ] || { on_engine; return 1; }; }
empty_engine() { rm -rf "$FAKE_ENGINE_DIR"/containers/* "$FAKE_ENGINE_DIR"/volumes/*; }

@test "F5: containers, volumes and directories of a run that has ended are removed" {
  here
  owner=$(dead)
  left capmin-0a1b2c3d-4 "$owner"
  volume capmin-0a1b2c3d-4-volume-1 0a1b2c3d "$owner"
  directory=$TMPDIR/capmin-volume-${owner//:/.}-aB3dE6
  mkdir -p "$directory/copy/sub"
  capmin clean
  expect_status 0
  [ "$output" = "removed container capmin-0a1b2c3d-4
removed volume capmin-0a1b2c3d-4-volume-1
removed directory $directory" ]
  [ ! -e "$directory" ]
  expect_on_engine ''
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
}

@test "--dry-run tells what would be removed, and removes nothing" {
  here
  left capmin-0a1b2c3d-4 "$(dead)"
  capmin clean --dry-run
  expect_status 0
  [ "$output" = 'would remove container capmin-0a1b2c3d-4' ]
  expect_on_engine containers/capmin-0a1b2c3d-4
  empty_engine
}

@test "H22: what a live run made is left alone" {
  here
  owner=$(alive)
  left capmin-0a1b2c3d-4 "$owner"
  volume capmin-0a1b2c3d-4-volume-1 0a1b2c3d "$owner"
  mkdir "$TMPDIR/capmin-volume-${owner//:/.}-aB3dE6"
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
  expect_on_engine 'containers/capmin-0a1b2c3d-4 volumes/capmin-0a1b2c3d-4-volume-1'
  [ -d "$TMPDIR/capmin-volume-${owner//:/.}-aB3dE6" ]
  empty_engine
}

@test "F5: a process that has the number of an ended run does not stand for it" {
  here
  left capmin-0a1b2c3d-4 "$$:1:$boot:$space:$machine"
  capmin clean
  expect_stdout 'removed container capmin-0a1b2c3d-4'
}

@test "H22: foreign containers and volumes with similar labels are left alone" {
  here
  owner=$(dead)
  container web capmin.run=0a1b2c3d "capmin.owner=$owner"
  container capmin-0a1b2c3d-1 capmin.run=0a1b2c3d
  container capmin-0a1b2c3d-2 "capmin.owner=$owner"
  container capmin-0a1b2c3d-3 capmin.run=0a1b2c3d "xcapmin.owner=$owner" "capmin.owners=$owner"
  container capmin-0a1b2c3d-4 capmin.run=ffffffff "capmin.owner=$owner"
  container capmin-0a1b2c3d-5 capmin.run=0a1b2c3d capmin.owner=me
  container capmin-0a1b2c3d-6 capmin.run=0a1b2c3d "capmin.owner=$owner:"
  container capmin-0a1b2c3d-7 capmin.run=0a1b2c3d "capmin.owner=-1:1:$boot:$space:$machine"
  container capmin-0a1b2c3d- capmin.run=0a1b2c3d "capmin.owner=$owner"
  container capmin-x-1 capmin.run=x "capmin.owner=$owner"
  docker volume create data >/dev/null
  volume data2 0a1b2c3d "$owner"
  before=$(on_engine)
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
  [ "$(on_engine)" = "$before" ]
  empty_engine
}

@test "H23: labels that a container has from its image are not trusted" {
  here
  owner=$(dead)
  export FAKE_IMAGE_LABELS="{\"capmin.run\":\"0a1b2c3d\",\"capmin.owner\":\"$owner\"}"
  # As started by a user, and as compose would name it.
  left quirky_turing "$owner"
  left capmin-0a1b2c3d-1 "$owner"
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
  expect_on_engine 'containers/capmin-0a1b2c3d-1 containers/quirky_turing'
  empty_engine
}

@test "H23: a trial of an image that carries capmin's labels is removed like any other" {
  here
  owner=$(alive)
  export FAKE_IMAGE_LABELS="{\"capmin.run\":\"0a1b2c3d\",\"capmin.owner\":\"$owner\"}"
  left capmin-11111111-1 "$(dead)"
  capmin clean
  expect_stdout 'removed container capmin-11111111-1'
}

@test "what a run of an earlier boot of this machine left is removed" {
  [ "$machine" != unknown ] || skip "this machine has no machine-id"
  here
  left capmin-0a1b2c3d-1 "1:1:00000000-0000-0000-0000-000000000000:$space:$machine"
  capmin clean
  expect_stdout 'removed container capmin-0a1b2c3d-1'
}

@test "what belongs to another machine or pid namespace is named and left alone" {
  here
  left capmin-0a1b2c3d-1 "7:1:00000000-0000-0000-0000-000000000000:$space:0123456789abcdef"
  left capmin-0a1b2c3d-2 "7:1:00000000-0000-0000-0000-000000000000:$space:unknown"
  left capmin-0a1b2c3d-3 "7:1:$boot:1:$machine"
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
  [ "$(grep -c '^left alone: container capmin-0a1b2c3d-[123]: whether process 7 of another' <<<"$stderr")" = 3 ]
  expect_stderr '  hint: if it does not: docker rm -f -v capmin-0a1b2c3d-3'
  expect_on_engine 'containers/capmin-0a1b2c3d-1 containers/capmin-0a1b2c3d-2 containers/capmin-0a1b2c3d-3'
  empty_engine
}

@test "links and other users' directories in the temporary directory are left alone" {
  here
  owner=$(dead)
  mkdir elsewhere "$TMPDIR/capmin-volume-mine"
  ln -s "$PWD/elsewhere" "$TMPDIR/capmin-volume-${owner//:/.}-aaaaaa"
  others=$TMPDIR/capmin-volume-${owner//:/.}-bbbbbb
  mkdir "$others"
  if [ "$(id -u)" = 0 ]; then chown 1000 "$others"; else rmdir "$others"; fi
  before=$(ls "$TMPDIR")
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
  [ "$(ls "$TMPDIR")" = "$before" ]
  [ -d elsewhere ]
}

@test "what cannot be removed ends with status 5 and the command that would, after the rest" {
  here
  owner=$(dead)
  left capmin-0a1b2c3d-1 "$owner"
  volume capmin-0a1b2c3d-1-volume-1 0a1b2c3d "$owner"
  FAKE_FAULT='rm:error:Error response from daemon: device busy' capmin clean
  expect_status 5
  [ "$output" = 'removed volume capmin-0a1b2c3d-1-volume-1' ]
  expect_error 'error: container capmin-0a1b2c3d-1 could not be removed
  hint: try it by hand: docker rm -f -v capmin-0a1b2c3d-1'
  empty_engine
}

@test "F7: an engine that hangs is given up after --engine-timeout" {
  here
  FAKE_FAULT=ps:hold capmin clean --engine-timeout 300ms
  expect_status 5
  expect_stderr "cannot run 'docker ps': docker did not answer in time"
}

@test "podman's containers are removed in podman's words" {
  here
  export FAKE_PODMAN=yes
  left capmin-0a1b2c3d-1 "$(dead)"
  capmin clean --engine podman
  expect_stdout 'removed container capmin-0a1b2c3d-1'
  [ -n "$(calls "^'rm' '-f' '-v' '--time' '0' 'id-of-capmin-0a1b2c3d-1'")" ]
}

@test "what is not understood is refused before the engine is asked" {
  capmin clean everything
  expect_status 2
  capmin clean --force
  expect_status 2
  capmin clean --engine rkt
  expect_status 2
  no_calls
}

@test "help tells all about it" {
  capmin help clean
  expect_status 0
  expect_stdout 'usage: capmin clean [options]'
  capmin help
  expect_stdout '  capmin clean '
}
