#!/usr/bin/env bats
# capmin run --like: trials like a container that exists, on the scripted engine.
# shellcheck disable=SC2154  # variables of the helper
load helper

image_id=sha256:4c0fdaa8b6341bfdeca5f18f7837462c80cff90527ee35ef185571e1c327beac

# existing NAME: a container of app:1 as docker tells of it; CONFIG, HOST_CONFIG and MOUNTS are more.
existing() {
  local directory=$FAKE_ENGINE_DIR/containers/$1
  mkdir "$directory"
  echo exited 0 >"$directory/state"
  echo 0123456789abcdef >"$directory/id"
  : >"$directory/labels"
  cat >"$directory/inspect" <<JSON
[{"Id":"0123456789abcdef","Name":"/$1","Image":"${IMAGE_ID:-$image_id}",
  "Config":{"Image":"${IMAGE:-app:1}","Hostname":"0123456789ab","Entrypoint":["/app"]${CONFIG:+,$CONFIG}},
  "State":{"Running":false,"Pid":0},"Mounts":[${MOUNTS:-}],"HostConfig":{${HOST_CONFIG:-}}}]
JSON
}

teardown() {
  rm -rf "$FAKE_ENGINE_DIR/containers/web"
  nothing_left
}

# like ARG...: a run like the container web.
like() { capmin run --like web --probe ./health.sh --timeout 20s "$@"; }

@test "trials are made as the container was, and the profile holds its options" {
  export SECRET=hunter2
  CONFIG='"User":"1000","Env":["SECRET=hunter2"],"Cmd":["serve","it"]' \
    HOST_CONFIG='"Memory":67108864,"ReadonlyRootfs":true,"PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]}' \
    MOUNTS='{"Type":"volume","Name":"data","Destination":"/data","RW":true}' existing web
  FAKE_NEEDS=CHOWN like
  expect_set CHOWN
  expect_stdout 'reference: "app:1"'
  expect_stdout 'user: "1000"'
  expect_stdout 'options: ["--env SECRET", "--user 1000", "--publish 80", "--memory 67108864", "--read-only", "--volume data:/data"]'
  expect_stdout 'command: ["serve", "it"]'
  expect_stderr 'like web: app:1 --env SECRET --user 1000 --publish 80 --memory 67108864 --read-only --volume data:/data -- serve it'
  refute_anywhere hunter2
  [ -n "$(calls "^'create'.*'--env' 'SECRET=hunter2' '--user' '1000' '--publish' '80' '--memory' '67108864' '--read-only' .*'--volume' 'capmin-.*:/data' '--' '$image_id' 'serve' 'it'")" ]
}

@test "what is given as well goes before" {
  CONFIG='"User":"1000","Env":["A=1","B=2"],"Cmd":["serve"]' HOST_CONFIG='"NetworkMode":"front"' existing web
  like -u 5 -e B=3 -e C=4 --network none --dry-run -- other
  expect_status 0
  expect_stderr 'like web: app:1 --env A --user 5 --env B --env C --network none -- other'
  expect_stdout '--network none'
  expect_stdout '--env A=1 --user 5 --env B=3 --env C=4 -- '
  expect_stdout "$image_id other"
  refute_anywhere 'B=2'
  refute_anywhere serve
}

@test "an image that is named is run in place of the container's" {
  existing web
  like app:2
  expect_set
  expect_stdout 'reference: "app:2"'
}

@test "a name that means another image by now is told, and the container's own is run" {
  IMAGE_ID=sha256:0123 existing web
  like --dry-run
  expect_status 0
  expect_stderr "warning: web: app:1 is another image by now; trials run the container's own, unless one is named"
  expect_stderr 'like web: sha256:0123'
}

@test "what trials have otherwise is a warning, and what --allow names is none" {
  HOST_CONFIG='"Privileged":true,"PidMode":"host","CapAdd":["CAP_NET_ADMIN"]' existing web
  like
  expect_set
  expect_stderr 'warning: web: it runs privileged, which trials do not'
  expect_stderr 'warning: web: its pid namespace is that of the host'
  expect_stderr 'warning: web: it was given NET_ADMIN, which trials may not grant unless --allow NET_ADMIN says so'
  FAKE_NEEDS=NET_ADMIN like --allow NET_ADMIN
  expect_set NET_ADMIN
  [[ "$stderr" != *'unless --allow'* ]]
}

@test "a seccomp filter without its file is an error that says how to give it" {
  HOST_CONFIG='"SecurityOpt":["seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"]' existing web
  like
  expect_status 2
  expect_stderr 'error: the container web has a seccomp filter of its own, of which the engine keeps no file'
  expect_stderr 'hint: give the file: --security-opt seccomp=FILE'
  no_containers_made
  like --security-opt seccomp=unconfined
  expect_set
}

@test "a container that the engine does not have is an error" {
  like
  expect_status 2
  expect_error $'error: there is no container web on this engine\n  hint: see docker ps --all'
}

@test "an engine that is not there is engine trouble" {
  FAKE_DOCKER=no like
  expect_status 5
}

@test "with -q nothing is told but errors" {
  HOST_CONFIG='"Privileged":true' existing web
  like -q -o "$profile"
  expect_status 0
  [ -z "$output$stderr" ]
}

@test "hostile words of a container act neither on the terminal nor on the engine" {
  CONFIG='"Cmd":["\u001b[2J::error::x\n##[command]","--privileged"],"User":"a\u001b]0;x\u0007"' existing web
  like --dry-run
  expect_status 0
  refute_anywhere $'\033'
  refute_match '^(::|##)' "$output$stderr"
  CONFIG='' IMAGE=--privileged existing_again
  like
  expect_status 2
  expect_stderr "the image's name holds what no image name holds"
}

existing_again() {
  rm -r "$FAKE_ENGINE_DIR/containers/web"
  existing web
}

@test "--like takes one container, and a batch has no such key" {
  local -a words
  local line
  for line in '--like a --like b' '--like=' '--like=-x'; do
    read -ra words <<<"$line"
    capmin run "${words[@]}" --probe exit
    expect_status 2
    no_calls
  done
  printf 'apiVersion: capmin/v1\nkind: Batch\njobs:\n  - {name: a, image: "app:1", probe: exit, like: web}\n' >batch.yaml
  capmin batch batch.yaml
  expect_status 2
  no_calls
}

@test "a profile that was found like a container is verified without it" {
  CONFIG='"Env":["SECRET=hunter2"],"User":"1000"' existing web
  FAKE_NEEDS=CHOWN like -o "$profile"
  expect_status 0
  rm -r "$FAKE_ENGINE_DIR/containers/web"
  FAKE_NEEDS=CHOWN capmin verify "$profile" -e SECRET=other
  expect_status 0
}
