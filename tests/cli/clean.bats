#!/usr/bin/env bats
# capmin clean: it removes what runs left whose process has ended, and nothing else.
# shellcheck disable=SC2154,SC2030,SC2031  # variables of the helper, which bats sets in subshells
load helper

setup_file() {
  IFS=: read -r _ _ boot space machine < <(owner 0 0)
  export boot space machine
}

# The temporary directory is the test's own.
here() {
  mkdir -p tmp
  export TMPDIR=$PWD/tmp
}

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
# network NAME RUN OWNER, volume NAME RUN OWNER: the same of these.
network() { docker network create --label "capmin.run=$2" --label "capmin.owner=$3" "$1" >/dev/null; }
volume() { docker volume create --label "capmin.run=$2" --label "capmin.owner=$3" "$1" >/dev/null; }

on_engine() { left_on_engine | sort | tr '\n' ' '; }
expect_on_engine() { [ "$(on_engine)" = "${1:+$1 }" ] || { on_engine; return 1; }; }
empty_engine() { rm -rf "$FAKE_ENGINE_DIR"/{containers,networks,volumes}/*; }

@test "F5: containers, networks, volumes and directories of a run that has ended are removed" {
  here
  owner=$(dead_owner)
  volume capmin-0a1b2c3d-4-volume-1 0a1b2c3d "$owner"
  network capmin-0a1b2c3d-4-network 0a1b2c3d "$owner"
  left capmin-0a1b2c3d-4 "$owner"
  directory=$TMPDIR/capmin-volume-${owner//:/.}-aB3dE6
  mkdir -p "$directory/copy/sub"
  capmin clean
  expect_status 0
  [ "$output" = "removed container capmin-0a1b2c3d-4
removed network capmin-0a1b2c3d-4-network
removed volume capmin-0a1b2c3d-4-volume-1
removed directory $directory" ]
  [ ! -e "$directory" ]
  expect_on_engine ''
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
}

# compose_project OWNER: what Compose makes of a project of capmin's, in the order in which it does.
compose_project() {
  network capmin-0a1b2c3d-joint-1_default 0a1b2c3d "$1"
  volume capmin-0a1b2c3d-joint-1_Db.data 0a1b2c3d "$1"
  container capmin-0a1b2c3d-joint-1_my.Web_1 capmin.run=0a1b2c3d capmin.trial=joint-1 "capmin.owner=$1"
  container capmin-0a1b2c3d-joint-1-db-1 capmin.run=0a1b2c3d capmin.trial=joint-1 "capmin.owner=$1"
}

@test "F5: what Compose made for a run that has ended is removed under the names that it gave" {
  here
  owner=$(dead_owner)
  compose_project "$owner"
  # One that it was about to replace.
  container 8ef9399fd742_capmin-0a1b2c3d-joint-1_my.Web_1 capmin.run=0a1b2c3d "capmin.owner=$owner"
  capmin clean
  expect_status 0
  [ "$output" = 'removed container 8ef9399fd742_capmin-0a1b2c3d-joint-1_my.Web_1
removed container capmin-0a1b2c3d-joint-1-db-1
removed container capmin-0a1b2c3d-joint-1_my.Web_1
removed network capmin-0a1b2c3d-joint-1_default
removed volume capmin-0a1b2c3d-joint-1_Db.data' ]
  expect_on_engine ''
}

@test "F5: a network is removed after the containers that use it" {
  here
  owner=$(dead_owner)
  network capmin-0a1b2c3d-4_default 0a1b2c3d "$owner"
  docker create --name capmin-0a1b2c3d-4_web_1 --network capmin-0a1b2c3d-4_default --label capmin.run=0a1b2c3d \
    --label "capmin.owner=$owner" -- app:1 >/dev/null
  docker start capmin-0a1b2c3d-4_web_1 >/dev/null
  capmin clean
  expect_status 0
  [ "$output" = 'removed container capmin-0a1b2c3d-4_web_1
removed network capmin-0a1b2c3d-4_default' ]
}

@test "H22: a network that somebody else's container uses stays, with status 5 and the command that would remove it" {
  here
  export FAKE_PODMAN=yes
  owner=$(dead_owner)
  local engine
  for engine in docker podman; do
    network capmin-0a1b2c3d-4_default 0a1b2c3d "$owner"
    volume capmin-0a1b2c3d-4_data 0a1b2c3d "$owner"
    docker create --name web --network capmin-0a1b2c3d-4_default -- app:1 >/dev/null
    docker start web >/dev/null
    capmin clean --engine "$engine"
    expect_status 5
    [ "$output" = 'removed volume capmin-0a1b2c3d-4_data' ]
    expect_error "error: network capmin-0a1b2c3d-4_default could not be removed
  hint: try it by hand: $engine network rm capmin-0a1b2c3d-4_default"
    expect_on_engine 'containers/web networks/capmin-0a1b2c3d-4_default'
    empty_engine
  done
}

@test "--dry-run tells what would be removed, and removes nothing" {
  here
  owner=$(dead_owner)
  left capmin-0a1b2c3d-4 "$owner"
  network capmin-0a1b2c3d-4_default 0a1b2c3d "$owner"
  capmin clean --dry-run
  expect_status 0
  [ "$output" = 'would remove container capmin-0a1b2c3d-4
would remove network capmin-0a1b2c3d-4_default' ]
  expect_on_engine 'containers/capmin-0a1b2c3d-4 networks/capmin-0a1b2c3d-4_default'
  [ -z "$(calls "^'((network|volume)' ')?rm'")" ]
  empty_engine
}

@test "H22: what a live run made is left alone" {
  here
  owner=$(live_owner)
  left capmin-0a1b2c3d-4 "$owner"
  network capmin-0a1b2c3d-4_default 0a1b2c3d "$owner"
  volume capmin-0a1b2c3d-4-volume-1 0a1b2c3d "$owner"
  mkdir "$TMPDIR/capmin-volume-${owner//:/.}-aB3dE6"
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
  expect_on_engine 'containers/capmin-0a1b2c3d-4 networks/capmin-0a1b2c3d-4_default volumes/capmin-0a1b2c3d-4-volume-1'
  [ -d "$TMPDIR/capmin-volume-${owner//:/.}-aB3dE6" ]
  empty_engine
}

@test "F5: a process that has the number of an ended run does not stand for it" {
  here
  left capmin-0a1b2c3d-4 "$$:1:$boot:$space:$machine"
  capmin clean
  expect_stdout 'removed container capmin-0a1b2c3d-4'
}

@test "H22: foreign containers, networks and volumes with similar labels are left alone" {
  here
  owner=$(dead_owner)
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
  container capmin-0a1b2c3d-8:1 capmin.run=0a1b2c3d "capmin.owner=$owner"
  docker network create web_default >/dev/null
  docker network create --label capmin.run=0a1b2c3d capmin-0a1b2c3d-1_default >/dev/null
  docker network create --label "capmin.owner=$owner" capmin-0a1b2c3d-2_default >/dev/null
  network web_other 0a1b2c3d "$owner"
  network capmin-0a1b2c3d_default 0a1b2c3d "$owner"
  network capmin-0a1b2c3d-3_default ffffffff "$owner"
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
  owner=$(dead_owner)
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
  owner=$(live_owner)
  export FAKE_IMAGE_LABELS="{\"capmin.run\":\"0a1b2c3d\",\"capmin.owner\":\"$owner\"}"
  left capmin-11111111-1 "$(dead_owner)"
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
  network capmin-0a1b2c3d-3_default 0a1b2c3d "7:1:$boot:1:$machine"
  capmin clean
  expect_status 0
  [ "$output" = 'nothing is left of runs that have ended' ]
  [ "$(grep -c '^left alone: container capmin-0a1b2c3d-[123]: whether process 7 of another' <<<"$stderr")" = 3 ]
  expect_stderr '  hint: if it does not: docker rm -f -v capmin-0a1b2c3d-3'
  expect_stderr 'left alone: network capmin-0a1b2c3d-3_default: whether process 7 of another'
  expect_stderr '  hint: if it does not: docker network rm capmin-0a1b2c3d-3_default'
  expect_on_engine 'containers/capmin-0a1b2c3d-1 containers/capmin-0a1b2c3d-2 containers/capmin-0a1b2c3d-3 networks/capmin-0a1b2c3d-3_default'
  empty_engine
}

@test "links and other users' directories in the temporary directory are left alone" {
  here
  owner=$(dead_owner)
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
  owner=$(dead_owner)
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

@test "podman's containers and networks are removed in podman's words" {
  here
  export FAKE_PODMAN=yes
  owner=$(dead_owner)
  left capmin-0a1b2c3d-1 "$owner"
  network capmin-0a1b2c3d-1_default 0a1b2c3d "$owner"
  capmin clean --engine podman
  expect_stdout 'removed container capmin-0a1b2c3d-1'
  expect_stdout 'removed network capmin-0a1b2c3d-1_default'
  # With -f podman would remove the containers that use it, and by its id it does not see them.
  [ -n "$(calls "^'network' 'rm' 'capmin-0a1b2c3d-1_default'$")" ]
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
